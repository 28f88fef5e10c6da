import type { Process } from "./process";

/** A container that ran on the target when it was looked at, as its engine or the node's log files name it. null: not told. */
export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** `docker`, `podman`, `nerdctl`, `crictl`: who told; `kubelet`: the names of its log files. */
  readonly toldBy: string;
  readonly name: string | null;
  readonly image: string | null;
  /** Of its first process, in the target's own numbers. */
  readonly pid: number | null;
  readonly pod: { readonly name: string; readonly namespace: string; readonly container: string | null } | null;
  readonly compose: { readonly project: string; readonly service: string } | null;
  /** Networks by name, with the addresses it has there: canonical text. */
  readonly networks: readonly { readonly name: string; readonly addresses: readonly string[] }[];
}

/** What a person calls it: `namespace/pod/container`, else its name, else the beginning of its id. */
export function containerLabel({ id, name, pod }: Container): string {
  if (pod !== null) return `${pod.namespace}/${pod.name}${pod.container === null ? "" : `/${pod.container}`}`;
  return name ?? id.slice(0, 12);
}

/** The container that a process runs in, as a person calls it; null: in none that is known. */
export function containerOf(process: Process | undefined): string | null {
  return process?.identity?.find((one) => one.kind === "container")?.value ?? null;
}

/** What the thing in it is called: its compose service, its pod, or the container itself. */
export function serviceInContainer(container: Container): string {
  return container.compose?.service ?? container.pod?.name ?? container.name ?? container.id.slice(0, 12);
}
