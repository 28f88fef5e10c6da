import type { MatchedEvent } from "./line-place";
import { levelNamed } from "./recognise";

/**
 * The head of a line without a time, which readers of logs leave in place because it may as well be prose: `WARNING:root:` (Python's
 * basicConfig), `WARN [web-server]: ` (log4js), `[INFO] `. Upper case only.
 */
export const HEAD = /^\[?(TRACE|VERBOSE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)\]?(?::\s?|\s+)(?:\[([^\]\s]{1,80}(?: [^\]]{0,80})?)\]:?\s+|([\w.$-]{1,80}):(?=\S))?/u;

/** The event with that head read off; null: it has none. */
export function withoutHead(event: MatchedEvent): MatchedEvent | null {
  const found = HEAD.exec(event.message);
  if (found === null) return null;
  const logger = found[2] ?? found[3];
  return { message: event.message.slice(found[0].length), level: levelNamed(found[1] ?? ""), fields: logger === undefined ? {} : { logger } };
}
