// Asks the peers of each package's language, cheap ones first, and keeps what each says; what is kept is not asked again.
import { isRemembered, remembered } from "./kept-results.mjs";
import { keptAs, reads } from "./peers.mjs";

/** By what a run takes: seconds first, then those that compile or read a file many times. */
const TURN = ["ruff", "eslint-plugin-n no-sync", "flake8-async", "PMD CloseResource", "SpotBugs", "bodyclose", "sqlclosecheck", "rowserrcheck", "noctx", "semgrep"];

/** `[{ peer, one }]` in the order in which they are asked: peer by peer, but the linters of Go a package at a time, as one run answers for all four. */
export function inTurn(packages, peers) {
  const turn = ({ name, language }) => (language === "go" ? TURN.indexOf("bodyclose") : TURN.indexOf(name));
  return packages
    .flatMap((one, at) => peers.filter((peer) => peer.missing === undefined && reads(peer, one.language)).map((peer) => ({ peer, one, at })))
    .sort((a, b) => turn(a.peer) - turn(b.peer) || a.at - b.at)
    .map(({ peer, one }) => ({ peer, one }));
}

/** A map from package key to `{ peer: { findings } | { failed } }`; after `deadline` (ms since 1970) only what is kept is taken. */
export function askPeers(packages, peers, { cache, deadline, tell, now = Date.now }) {
  const said = new Map(packages.map(({ key }) => [key, {}]));
  for (const { peer, one } of inTurn(packages, peers)) {
    const key = keptAs(peer, one);
    if (now() > deadline && !isRemembered(cache, key)) {
      said.get(one.key)[peer.name] = { failed: "not asked" };
      continue;
    }
    said.get(one.key)[peer.name] = remembered(cache, key, () => {
      const began = now();
      try {
        const findings = peer.run(one.folder, cache, { package: one });
        tell(`${peer.name} of ${one.key}: ${findings.length} (${((now() - began) / 1000).toFixed(0)} s)`);
        return { findings };
      } catch (error) {
        tell(`${peer.name} of ${one.key}: ${error.message}`);
        return { failed: String(error.message).slice(0, 200) };
      }
    });
  }
  return said;
}
