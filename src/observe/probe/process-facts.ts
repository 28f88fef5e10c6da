import type { Process } from "../../model/process";
import type { BootTime } from "./target-clock";
import { scrubCommandLine } from "./scrub-command-line";

/** TASK_COMM_LEN of the kernel, less its closing zero. */
const COMM_BYTES = 15;
/** The longest command line kept, in characters: a Java class path needs no more to be recognised. */
const LONGEST_COMMAND_LINE = 4096;

/** A process as a whole look told it, with what tells that a PID is still its. */
export interface KnownProcess {
  /** The kernel's own short name: another one says that the process runs another program now. */
  readonly comm: string;
  readonly startTicks: number;
  readonly process: Process;
}

/** What the probe's sections say about the processes, gathered by PID. */
export class ProcessFacts {
  readonly #known: ReadonlyMap<number, KnownProcess>;
  readonly #files = new Map<string, string[]>();
  readonly #links = new Map<string, string>();
  readonly #descriptors = new Map<number, { total: number; sockets: number }>();
  readonly #dead = new Map<number, number[]>();
  readonly #refused = new Set<number>();

  /** @param known processes of the whole look before a brief one, which asks no more of them than whether they are the same. */
  constructor(known: ReadonlyMap<number, KnownProcess> = new Map()) {
    this.#known = known;
  }

  /** A line of grep's: `/proc/PID/FILE:content`. False when it is none. */
  addFileLine(line: string): boolean {
    const match = /^\/proc\/(\d+)\/([a-z]+):([\s\S]*)$/.exec(line);
    if (match === null) return false;
    const key = `${match[1] ?? ""}/${match[2] ?? ""}`;
    const lines = this.#files.get(key);
    if (lines === undefined) this.#files.set(key, [match[3] ?? ""]);
    else lines.push(match[3] ?? "");
    return true;
  }

  /** The whole section of links: `path NUL target NUL ...`, or the lines of `ls -l`. */
  addLinks(text: string): void {
    if (text.includes("\0")) {
      const parts = text.split("\0");
      for (let index = 0; index + 1 < parts.length; index += 2) this.#links.set((parts[index] ?? "").trim().slice("/proc/".length), parts[index + 1] ?? "");
      return;
    }
    for (const line of text.split("\n")) {
      const match = /^l.* \/proc\/(\d+\/(?:exe|cwd)) -> (.*)$/.exec(line);
      if (match !== null) this.#links.set(match[1] ?? "", match[2] ?? "");
    }
  }

  addDescriptors(pid: number, total: number, sockets: number): void {
    this.#descriptors.set(pid, { total, sockets });
  }

  addDead(pid: number, inode: number): void {
    const inodes = this.#dead.get(pid);
    if (inodes === undefined) this.#dead.set(pid, [inode]);
    else if (!inodes.includes(inode)) inodes.push(inode);
  }

  /**
   * No more than this many sockets can be dead: the rest are of protocols whose tables do not list them all. Which is which is not told, but
   * a leak is a crowd: the processes with the most are believed, as long as they fit.
   */
  boundDead(most: number): void {
    let left = most;
    for (const [pid, inodes] of [...this.#dead].sort(([, one], [, other]) => other.length - one.length)) {
      if (inodes.length > left) this.#dead.delete(pid);
      else left -= inodes.length;
    }
  }

  /** The descriptors of this process may not be read. */
  addRefused(pid: number): void {
    this.#refused.add(pid);
  }

  get refused(): ReadonlySet<number> {
    return this.#refused;
  }

  /**
   * The name a person knows a process by, or null. That is `comm`, with two exceptions, in which the program file's name stands for it: some
   * runtimes call their main thread `MainThread` (Node 24 does), which is then everybody's name; and the kernel cuts `comm` at 15 bytes.
   */
  nameOf(pid: number): string | null {
    const same = this.#sameAsBefore(pid);
    if (same !== null) return same.name;
    const comm = this.#stat(pid)?.name;
    if (comm === undefined) return null;
    const file = withoutDeleted(this.#links.get(`${pid}/exe`)) ?? this.#file(pid, "cmdline")?.split("\0", 1)[0] ?? null;
    const program = file === null ? "" : file.slice(file.lastIndexOf("/") + 1);
    if (program === "") return comm;
    return comm === "MainThread" || (comm.length === COMM_BYTES && program.startsWith(comm)) ? program : comm;
  }

  /** The processes of which anything but their descriptors is known, by PID. `holds`: whether a process holds a socket's inode now. */
  processes(boot: BootTime | null, ticksPerSecond: number, namespaceOf: (pid: number) => string | null, holds: (pid: number, inode: number) => boolean): Process[] {
    const pids = new Set<number>();
    for (const key of this.#files.keys()) pids.add(Number(key.slice(0, key.indexOf("/"))));
    return [...pids].sort((one, other) => one - other).flatMap((pid) => this.#process(pid, boot, ticksPerSecond, namespaceOf(pid), holds) ?? []);
  }

  /** What tells of each process whether a later look sees it again. */
  marks(): Map<number, Pick<KnownProcess, "comm" | "startTicks">> {
    const marks = new Map<number, Pick<KnownProcess, "comm" | "startTicks">>();
    for (const key of this.#files.keys()) {
      const pid = Number(key.slice(0, key.indexOf("/")));
      const stat = this.#stat(pid);
      if (stat !== null) marks.set(pid, { comm: stat.name, startTicks: stat.startTicks });
    }
    return marks;
  }

  /** Whether some process is not one of those that were known. */
  get newcomers(): boolean {
    return [...this.marks().keys()].some((pid) => this.#sameAsBefore(pid) === null);
  }

  /** A process that was known, and still runs the same program. */
  #sameAsBefore(pid: number): Process | null {
    const known = this.#known.get(pid);
    if (known === undefined) return null;
    const stat = this.#stat(pid);
    return stat !== null && stat.startTicks === known.startTicks && stat.name === known.comm ? known.process : null;
  }

  #process(pid: number, boot: BootTime | null, ticksPerSecond: number, namespace: string | null, holds: (pid: number, inode: number) => boolean): Process | null {
    const stat = this.#stat(pid);
    if (stat === null) return null;
    const descriptors = this.#descriptors.get(pid);
    const refused = this.#refused.has(pid);
    const fresh = {
      parentPid: stat.parentPid,
      startedAtMs: boot === null ? null : Math.round(boot.epochMs + (stat.startTicks * 1000) / ticksPerSecond),
      threads: stat.threads,
      openDescriptors: refused ? null : (descriptors?.total ?? null),
      socketDescriptors: refused ? null : (descriptors?.sockets ?? null),
    };
    const same = this.#sameAsBefore(pid);
    // A dead socket stays dead as long as it is held.
    if (same !== null) return { ...same, ...fresh, deadSocketInodes: same.deadSocketInodes.filter((inode) => holds(pid, inode)), namespace: namespace ?? same.namespace };
    const limit = /^Max open files\s+(\d+)/m.exec(this.#file(pid, "limits") ?? "");
    const uids = /^Uid:\s+\d+\s+(\d+)/m.exec(this.#file(pid, "status") ?? "");
    return {
      pid,
      ...fresh,
      name: this.nameOf(pid) ?? stat.name,
      exe: withoutDeleted(this.#links.get(`${pid}/exe`)),
      commandLine: this.#commandLine(pid),
      cwd: withoutDeleted(this.#links.get(`${pid}/cwd`)),
      cgroup: cgroupPath(this.#file(pid, "cgroup")),
      uid: uids === null ? null : Number(uids[1]),
      descriptorLimit: limit === null ? null : Number(limit[1]),
      deadSocketInodes: this.#dead.get(pid) ?? [],
      namespace,
    };
  }

  #file(pid: number, name: string): string | null {
    return this.#files.get(`${pid}/${name}`)?.join("\n") ?? null;
  }

  /** proc_pid_stat(5); the name stands in brackets and may hold brackets, blanks and line ends. */
  #stat(pid: number): { name: string; parentPid: number; threads: number; startTicks: number } | null {
    const text = this.#file(pid, "stat");
    if (text === null) return null;
    const open = text.indexOf("(");
    const close = text.lastIndexOf(")");
    if (open === -1 || close < open) return null;
    const fields = text.slice(close + 2).split(" ");
    return { name: text.slice(open + 1, close), parentPid: Number(fields[1]), threads: Number(fields[17]), startTicks: Number(fields[19]) };
  }

  #commandLine(pid: number): string | null {
    const text = this.#file(pid, "cmdline");
    if (text === null || text === "") return null;
    const cut = text.length > LONGEST_COMMAND_LINE;
    // A process that renamed itself (nginx: worker process) leaves blanks or zeros behind.
    const args = (cut ? text.slice(0, LONGEST_COMMAND_LINE) : text).replace(/[\0\s]+$/, "").split("\0");
    const shown = scrubCommandLine(args).replace(/[\x00-\x1f\x7f]+/g, " ");
    return shown === "" ? null : cut ? `${shown} ...` : shown;
  }
}

function withoutDeleted(path: string | undefined): string | null {
  if (path === undefined || path === "") return null;
  return path.endsWith(" (deleted)") ? path.slice(0, -" (deleted)".length) : path;
}

/** The path of cgroup v2 (`0::/path`), or of systemd's own hierarchy on v1, or the first that says more than `/`. */
function cgroupPath(text: string | null): string | null {
  if (text === null) return null;
  const paths = text.split("\n").flatMap((line) => {
    const match = /^(\d+):([^:]*):(.*)$/.exec(line);
    return match === null ? [] : [{ controllers: match[2] ?? "", path: match[3] ?? "" }];
  });
  const telling = paths.filter(({ path }) => path !== "/" && path !== "");
  const chosen = telling.find(({ controllers }) => controllers === "") ?? telling.find(({ controllers }) => controllers === "name=systemd") ?? telling[0] ?? paths[0];
  return chosen?.path ?? null;
}
