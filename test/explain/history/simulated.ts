import type { Points } from "../../../src/explain/history/slope";

/** Random figures that are the same in every run (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function gauss(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Counts of a Poisson process in a window: exact for small means, a rounded normal for large ones. */
export function poisson(mean: number, next: () => number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gauss(next)));
  const floor = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > floor; product *= next()) count += 1;
  return count;
}

/** A quantity looked at every five seconds. */
export function series(looks: number, value: (look: number, seconds: number) => number): Points {
  const timesMs = Array.from({ length: looks }, (_, look) => 1_772_000_000_000 + look * 5000);
  return { timesMs, values: timesMs.map((_, look) => Math.max(0, Math.round(value(look, look * 5)))) };
}

/** Load that resembles itself from look to look: an autoregressive process around zero with the given spread. */
export function wander(likeness: number, spread: number, next: () => number): () => number {
  let now = 0;
  return () => (now = likeness * now + Math.sqrt(1 - likeness * likeness) * spread * gauss(next));
}
