import { readStamp } from "../stamp";
import type { LineFormat } from "./line-format";

const HTTP = /^(\S+):(\d+) \[[^\]]+\] (\S+) ([^\s/]+)\/(\S+) ([-+\d/]+) (\d{3}|-1) (\+?\d+) (\S+) (\S+) ([A-Za-z-]{4}) ([+\d/]+) (\d+)\/(\d+)(.*)$/;
const TCP = /^(\S+):(\d+) \[[^\]]+\] (\S+) ([^\s/]+)\/(\S+) ([-+\d/]+) (\+?\d+) ([A-Za-z-]{2}) ([+\d/]+) (\d+)\/(\d+)(.*)$/;
const HTTP_TIMERS = ["Tq", "Tw", "Tc", "Tr", "Tt"];
const TCP_TIMERS = ["Tw", "Tc", "Tt"];

/**
 * HAProxy's `option httplog` and `option tcplog` (configuration manual, section 8.2). The stamp is when the connection was accepted; the line is
 * written when it ends. A session that did not end well (`--` or `----`) is a warning, one that the server or a resource ended an error.
 */
export const HAPROXY: LineFormat = {
  id: "haproxy",
  read(line, at, scan) {
    const bracket = line.indexOf(" [", at);
    if (bracket === -1 || bracket > at + 60 || bracket === at || line.charCodeAt(bracket + 4) !== 47 || !readStamp(line, bracket + 2, scan.stamp) || line.charCodeAt(scan.stamp.end) !== 93) return false;
    const tail = line.slice(at);
    const http = HTTP.exec(tail);
    const row = http ?? TCP.exec(tail);
    if (row === null) return false;
    scan.hasStamp = true;
    const code = row[http === null ? 8 : 11] ?? "";
    const how = code.slice(0, 2);
    const status = http === null ? 0 : Number(http[7]);
    scan.level = how === "--" ? (status >= 500 ? "error" : status >= 400 ? "warning" : "info") : /^[SPRsL]/.test(how) ? "error" : "warning";
    scan.messageAt = scan.stamp.end + 2;
    return true;
  },
  fields(line, at, out) {
    const text = line.slice(at);
    const http = HTTP.exec(text);
    const row = http ?? TCP.exec(text);
    if (row === null) return;
    out["client"] = `${row[1] ?? ""}:${row[2] ?? ""}`;
    out["frontend"] = (row[3] ?? "").replace(/~$/, "");
    out["backend"] = row[4] ?? "";
    out["server"] = row[5] ?? "";
    const timers = (row[6] ?? "").split("/");
    const names = http === null ? TCP_TIMERS : HTTP_TIMERS;
    for (const [index, name] of names.entries()) if (timers[index] !== undefined) out[name] = timers[index];
    if (http !== null) {
      out["status"] = http[7] ?? "";
      out["bytes"] = http[8] ?? "";
      out["termination"] = http[11] ?? "";
      out["connections"] = http[12] ?? "";
      out["queues"] = `${http[13] ?? ""}/${http[14] ?? ""}`;
      const request = /"((?:[^"\\]|\\.)*)"?\s*$/.exec(http[15] ?? "")?.[1];
      if (request !== undefined) {
        out["request"] = request;
        const [method = "", path = ""] = request.split(" ");
        out["method"] = method;
        out["path"] = path.split("?")[0] ?? "";
      }
    } else {
      out["bytes"] = row[7] ?? "";
      out["termination"] = row[8] ?? "";
      out["connections"] = row[9] ?? "";
      out["queues"] = `${row[10] ?? ""}/${row[11] ?? ""}`;
    }
  },
};
