import type { Process } from "../../model/process";
import type { LookCost, MissingFact, NetworkNamespace, Snapshot } from "../../model/snapshot";
import type { Socket, SocketOwner } from "../../model/socket";
import type { Target } from "../../model/target";
import { formatTarget } from "../../model/target";
import { LineSplitter } from "../sockets/line-splitter";
import type { SocketDraft } from "../sockets/snapshot-draft";
import { SnapshotDraft } from "../sockets/snapshot-draft";
import { carriedOver, hasNewNamespace } from "./probe-memory";
import type { ProbeMemory } from "./probe-memory";
import { ProcessFacts } from "./process-facts";
import { NamespaceSections } from "./sections/namespaces";
import { createSectionFamilies } from "./sections/registry";
import type { SectionFamily } from "./sections/section-family";
import type { Attempt } from "./socket-tables";
import { bestAttempt, finishTable, missingOf, shiftTimes, SocketTables } from "./socket-tables";
import type { ClockSample } from "./target-clock";
import { bootTime, momentOf, readClockSample, targetClock } from "./target-clock";

/** How the run of the script went, as its Reach tells. Times are epoch milliseconds on our clock. */
export interface ProbeContext {
  readonly target: Target;
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  readonly truncated: boolean;
  readonly stderr: string;
  readonly bytes: number;
}

export interface ProbeReader {
  push(text: string): void;
  /** Never throws: what the answer lacks stands in `missing`, what was not understood in `skipped`. */
  finish(context: ProbeContext): Snapshot;
  /** After `finish`: what a brief look over the same connection may build on, and whether the look showed what no whole look has told. null: on nothing. */
  readonly memory?: () => { readonly memory: ProbeMemory; readonly newcomers: boolean } | null;
}

/** Lines that the target compressed. */
export interface Packed {
  push(line: string): void;
  /** No more lines come: how many bytes there were in it, and what was wrong with it, or null. */
  end(): { readonly bytes: number; readonly broken: string | null };
}

/** Gives the text in packed lines to `onText`, before `push` or `end` returns. */
export type OpenPacked = (onText: (text: string) => void) => Packed;

/**
 * Takes the probe's answer in pieces of any size and gives the Snapshot of the look.
 *
 * @param openPacked Unpacks what the target compressed; needed when the script was made with `pack`.
 * @param known The answer is a brief look's, behind the whole one that left this.
 */
export function createProbeReader(openPacked: OpenPacked | null = null, known: ProbeMemory | null = null): ProbeReader {
  return new AnswerReader(openPacked, known);
}

/** /proc/self/ns/pid of the first PID namespace (PROC_PID_INIT_INO in the kernel's include/linux/proc_ns.h). */
const FIRST_PID_NAMESPACE = "pid:[4026531836]";
/** Machines whose words stand with the highest byte first. */
const BIG_ENDIAN_MACHINE = /^(?:s390|ppc$|ppc64$|mips(?:64)?$|sparc|m68k|aarch64_be|armeb|parisc)/;

/** Sockets whose owner stays unknown: not allowed to see it, or closed before we came to its process. */
interface OutOfSight {
  hidden: number;
  closed: number;
}

class AnswerReader implements ProbeReader {
  #nonce: string | null = null;
  readonly #lines = new LineSplitter((line) => this.#sentLine(line));
  #section = "";
  readonly #known: ProbeMemory | null;
  readonly #facts: ProcessFacts;
  readonly #clocks = new Map<string, ClockSample>();
  readonly #tables = new SocketTables(() => BIG_ENDIAN_MACHINE.test(this.#words.get("machine") ?? ""));
  readonly #openPacked: OpenPacked | null;
  readonly #unpacked = new LineSplitter((line) => this.#line(line));
  #packed: Packed | null = null;
  #packedBytes = 0;
  #unpackedBytes = 0;
  #packedTrouble: string | null = null;
  readonly #rootDraft = new SnapshotDraft();
  readonly #owners = new Map<number, { pid: number; fd: number }[]>();
  readonly #namespaces = new NamespaceSections();
  readonly #families: readonly SectionFamily[] = createSectionFamilies(this.#namespaces);
  readonly #familyOf = new Map<string, SectionFamily>(this.#families.flatMap((family) => family.sections.map((name) => [name, family] as const)));
  readonly #links: string[] = [];
  readonly #words: Map<string, string>;
  /** The network namespace that the probe stood in: an inode. */
  #ownNamespace: string | null = null;
  /** It was that of this process, entered from a container's host. */
  #within: string | null = null;
  #btime: number | null = null;
  #times: number[] = [];
  #denied = 0;
  #walked = false;
  #deadChecked = false;
  /** How many socket descriptors there were when they were too many to look for dead ones; null: they were not. */
  #deadTooMany: number | null = null;
  /** Inodes that stood in the socket tables after the walk, held by nobody; meaningful when the dead check was made. A brief look has those of the look before. */
  readonly #unowned: Set<number>;
  /** Processes that may hold dead descriptors and were not given the CPU to close them. */
  #starved = 0;
  #allTcpSockets = 0;
  #listedTcpSockets = 0;
  #ended = false;
  #missingTools: string[] = [];
  #noise = 0;
  #forms = { limitForm: 0, gnuFind: 0, ssForm: 0 };
  #seen: Snapshot | null = null;
  #missingElsewhere: readonly MissingFact[] = [];

  constructor(openPacked: OpenPacked | null, known: ProbeMemory | null) {
    this.#openPacked = openPacked;
    this.#known = known;
    this.#facts = new ProcessFacts(known?.processes);
    this.#words = new Map(known?.words);
    this.#unowned = new Set(known?.withoutHolder);
    this.#ownNamespace = known?.ownNamespace ?? null;
    this.#deadTooMany = known?.deadTooMany ?? null;
  }

  push(text: string): void {
    this.#lines.push(text);
  }

  finish(context: ProbeContext): Snapshot {
    // A last line without its end was cut: half a row is no row.
    const rest = this.#lines.takeRest();
    if (this.#packed !== null) this.#packed.push(rest.slice(0, rest.length - (rest.length % 4)));
    else if (rest !== "") this.#rootDraft.skip(1, rest, "the answer was cut off in this line");
    this.#endPacked(false);
    this.#endLinks();
    const uid = this.#number("uid");
    const seesAllProcesses = uid === 0 && this.#walked && this.#denied === 0 && (this.#words.get("pid-namespace") ?? FIRST_PID_NAMESPACE) === FIRST_PID_NAMESPACE;
    const boot = bootTime(this.#clocks, this.#btime);
    const clock = targetClock(this.#clocks, this.#btime, context.sentAtMs, context.endedAtMs);
    const sockets: SocketDraft[] = [];
    const attempts: Attempt[] = [];
    const tableFacts: MissingFact[] = [];
    const outOfSight = { hidden: 0, closed: 0 };
    if (this.#nonce !== null && this.#tables.spaces.length === 0) this.#tables.beginSpace("-", "-");
    for (const space of this.#tables.spaces) {
      const attempt = bestAttempt(space);
      tableFacts.push(...missingOf(space, attempt));
      if (attempt === null) continue;
      finishTable(space, attempt);
      const readAt = space.readAt === null ? null : momentOf(space.readAt, boot);
      if (readAt !== null && clock !== null) shiftTimes(attempt.draft.sockets, readAt.ms - clock.targetMs);
      this.#settleOwners(attempt, seesAllProcesses, outOfSight);
      for (const socket of attempt.draft.sockets) sockets.push(socket);
      attempts.push(attempt);
    }
    const own = this.#tables.spaces[0] === undefined ? null : bestAttempt(this.#tables.spaces[0]);
    const ticks = this.#number("ticks") ?? 100;
    const cost: LookCost = {
      wallMs: context.endedAtMs - context.sentAtMs,
      bytes: context.bytes,
      rawBytes: context.bytes - this.#packedBytes + this.#unpackedBytes,
      targetCpuMs: this.#times.length === 0 ? null : Math.round(this.#times.reduce((sum, one) => sum + one, 0)),
    };
    const snapshot: Snapshot = {
      source: {
        format: `probe:${own === null ? "none" : own.reader.format}`,
        target: formatTarget(context.target),
        takenAt: new Date(clock === null ? context.endedAtMs : clock.targetMs - clock.offsetMs).toISOString(),
      },
      sockets,
      statesOnly: null,
      processes: this.#shown(this.#facts.processes(boot, ticks, (pid) => this.#namespaces.inodeOf(pid), (pid, inode) => this.#owners.get(inode)?.some((owner) => owner.pid === pid) === true), sockets),
      kernel: this.#nonce === null ? null : { counters: {}, localPortRange: null, settings: {}, release: this.#words.get("system") ?? null },
      clock,
      privilege: uid === null ? null : { uid, seesAllProcesses },
      hostname: this.#words.get("hostname") ?? null,
      hostNames: [],
      namespaces: this.#tables.spaces.map((space): NetworkNamespace => ({
        id: space.id, inode: null, pid: null, name: null, how: null, runtime: null, containerId: null, podUid: null, sockets: space.counted ?? 0,
        readBy: bestAttempt(space)?.reader.format ?? null, ownAddresses: [], localPortRange: null,
      })),
      summaries: attempts.flatMap((attempt) => attempt.summaries),
      ownAddresses: [],
      skipped: [...attempts.flatMap((attempt) => attempt.draft.skipped), ...this.#rootDraft.skipped],
      missing: [...attempts.flatMap((attempt) => attempt.draft.missing), ...this.#missing(context, tableFacts, outOfSight, uid)],
      cost,
    };
    if (this.#nonce === null) return snapshot;
    this.#seen = this.#families.reduce((soFar, family) => {
      const completed = family.complete(soFar);
      // What a brief look reads itself says itself what it lacks.
      if (family !== this.#namespaces) this.#missingElsewhere = [...this.#missingElsewhere, ...completed.missing.slice(soFar.missing.length)];
      return completed;
    }, snapshot);
    if (this.#known !== null) this.#seen = carriedOver(this.#seen, this.#known);
    return this.#seen;
  }

  memory(): { readonly memory: ProbeMemory; readonly newcomers: boolean } | null {
    const seen = this.#seen;
    // Only a look that went well is built on: what it did not tell would stay untold.
    if (seen === null || !this.#ended || this.#packedTrouble !== null || !this.#walked || this.#tables.spaces[0] === undefined || bestAttempt(this.#tables.spaces[0])?.status !== 0) return null;
    const withoutHolder = new Set(seen.sockets.flatMap(({ inode, owners }) => (inode === null || inode === 0 || owners.length > 0 ? [] : [inode])));
    const known = this.#known;
    if (known !== null) return { memory: { ...known, withoutHolder }, newcomers: this.#facts.newcomers || hasNewNamespace(seen, known) };
    const uid = this.#number("uid");
    if (uid === null || !(this.#words.get("system") ?? "").startsWith("Linux")) return null;
    const marks = this.#facts.marks();
    const processes = new Map(seen.processes.flatMap((process) => {
      const mark = marks.get(process.pid);
      return mark === undefined ? [] : [[process.pid, { ...mark, process }] as const];
    }));
    const knownTicks = [...marks.values()].reduce((latest, { startTicks }) => Math.max(latest, startTicks), 0);
    return {
      memory: {
        whole: seen, words: this.#words, ownNamespace: this.#ownNamespace, processes, numbers: { uid, ...this.#forms, knownPids: [...marks.keys()], knownTicks },
        missing: this.#missingElsewhere, deadTooMany: this.#deadTooMany, withoutHolder,
      },
      newcomers: false,
    };
  }

  /** From a container's host all its processes are seen; the container's are those of its namespace, and whoever holds one of its sockets. */
  #shown(processes: readonly Process[], sockets: readonly Socket[]): readonly Process[] {
    const own = this.#ownNamespace;
    if (this.#within === null || own === null) return processes;
    const holders = new Set(sockets.flatMap((socket) => socket.owners.map((owner) => owner.pid)));
    // Our own shells stand there too.
    const ours = `sh -s namespace-of ${this.#within}`;
    return processes.filter((process) => (process.namespace === own && process.commandLine !== ours) || holders.has(process.pid));
  }

  /** A line as it came: what stands packed is lines too, and a marker ends it. */
  #sentLine(line: string): void {
    if (this.#packed !== null) {
      if (!this.#isMarker(line)) {
        this.#packedBytes += line.length + 1;
        this.#packed.push(line);
        return;
      }
      this.#endPacked(true);
    }
    this.#line(line);
  }

  #isMarker(line: string): boolean {
    const nonce = this.#nonce;
    return nonce !== null && line.charCodeAt(0) === 64 && line.startsWith(nonce, 1) && line.charCodeAt(nonce.length + 1) === 32;
  }

  #endPacked(ended: boolean): void {
    if (this.#packed === null) return;
    const { bytes, broken } = this.#packed.end();
    this.#packed = null;
    this.#unpackedBytes += bytes;
    // When the whole answer was cut off, that is said already.
    if (ended) this.#packedTrouble ??= broken;
    const rest = this.#unpacked.takeRest();
    if (rest === "") return;
    if (broken === null) this.#line(rest);
    else this.#rootDraft.skip(1, rest, "the answer was cut off in this line");
  }

  #line(line: string): void {
    if (this.#nonce === null) {
      this.#beforeFirstLine(line);
      return;
    }
    if (this.#isMarker(line)) {
      this.#marker(line.slice(this.#nonce.length + 2));
      return;
    }
    switch (this.#section) {
      case "sockets":
        this.#tables.line(line);
        break;
      case "summary":
        this.#tables.summaryLine(line);
        break;
      case "descriptors":
        this.#descriptorLine(line);
        break;
      case "unowned":
        if (/^\d+$/.test(line)) this.#unowned.add(Number(line));
        break;
      case "dead":
        this.#deadLine(line);
        break;
      case "files":
        if (line !== "") this.#facts.addFileLine(line);
        break;
      case "links":
        this.#links.push(line);
        break;
      case "sockstat":
        this.#sockstatLine(line);
        break;
      case "bootlines":
        if (line.startsWith("btime ")) this.#btime = Number(line.slice(6));
        break;
      case "missing-tools":
        if (line !== "") this.#missingTools.push(line);
        break;
      case "times":
        for (const match of line.matchAll(/(\d+)m([\d.]+)s/g)) this.#times.push(Number(match[1]) * 60_000 + Number(match[2]) * 1000);
        break;
      default:
        this.#familyOf.get(this.#section)?.read(this.#section, line);
    }
  }

  /** A login script may print before our script speaks. */
  #beforeFirstLine(line: string): void {
    const match = /^leakline\.probe\/1 ([0-9A-Za-z-]{8,80})\r?$/.exec(line);
    if (match !== null) this.#nonce = match[1] ?? null;
    else if (line.trim() !== "") {
      this.#noise += 1;
      this.#rootDraft.skip(this.#noise, line, "printed before the probe's answer (by a login script?)");
    }
  }

  #marker(words: string): void {
    this.#endLinks();
    const [name = "", ...rest] = words.split(" ");
    this.#section = name;
    const value = rest.join(" ");
    switch (name) {
      case "clock": {
        const sample = readClockSample(rest[1] ?? "", rest[2] ?? "", rest[3] ?? "");
        if (sample === null) break;
        if (rest[0] === "at") this.#tables.setReadAt(sample);
        else this.#clocks.set(rest[0] ?? "", sample);
        break;
      }
      case "system":
      case "machine":
      case "uid":
      case "hostname":
      case "ticks":
        if (value !== "") this.#words.set(name, value);
        break;
      case "namespaces":
        if ((rest[0] ?? "").startsWith("pid:")) this.#words.set("pid-namespace", rest[0] ?? "");
        this.#ownNamespace = /^net:\[(\d+)\]$/.exec(rest[1] ?? "")?.[1] ?? null;
        break;
      case "forms":
        this.#forms = { ...this.#forms, limitForm: wholeIn(rest[0]), gnuFind: wholeIn(rest[1]) };
        break;
      case "ss-form":
        this.#forms = { ...this.#forms, ssForm: wholeIn(rest[0]) };
        break;
      case "brief":
        break;
      case "within":
        this.#within = value;
        break;
      case "packed":
        if (this.#openPacked === null) this.#packedTrouble = "nothing here unpacks it";
        else this.#packed = this.#openPacked((text) => this.#unpacked.push(text));
        break;
      case "unpacked":
        break;
      case "space":
        this.#tables.beginSpace(rest[0] ?? "-", rest[1] ?? "-");
        break;
      case "sockets":
        this.#tables.begin(rest[0] ?? "");
        break;
      case "waiting-left":
        this.#tables.waitingLeft(Number(rest[0]) || 0);
        break;
      case "status":
        this.#tables.status(rest[0] ?? "", Number(rest[1]));
        break;
      case "deadcheck":
        if (rest[0] === "too-many") {
          this.#deadTooMany = Number(rest[1]) || 0;
          break;
        }
        this.#deadChecked = true;
        if (rest[0] === "unnamed") this.#facts.boundDead(this.#allTcpSockets - this.#listedTcpSockets);
        break;
      case "end":
        this.#ended = true;
        break;
      default:
        this.#familyOf.get(name)?.begin?.(name, rest);
    }
  }

  #descriptorLine(line: string): void {
    const [kind, pidText, total, sockets, ...held] = line.split(" ");
    const pid = Number(pidText);
    if (kind === "P") {
      this.#walked = true;
      this.#facts.addDescriptors(pid, Number(total), Number(sockets));
      for (const pair of held) {
        const colon = pair.indexOf(":");
        const inode = Number(pair.slice(colon + 1));
        const fd = Number(pair.slice(0, colon));
        const owners = this.#owners.get(inode);
        if (owners === undefined) this.#owners.set(inode, [{ pid, fd }]);
        else owners.push({ pid, fd });
      }
    } else if (kind === "X") this.#facts.addRefused(pid);
    else if (kind === "D") this.#denied = pid;
  }

  #deadLine(line: string): void {
    if (line.startsWith("waiting ")) {
      this.#starved += 1;
      return;
    }
    const match = /^(\d+) \d+ (\d+)$/.exec(line);
    if (match !== null) this.#facts.addDead(Number(match[1]), Number(match[2]));
  }

  /** `alloc` counts the TCP sockets of the whole machine; `inuse` those that stand in one namespace's tables. */
  #sockstatLine(line: string): void {
    const match = /^TCP6?: inuse (\d+)(?:.* alloc (\d+))?/.exec(line);
    if (match === null) return;
    this.#listedTcpSockets += Number(match[1]);
    if (match[2] !== undefined) this.#allTcpSockets = Number(match[2]);
  }

  #endLinks(): void {
    if (this.#links.length === 0) return;
    this.#facts.addLinks(this.#links.join("\n"));
    this.#links.length = 0;
  }

  #number(name: string): number | null {
    const word = this.#words.get(name);
    return word !== undefined && /^\d+$/.test(word) ? Number(word) : null;
  }

  /**
   * Joins sockets and descriptors by inode and says what is known of the rest. Nobody holds a socket whose inode is 0, or one that is in no
   * descriptor though all were seen and that outlived the walk. One that was gone by then had a holder that we missed.
   */
  #settleOwners(attempt: Attempt, seesAllProcesses: boolean, outOfSight: OutOfSight): void {
    const names = new Map<number, string | null>();
    for (const socket of attempt.draft.sockets) {
      const holders = socket.inode === null || socket.inode === 0 ? undefined : this.#owners.get(socket.inode);
      if (holders !== undefined && (socket.owners.length === 0 || attempt.name !== "ss")) {
        socket.owners = holders.map(({ pid, fd }): SocketOwner => {
          if (!names.has(pid)) names.set(pid, this.#facts.nameOf(pid));
          return { pid, process: names.get(pid) ?? null, fd };
        });
      }
      if (socket.owners.length > 0) {
        socket.ownership = "owned";
        continue;
      }
      const outlived = socket.inode !== null && seesAllProcesses && this.#deadTooMany === null && ((!this.#deadChecked && this.#known === null) || this.#unowned.has(socket.inode));
      const none = socket.inode === 0 || socket.state === "TIME_WAIT" || socket.state === "SYN_RECEIVED" || outlived;
      socket.ownership = none ? "none" : "hidden";
      if (none) continue;
      if (seesAllProcesses) outOfSight.closed += 1;
      else outOfSight.hidden += 1;
    }
  }

  #missing(context: ProbeContext, tableFacts: readonly MissingFact[], { hidden, closed }: OutOfSight, uid: number | null): MissingFact[] {
    const missing: MissingFact[] = [];
    const add = (what: string, why: string, remedy: string): void => void missing.push({ what, why, remedy });
    if (this.#nonce === null) {
      add("the whole look", `the target did not answer as a POSIX shell does${context.stderr.trim() === "" ? "" : `: ${firstLine(context.stderr)}`}`, "check that sh can be run there by this user");
      return missing;
    }
    if (context.truncated) add("the end of the answer", `it was longer than allowed (${context.bytes} bytes were read)`, "raise the limit, or look at a quieter moment");
    else if (!this.#ended) add("the end of the answer", "the script ended before it was done", "look again; if it stays so, look for a limit on processes or memory there");
    const system = this.#words.get("system") ?? "";
    if (!system.startsWith("Linux")) add("processes and kernel facts", `${system === "" ? "this system" : system} has no /proc as Linux has`, "look at a Linux host");
    if (this.#packedTrouble !== null) add("part of the answer", `what the target compressed could not be unpacked: ${this.#packedTrouble}`, "look again; if it stays so, something on the way changes the answer");
    missing.push(...tableFacts);
    if (this.#missingTools.includes("grep")) add("what the processes are, and the kernel's settings", "grep is not installed on the target", "install grep (or BusyBox)");
    if (!this.#walked) add(this.#missingTools.includes("awk") ? "which process holds which socket, and the sockets of other network namespaces" : "which process holds which socket", this.#missingTools.includes("awk") ? "awk is not installed on the target" : "/proc could not be walked", "install awk (or BusyBox), or run as root");
    if (this.#deadTooMany !== null) add("descriptors whose socket is dead", `there are ${this.#deadTooMany} socket descriptors, and to compare so many takes memory there`, "look at the process's descriptors by hand: ls -l /proc/PID/fd");
    else if (this.#walked && !this.#deadChecked && this.#known === null) add("descriptors whose socket is dead", "the tables of /proc/net could not be read", "run as root outside a restricted container");
    if (this.#starved > 0) add(`dead descriptors of ${this.#starved} processes`, "these processes wanted to run and were not let while we looked, so they may be about to close them", "look again when the host is less busy");
    if (closed > 0) add(`the owners of ${closed} sockets`, "they were closed while we looked", "nothing: the next look shows what stays");
    if (hidden > 0) {
      if (uid !== 0) add(`the owners of ${hidden} sockets`, "this user may not read other users' processes, so somebody may hold them, or nobody", "look as root (sudo), or as the user who runs the service");
      else if (this.#denied > 0) add(`the owners of ${hidden} sockets`, `the descriptors of ${this.#facts.refused.size} processes may not be read even by this root (PID ${[...this.#facts.refused].slice(0, 3).join(", ")})`, "look from the host itself, or with CAP_SYS_PTRACE");
      else add(`the owners of ${hidden} sockets`, "this root stands in a PID namespace of its own: processes outside it are out of sight", "look from the host itself, or share its PID namespace (--pid=host)");
    }
    return missing;
  }
}

/** A small whole number that the script counts by; 0 for anything else. */
function wholeIn(word: string | undefined): number {
  return word !== undefined && /^\d$/.test(word) ? Number(word) : 0;
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, 200);
}
