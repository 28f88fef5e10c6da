/** Pseudo-random numbers in [0, 1) from a seed (mulberry32): the same on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` of the items (all when there are fewer), chosen by the seed, in their own order. */
export function seededSample<T>(items: readonly T[], count: number, seed: number): readonly T[] {
  const next = seeded(seed);
  const order = items.map((_, index) => index);
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(next() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order.slice(0, count).sort((a, b) => a - b).map((index) => items[index]!);
}
