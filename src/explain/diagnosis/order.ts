import type { Diagnosis } from "../../model/diagnosis";
import { CAUSE_READERS } from "./registry";

const SEVERITY = { critical: 0, warning: 1, notice: 2 } as const;
const CONFIDENCE = { high: 0, medium: 1, low: 2 } as const;
const CAUSAL = new Map(CAUSE_READERS.map((reader, place) => [reader.cause, place]));

/**
 * Root cause first. Diagnoses of one process belong together: inside, those that are more than a guess come first, and the cause that
 * explains the others (the registry's order) before what it explains. Processes are ordered by their worst diagnosis: severity,
 * confidence, the cause's place in the registry, and then the count, as counts of different causes count different things.
 */
export function orderDiagnoses(diagnoses: readonly Diagnosis[]): Diagnosis[] {
  const cases = new Map<string, Diagnosis[]>();
  diagnoses.forEach((diagnosis, index) => {
    // A pid means one process on one host only.
    const key = diagnosis.process === null || diagnosis.hosts !== undefined ? `alone ${index}` : `pid ${diagnosis.snapshot} ${diagnosis.process.pid}`;
    const found = cases.get(key);
    if (found === undefined) cases.set(key, [diagnosis]);
    else found.push(diagnosis);
  });
  const inside = (a: Diagnosis, b: Diagnosis): number => Number(a.confidence === "low") - Number(b.confidence === "low") || causal(a) - causal(b) || b.count - a.count;
  return [...cases.values()]
    .map((found) => ({ found: found.sort(inside), worst: [...found].sort(between)[0] as Diagnosis }))
    .sort((a, b) => between(a.worst, b.worst))
    .flatMap(({ found }) => found);
}

function between(a: Diagnosis, b: Diagnosis): number {
  return SEVERITY[a.severity] - SEVERITY[b.severity] || CONFIDENCE[a.confidence] - CONFIDENCE[b.confidence] || causal(a) - causal(b) || b.count - a.count;
}

function causal(diagnosis: Diagnosis): number {
  return CAUSAL.get(diagnosis.cause) ?? CAUSAL.size;
}
