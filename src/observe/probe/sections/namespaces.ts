import type { MissingFact, NetworkNamespace, Snapshot } from "../../../model/snapshot";
import { readCgroupFile } from "../cgroup-names";
import { readOwnAddresses } from "../target-names";
import type { SectionFamily } from "./section-family";

interface Found {
  readonly id: string | null;
  readonly inode: string | null;
  readonly pid: number | null;
  readonly path: string | null;
  readonly counted: number | null;
  readonly pids: readonly number[];
}

/** Names that a runtime makes up for itself and no person uses. */
const MADE_UP_NAME = /^(?:cni-|netns-)?[0-9a-f]{8}-[0-9a-f-]{4,}$|^[0-9a-f]{12,64}$/;

/**
 * The host's network namespaces (`netns`), what their processes' cgroups say (`netns-files`), their addresses and port ranges (`netns-facts ID`),
 * and how many were left unread (`netns-left TIME CLOSED`).
 */
export class NamespaceSections implements SectionFamily {
  readonly sections = ["netns", "netns-files", "netns-facts", "netns-left"];
  readonly #found: Found[] = [];
  readonly #inodes = new Map<number, string>();
  readonly #files = new Map<string, string[]>();
  readonly #facts = new Map<string, string[]>();
  #facing: string[] = [];
  #left = { time: 0, closed: 0, odd: 0 };

  begin(section: string, words: readonly string[]): void {
    if (section === "netns-facts") this.#facts.set(words[0] ?? "", (this.#facing = []));
    else if (section === "netns-left") this.#left = { ...this.#left, time: count(words[0]) ?? 0, closed: count(words[1]) ?? 0 };
  }

  read(section: string, line: string): void {
    if (section === "netns") this.#listLine(line);
    else if (section === "netns-files") {
      const match = /^\/proc\/(\d+)\/(cgroup|comm):(.*)$/.exec(line);
      if (match === null) return;
      const key = `${match[1] ?? ""} ${match[2] ?? ""}`;
      this.#files.set(key, [...(this.#files.get(key) ?? []), match[3] ?? ""]);
    } else this.#facing.push(line);
  }

  /** Inode of the process's network namespace, as Process.namespace has it. */
  inodeOf(pid: number): string | null {
    return this.#inodes.get(pid) ?? null;
  }

  complete(snapshot: Snapshot): Snapshot {
    const sockets = new Map<string | null, number>();
    for (const { namespace } of snapshot.sockets) sockets.set(namespace, (sockets.get(namespace) ?? 0) + 1);
    for (const { namespace, count: each } of snapshot.summaries) sockets.set(namespace, (sockets.get(namespace) ?? 0) + each);
    const known = new Map(snapshot.namespaces.map((one) => [one.id, one]));
    const namespaces = this.#found.map((found): NetworkNamespace => {
      const facts = this.#facts.get(found.id ?? "-") ?? [];
      const range = facts.map((line) => /^(\d+)\s+(\d+)$/.exec(line)).find((match) => match !== null) ?? null;
      const own = found.id === null;
      return {
        id: found.id, inode: found.inode, pid: found.pid, ...this.#nameOf(found),
        sockets: sockets.get(found.id) ?? found.counted ?? 0,
        readBy: known.get(found.id)?.readBy ?? null,
        ownAddresses: own ? snapshot.ownAddresses : readOwnAddresses(facts.join("\n")),
        localPortRange: own ? (snapshot.kernel?.localPortRange ?? null) : range === null ? null : [Number(range[1]), Number(range[2])],
      };
    });
    return { ...snapshot, namespaces: namespaces.length === 0 ? snapshot.namespaces : namespaces, missing: [...snapshot.missing, ...this.#missing(snapshot, namespaces)] };
  }

  #listLine(line: string): void {
    const [kind, id = "", pid = "", inode = "", path = "", counted = "", pids = ""] = line.split(" ");
    if (kind === "N") {
      const process = count(id);
      if (process !== null && /^(?:tcp-)?\d+$/.test(pid)) this.#inodes.set(process, pid);
    } else if (kind === "S" && /^(?:-|(?:tcp-)?\d+)$/.test(id)) {
      this.#found.push({
        id: id === "-" ? null : id, inode: /^\d+$/.test(inode) ? inode : null, pid: count(pid), path: path === "-" ? null : path, counted: count(counted),
        pids: pids.split(",").flatMap((each) => count(each) ?? []),
      });
    } else if (kind === "L") this.#left = { ...this.#left, odd: count(id) ?? 0 };
  }

  #nameOf({ id, path, pids }: Found): Pick<NetworkNamespace, "name" | "how" | "runtime" | "containerId" | "podUid"> {
    const nobody = { runtime: null, containerId: null, podUid: null };
    if (id === null) return { name: null, how: null, ...nobody };
    const given = path === null ? null : path.slice(path.lastIndexOf("/") + 1);
    const told = pids.map((pid) => ({ pid, names: readCgroupFile(this.#files.get(`${pid} cgroup`) ?? []) }));
    // In a pod the pause container comes first; the pod is what they share.
    const inside = told.find(({ names }) => names.containerId !== null) ?? told.find(({ names }) => names.podUid !== null);
    const container = inside === undefined ? nobody : { runtime: inside.names.runtime, containerId: inside.names.containerId, podUid: inside.names.podUid };
    const how = inside === undefined ? null : `cgroup of process ${inside.pid}`;
    if (given !== null && !MADE_UP_NAME.test(given)) return { name: given, how: `named ${path ?? ""}`, ...container };
    if (container.podUid !== null) return { name: `pod ${container.podUid}`, how, ...container };
    if (container.containerId !== null) return { name: `${container.runtime ?? "container"} ${/^[0-9a-f]{64}$/.test(container.containerId) ? container.containerId.slice(0, 12) : container.containerId}`, how, ...container };
    const unit = told.find(({ names }) => names.unit !== null);
    if (unit !== undefined) return { name: unit.names.unit, how: `cgroup of process ${unit.pid}`, ...container };
    if (given !== null) return { name: given, how: `named ${path ?? ""}`, ...container };
    const [first] = pids;
    const comm = first === undefined ? undefined : this.#files.get(`${first} comm`)?.[0];
    return comm === undefined || comm === "" ? { name: null, how: null, ...container } : { name: comm.replace(/[\x00-\x1f\x7f]/g, "?"), how: `process ${first} runs in it`, ...container };
  }

  #missing(snapshot: Snapshot, namespaces: readonly NetworkNamespace[]): MissingFact[] {
    const missing: MissingFact[] = [];
    const add = (what: string, why: string, remedy: string): void => void missing.push({ what, why, remedy });
    const others = (number: number): string => `${number} other network namespace${number === 1 ? "" : "s"}`;
    const { time, closed, odd } = this.#left;
    if (time > 0) add(`the sockets of ${others(time)}`, "there are more of them than are read in one look; the largest came first", "give it more time (--time-limit), or look from inside the container");
    if (closed > 0) add(`the sockets of ${others(closed)}`, "no process lives in them, and entering one by its name takes root and nsenter", "look as root (sudo)");
    if (odd > 0) add(`the sockets of ${others(odd)}`, "they were too many, or their names hold characters that are not used in a command", "look through nsenter --net=FILE");
    const unseen = namespaces.filter((one) => one.id?.startsWith("tcp-") === true).length;
    if (unseen > 0 && snapshot.privilege?.uid !== 0) add(`who holds the sockets of ${others(unseen)}, and their idle times`, "this user may not enter them; their tables were read from /proc", "look as root (sudo)");
    return missing;
  }
}

function count(word: string | undefined): number | null {
  return word !== undefined && /^\d{1,15}$/.test(word) ? Number(word) : null;
}
