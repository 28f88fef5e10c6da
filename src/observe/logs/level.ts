import type { LogLevel } from "../../model/log";

const LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: "trace", trc: "trace", finest: "trace", verbose: "trace", vrb: "trace", verb: "trace", trac: "trace", silly: "trace",
  debug: "debug", dbg: "debug", dbug: "debug", finer: "debug", fine: "debug", debug1: "debug", debug2: "debug", debug3: "debug", debug4: "debug", debug5: "debug", config: "debug",
  info: "info", inf: "info", information: "info", informational: "info", log: "info", statement: "info", detail: "info", hint: "info", success: "info", system: "info",
  notice: "notice", note: "notice", ntc: "notice",
  warn: "warning", warning: "warning", wrn: "warning", warnung: "warning", deprecated: "warning",
  error: "error", err: "error", eror: "error", severe: "error", fail: "error",
  fatal: "critical", ftl: "critical", fatl: "critical", critical: "critical", crit: "critical", crt: "critical", panic: "critical", pnc: "critical", dpanic: "critical", alert: "critical", emerg: "critical", emergency: "critical",
};

/** The level that a word names, in any case; null: it names none. */
export function levelOfWord(word: string): LogLevel | null {
  return Object.hasOwn(LEVELS, word) ? (LEVELS[word] ?? null) : (LEVELS_ANY_CASE.get(word) ?? levelOfOtherCase(word));
}

/** Spellings met so far: a log uses few. */
const LEVELS_ANY_CASE = new Map<string, LogLevel>();
function levelOfOtherCase(word: string): LogLevel | null {
  if (word.length > 13) return null;
  const lower = word.toLowerCase();
  const level = Object.hasOwn(LEVELS, lower) ? (LEVELS[lower] ?? null) : null;
  if (level !== null && LEVELS_ANY_CASE.size < 1000) LEVELS_ANY_CASE.set(word, level);
  return level;
}

/** syslog's severities (RFC 5424 section 6.2.1). */
const SEVERITIES: readonly LogLevel[] = ["critical", "critical", "critical", "error", "warning", "notice", "info", "debug"];

export function levelOfSeverity(severity: number): LogLevel | null {
  return SEVERITIES[severity] ?? null;
}

/** Levels as figures: Bunyan's and pino's tens (https://getpino.io/#/docs/api?id=loggerlevels), Python's tens up to 50, syslog's single digits. */
export function levelOfFigure(figure: number): LogLevel | null {
  if (figure >= 0 && figure <= 7) return levelOfSeverity(figure);
  if (figure < 10 || figure > 60) return null;
  return figure >= 60 ? "critical" : figure >= 50 ? "error" : figure >= 40 ? "warning" : figure >= 30 ? "info" : figure >= 20 ? "debug" : "trace";
}
