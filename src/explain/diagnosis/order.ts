import type { Diagnosis } from "../../model/diagnosis";
import { CAUSE_READERS } from "./registry";

const SEVERITY = { critical: 0, warning: 1, notice: 2 } as const;
const CONFIDENCE = { high: 0, medium: 1, low: 2 } as const;
const CAUSAL = new Map(CAUSE_READERS.map((reader, place) => [reader.cause, place]));

/**
 * Root cause first. Diagnoses of one process belong together: inside, those that are more than a guess come first, and the cause that
 * explains the others (the registry's order) before what it explains. Processes are ordered by their worst diagnosis: severity, then
 * confidence, then count.
 */
export function orderDiagnoses(diagnoses: readonly Diagnosis[]): Diagnosis[] {
  const cases = new Map<string, Diagnosis[]>();
  diagnoses.forEach((diagnosis, index) => {
    const key = diagnosis.process === null ? `alone ${index}` : `pid ${diagnosis.process.pid}`;
    const found = cases.get(key);
    if (found === undefined) cases.set(key, [diagnosis]);
    else found.push(diagnosis);
  });
  for (const found of cases.values()) {
    found.sort((a, b) => Number(a.confidence === "low") - Number(b.confidence === "low")
      || (CAUSAL.get(a.cause) ?? 0) - (CAUSAL.get(b.cause) ?? 0)
      || b.count - a.count);
  }
  const worst = (found: readonly Diagnosis[]): [number, number, number] => {
    let best: [number, number, number] = [3, 3, 0];
    for (const one of found) {
      const rank: [number, number, number] = [SEVERITY[one.severity], CONFIDENCE[one.confidence], -one.count];
      if (rank[0] - best[0] || rank[1] - best[1] || rank[2] - best[2]) {
        if ((rank[0] - best[0] || rank[1] - best[1] || rank[2] - best[2]) < 0) best = rank;
      }
    }
    return best;
  };
  return [...cases.values()]
    .map((found) => ({ found, rank: worst(found) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.rank[2] - b.rank[2])
    .flatMap(({ found }) => found);
}
