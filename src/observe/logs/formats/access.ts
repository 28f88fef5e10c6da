import { readStamp } from "../stamp";
import type { LineFormat } from "./line-format";

/** `host ident user [31/Jan/2024:10:11:12 +0100] "GET / HTTP/1.1" 200 1234`, with a virtual host before it or not. */
const HEAD = /^(?:[\w.*:-]+ )?([0-9A-Za-z_.:%\[\]-]+)(?:, ?[0-9A-Fa-f.:]+)* (\S+) ((?:[^[\s]|\[(?!\d))(?:[^[]|\[(?!\d\d?\/\w{3}\/))*)\[(?=\d\d?\/[A-Za-z]{3}\/\d{4}:)/;
const REST = /^[^\]]*\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)(.*)$/;
const REQUEST = /^([A-Z_-]{3,20}) (\S+)(?: (HTTP\/[\d.]+))?$/;

/** Access logs in the Common Log Format and what is built on it: Apache, nginx, Tomcat, Jetty, Traefik, gunicorn, HAProxy's `option httplog clf`. */
export const ACCESS: LineFormat = {
  id: "access",
  read(line, at, scan) {
    // The bracket comes soon, and a date stands in it: nothing else needs the pattern.
    const bracket = line.indexOf("[", at);
    if (bracket === -1 || bracket > at + 300 || line.charCodeAt(bracket + 7) !== 47 || !readStamp(line, bracket + 1, scan.stamp) || line.charCodeAt(scan.stamp.end) !== 93) return false;
    const quote = scan.stamp.end + 2;
    if (line.charCodeAt(quote) !== 34) return false;
    let end = line.indexOf('"', quote + 1);
    while (end !== -1 && line.charCodeAt(end - 1) === 92) end = line.indexOf('"', end + 1);
    if (end === -1 || bracket - at < 4 || !/^ (?:\d{3}|-) /.test(line.slice(end + 1, end + 6))) return false;
    scan.hasStamp = true;
    const status = line.charCodeAt(end + 2);
    scan.level = status === 53 ? "error" : status === 52 ? "warning" : "info";
    scan.messageAt = quote;
    return true;
  },
  fields(line, at, out) {
    const text = line.slice(at);
    const bracket = text.indexOf("[");
    const head = HEAD.exec(text);
    if (head !== null) {
      out["client"] = head[1] ?? "";
      const user = (head[3] ?? "").trim();
      if (user !== "-" && user !== "") out["user"] = user;
    }
    const rest = REST.exec(text.slice(bracket));
    if (rest === null) return;
    const [, request = "", status = "", bytes = "", tail = ""] = rest;
    out["request"] = request;
    out["status"] = status;
    if (bytes !== "-") out["bytes"] = bytes;
    const parts = REQUEST.exec(request);
    if (parts !== null) {
      out["method"] = parts[1] ?? "";
      out["path"] = (parts[2] ?? "").split("?")[0] ?? "";
    }
    const quoted = [...tail.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? "");
    if (quoted[0] !== undefined && quoted[0] !== "-") out["referrer"] = quoted[0];
    if (quoted[1] !== undefined && quoted[1] !== "-") out["agent"] = quoted[1];
    for (const [, key = "", value = ""] of tail.matchAll(/(?:^|\s)([a-z_]\w*)[=:]"?([^"\s]+)/g)) out[key] ??= value;
    // What follows the agent in many configurations: the request's seconds, or microseconds.
    const duration = /(?:^|"|\s)(\d+\.\d{3,6})(?=\s|$)/.exec(tail.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
    if (duration?.[1] !== undefined) out["duration"] ??= duration[1];
  },
};
