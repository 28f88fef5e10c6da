import { levelOfWord } from "../level";
import { epochMs, readStamp } from "../stamp";
import type { LineFormat, LineScan } from "./line-format";

const TIME_KEYS = new Set(["time", "ts", "timestamp", "t", "at", "date", "datetime"]);
const LEVEL_KEYS = new Set(["level", "lvl", "severity", "lv", "loglevel"]);
const MESSAGE_KEYS = new Set(["msg", "message", "event"]);

/** `key=value key="a value"`: logrus, slog's text handler, Go kit, Heroku. */
export const LOGFMT: LineFormat = {
  id: "logfmt",
  read(line, at, scan) {
    if (!/^[A-Za-z_@][\w.@/-]*=/.test(line.slice(at, at + 60))) return false;
    let pairs = 0;
    let known = false;
    const whole = eachPair(line, at, (key, start, end, quoted) => {
      pairs += 1;
      if (TIME_KEYS.has(key)) known = readTime(line, start, end, quoted, scan) || known;
      else if (LEVEL_KEYS.has(key)) {
        scan.level ??= levelOfWord(line.slice(start, end));
        known ||= scan.level !== null;
      } else if (MESSAGE_KEYS.has(key)) {
        known = true;
        scan.messageAt = start;
        scan.messageEnd = end;
        if (quoted && line.slice(start, end).includes("\\")) scan.message = unquote(line.slice(start, end));
      }
    });
    return whole && pairs >= 2 && known;
  },
  fields(line, at, out) {
    eachPair(line, at, (key, start, end, quoted) => {
      const value = line.slice(start, end);
      out[key] = quoted && value.includes("\\") ? unquote(value) : value;
    });
  },
};

function readTime(line: string, start: number, end: number, quoted: boolean, scan: LineScan): boolean {
  if (scan.hasStamp) return true;
  const value = line.slice(start, end);
  if (!quoted && /^\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?$/.test(value)) {
    const ms = epochMs(value);
    if (Number.isNaN(ms)) return false;
    return (scan.hasStamp = scan.stamp.set("moment", ms, value.length === 10 ? 1000 : 0.001, end));
  }
  scan.hasStamp = readStamp(value, 0, scan.stamp);
  return scan.hasStamp;
}

/** Calls for each pair, with where its value stands; false: the text is no row of pairs (words between them are allowed after the first two). */
export function eachPair(line: string, at: number, onPair: (key: string, start: number, end: number, quoted: boolean) => void): boolean {
  let place = at;
  let pairs = 0;
  const { length } = line;
  while (place < length) {
    while (place < length && line.charCodeAt(place) <= 32) place += 1;
    if (place >= length) break;
    const keyAt = place;
    while (place < length) {
      const code = line.charCodeAt(place);
      if (code === 61 || code <= 32 || code === 34) break;
      place += 1;
    }
    if (line.charCodeAt(place) !== 61 || place === keyAt) {
      if (pairs < 2) return false;
      // A word without a value: Go kit writes them so, and a message without quotes has many.
      while (place < length && line.charCodeAt(place) > 32) place += 1;
      continue;
    }
    const key = line.slice(keyAt, place);
    place += 1;
    pairs += 1;
    if (line.charCodeAt(place) === 34) {
      const start = place + 1;
      let end = line.indexOf('"', start);
      while (end !== -1 && isEscaped(line, end)) end = line.indexOf('"', end + 1);
      if (end === -1) end = length;
      onPair(key, start, end, true);
      place = end + 1;
    } else {
      const start = place;
      while (place < length && line.charCodeAt(place) > 32) place += 1;
      onPair(key, start, place, false);
    }
  }
  return true;
}

function isEscaped(line: string, at: number): boolean {
  let slashes = 0;
  while (line.charCodeAt(at - 1 - slashes) === 92) slashes += 1;
  return slashes % 2 === 1;
}

function unquote(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/g, (_, unicode: string | undefined, hex: string | undefined, letter: string | undefined) =>
    unicode !== undefined || hex !== undefined ? String.fromCharCode(Number.parseInt(unicode ?? hex ?? "", 16)) : letter === "n" ? "\n" : letter === "t" ? "\t" : letter === "r" ? "\r" : (letter ?? ""));
}
