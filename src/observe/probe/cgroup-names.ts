/** What the path of a cgroup tells about whose it is. null: it does not tell. */
export interface CgroupNames {
  /** `docker`, `podman`, `containerd`, `cri-o`, `ecs`, `lxc`, `nspawn`. */
  readonly runtime: string | null;
  /** As the runtime's own command takes it: 64 hexadecimal digits, or the machine's name for lxc and nspawn. */
  readonly containerId: string | null;
  readonly podUid: string | null;
  /** The innermost systemd unit, unless it is only a container's scope. */
  readonly unit: string | null;
}

/** Where each runtime puts its containers, with either of runc's drivers (cgroupfs, systemd). The first that fits is taken. */
const CONTAINERS: readonly (readonly [runtime: string, shape: RegExp])[] = [
  ["podman", /(?:^|\/)libpod-([0-9a-f]{64})(?:\.scope)?(?:\/|$)/],
  ["cri-o", /(?:^|\/|:)crio[-:]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/],
  ["containerd", /(?:^|\/|:)(?:cri-containerd|nerdctl|containerd)[-:]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/],
  ["docker", /(?:^|\/)docker[-/](?:buildkit\/)?([0-9a-z]{25}|[0-9a-f]{64})(?:\.scope)?(?:\/|$)/],
  ["ecs", /\/ecs\/(?:[^/]+\/)*?([0-9a-f]{64}|[0-9a-f]{32}-\d+)(?:\/|$)/],
  ["lxc", /(?:^|\/)lxc(?:\.payload)?[./]([A-Za-z0-9][\w.-]*)(?:\/|$)/],
  ["nspawn", /(?:^|\/)(?:systemd-nspawn@|machine-)((?:[\w:.-]|\\x[0-9a-f]{2})+)\.(?:service|scope)(?:\/|$)/],
];
/** `kubepods/burstable/podUID/ID` and `kubepods-burstable-podUID.slice/...`, where systemd turns hyphens into underscores; static pods have a hash. */
const POD = /kubepods(?:[^/]*|\/[^/]+)?[-/]pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})/;
const POD_CONTAINER = /kubepods.*pod[0-9a-f_-]{32,36}(?:\.slice)?\/([0-9a-f]{64})(?:\/|$)/;

/** Reads the path of one line of /proc/PID/cgroup (cgroups(7)). */
export function readCgroupPath(path: string): CgroupNames {
  const pod = POD.exec(path);
  const podUid = pod === null ? null : (pod[1] ?? "").replaceAll("_", "-");
  const unit = unitOf(path);
  for (const [runtime, shape] of CONTAINERS) {
    const match = shape.exec(path);
    // A cluster inside a container (kind): the pod's own container stands behind the pod.
    if (match === null || (pod !== null && match.index < pod.index)) continue;
    const containerId = (match[1] ?? "").replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    return { runtime, containerId, podUid, unit: null };
  }
  if (podUid !== null) return { runtime: null, containerId: POD_CONTAINER.exec(path)?.[1] ?? null, podUid, unit: null };
  return { runtime: null, containerId: null, podUid: null, unit };
}

/** The names of all lines of a process's cgroup file, the ones that say most. */
export function readCgroupFile(lines: readonly string[]): CgroupNames {
  const told = lines.map((line) => readCgroupPath(/^\d+:[^:]*:(.*)$/.exec(line)?.[1] ?? ""));
  return told.find((one) => one.containerId !== null) ?? told.find((one) => one.podUid !== null) ?? told.find((one) => one.unit !== null) ?? { runtime: null, containerId: null, podUid: null, unit: null };
}

function unitOf(path: string): string | null {
  const units = path.split("/").filter((part) => /^[\w:.\\@-]+\.(?:service|scope)$/.test(part) && !/^(?:init|session-.*)\.scope$/.test(part));
  return units.at(-1) ?? null;
}
