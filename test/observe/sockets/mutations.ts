/** A small seeded generator (mulberry32), so that a failure can be had again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const PIECES = [
  "", " ", "\t", "\n", "\r\n", ":", "::", "[", "]", "(", ")", '"', ",", "|", "{", "}", "users:((", "))", "timer:(", "-1", "99999999999999999999", "*", "%", "\0", "\x1b[31m", "\uFEFF", "\r", "é", "𝄞", "�", "ESTAB", "CLOSE_WAIT", "tcp", "tcp4", "TCP",
  "unix", "0x", ".", "p12", "f3", "->", "(LISTEN", "protocol: TCP", "# ", "$ ss -tan\n", "=======", "IPv4", "State", "Proto ", "           ", "node_",
];

/** The text with one to four places of it broken. */
export function mutate(text: string, random: () => number): string {
  const pick = (limit: number): number => Math.floor(random() * limit);
  let mutated = text;
  for (let round = 1 + pick(4); round > 0; round -= 1) {
    const at = pick(mutated.length + 1);
    const length = pick(random() < 0.8 ? 4 : 60);
    switch (pick(6)) {
      case 0:
        mutated = mutated.slice(0, at) + mutated.slice(at + length);
        break;
      case 1:
        mutated = mutated.slice(0, at) + (PIECES[pick(PIECES.length)] ?? "") + mutated.slice(at);
        break;
      case 2:
        mutated = mutated.slice(0, at) + String.fromCharCode(pick(0x250)) + mutated.slice(at + 1);
        break;
      case 3:
        mutated = mutated.slice(0, at) + mutated.slice(at, at + length) + mutated.slice(at);
        break;
      case 4:
        // One piece many times: what makes a careless expression take for ever.
        if (random() < 0.05) mutated = mutated.slice(0, at) + (PIECES[pick(PIECES.length)] ?? "").repeat(pick(400)) + mutated.slice(at);
        break;
      default: {
        const from = pick(mutated.length + 1);
        mutated = mutated.slice(0, at) + mutated.slice(from, from + length) + mutated.slice(at);
      }
    }
  }
  return mutated;
}
