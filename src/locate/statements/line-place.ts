import type { LogEvent } from "../../model/log";

/** What matching asks of an event: `LogEvent` has it, and so has a bare line. */
export type MatchedEvent = Pick<LogEvent, "message" | "level" | "fields"> & { readonly text?: string };

/** Fields in which logging libraries name the place of the call. */
const PLACE_FIELDS = ["caller", "source", "src", "file", "pathname", "filename", "callsite", "location", "sourceLocation", "log.origin.file.name"];
const LINE_FIELDS = ["line", "lineno", "linenumber", "lineNumber", "log.origin.file.line"];
const SOURCE = /([\w@./\\:-]*[\w-]\.(?:go|pyw?|java|kts?|[mc]?[jt]sx?|cs|php|rb|rs))["',]*\s*(?::|\(|, line |" line:|,"line":)\s*(\d+)/u;

/** The file and line that a log line says it comes from: Go's `Lshortfile`, zap's caller, klog's header, Python's `pathname:lineno`, logback's `%F:%L`. */
export function placeInLine({ message, text, fields }: MatchedEvent): { readonly file: string; readonly line: number } | null {
  for (const name of PLACE_FIELDS) {
    const value = fields[name];
    if (value === undefined) continue;
    const both = SOURCE.exec(value);
    if (both !== null) return { file: both[1] as string, line: Number(both[2]) };
    for (const lineName of LINE_FIELDS) {
      const line = Number(fields[lineName]);
      if (Number.isInteger(line) && line > 0 && /\.\w+$/u.test(value)) return { file: value, line };
    }
  }
  // In the header: what stands before the message, or at its very beginning.
  const first = text === undefined ? message : text.slice(0, text.indexOf("\n") < 0 ? undefined : text.indexOf("\n"));
  const at = message === "" ? -1 : first.lastIndexOf(message);
  const header = at > 0 ? first.slice(0, at) : "";
  const found = SOURCE.exec(header) ?? /^["([]?([\w@./\\-]*[\w-]\.(?:go|pyw?|java|kts?|[mc]?[jt]sx?|cs|php|rb|rs)):(\d+)(?=[\s:\])])/u.exec(message);
  return found === null ? null : { file: found[1] as string, line: Number(found[2]) };
}
