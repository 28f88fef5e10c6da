import { Agent, get } from "node:http";
import { sleep } from "../service-rig";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface RequestKind {
  readonly path: string;
  /** Its part of the requests, against the parts of the others. */
  readonly weight: number;
}

/** Sends requests for so long, so many a second on average, without waiting for answers: arrivals without memory, kinds by their weights. Gives how many of each path were sent. */
export async function sendTraffic(port: number, kinds: readonly RequestKind[], perSecond: number, lengthMs: number, random: () => number): Promise<ReadonlyMap<string, number>> {
  const agent = new Agent({ keepAlive: false, maxSockets: 2_000 });
  const sent = new Map<string, number>();
  const whole = kinds.reduce((sum, { weight }) => sum + weight, 0);
  const begun = performance.now();
  let due = 0;
  for (;;) {
    due += (-Math.log(1 - random()) / perSecond) * 1_000;
    if (due > lengthMs) break;
    const early = begun + due - performance.now();
    if (early > 1) await sleep(early);
    let at = random() * whole;
    const kind = kinds.find(({ weight }) => (at -= weight) < 0) ?? kinds[0];
    if (kind === undefined) break;
    sent.set(kind.path, (sent.get(kind.path) ?? 0) + 1);
    const user = `user${Math.floor(random() * 30)}`;
    get({ host: "127.0.0.1", port, path: `${kind.path}${kind.path.includes("?") ? "&" : "?"}user=${user}`, agent }, (response) => response.resume()).on("error", () => {});
  }
  await sleep(300);
  agent.destroy();
  return sent;
}

/** Five kinds with parts drawn at random; of the last one a share leaks, which brings about `leaks` of them in the time. */
export function drawTraffic(others: readonly string[], leaking: { readonly sound: string; readonly leaks: string }, perSecond: number, lengthMs: number, leaks: number, random: () => number): readonly RequestKind[] {
  const parts = [...others.map(() => 0.5 + random()), 0.5 + random()];
  const whole = parts.reduce((sum, part) => sum + part, 0);
  const ofLeaking = (parts[others.length] ?? 1) / whole;
  const share = Math.min(0.9, leaks / ((perSecond * lengthMs) / 1_000) / ofLeaking);
  return [
    ...others.map((path, index) => ({ path, weight: (parts[index] ?? 1) / whole })),
    { path: leaking.sound, weight: ofLeaking * (1 - share) },
    ...(share === 0 ? [] : [{ path: leaking.leaks, weight: ofLeaking * share }]),
  ];
}
