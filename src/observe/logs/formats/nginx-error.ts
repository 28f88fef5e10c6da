import { levelOfWord } from "../level";
import { readStamp } from "../stamp";
import type { LineFormat } from "./line-format";

const HEAD = / \[(\w+)\] (\d+)#(\d+): (?:\*(\d+) )?/y;
const VALUE = /, (client|server|request|upstream|host|referrer|subrequest|login|limiting [a-z]+|excess): (?:"((?:[^"\\]|\\.)*)"|([^,]*))/g;

/** nginx's error_log (ngx_log_error_core in src/core/ngx_log.c): `2024/01/31 10:11:12 [error] 7#7: *1 upstream timed out (110: ...) while ..., client: ...`. */
export const NGINX_ERROR: LineFormat = {
  id: "nginx-error",
  read(line, at, scan) {
    if (line.charCodeAt(at + 4) !== 47 || !readStamp(line, at, scan.stamp)) return false;
    HEAD.lastIndex = scan.stamp.end;
    const head = HEAD.exec(line);
    if (head === null) return false;
    scan.hasStamp = true;
    scan.level = levelOfWord(head[1] ?? "");
    scan.messageAt = HEAD.lastIndex;
    return true;
  },
  fields(line, at, out) {
    const head = / \[(\w+)\] (\d+)#(\d+): (?:\*(\d+) )?/.exec(line.slice(at));
    if (head === null) return;
    out["pid"] = head[2] ?? "";
    out["thread"] = head[3] ?? "";
    if (head[4] !== undefined) out["connection"] = head[4];
    for (const [, key = "", quoted, plain] of line.slice(at + head.index + head[0].length).matchAll(VALUE)) out[key.replace(" ", "_")] = quoted ?? plain ?? "";
    const code = /\((\d+): [^)]*\)/.exec(line);
    if (code?.[1] !== undefined) out["errno"] = code[1];
  },
};
