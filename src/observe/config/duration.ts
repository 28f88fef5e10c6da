const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, M: 2_592_000_000, y: 31_536_000_000 };

/**
 * A time as configurations write it, in milliseconds: `30s`, `1m30s`, `1h 30m` (nginx), `500ms`, `0.25s` (protobuf's JSON), a bare number in
 * `bareUnit` (HAProxy's are milliseconds, nginx's seconds). null: no time.
 */
export function readDuration(written: string, bareUnit: "ms" | "s"): number | null {
  const text = written.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * (UNITS[bareUnit] ?? 1);
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h|d|w|M|y)\s*)+$/.test(text)) return null;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h|d|w|M|y)/g)) total += Number(number) * (UNITS[unit ?? ""] ?? 0);
  return total;
}
