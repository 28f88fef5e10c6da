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
