import type { Finding } from "../model/finding";

/**
 * What a finding is about, as text that stays when lines move: rule, file, function, and the how-manieth of its rule in that function it
 * is. Counts on in `occurrences`, so findings must come in their order.
 */
export function findingIdentity(finding: Finding, occurrences: Map<string, number>): string {
  const base = `${finding.rule}:${finding.file}:${finding.symbol}`;
  const turn = occurrences.get(base) ?? 0;
  occurrences.set(base, turn + 1);
  return `${base}:${turn}`;
}
