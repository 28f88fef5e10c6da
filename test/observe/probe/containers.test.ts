import { describe, expect, test } from "vitest";
import { containerLabel, containerOf, serviceInContainer } from "../../../src/model/container";
import type { Process } from "../../../src/model/process";
import type { NetworkNamespace, Snapshot } from "../../../src/model/snapshot";
import { ContainerSections } from "../../../src/observe/probe/sections/containers";

const ID = "a1b2".repeat(16);
const OTHER = "c3d4".repeat(16);

function process(pid: number, more: Partial<Process> = {}): Process {
  return {
    pid, parentPid: 1, name: "shopd", exe: null, commandLine: null, cwd: null, cgroup: null, uid: 0, startedAtMs: null, threads: 1, openDescriptors: null, descriptorLimit: null,
    socketDescriptors: null, deadSocketInodes: [], namespace: null, ...more,
  };
}
function space(id: string | null, more: Partial<NetworkNamespace> = {}): NetworkNamespace {
  return { id, inode: id ?? "1", pid: null, name: null, how: null, runtime: null, containerId: null, podUid: null, sockets: 0, readBy: null, ownAddresses: [], localPortRange: null, ...more };
}
function told(lines: readonly string[], more: Partial<Snapshot> = {}): Snapshot {
  const sections = new ContainerSections();
  sections.begin();
  for (const line of lines) sections.read("containers", line);
  return sections.complete({
    source: { format: "probe:ss", target: "local", takenAt: null }, sockets: [], statesOnly: null, processes: [], kernel: null, clock: null, privilege: null, hostname: null, hostNames: [],
    namespaces: [], summaries: [], ownAddresses: [], skipped: [], missing: [], cost: null, ...more,
  });
}

const WEB = `C docker ["${ID}","/shop-web-1","registry.example/shop/web:1.4",4242,"shop","web","","","",[["shop_default","172.18.0.3",""],["edge","10.0.0.2","fd00::2"],null]]`;

describe("what engines say of containers", () => {
  test("a compose service: its names, its networks, its process", () => {
    const { containers } = told([WEB]);
    expect(containers).toEqual([{
      id: ID, toldBy: "docker", name: "shop-web-1", image: "registry.example/shop/web:1.4", pid: 4242, pod: null, compose: { project: "shop", service: "web" },
      networks: [{ name: "shop_default", addresses: ["172.18.0.3"] }, { name: "edge", addresses: ["10.0.0.2", "fd00::2"] }],
    }]);
    expect(containers?.map(serviceInContainer)).toEqual(["web"]);
    expect(containers?.map(containerLabel)).toEqual(["shop-web-1"]);
  });

  test("its addresses are endpoints with a name, and the image tells the kind", () => {
    const { namedEndpoints } = told([`C docker ["${ID}","/orders-store","mysql:8.4@sha256:00",1,null,null,null,null,null,[["bridge","172.17.0.2",""],null]]`]);
    expect(namedEndpoints).toEqual([expect.objectContaining({ address: "172.17.0.2", port: null, name: "orders-store", kind: "mysql", source: "container", confidence: "high" })]);
    expect(namedEndpoints?.[0]?.text).toContain(ID.slice(0, 12));
  });

  test("a pod of a node: crictl's containers, the pod's one address once, the kubelet's log names where nobody can be asked", () => {
    const { containers, namedEndpoints } = told([
      `C crictl ["${ID}","app","registry.example/web@sha256:00",10,null,null,"shop","web-7d9f","app",[null]]`,
      `C crictl ["${OTHER}","proxy","envoy:1",11,null,null,"shop","web-7d9f","proxy",[null]]`,
      `P ["shop","web-7d9f","10.244.1.7"]`,
      `L web-7d9f_shop_app-${ID}.log`,
      `L coredns-1_kube-system_coredns-${"e5f6".repeat(16)}.log`,
    ]);
    expect(containers?.map(containerLabel)).toEqual(["shop/web-7d9f/app", "shop/web-7d9f/proxy", "kube-system/coredns-1/coredns"]);
    expect(containers?.map((one) => one.toldBy)).toEqual(["crictl", "crictl", "kubelet"]);
    expect(namedEndpoints?.map(({ address, name }) => `${address} ${name}`)).toEqual(["10.244.1.7 web-7d9f"]);
  });

  test("a process belongs to the container of its cgroup, or of its first process", () => {
    const { processes } = told([WEB], { processes: [
      process(7, { cgroup: `/system.slice/docker-${ID}.scope` }), process(4242), process(4300, { parentPid: 4242 }), process(9, { cgroup: `/docker/${OTHER}` }),
    ] });
    expect(processes.map(containerOf)).toEqual(["shop-web-1", "shop-web-1", "shop-web-1", null]);
    expect(processes[0]?.identity).toContainEqual(expect.objectContaining({ kind: "image", value: "registry.example/shop/web:1.4" }));
  });

  test("a namespace gets the name of its container, but not one that somebody named, nor the host's own", () => {
    const { namespaces } = told([WEB], {
      namespaces: [space(null), space("20", { name: `docker ${ID.slice(0, 12)}`, how: "cgroup of process 7", containerId: ID }), space("30", { name: "blue", how: "named /run/netns/blue", containerId: ID }), space("40")],
      processes: [process(4242, { namespace: "40" }), process(5, { namespace: "1", cgroup: `/docker/${ID}` })],
    });
    expect(namespaces.map((one) => one.name)).toEqual([null, "shop-web-1", "blue", "shop-web-1"]);
  });

  test("a client that does not answer is said, with what to do", () => {
    const { missing, containers } = told(["E docker 124", "E podman 125", "E docker denied", "E docker 1; rm"]);
    expect(containers).toEqual([]);
    expect(missing.map((fact) => fact.why)).toEqual(["docker did not answer within 2 s", "podman refused (exit code 125)", "this user may not talk to docker"]);
  });

  test.each([
    "", "C", "C docker", "C docker []", "C docker [", `C docker ["short","/x","y",1]`, `C docker ["${ID}`, "C docker {}", `C docker [["${ID}"]]`, "P []", `P ["a","b","not an address"]`, "L ../../etc/passwd",
    `L a_b_c-${ID}`, `L a b_c_d-${ID}.log`, "X y",
  ])("%j makes nothing", (line) => {
    const snapshot = told([line]);
    expect(snapshot.containers).toEqual([]);
    expect(snapshot.namedEndpoints).toBeUndefined();
  });

  test("words of a host are cleaned, and odd values left out", () => {
    const { containers } = told([`C docker ["${ID}","/we\\u001b[31mb","<no value>",-1,"shop","",5,"x",null,[["n","999.1.1.1",7],"x",[3],null]]`]);
    expect(containers).toEqual([{ id: ID, toldBy: "docker", name: "we?[31mb", image: null, pid: null, pod: null, compose: null, networks: [{ name: "n", addresses: [] }] }]);
  });

  test("not asked is not the same as none", () => {
    const sections = new ContainerSections();
    const { containers: _containers, ...before } = told([]);
    expect(sections.complete(before as Snapshot).containers).toBeUndefined();
  });
});
