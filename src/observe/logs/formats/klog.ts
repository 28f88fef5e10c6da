import type { LogLevel } from "../../../model/log";
import { readStamp } from "../stamp";
import type { LineFormat } from "./line-format";

const LEVELS: Readonly<Record<number, LogLevel>> = { 73: "info", 87: "warning", 69: "error", 70: "critical" };
const TAIL = /\s+(?:(\d+)\s+)?([\w./-]+\.\w+:\d+)\] ?/y;

/** Kubernetes' klog and glog, its parent: `W0312 15:04:05.123456   12345 file.go:123] text`; newer glog writes the year too. */
export const KLOG: LineFormat = {
  id: "klog",
  read(line, at, scan) {
    const level = LEVELS[line.charCodeAt(at)];
    if (level === undefined) return false;
    const head = /^\d{4}(?:\d{4})? \d\d:\d\d:\d\d\.\d{3,9}/.exec(line.slice(at + 1, at + 30));
    if (head === null) return false;
    const { stamp } = scan;
    if (head[0].charCodeAt(4) === 32) {
      // Month and day are all there is of the date.
      const text = head[0];
      if (!readStamp(`${text.slice(0, 2)}-${text.slice(2, 4)}${text.slice(4)}`, 0, stamp)) return false;
    } else if (!readStamp(line, at + 1, stamp)) return false;
    stamp.end = at + 1 + head[0].length;
    TAIL.lastIndex = stamp.end;
    if (!TAIL.test(line)) return false;
    scan.hasStamp = true;
    scan.level = level;
    scan.messageAt = TAIL.lastIndex;
    // Structured klog quotes what it says: `"Pod is gone" pod="x"`.
    if (line.charCodeAt(scan.messageAt) === 34) {
      const end = line.indexOf('"', scan.messageAt + 1);
      if (end !== -1 && /^"(?:$| \w+=)/.test(line.slice(end, end + 60))) {
        scan.messageAt += 1;
        scan.messageEnd = end;
      }
    }
    return true;
  },
  fields(line, at, out) {
    const match = /^\S+ \S+\s+(?:(\d+)\s+)?([\w./-]+\.\w+):(\d+)\] ?(.*)$/.exec(line.slice(at));
    if (match === null) return;
    if (match[1] !== undefined) out["thread"] = match[1];
    out["caller"] = `${match[2] ?? ""}:${match[3] ?? ""}`;
    const pairs = /^"(?:[^"\\]|\\.)*"((?: \w+=(?:"(?:[^"\\]|\\.)*"|\S+))+)$/.exec(match[4] ?? "");
    for (const [, key = "", quoted, plain] of (pairs?.[1] ?? "").matchAll(/ (\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)) out[key] = quoted ?? plain ?? "";
  },
};
