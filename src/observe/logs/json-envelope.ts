import type { LogLevel } from "../../model/log";
import { parseObject } from "./formats/json";
import { levelOfSeverity } from "./level";

export interface UnwrappedLine {
  /** As syslog or a container runtime would have written it. */
  readonly line: string;
  /** Further lines of the same message. */
  readonly more: readonly string[];
  readonly level: LogLevel | null;
}

/**
 * The line that a JSON object was wrapped around by its collector: docker's json-file driver (`{"log":"text\n","stream":"stdout","time":"..."}`), and
 * `journalctl -o json` (systemd.journal-fields(7)). null: the object is the program's own.
 */
export function unwrapJson(line: string): UnwrappedLine | null {
  if (line.startsWith('{"log":')) {
    const value = parseObject(line, 0);
    if (value === null) return null;
    const { log, stream, time } = value;
    if (typeof log !== "string" || typeof time !== "string" || typeof stream !== "string" || !/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(time)) return null;
    const cut = !log.endsWith("\n");
    const [first = "", ...more] = log.replace(/\n$/, "").split("\n");
    return { line: `${time} ${stream} ${cut ? "P" : "F"} ${first}`, more, level: null };
  }
  if (!line.includes('"__REALTIME_TIMESTAMP"')) return null;
  const value = parseObject(line, 0);
  if (value === null) return null;
  const received = value["__REALTIME_TIMESTAMP"];
  if (typeof received !== "string") return null;
  // When the program sent it, where that is told: the journal may have taken it later.
  const sent = value["_SOURCE_REALTIME_TIMESTAMP"];
  const micros = Number(typeof sent === "string" && /^\d{16}$/.test(sent) ? sent : received);
  if (!Number.isFinite(micros)) return null;
  const message = textOf(value["MESSAGE"]);
  const [first = "", ...more] = message.split("\n");
  const program = word(value["SYSLOG_IDENTIFIER"]) ?? word(value["_COMM"]) ?? "unknown";
  const pid = word(value["_PID"]) ?? word(value["SYSLOG_PID"]);
  const seconds = Math.floor(micros / 1e6);
  const stamp = `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(micros - seconds * 1e6).padStart(6, "0")}Z`;
  const priority = value["PRIORITY"];
  return {
    line: `${stamp} ${word(value["_HOSTNAME"]) ?? "-host-"} ${program}[${pid ?? "0"}]: ${first}`,
    more,
    // Whatever a unit prints has the priority "info": that says nothing.
    level: typeof priority === "string" && /^[0-7]$/.test(priority) && priority !== "6" ? levelOfSeverity(Number(priority)) : null,
  };
}

/** A message that is no valid UTF-8 stands as a list of bytes. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((byte): byte is number => typeof byte === "number" && byte >= 0 && byte <= 255)) return new TextDecoder("utf-8").decode(Uint8Array.from(value));
  return "";
}

function word(value: unknown): string | null {
  return typeof value === "string" && /^[^\s:\[\]]+$/.test(value) ? value : null;
}
