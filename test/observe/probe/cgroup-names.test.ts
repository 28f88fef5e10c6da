import { describe, expect, it } from "vitest";
import { readCgroupFile, readCgroupPath } from "../../../src/observe/probe/cgroup-names";

const ID = "0123456789abcdef".repeat(4);
const POD = "5a3c1f7e-90ab-4cde-8f01-23456789abcd";
const UNDERSCORED = POD.replaceAll("-", "_");

describe("whose a cgroup is", () => {
  it.each([
    ["docker, cgroupfs", `/docker/${ID}`, "docker", ID, null],
    ["docker, systemd", `/system.slice/docker-${ID}.scope`, "docker", ID, null],
    ["docker seen from another cgroup namespace", `/../docker-${ID}.scope/app`, "docker", ID, null],
    ["podman as root", `/machine.slice/libpod-${ID}.scope/container`, "podman", ID, null],
    ["podman, cgroupfs", `/libpod_parent/libpod-${ID}`, "podman", ID, null],
    ["rootless podman", `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`, "podman", ID, null],
    ["containerd of a cluster, systemd", `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UNDERSCORED}.slice/cri-containerd-${ID}.scope`, "containerd", ID, POD],
    ["containerd of a cluster, unit prefix", `/system.slice/containerd.service/kubepods-besteffort-pod${UNDERSCORED}.slice:cri-containerd:${ID}`, "containerd", ID, POD],
    ["cri-o", `/kubepods.slice/kubepods-pod${UNDERSCORED}.slice/crio-${ID}.scope`, "cri-o", ID, POD],
    ["a pod, cgroupfs", `/kubepods/burstable/pod${POD}/${ID}`, null, ID, POD],
    ["a guaranteed pod, cgroupfs", `/kubepods/pod${POD}/${ID}`, null, ID, POD],
    ["a static pod", `/kubepods/besteffort/pod${ID.slice(0, 32)}/${ID}`, null, ID, ID.slice(0, 32)],
    ["kind: a pod inside a docker container", `/docker/${"f".repeat(64)}/kubelet/kubepods/burstable/pod${POD}/${ID}`, null, ID, POD],
    ["ecs", `/ecs/task-family/${ID}`, "ecs", ID, null],
    ["lxc", "/lxc.payload.web-1/system.slice/nginx.service", "lxc", "web-1", null],
    ["old lxc", "/lxc/web-1", "lxc", "web-1", null],
    ["nspawn", "/machine.slice/systemd-nspawn@deb\\x2d12.service/payload/init.scope", "nspawn", "deb-12", null],
    ["a machine's scope", "/machine.slice/machine-deb12.scope", "nspawn", "deb12", null],
  ])("%s", (_, path, runtime, containerId, podUid) => {
    expect(readCgroupPath(path)).toEqual({ runtime, containerId, podUid, unit: null });
  });

  it.each([
    ["/system.slice/nginx.service", "nginx.service"],
    ["/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service"],
    ["/user.slice/user-1000.slice/user@1000.service/app.slice/app-code.scope", "app-code.scope"],
    ["/user.slice/user-1000.slice/session-3.scope", null],
    ["/init.scope", null],
    ["/", null],
    ["", null],
    // What only looks like one.
    [`/system.slice/libpod-conmon-${ID}.scope`, `libpod-conmon-${ID}.scope`],
    ["/docker/short", null],
  ])("%s is no container: unit %s", (path, unit) => {
    expect(readCgroupPath(path)).toEqual({ runtime: null, containerId: null, podUid: null, unit });
  });

  it("takes of several hierarchies the one that says most", () => {
    expect(readCgroupFile(["12:cpuset:/", `4:memory:/docker/${ID}`, "1:name=systemd:/system.slice/docker.service", "0::/"])).toMatchObject({ runtime: "docker", containerId: ID });
    expect(readCgroupFile(["1:name=systemd:/system.slice/db.service", "0::/"])).toMatchObject({ unit: "db.service" });
    expect(readCgroupFile(["nonsense", ""])).toEqual({ runtime: null, containerId: null, podUid: null, unit: null });
  });
});
