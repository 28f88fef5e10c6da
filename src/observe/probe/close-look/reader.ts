import type { KeptDescriptor, KeptLimit, KeptThread, PreservedFacts } from "../../../model/preserved";
import type { MissingFact } from "../../../model/snapshot";
import { LineSplitter } from "../../sockets/line-splitter";
import { scrubText } from "../scrub-command-line";
import { MOST_DESCRIPTORS, MOST_THREADS } from "./script";

/** What the close look brought. */
export interface CloseLook extends Pick<PreservedFacts, "descriptors" | "threads" | "limits" | "settings" | "unfinished"> {
  /** CPU of the script and of all that it started, milliseconds; null: its end did not come. */
  readonly targetCpuMs: number | null;
}

/** A path or a setting longer than this is somebody's joke. */
const LONGEST = 4096;
const DEEPEST_STACK = 64;

interface ThreadDraft {
  name: string;
  state: string | null;
  waitsIn: string | null;
  systemCall: number | null;
  readonly kernelStack: string[];
}

/** Takes the close look's answer in pieces. What came before it was cut off is kept, and what is missing is said. */
export class CloseLookReader {
  #nonce: string | null = null;
  readonly #lines = new LineSplitter((line) => this.#line(line));
  #section = "";
  #pid = 0;
  readonly #threads = new Map<number, Map<number, ThreadDraft>>();
  readonly #descriptors = new Map<number, Map<number, string>>();
  readonly #watches = new Map<number, Map<number, Set<number>>>();
  readonly #limits: KeptLimit[] = [];
  readonly #settings: Record<string, string> = {};
  #links = "";
  readonly #left: { readonly pid: number; readonly threads: number }[] = [];
  readonly #times: number[] = [];
  #ended = false;

  push(text: string): void {
    this.#lines.push(text);
  }

  /** @param asked the processes that were asked for */
  finish(asked: readonly number[]): CloseLook {
    const rest = this.#lines.takeRest();
    if (this.#section === "descriptors") this.#links += rest;
    this.#endLinks();
    const unfinished: MissingFact[] = this.#left.map(({ pid, threads }) => ({ what: `threads of process ${pid}`, why: `it has ${threads}, and ${MOST_THREADS} were read`, remedy: "they stand in /proc/PID/task there" }));
    if (asked.length > 0 && this.#nonce !== null && this.#ended) {
      const blind = asked.filter((pid) => this.#descriptors.get(pid) === undefined);
      if (blind.length > 0) unfinished.push({ what: `descriptors of ${blind.length === 1 ? `process ${blind[0]}` : `${blind.length} processes`}`, why: "not allowed to read them, or it has ended", remedy: "look as root (--sudo)" });
    }
    const threads: KeptThread[] = [];
    for (const [pid, ofProcess] of this.#threads) for (const [tid, thread] of ofProcess) threads.push({ pid, tid, ...thread });
    const descriptors: KeptDescriptor[] = [];
    for (const [pid, ofProcess] of this.#descriptors) {
      for (const [fd, target] of [...ofProcess].sort((a, b) => a[0] - b[0])) {
        const watches = this.#watches.get(pid)?.get(fd);
        descriptors.push({ pid, fd, target, ...(watches === undefined ? {} : { watches: [...watches].sort((a, b) => a - b) }) });
      }
    }
    return {
      descriptors, threads, limits: this.#limits, settings: this.#settings, unfinished,
      targetCpuMs: this.#times.length === 0 ? null : Math.round(this.#times.reduce((sum, one) => sum + one, 0)),
    };
  }

  get ended(): boolean {
    return this.#ended;
  }

  #line(line: string): void {
    if (this.#nonce === null) {
      this.#nonce = /^leakline\.close-look\/1 ([0-9A-Za-z-]{8,80})\r?$/.exec(line)?.[1] ?? null;
      return;
    }
    if (line.startsWith(`@${this.#nonce} `)) {
      this.#endLinks();
      const [section = "", ...words] = line.slice(this.#nonce.length + 2).trimEnd().split(" ");
      if (section === "left") {
        this.#left.push({ pid: Number(words[1]), threads: Number(words[2]) });
        return;
      }
      this.#section = section;
      if (words[0] !== undefined) this.#pid = Number(words[0]);
      if (section === "end") this.#ended = true;
      return;
    }
    switch (this.#section) {
      case "limits":
        this.#limitLine(line);
        break;
      case "threads":
        this.#threadLine(line);
        break;
      case "descriptors":
        // A file's name may hold line breaks: find ends its fields with NUL.
        this.#links += `${line}\n`;
        break;
      case "watches":
        this.#watchLine(line);
        break;
      case "settings":
        this.#settingLine(line);
        break;
      case "times":
        for (const match of line.matchAll(/(\d+)m([\d.]+)s/g)) this.#times.push(Number(match[1]) * 60_000 + Number(match[2]) * 1000);
        break;
    }
  }

  #limitLine(line: string): void {
    const match = /^\/proc\/(\d{1,10})\/limits:(Max [a-z ]+?) {2,}(\S+) +(\S+) *(\S*)/.exec(line);
    if (match !== null) this.#limits.push({ pid: Number(match[1]), name: match[2] ?? "", soft: match[3] ?? "", hard: match[4] ?? "", unit: match[5] ?? "" });
  }

  #threadLine(line: string): void {
    const match = /^\/proc\/(\d{1,10})\/task\/(\d{1,10})\/(comm|wchan|syscall|stat|stack):(.*)$/.exec(line);
    if (match === null) return;
    const [, pid, tid, file, text = ""] = match;
    let ofProcess = this.#threads.get(Number(pid));
    if (ofProcess === undefined) this.#threads.set(Number(pid), (ofProcess = new Map<number, ThreadDraft>()));
    let thread = ofProcess.get(Number(tid));
    if (thread === undefined) ofProcess.set(Number(tid), (thread = { name: "", state: null, waitsIn: null, systemCall: null, kernelStack: [] }));
    if (file === "comm") thread.name = scrubText(text.slice(0, 64));
    else if (file === "wchan") thread.waitsIn = /^[\w.]{2,}$/.test(text) ? text : null;
    else if (file === "syscall") thread.systemCall = /^-?\d+(?= |$)/.exec(text) === null ? null : Number.parseInt(text, 10);
    else if (file === "stat") thread.state = /\) ([A-Za-z]) /.exec(text)?.[1] ?? null;
    else if (thread.kernelStack.length < DEEPEST_STACK) {
      const frame = /\] ?([\w.]+)(?:\+0x|$)/.exec(text)?.[1];
      if (frame !== undefined) thread.kernelStack.push(frame);
    }
  }

  #endLinks(): void {
    if (this.#links === "") return;
    const text = this.#links;
    this.#links = "";
    const found = new Map<number, string>();
    const put = (fd: string, target: string): void => {
      if (found.size < MOST_DESCRIPTORS) found.set(Number(fd), scrubText(target.slice(0, LONGEST)));
    };
    if (text.includes("\0")) {
      const fields = text.split("\0");
      for (let at = 0; at + 1 < fields.length; at += 2) {
        const fd = /\/fd\/(\d{1,9})$/.exec(fields[at] ?? "")?.[1];
        if (fd !== undefined) put(fd, fields[at + 1] ?? "");
      }
    } else {
      for (const line of text.split("\n")) {
        const match = /^l.* (\d{1,9}) -> (.*)$/.exec(line);
        if (match !== null) put(match[1] ?? "", match[2] ?? "");
      }
    }
    if (found.size > 0) this.#descriptors.set(this.#pid, found);
  }

  #watchLine(line: string): void {
    const match = /^\/proc\/(\d{1,10})\/fdinfo\/(\d{1,9}):tfd:\s+(\d{1,9})/.exec(line);
    if (match === null) return;
    const pid = Number(match[1]);
    let ofProcess = this.#watches.get(pid);
    if (ofProcess === undefined) this.#watches.set(pid, (ofProcess = new Map<number, Set<number>>()));
    const watched = ofProcess.get(Number(match[2])) ?? new Set<number>();
    watched.add(Number(match[3]));
    ofProcess.set(Number(match[2]), watched);
  }

  #settingLine(line: string): void {
    const match = /^\/proc\/sys\/([\w./-]{1,200}):(.*)$/.exec(line);
    if (match === null) return;
    const name = (match[1] ?? "").replaceAll("/", ".");
    const value = scrubText((match[2] ?? "").trim().slice(0, LONGEST));
    this.#settings[name] = this.#settings[name] === undefined ? value : `${this.#settings[name]}\n${value}`;
  }
}
