import type { LogLevel } from "../../../model/log";
import { levelOfFigure, levelOfWord } from "../level";
import { epochMs, readStamp } from "../stamp";
import type { LineFormat, LineScan } from "./line-format";

/** Keys of common libraries (zap, zerolog, slog, logrus, pino, Bunyan, winston, logstash, Serilog, ECS, GCP, structlog, Caddy), the surest first. */
const TIME_KEYS = ["time", "ts", "timestamp", "@timestamp", "@t", "t", "datetime", "date", "asctime", "Timestamp", "timeMillis", "instant", "eventTime", "created", "log_time", "start_time", "StartUTC"];
const MESSAGE_KEYS = ["msg", "message", "@m", "@mt", "event", "MESSAGE", "Message", "log", "short_message", "text", "textPayload", "body", "MessageTemplate", "RenderedMessage"];
const LEVEL_KEYS = ["level", "lvl", "severity", "levelname", "@l", "log.level", "loglevel", "Level", "s", "PRIORITY", "priority", "level_name", "LogLevel"];

/** MongoDB's levels are one letter, D with a figure. */
const LETTERS: Readonly<Record<string, LogLevel>> = { F: "critical", E: "error", W: "warning", I: "info", D: "debug", D1: "debug", D2: "debug", D3: "trace", D4: "trace", D5: "trace" };

/** JSON, one object a line. */
export const JSON_LINES: LineFormat = {
  id: "json",
  read(line, at, scan) {
    if (line.charCodeAt(at) !== 123) return false;
    const value = parseObject(line, at);
    if (value === null) return false;
    readJsonRecord(value, scan);
    return true;
  },
  fields(line, at, out) {
    const value = parseObject(line, at);
    if (value !== null) flatten(value, "", out, 0);
  },
};

export function parseObject(line: string, at: number): Readonly<Record<string, unknown>> | null {
  let end = line.length;
  while (end > at && line.charCodeAt(end - 1) <= 32) end -= 1;
  if (line.charCodeAt(end - 1) !== 125) return null;
  try {
    const value: unknown = JSON.parse(at === 0 && end === line.length ? line : line.slice(at, end));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function readJsonRecord(value: Readonly<Record<string, unknown>>, scan: LineScan): void {
  scan.hasStamp = false;
  for (const key of TIME_KEYS) {
    const time = value[key];
    if (time !== undefined && readJsonTime(time, scan)) break;
  }
  scan.level = null;
  for (const key of LEVEL_KEYS) {
    const level = value[key];
    if (typeof level === "string") scan.level = LETTERS[level] ?? (/^\d+$/.test(level) ? levelOfFigure(Number(level)) : levelOfWord(level));
    else if (typeof level === "number") scan.level = levelOfFigure(level);
    if (scan.level !== null) break;
  }
  if (scan.level === null) {
    const nested = value["log"];
    if (typeof nested === "object" && nested !== null && "level" in nested && typeof nested.level === "string") scan.level = levelOfWord(nested.level);
  }
  scan.message = "";
  for (const key of MESSAGE_KEYS) {
    const message = value[key];
    if (typeof message === "string") {
      scan.message = message;
      return;
    }
    // MongoDB's attributes stand beside a short `msg`, which the list has. An error object stands for its text.
    if (typeof message === "object" && message !== null && "message" in message && typeof message.message === "string") {
      scan.message = message.message;
      return;
    }
  }
  const error = value["error"] ?? value["err"];
  if (typeof error === "string") scan.message = error;
}

function readJsonTime(time: unknown, scan: LineScan): boolean {
  const { stamp } = scan;
  if (typeof time === "number") {
    const text = String(time);
    const ms = Number.isInteger(time) && time >= 1e15 ? epochMs(text.length === 19 || text.length === 16 ? text : "") : epochMs(text);
    if (Number.isNaN(ms)) return false;
    const whole = text.indexOf(".") === -1 ? text.length : text.indexOf(".");
    scan.hasStamp = stamp.set("moment", ms, whole === 10 ? (whole === text.length ? 1000 : 1000 / 10 ** Math.min(6, text.length - whole - 1)) : whole === 13 ? 1 : 0.001, 0);
    return true;
  }
  if (typeof time === "string") {
    if (/^\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?$/.test(time)) {
      const ms = epochMs(time);
      if (Number.isNaN(ms)) return false;
      scan.hasStamp = stamp.set("moment", ms, time.length === 10 ? 1000 : time.length === 13 ? 1 : 0.001, 0);
      return true;
    }
    scan.hasStamp = readStamp(time, 0, stamp);
    return scan.hasStamp;
  }
  if (typeof time === "object" && time !== null) {
    // MongoDB: {"$date":"..."}; log4j2's JsonLayout: {"epochSecond":1,"nanoOfSecond":2}
    if ("$date" in time) return readJsonTime(time.$date, scan);
    if ("epochSecond" in time && typeof time.epochSecond === "number") {
      const nanos = "nanoOfSecond" in time && typeof time.nanoOfSecond === "number" ? time.nanoOfSecond : 0;
      scan.hasStamp = stamp.set("moment", time.epochSecond * 1000 + nanos / 1e6, 0.001, 0);
      return true;
    }
    if ("seconds" in time && typeof time.seconds === "number") {
      scan.hasStamp = stamp.set("moment", time.seconds * 1000 + ("nanos" in time && typeof time.nanos === "number" ? time.nanos / 1e6 : 0), 0.001, 0);
      return true;
    }
  }
  return false;
}

const MOST_FIELDS = 100;

/** Nested objects by dotted keys; arrays as JSON. */
export function flatten(value: Readonly<Record<string, unknown>>, prefix: string, out: Record<string, string>, depth: number): void {
  let count = 0;
  for (const key in value) {
    count += 1;
    if (count > MOST_FIELDS) return;
    const entry = value[key];
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (typeof entry === "string") out[name] = entry;
    else if (typeof entry === "object" && entry !== null && !Array.isArray(entry) && depth < 3) flatten(entry as Record<string, unknown>, name, out, depth + 1);
    else if (entry !== undefined) out[name] = typeof entry === "object" ? JSON.stringify(entry) : String(entry);
  }
}
