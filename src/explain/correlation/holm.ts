/**
 * Holm's step-down correction: the chance that anything at all is named by mistake stays below the level, however the tests depend on each
 * other. Takes ln p of those that are worth it and how many were tested in all; gives the corrected ln p in the same order.
 */
export function holm(lnPs: readonly number[], tests: number): number[] {
  const order = lnPs.map((_, index) => index).sort((a, b) => lnPs[a]! - lnPs[b]!);
  const corrected = new Array<number>(lnPs.length);
  let highest = -Infinity;
  order.forEach((index, place) => {
    highest = Math.max(highest, Math.min(0, lnPs[index]! + Math.log(Math.max(1, tests - place))));
    corrected[index] = highest;
  });
  return corrected;
}
