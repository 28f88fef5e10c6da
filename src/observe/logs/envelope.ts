import type { LogLevel } from "../../model/log";
import { levelOfSeverity, levelOfWord } from "./level";
import { readStamp, Stamp } from "./stamp";

/** What stands before a line of a program, put there by whoever collected it. One object is filled again and again. */
export class EnvelopeScan {
  readonly stamp = new Stamp();
  hasStamp = false;
  level: LogLevel | null = null;
  /** Where the program's own text begins. */
  end = 0;
  /** The line goes on in the next one (CRI cuts long lines). */
  partial = false;

  take(stamp: Stamp): void {
    this.stamp.copy(stamp);
    this.hasStamp = true;
  }

  begin(): void {
    this.hasStamp = false;
    this.level = null;
    this.partial = false;
  }
}

/** What is read here counts only once the whole head is there: another head's stamp stands in the scan meanwhile. */
const trial = new Stamp();

export interface Envelope {
  readonly id: string;
  /** Whether this kind of head begins at `at`. Sets `end` and whatever else it tells; leaves the rest of `scan` as it is. */
  read(line: string, at: number, scan: EnvelopeScan): boolean;
  fields(line: string, at: number, out: Record<string, string>): void;
}

const COMPOSE_HEAD = /([A-Za-z0-9][\w.-]*) *\| ?/y;

/** docker compose: `web-1  | text`. */
const COMPOSE: Envelope = {
  id: "compose",
  read(line, at, scan) {
    const bar = line.indexOf("|", at);
    if (bar === -1 || bar > at + 60 || line.charCodeAt(bar - 1) !== 32) return false;
    COMPOSE_HEAD.lastIndex = at;
    if (!COMPOSE_HEAD.test(line) || COMPOSE_HEAD.lastIndex < bar) return false;
    scan.end = COMPOSE_HEAD.lastIndex;
    return true;
  },
  fields(line, at, out) {
    out["container"] = line.slice(at, line.indexOf("|", at)).trim();
  },
};

const POD_HEAD = /\[pod\/([\w.-]+)\/([\w.-]+)\] ?/y;

/** kubectl logs --prefix: `[pod/name/container] text`. */
const POD: Envelope = {
  id: "kubectl",
  read(line, at, scan) {
    if (line.charCodeAt(at) !== 91) return false;
    POD_HEAD.lastIndex = at;
    if (!POD_HEAD.test(line)) return false;
    scan.end = POD_HEAD.lastIndex;
    return true;
  },
  fields(line, at, out) {
    POD_HEAD.lastIndex = at;
    const match = POD_HEAD.exec(line);
    out["pod"] = match?.[1] ?? "";
    out["container"] = match?.[2] ?? "";
  },
};

const CRI_HEAD = / (stdout|stderr) ([FP])(?::\S*)? /y;

/** A container runtime's log file: `2024-01-31T10:11:12.123456789Z stdout F text` (Kubernetes' CRI log format). */
const CRI: Envelope = {
  id: "cri",
  read(line, at, scan) {
    if (!looksLikeIso(line, at) || !readStamp(line, at, trial)) return false;
    CRI_HEAD.lastIndex = trial.end;
    const match = CRI_HEAD.exec(line);
    if (match === null) return false;
    scan.take(trial);
    scan.partial = match[2] === "P";
    scan.end = CRI_HEAD.lastIndex;
    return true;
  },
  fields(line, at, out) {
    const match = / (stdout|stderr) [FP]/.exec(line.slice(at, at + 60));
    if (match?.[1] !== undefined) out["stream"] = match[1];
  },
};

const RFC5424_HEAD = /(?:<(\d{1,3})>)?1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+) ?(?:\uFEFF)?/y;

/** RFC 5424: `<34>1 2024-01-31T10:11:12.003Z host app 812 ID47 [sd@1 a="b"] text`. */
const RFC5424: Envelope = {
  id: "syslog-5424",
  read(line, at, scan) {
    const code = line.charCodeAt(at);
    if (code !== 60 && code !== 49) return false;
    RFC5424_HEAD.lastIndex = at;
    const match = RFC5424_HEAD.exec(line);
    if (match === null) return false;
    const end = RFC5424_HEAD.lastIndex;
    if (match[2] !== "-") {
      if (!readStamp(match[2] ?? "", 0, trial)) return false;
      scan.take(trial);
    } else if (match[1] === undefined) return false;
    if (match[1] !== undefined) scan.level = levelOfSeverity(Number(match[1]) & 7);
    scan.end = end;
    return true;
  },
  fields(line, at, out) {
    RFC5424_HEAD.lastIndex = at;
    const match = RFC5424_HEAD.exec(line);
    for (const [index, name] of [[3, "host"], [4, "program"], [5, "pid"]] as const) if (match?.[index] !== undefined && match[index] !== "-") out[name] = match[index];
    for (const [, key = "", value = ""] of (match?.[7] ?? "").matchAll(/ (\w[\w.-]*)="((?:[^"\\]|\\.)*)"/g)) out[key] = value;
  },
};

/** Host, program and process behind the stamp. A program's name may have a path, a dash, brackets around it. */
const SYSLOG_TAIL = / ([\w.:-]+) ((?:\([\w.-]+\)|[^\s:\[\]<>="{}|,;]+)(?:\[(\d+)\])?(?: \([\w.\[\]-]+\))?): ?/y;
const PRIORITY = /<(\d{1,3})>/y;
/** Programs that write without a process id. */
const WITHOUT_PID = /^(?:kernel|systemd|init|rsyslogd|syslogd|haproxy|nginx|apache2|httpd|dhclient|CRON|cron)$/;

function readSyslog(line: string, at: number, scan: EnvelopeScan, named: boolean): boolean {
  let from = at;
  let level: LogLevel | null = null;
  if (line.charCodeAt(from) === 60) {
    PRIORITY.lastIndex = from;
    const match = PRIORITY.exec(line);
    if (match === null) return false;
    level = levelOfSeverity(Number(match[1]) & 7);
    from = PRIORITY.lastIndex;
  }
  const code = line.charCodeAt(from);
  if (named ? code < 65 : !looksLikeIso(line, from)) return false;
  if (!readStamp(line, from, trial)) return false;
  SYSLOG_TAIL.lastIndex = trial.end;
  const match = SYSLOG_TAIL.exec(line);
  if (match === null) return false;
  // `2024-01-31T10:11:12Z INFO server: text` is no host's line.
  if (!named && match[3] === undefined && !WITHOUT_PID.test(match[2] ?? "")) return false;
  if (levelOfWord(match[1] ?? "") !== null) return false;
  if (/^\d+$/.test(match[1] ?? "") || match[1] === "-") return false;
  scan.take(trial);
  if (level !== null) scan.level = level;
  scan.end = SYSLOG_TAIL.lastIndex;
  return true;
}

function syslogFields(line: string, at: number, out: Record<string, string>): void {
  const stamp = new Stamp();
  const from = line.charCodeAt(at) === 60 ? line.indexOf(">", at) + 1 : at;
  if (!readStamp(line, from, stamp)) return;
  SYSLOG_TAIL.lastIndex = stamp.end;
  const match = SYSLOG_TAIL.exec(line);
  if (match === null) return;
  out["host"] = match[1] ?? "";
  out["program"] = (match[2] ?? "").replace(/\[\d+\].*$/, "").replace(/^\((.*)\)$/, "$1");
  if (match[3] !== undefined) out["pid"] = match[3];
}

/** BSD syslog and journalctl -o short: `Jan 31 10:11:12 host program[812]: text` (RFC 3164). */
const SYSLOG: Envelope = { id: "syslog", read: (line, at, scan) => readSyslog(line, at, scan, true), fields: syslogFields };
/** The same with an ISO stamp: rsyslog's file format, journalctl -o short-iso and short-iso-precise. */
const SYSLOG_ISO: Envelope = { id: "syslog-iso", read: (line, at, scan) => readSyslog(line, at, scan, false), fields: syslogFields };

/** The program's own stamp behind a collector's, whose name may stand between them in brackets. */
const INNER = /(?:\[[\w.-]+\] )?(?=\d|[A-Z][a-z]{2} [ \d]\d|\[\d|\{"|[IWEF]\d{4} )/y;
const innerStamp = new Stamp();

/**
 * docker logs --timestamps, kubectl logs --timestamps and collectors like them: an RFC 3339 stamp, then what the program wrote. Nobody else writes
 * nanoseconds; with fewer places it is a collector's only where the program's own stamp follows.
 */
const ENGINE_STAMP: Envelope = {
  id: "engine-stamp",
  read(line, at, scan) {
    if (line.charCodeAt(at + 10) !== 84 || !looksLikeIso(line, at) || !readStamp(line, at, trial)) return false;
    const stamp = trial;
    if (stamp.kind !== "moment" || line.charCodeAt(stamp.end) !== 32) return false;
    INNER.lastIndex = stamp.end + 1;
    const inner = INNER.test(line);
    if (stamp.precisionMs > 0.0002) {
      if (!inner) return false;
      const next = line.charCodeAt(INNER.lastIndex);
      if (next !== 123 && next !== 91 && !(readStamp(line, INNER.lastIndex, innerStamp) && innerStamp.kind !== "clock")) return false;
    }
    scan.take(trial);
    scan.end = inner ? INNER.lastIndex : stamp.end + 1;
    return true;
  },
  fields(line, at, out) {
    const name = /^\S+ \[([\w.-]+)\] /.exec(line.slice(at, at + 120));
    if (name?.[1] !== undefined) out["container"] = name[1];
  },
};

function looksLikeIso(line: string, at: number): boolean {
  return line.charCodeAt(at + 4) === 45 && line.charCodeAt(at + 7) === 45 && line.charCodeAt(at) === 50;
}

/** Asked in this order at the head of a line, and again behind what was found. */
export const ENVELOPES: readonly Envelope[] = [POD, COMPOSE, CRI, RFC5424, SYSLOG, SYSLOG_ISO, ENGINE_STAMP];
