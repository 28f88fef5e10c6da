import type { Diagnosis } from "../../model/diagnosis";
import type { LogCorrelation } from "../../model/log";
import { formatCount, formatDuration } from "../figures";
import { NEVER_ENDS } from "./named-values";

/** `3e-40`, `0.0002`; below what a number holds: `below 1e-300`. */
export function formatChance(p: number): string {
  if (p <= SMALLEST_CHANCE) return `p below ${SMALLEST_CHANCE.toExponential(0)}`;
  return `p = ${p < 1e-3 ? p.toExponential(0) : String(Number(p.toPrecision(1)))}`;
}

/** What is less likely is told as this: a document holds no smaller number safely. */
export const SMALLEST_CHANCE = 1e-300;

/** `47 of 50 leaked connections were last used within 25 ms of `order <*> refused` (0.8 expected by chance, p = 3e-40)`. */
export function sayCorrelation(found: Omit<LogCorrelation, "text" | "events">, diagnosis: Diagnosis): string {
  const { moments, ofMoments, expected, window, key, template, correctedPValue } = found;
  const what = diagnosis.direction === "inbound" ? "stuck connections" : "leaked connections";
  const line =
    key === null ? `a line \`${template}\``
    : key.value === NEVER_ENDS ? `the last line of a request that never ends (${quoted(key.name)})`
    : key.name.startsWith("<*>") ? `a line \`${template}\` with \`${key.value}\` in place ${key.name.slice(4)}`
    : `a line with ${key.name} \`${key.value}\``;
  const chance = expected < 10 ? String(Number(expected.toPrecision(2))) : formatCount(expected);
  return `${formatCount(moments)} of ${formatCount(ofMoments)} ${what} were last used ${sayWindow(window)} ${line} (${chance} expected by chance, ${formatChance(correctedPValue)})`;
}

/** `within 25 ms of`; for a window that lies to one side: `229 ms to 245 ms after`. */
function sayWindow({ fromMs, toMs }: LogCorrelation["window"]): string {
  if (fromMs <= 0 && toMs >= 0) return `within ${formatDuration(Math.max(toMs, -fromMs))} of`;
  return toMs < 0 ? `${formatDuration(-toMs)} to ${formatDuration(-fromMs)} after` : `${formatDuration(fromMs)} to ${formatDuration(toMs)} before`;
}

/** `started <*> without finished <*>` with the two lines as lines. */
function quoted(name: string): string {
  const [begins, missing] = name.split(" without ");
  return missing === undefined ? name : `it begins with \`${begins}\`, and \`${missing}\` is missing`;
}
