import type { ContainerEngine } from "../../../model/target";
import type { Host } from "../reach";
import type { Asking } from "./client";
import { ask } from "./client";
import { Failure } from "../../../model/failure";

/**
 * Programs that run the probe on the host, in the network (and name) namespace of a process. The shell's arguments tell the probe whose
 * namespace it stands in. A rootless podman's namespaces belong to its user namespace, which `podman unshare` enters first.
 */
export function namespaceEntries(engine: ContainerEngine, pid: number): readonly (readonly string[])[] {
  const enter = ["nsenter", "-t", String(pid), "-n", "-u", "sh", "-s", "namespace-of", String(pid)];
  return engine === "podman" ? [enter, ["podman", "unshare", ...enter]] : [enter];
}

/**
 * Whether a container's first process is one of this host: a client may talk to an engine on another machine, or in a virtual one, whose
 * process numbers mean nothing here. The container's id stands in its control group's path, and in its mounts where it has no group.
 */
export async function runsHere(host: Host, container: { readonly id: string; readonly pid: number }, asking: Asking): Promise<boolean> {
  try {
    const answer = await ask(host, ["grep", "-l", "-F", container.id, `/proc/${container.pid}/cgroup`, `/proc/${container.pid}/mountinfo`], asking);
    return answer.output.includes(`/proc/${container.pid}/`);
  } catch (error) {
    if (error instanceof Failure && error.reason === "toolMissing") return false;
    throw error;
  }
}
