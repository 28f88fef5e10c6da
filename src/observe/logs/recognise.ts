import { createLogReader } from "./log-reader";

/** What share of the lines must be those of a log. */
const ENOUGH = 0.6;
const NAMES = /(?:\.log(?:$|[.-])|\.(?:out|err)$|(?:^|\/)(?:syslog|messages|journal|catalina|console)(?:$|[.-]))/i;

/** How sure a text is a log. `surely`: nearly every line begins with a stamp or is a record of a known format, or goes on with one. */
export type LogLikeness = "surely" | "likely" | "no";

/** @param head The beginning of a file, some 64 kB of it; its last line may be cut. */
export function logLikeness(name: string, head: string): LogLikeness {
  const reader = createLogReader({ kind: "opened-file", name, how: "", pid: null, clock: { zone: null, zoneFrom: "", notAfterMs: null } });
  const end = head.lastIndexOf("\n");
  reader.push(end > 0 ? head.slice(0, end + 1) : head);
  const { source } = reader.finish(null);
  const stamped = source.firstMs !== null;
  const share = reader.share();
  if (stamped && share >= 0.9) return "surely";
  if (stamped && share >= ENOUGH) return "likely";
  return NAMES.test(name) && head.trim() !== "" ? "likely" : "no";
}
