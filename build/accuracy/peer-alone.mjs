// Where a peer speaks and Leakline does not: what is read by hand of it, and the table of what came of that.
import { inDrawnOrder } from "./hand-sample.mjs";

/** So many of each peer are read. */
const READ = 15;
const SEED = 11;

/** Rules of peers that speak of something else than a resource left open or an event loop that stands still: an error not asked for, a context not given. */
const NO_LEAK = new Set(["rowserrcheck", "noctx"]);

export const identityOfPeer = (peer, one, { file, line, rule }) => `${peer}: ${one.key}@${one.version} ${file}:${line} ${rule}`;

/** `[{ peer, said, alone, drawn }]` of packages as build/accuracy.mjs has them; `alone`: no finding of Leakline's within two lines. */
export function peersAlone(packages) {
  const byPeer = new Map();
  for (const one of packages) {
    const ours = new Map();
    for (const { file, range } of one.findings ?? []) ours.set(file, [...(ours.get(file) ?? []), range.start.line]);
    for (const [peer, { findings }] of Object.entries(one.said ?? {})) {
      if (findings === undefined || NO_LEAK.has(peer)) continue;
      const sum = byPeer.get(peer) ?? { peer, packages: 0, said: 0, alone: [] };
      byPeer.set(peer, sum);
      sum.packages += 1;
      sum.said += findings.length;
      for (const finding of findings) if (!(ours.get(finding.file) ?? []).some((line) => Math.abs(line - finding.line) <= 2)) sum.alone.push({ one, finding });
    }
  }
  return [...byPeer.values()].map((sum) => ({ ...sum, drawn: inDrawnOrder(sum.alone, SEED, ({ one, finding }) => identityOfPeer(sum.peer, one, finding)).slice(0, READ) }));
}

/** Rows for the page: `judgements` by identity, `is`: "right" (a true leak, or a loop that stands still) or "wrong"; "unsure" counts as read. */
export function peersAloneRows(packages, judgements) {
  return peersAlone(packages).map(({ peer, packages: asked, said, alone, drawn }) => {
    const verdicts = drawn.map(({ one, finding }) => judgements[identityOfPeer(peer, one, finding)]).filter((verdict) => verdict !== undefined);
    return [peer, asked, said, alone.length, verdicts.length, verdicts.filter(({ is }) => is === "right").length, [...new Set(verdicts.filter(({ is }) => is === "right").map(({ why }) => why))].join("; ")];
  });
}
