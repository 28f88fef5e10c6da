import { readStamp } from "../stamp";
import type { LineFormat } from "./line-format";

/** How the W3C extended format names what other access logs call otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  "c-ip": "client", "cs-method": "method", "cs-uri-stem": "path", "cs-uri-query": "query", "sc-status": "status", "time-taken": "duration", "cs-username": "user", "cs(User-Agent)": "agent", "cs(Referer)": "referrer", "sc-bytes": "bytes",
};

/**
 * The W3C extended log format, as IIS, Exchange and CloudFront write it: a line `#Fields: date time c-ip ...` says what the columns are. Times are UTC by the specification
 * (https://www.w3.org/TR/WD-logfile.html).
 *
 * @param fields Behind `#Fields:`. null: date and time do not come first, so the lines have no stamp that can be read.
 */
export function w3cFormat(fields: string): LineFormat | null {
  const columns = fields.trim().split(/\s+/);
  if (columns[0] !== "date" || columns[1] !== "time") return null;
  const statusAt = columns.indexOf("sc-status");
  return {
    id: "w3c",
    read(line, at, scan) {
      const first = line.charCodeAt(at);
      if (first < 48 || first > 57) return false;
      // CloudFront puts tabs between.
      if (!readStamp(line.charCodeAt(at + 10) === 9 ? `${line.slice(at, at + 10)} ${line.slice(at + 11, at + 30)}` : line, line.charCodeAt(at + 10) === 9 ? 0 : at, scan.stamp)) return false;
      const { stamp } = scan;
      if (stamp.kind !== "local" && stamp.kind !== "moment") return false;
      stamp.kind = "moment";
      scan.hasStamp = true;
      const parts = line.slice(at).split(/[ \t]/);
      const status = statusAt < 0 ? "" : (parts[statusAt] ?? "");
      scan.level = status.startsWith("5") ? "error" : status.startsWith("4") ? "warning" : status === "" ? null : "info";
      scan.messageAt = at + (parts[0]?.length ?? 0) + (parts[1]?.length ?? 0) + 2;
      return true;
    },
    fields(line, at, out) {
      const parts = line.slice(at).split(/[ \t]/);
      for (const [index, column] of columns.entries()) {
        const value = parts[index];
        if (index > 1 && value !== undefined && value !== "-") out[NAMES[column] ?? column] = value;
      }
    },
  };
}
