import type { Diagnosis } from "../../model/diagnosis";

/** Leak moments that are tried together. */
export interface MomentSet {
  /** Indices of the diagnoses that they belong to: one program's workers each have a few leaks of the same cause. */
  readonly diagnoses: readonly number[];
  /** Milliseconds, ascending. */
  readonly moments: Float64Array;
}

/** One set for each cause, program and far end; sets that are the same moments are one. */
export function momentSetsOf(diagnoses: readonly Diagnosis[]): MomentSet[] {
  const byTrouble = new Map<string, { diagnoses: number[]; moments: number[] }>();
  diagnoses.forEach((diagnosis, index) => {
    if (diagnosis.leakMomentsMs.length === 0) return;
    const { cause, direction, endpoint, process, snapshot } = diagnosis;
    const key = JSON.stringify([snapshot, cause, direction, endpoint, process === null ? null : [process.name, process.container ?? null]]);
    const set = byTrouble.get(key);
    if (set === undefined) byTrouble.set(key, { diagnoses: [index], moments: [...diagnosis.leakMomentsMs] });
    else {
      set.diagnoses.push(index);
      set.moments.push(...diagnosis.leakMomentsMs);
    }
  });
  const byMoments = new Map<string, { diagnoses: number[]; moments: Float64Array }>();
  for (const { diagnoses: of, moments } of byTrouble.values()) {
    const sorted = Float64Array.from(moments).sort();
    const key = sorted.join(" ");
    const same = byMoments.get(key);
    if (same === undefined) byMoments.set(key, { diagnoses: of, moments: sorted });
    else same.diagnoses.push(...of);
  }
  return [...byMoments.values()];
}
