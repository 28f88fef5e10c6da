/** Gives the reader's language for an English sentence; `{0}`, `{1}` stand for the arguments. */
export type Translate = (message: string, ...args: readonly (string | number)[]) => string;

export function createTranslate(words: Readonly<Record<string, string>>): Translate {
  return (message, ...args) =>
    (Object.hasOwn(words, message) ? (words[message] ?? message) : message).replace(/\{(\d+)\}/g, (whole, at: string) => String(args[Number(at)] ?? whole));
}

/** `840 ms`, `12.3 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  const [big, bigName, small, smallName] =
    seconds < 3600 ? [Math.floor(seconds / 60), "min", seconds % 60, "s"]
    : seconds < 86_400 ? [Math.floor(seconds / 3600), "h", Math.floor((seconds % 3600) / 60), "min"]
    : [Math.floor(seconds / 86_400), "d", Math.floor((seconds % 86_400) / 3600), "h"];
  return small === 0 ? `${big} ${bigName}` : `${big} ${bigName} ${small} ${smallName}`;
}

/** An idle timeout, exact to a tenth of a second where people set it in seconds: `60.0 s`, `2 h`. */
export function formatTimeout(ms: number): string {
  return ms < 600_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms);
}

/** 100,000 as the reader's language groups it. */
export function formatCount(count: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** `14:03:07.250`: a moment of today, exact to the millisecond, on the reader's clock face. */
export function formatMoment(ms: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" }).format(ms);
}

/** `14:03:07 - 14:05:12`, with the day where it is another one than the reader's today, or two. */
export function formatRange({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }, locale: string): string {
  const day = (ms: number): string => new Date(ms).toDateString();
  const days = day(fromMs) !== day(toMs) || day(toMs) !== new Date().toDateString();
  const format = new Intl.DateTimeFormat(locale, { ...(days ? { month: "short", day: "numeric" } : {}), hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  return format.formatRange(fromMs, toMs);
}

/** A time on an axis with marks every `stepMs`: no finer than the marks are. */
export function formatClock(ms: number, stepMs: number, locale: string): string {
  const options: Intl.DateTimeFormatOptions = stepMs >= 86_400_000 ? { month: "short", day: "numeric" }
    : { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(stepMs < 60_000 ? { second: "2-digit" } : {}), ...(stepMs < 1000 ? { fractionalSecondDigits: 3 } : {}) };
  return new Intl.DateTimeFormat(locale, options).format(ms);
}
