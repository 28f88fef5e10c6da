import * as z from "zod/mini";
import type { Process } from "../../model/process";
import type { MissingFact, SkippedLine, Snapshot } from "../../model/snapshot";
import { formatTarget } from "../../model/target";
import { createCaptureReader } from "../sockets/capture";
import { canonicalAddress } from "../sockets/ip-address";
import { LineSplitter } from "../sockets/line-splitter";
import type { ProbeContext, ProbeReader } from "./probe";
import { scrubCommandLine } from "./scrub-command-line";
import { readHostsFile } from "./target-names";
import WINDOWS_PROBE_TEXT from "./windows-probe.ps1";

/** The one script that is run on a Windows target, by PowerShell. Constant: nothing from a host or a user is ever put into it. */
export const WINDOWS_PROBE_SCRIPT: string = WINDOWS_PROBE_TEXT;

/** Takes the Windows probe's answer in pieces of any size and gives the Snapshot of the look. */
export function createWindowsProbeReader(): ProbeReader {
  return new WindowsAnswerReader();
}

const whole = z.nullish(z.number().check(z.nonnegative()));
/** One line of the section `processes`: Win32_Process, renamed by the script. */
const processSchema = z.object({
  pid: z.number().check(z.nonnegative()), parent: whole, name: z.nullish(z.string()), exe: z.nullish(z.string()), command: z.nullish(z.string()),
  started: z.nullish(z.number()), threads: whole, handles: whole,
});

class WindowsAnswerReader implements ProbeReader {
  #nonce: string | null = null;
  #section = "";
  readonly #lines = new LineSplitter((line) => this.#line(line.replace(/\r$/, "")));
  readonly #table = createCaptureReader("sockets");
  readonly #words = new Map<string, string>();
  readonly #failed: { readonly what: string; readonly why: string }[] = [];
  readonly #processes: Process[] = [];
  readonly #addresses: string[] = [];
  readonly #hosts: string[] = [];
  readonly #skipped: SkippedLine[] = [];
  #source: string | null = null;
  #status: number | null = null;
  #processLines = 0;
  #ended = false;

  push(text: string): void {
    this.#lines.push(text);
  }

  finish(context: ProbeContext): Snapshot {
    const rest = this.#lines.takeRest();
    if (rest !== "") this.#skipped.push({ line: 1, text: rest.slice(0, 2000), reason: "the answer was cut off in this line" });
    const table = this.#table.finish();
    const names = new Map(this.#processes.map((process) => [process.pid, process.name]));
    const targetMs = Number(this.#words.get("clock") ?? NaN);
    const clock = Number.isFinite(targetMs) && targetMs > 0
      ? { targetMs, offsetMs: targetMs - (context.sentAtMs + context.endedAtMs) / 2, offsetErrorMs: (context.endedAtMs - context.sentAtMs) / 2 } : null;
    const cpu = this.#words.get("cpu");
    return {
      source: {
        format: `probe:${this.#source ?? "none"}`, target: formatTarget(context.target),
        takenAt: new Date(clock === null ? context.endedAtMs : clock.targetMs - clock.offsetMs).toISOString(),
      },
      sockets: table.sockets.map((socket) => ({ ...socket, owners: socket.owners.map((owner) => ({ ...owner, process: owner.process ?? names.get(owner.pid) ?? null })) })),
      statesOnly: null,
      processes: this.#processes,
      kernel: this.#nonce === null ? null : { counters: {}, localPortRange: this.#portRange(), settings: {}, release: this.#words.get("system") ?? null },
      clock,
      // Windows has no uid, and shows everybody the PID of every socket.
      privilege: null,
      hostname: this.#words.get("hostname") ?? null,
      hostNames: readHostsFile(this.#hosts.join("\n")),
      namespaces: [],
      summaries: [],
      ownAddresses: [...new Set(this.#addresses)],
      skipped: [...table.skipped, ...this.#skipped],
      missing: [...table.missing, ...this.#missing(context)],
      cost: {
        wallMs: context.endedAtMs - context.sentAtMs, bytes: context.bytes, rawBytes: context.bytes,
        targetCpuMs: cpu !== undefined && /^\d+$/.test(cpu) ? Number(cpu) : null,
      },
    };
  }

  #line(line: string): void {
    const nonce = this.#nonce;
    if (nonce === null) {
      const match = /^leakline\.windows\/1 ([0-9A-Za-z-]{8,80})$/.exec(line);
      if (match !== null) this.#nonce = match[1] ?? null;
      else if (line.trim() !== "") this.#skipped.push({ line: this.#skipped.length + 1, text: line.slice(0, 2000), reason: "printed before the probe's answer" });
      return;
    }
    if (line.startsWith(`@${nonce} `)) {
      this.#marker(line.slice(nonce.length + 2));
      return;
    }
    switch (this.#section) {
      case "sockets":
        this.#table.push(`${line}\n`);
        break;
      case "processes":
        this.#processLine(line);
        break;
      case "addresses": {
        // `fe80::1%12`: the zone is this machine's own number.
        const address = canonicalAddress(line.trim().replace(/%.*$/, ""));
        if (address !== null) this.#addresses.push(address);
        break;
      }
      case "hosts":
        this.#hosts.push(line);
        break;
      default:
    }
  }

  #marker(words: string): void {
    const [name = "", ...rest] = words.split(" ");
    const value = rest.join(" ");
    this.#section = name;
    switch (name) {
      case "sockets":
        this.#source = rest[0] === "netstat" ? "netstat-windows" : "get-nettcpconnection";
        break;
      case "status":
        this.#status = Number(value);
        break;
      case "clock":
        this.#words.set("clock", rest[1] ?? "");
        break;
      case "failed":
        this.#failed.push({ what: rest[0] ?? "", why: rest.slice(1).join(" ").slice(0, 300) });
        break;
      case "end":
        this.#ended = true;
        break;
      default:
        if (value !== "") this.#words.set(name, value);
    }
  }

  #processLine(line: string): void {
    this.#processLines += 1;
    if (line.trim() === "") return;
    let parsed: z.infer<typeof processSchema>;
    try {
      parsed = processSchema.parse(JSON.parse(line));
    } catch {
      this.#skipped.push({ line: this.#processLines, text: line.slice(0, 2000), reason: "not understood as a process" });
      return;
    }
    this.#processes.push({
      pid: parsed.pid, parentPid: parsed.parent ?? null, name: parsed.name ?? `PID ${parsed.pid}`, exe: parsed.exe ?? null,
      commandLine: parsed.command === null || parsed.command === undefined ? null : scrubWindowsCommandLine(parsed.command),
      cwd: null, cgroup: null, uid: null, startedAtMs: parsed.started ?? null, threads: parsed.threads ?? null,
      // Handles are not descriptors: files, sockets, threads, keys all count.
      openDescriptors: null, descriptorLimit: null, socketDescriptors: null, deadSocketInodes: [], namespace: null,
    });
  }

  #portRange(): readonly [number, number] | null {
    const match = /^(\d+) (\d+)$/.exec(this.#words.get("ports") ?? "");
    if (match === null) return null;
    const low = Number(match[1]);
    const high = low + Number(match[2]) - 1;
    return low > 0 && high <= 65_535 && high >= low ? [low, high] : null;
  }

  #missing(context: ProbeContext): MissingFact[] {
    const missing: MissingFact[] = [];
    const add = (what: string, why: string, remedy: string): void => void missing.push({ what, why, remedy });
    if (this.#nonce === null) {
      add("the whole look", `PowerShell on the target did not answer${context.stderr.trim() === "" ? "" : `: ${(context.stderr.trim().split("\n")[0] ?? "").slice(0, 200)}`}`, "check that `powershell` can be run there by this user");
      return missing;
    }
    if (context.truncated) add("the end of the answer", `it was longer than allowed (${context.bytes} bytes were read)`, "raise the limit, or look at a quieter moment");
    else if (!this.#ended) add("the end of the answer", "the script ended before it was done", "look again");
    const why = (what: string): string => this.#failed.find((each) => each.what === what)?.why ?? "it was not answered";
    if (this.#source === "netstat-windows" && (this.#status !== 0 || this.#failed.some(({ what }) => what === "netstat"))) {
      add("the socket table", `neither Get-NetTCPConnection (${why("sockets")}) nor netstat could be run`, "look as an account that may run them");
    }
    if (this.#failed.some(({ what }) => what === "processes")) add("which programs hold the sockets", why("processes"), "look as an administrator");
    if (this.#words.get("administrator") === "False" && this.#processes.some((process) => process.exe === null && process.pid > 4)) {
      add("paths and command lines of other users' processes", "this account is no administrator", "look as an administrator");
    }
    add("queues, idle times, timers, retransmissions and the kernel's counters", "Windows does not tell them for each socket", "nothing: the states and how they grow are there");
    return missing;
  }
}

/** The scrubber knows programs by their Unix names: it is shown `mysql` for `C:\\bin\\mysql.exe`. */
function scrubWindowsCommandLine(line: string): string {
  const [program = "", ...args] = splitWindowsCommandLine(line);
  const name = program.replace(/^.*[\\/]/, "").replace(/\.exe$/i, "").toLowerCase();
  const scrubbed = scrubCommandLine([name, ...args]);
  return scrubbed.startsWith(name) ? `${program}${scrubbed.slice(name.length)}` : scrubbed;
}

/**
 * The arguments in a Windows command line, for finding secrets in it: quotes keep blanks together, and a backslash before a quote makes it a letter
 * (CommandLineToArgvW, which see for the rule of several backslashes).
 */
export function splitWindowsCommandLine(line: string): string[] {
  const args: string[] = [];
  let current: string | null = null;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] as string;
    if (letter === "\\") {
      let end = at;
      while (line[end] === "\\") end++;
      const count = end - at;
      const beforeQuote = line[end] === "\"";
      current = (current ?? "") + "\\".repeat(beforeQuote ? count >> 1 : count);
      if (beforeQuote && count % 2 === 1) {
        current += "\"";
        end++;
      }
      at = end - 1;
    } else if (letter === "\"") {
      quoted = !quoted;
      current ??= "";
    } else if (!quoted && (letter === " " || letter === "\t")) {
      if (current !== null) args.push(current);
      current = null;
    } else {
      current = (current ?? "") + letter;
    }
  }
  if (current !== null) args.push(current);
  return args;
}
