import type { Endpoint } from "../../model/endpoint";
import type { MissingFact, SocketSummary } from "../../model/snapshot";
import type { TcpInfo } from "../../model/socket";
import { EndpointReader } from "../sockets/endpoint-reader";
import { NetstatLinuxReader } from "../sockets/netstat-linux";
import { ProcNetTcpReader } from "../sockets/proc-net-tcp";
import type { LineReader, SocketDraft } from "../sockets/snapshot-draft";
import { SnapshotDraft } from "../sockets/snapshot-draft";
import { SsReader } from "../sockets/ss";
import { tcpStateOf } from "../sockets/state-names";
import type { ClockSample } from "./target-clock";

/** A socket table that the target printed, from one source. */
export interface Attempt {
  readonly name: string;
  readonly draft: SnapshotDraft;
  readonly reader: LineReader;
  /** Sockets of the table that were counted there and not listed. */
  readonly summaries: SocketSummary[];
  /** Sockets that wait for something and were not listed, because even these were too many. */
  waitingLeft: number;
  /** Lines that were not understood, beyond those that are kept. */
  strange: number;
  lines: number;
  status: number | null;
}

/** One network namespace's tables: what was tried, and when. */
export interface Space {
  /** As `Socket.namespace` has it. */
  readonly id: string | null;
  /** The kernel's own count of its TCP sockets; null: it does not tell. */
  readonly counted: number | null;
  readonly attempts: Attempt[];
  /** null: the look's own, which the look's clock is read with. */
  readAt: ClockSample | null;
}

/** Lines of one table that are kept though nobody understands them, and how much of each. */
const STRANGE_KEPT = 1000;
const STRANGE_WIDTH = 4000;

/** Statuses of a tool that did not end in time (timeout(1): 124; by its signal: 143) or was killed (137). */
const CUT_SHORT: ReadonlySet<number | null> = new Set([124, 137, 143]);

/** The socket tables of an answer, namespace by namespace. */
export class SocketTables {
  readonly spaces: Space[] = [];
  readonly #endpoints = new EndpointReader();
  readonly #bigEndian: () => boolean;
  #attempt: Attempt | null = null;

  constructor(bigEndian: () => boolean) {
    this.#bigEndian = bigEndian;
  }

  /** The tables that follow are this namespace's: `-` for the look's own. */
  beginSpace(id: string, counted: string): void {
    this.#attempt = null;
    this.spaces.push({ id: id === "-" ? null : id, counted: /^\d+$/.test(counted) ? Number(counted) : null, attempts: [], readAt: null });
  }

  setReadAt(sample: ClockSample): void {
    const space = this.spaces.at(-1);
    if (space !== undefined) space.readAt = sample;
  }

  begin(name: string): void {
    if (name === "proc6" && this.#attempt?.name === "proc") return;
    if (this.spaces.length === 0) this.beginSpace("-", "-");
    const draft = new SnapshotDraft();
    const reader = name === "ss" ? new SsReader(draft, this.#endpoints)
      : name === "netstat" ? new NetstatLinuxReader(draft, this.#endpoints)
        : new ProcNetTcpReader(draft, this.#endpoints, this.#bigEndian());
    this.#attempt = { name, draft, reader, summaries: [], waitingLeft: 0, strange: 0, lines: 0, status: null };
    this.spaces.at(-1)?.attempts.push(this.#attempt);
  }

  line(line: string): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    attempt.lines += 1;
    if (line.length < 300 && line.trim() === "") return;
    attempt.draft.lineNumber = attempt.lines;
    if (attempt.reader.read(line)) return;
    // A tool gone mad may print without end.
    if (attempt.draft.skipped.length < STRANGE_KEPT) attempt.draft.skip(attempt.lines, line.slice(0, STRANGE_WIDTH), `not understood as ${attempt.reader.format}`);
    else attempt.strange += 1;
  }

  /** `COUNT STATE in|out END UID CGROUP`, where END is written as the table writes it, or `*:PORT`. */
  summaryLine(line: string): void {
    const attempt = this.#attempt;
    if (attempt === null || line === "") return;
    const [count = "", stateWord = "", way = "", end = "", uid = "", cgroup = ""] = line.split(" ");
    const state = tcpStateOf(stateWord);
    const endpoint = attempt.reader.format === "proc-net-tcp" ? this.#procEnd(end) : this.#ssEnd(end);
    if (!/^\d+$/.test(count) || state === undefined || (way !== "in" && way !== "out") || endpoint === null) {
      attempt.draft.skip(attempt.lines, line, "not understood as a count of sockets");
      return;
    }
    attempt.summaries.push({
      namespace: this.spaces.at(-1)?.id ?? null, state, direction: way === "in" ? "inbound" : "outbound", endpoint,
      uid: /^\d+$/.test(uid) ? Number(uid) : null, cgroup: cgroup === "-" || cgroup === "" ? null : cgroup, count: Number(count),
    });
  }

  waitingLeft(count: number): void {
    if (this.#attempt !== null) this.#attempt.waitingLeft += count;
  }

  status(name: string, code: number): void {
    // A host without IPv6 has no tcp6: nothing is missing then.
    if (this.#attempt?.name === name) this.#attempt.status = code;
  }

  #ssEnd(end: string): Endpoint | null {
    if (end.startsWith("*:")) return anyEnd(end === "*:*" ? null : Number(end.slice(2)));
    return this.#endpoints.read(end, 0, end.length);
  }

  /** By way of a made-up row, so that only one place knows how the kernel writes an end. */
  #procEnd(end: string): Endpoint | null {
    if (end.startsWith("*:")) return anyEnd(end === "*:*" ? null : Number.parseInt(end.slice(2), 16));
    const draft = new SnapshotDraft();
    const reader = new ProcNetTcpReader(draft, this.#endpoints, this.#bigEndian());
    const any = `${"0".repeat(Math.max(0, end.length - 5))}:0000`;
    if (!reader.read(`   0: ${end} ${any} 01 00000000:00000000 00:00000000 00000000     0        0 0`)) return null;
    reader.finish();
    return draft.sockets[0]?.local ?? null;
  }
}

function anyEnd(port: number | null): Endpoint | null {
  return port !== null && Number.isNaN(port) ? null : { address: "*", port, zone: null };
}

/** The table to believe: one that ended well, else the one that tells of most sockets. */
export function bestAttempt(space: Space): Attempt | null {
  const well = space.attempts.find((attempt) => attempt.status === 0);
  if (well !== undefined) return well;
  return [...space.attempts].sort((one, other) => socketsOf(other) - socketsOf(one))[0] ?? null;
}

export function socketsOf(attempt: Attempt): number {
  return attempt.summaries.reduce((sum, { count }) => sum + count, attempt.draft.sockets.length);
}

/** Ends the reading of a table and marks its sockets with their namespace. */
export function finishTable(space: Space, attempt: Attempt): void {
  attempt.draft.endTable();
  attempt.reader.finish?.();
  if (space.id !== null) for (const socket of attempt.draft.sockets) socket.namespace = space.id;
}

/**
 * Brings the times of a table that was read `laterMs` after the look's moment to that moment: a snapshot has one. What happened in between
 * happened at it.
 */
export function shiftTimes(sockets: readonly SocketDraft[], laterMs: number): void {
  if (laterMs < 1) return;
  const shifted = (ms: number | null): number | null => (ms === null ? null : Math.max(0, Math.round(ms - laterMs)));
  for (const { info } of sockets) {
    if (info === null) continue;
    const times = info as { -readonly [Key in keyof TcpInfo]: TcpInfo[Key] };
    times.lastSendMs = shifted(info.lastSendMs);
    times.lastReceiveMs = shifted(info.lastReceiveMs);
    times.lastAckMs = shifted(info.lastAckMs);
  }
}

/** What the tables of one namespace lack, and why. */
export function missingOf(space: Space, believed: Attempt | null): MissingFact[] {
  const missing: MissingFact[] = [];
  const whose = space.id === null ? "" : ` of network namespace ${space.id}`;
  const add = (what: string, why: string, remedy: string): void => void missing.push({ what, why, remedy });
  if (believed === null || (believed.status !== 0 && socketsOf(believed) === 0)) {
    if (space.id === null) add("the socket table", `neither ss, nor netstat, nor /proc/net/tcp could be read${fates(space)}`, "install iproute2, or run as a user who may read /proc/net");
    else add(`the sockets${whose}`, `its tables could not be read${fates(space)}`, "look again: its processes may have ended while we looked");
    return missing;
  }
  if (believed.status !== 0) {
    const told = space.counted === null ? "" : `; ${socketsOf(believed)} of about ${space.counted} sockets were read`;
    add(`the rest of the socket table${whose}`, `${believed.name} ${fateOf(believed.status)}${told}`, "look again at a quieter moment, or give it more time (--time-limit)");
  }
  const ss = believed.name === "ss" ? undefined : space.attempts.findLast((attempt) => attempt.name === "ss");
  if (believed.name !== "ss" && space.id === null) {
    if (ss === undefined) add("idle times, retransmissions and the accept queues' limits", "ss could not be used on the target, and netstat and /proc do not tell them", "install iproute2 there (it brings ss)");
    else add("idle times, retransmissions and the accept queues' limits", `ss ${fateOf(ss.status)} on the target; ${believed.reader.format === "proc-net-tcp" ? "/proc/net/tcp was" : "netstat was"} read instead, which does not tell them`, "see why ss fails there: run `ss -tan` by hand (iproute2 brings it)");
  }
  if (believed.summaries.length > 0) {
    const counted = socketsOf(believed) - believed.draft.sockets.length;
    add(`${counted} sockets${whose} one by one`, `the table holds ${socketsOf(believed)}, so those that are established or in TIME_WAIT and wait for nothing were counted by their ends, and only a few of each are listed`, "use --whole, or a higher --max-sockets, to list them all");
  }
  if (believed.strange > 0) add(`${believed.strange} more lines of the socket table${whose}`, `they were not understood as ${believed.reader.format}, like the ${STRANGE_KEPT} before them that are kept`, "see what the tool prints: run it by hand");
  if (believed.waitingLeft > 0) add(`${believed.waitingLeft} established sockets${whose} whose queues are not empty`, "there are more of them than the limit; they are in the counts", "use --whole, or a higher --max-sockets, to list them all");
  return missing;
}

function fates(space: Space): string {
  const told = space.attempts.filter((attempt) => attempt.status !== null && attempt.status !== 0).map((attempt) => `${attempt.name} ${fateOf(attempt.status)}`);
  return told.length === 0 ? "" : ` (${[...new Set(told)].join("; ")})`;
}

function fateOf(status: number | null): string {
  if (status === null) return "was cut off";
  if (status === 127 || status === 126) return "could not be run";
  return CUT_SHORT.has(status) ? `did not end in time or was killed (status ${status})` : `ended with status ${status}`;
}
