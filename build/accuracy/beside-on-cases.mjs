// Each peer on annotated cases, and what Leakline finds of the same: the corpus of our own, and the cases after the peers' own documentation.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { compileJava, hashOf, layOut, score } from "./annotated-cases.mjs";
import { remembered } from "./kept-results.mjs";
import { keptAs } from "./peers.mjs";

/** What lies in a folder of that name answers no requests: some rules are silent there. */
const EXAMPLES = /^examples\//u;

/** Each example is a workspace of its own; the files of a corpus folder are one. `[{ file, line, rule }]`. */
export function leaklineOn(own, { locate, engine, rules }) {
  const groups = new Map();
  for (const one of own) {
    const key = one.file.startsWith("examples/") ? one.file : one.file.split("/").slice(0, 2).join("/");
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => locate.analyzeTexts({ engine, languages: locate.LANGUAGES, rules }, group.map((one) => ({ file: one.file.replace(EXAMPLES, "service/"), text: one.text, module: "example" }))).findings.map(({ file, range, rule }) => ({ file: file.replace(/^service\//u, "examples/"), line: range.start.line, rule })));
}

/** What a peer says of these files, and those of them that it could be asked about: `{ own, findings }`. */
function askAboutCases(peer, files, languages, folder, cache) {
  mkdirSync(folder, { recursive: true });
  let own = languages.flatMap((language) => layOut(files, language, folder));
  if (peer.wantsClasses !== true) return { own, findings: peer.run(folder, cache, {}) };
  const jar = join(folder, ".classes");
  const compiled = new Set(compileJava(own, folder, jar));
  own = own.filter(({ file }) => compiled.has(file));
  // SpotBugs names a class's file without its folder that we know: matched by the end of the path.
  return { own, findings: peer.run(folder, cache, { jar }).flatMap((one) => own.filter(({ file }) => file.endsWith(`/${one.file.split("/").at(-1)}`)).map(({ file }) => ({ ...one, file }))) };
}

/**
 * One row a peer: `{ peer, version, theirs, ours }` or `{ peer, version, failed }`. `groundOf(peer)`: which rules' annotations count, or
 * undefined where the peer has no ground here; `filesOf(peer)`: the annotated files that it is asked about.
 */
export function besideOnCases({ peers, groundOf, filesOf, named, work, cache, tell, locate, engine, rules }) {
  const rows = [];
  for (const peer of peers) {
    const ground = groundOf(peer);
    if (peer.missing !== undefined || ground === undefined) continue;
    const files = filesOf(peer);
    const languages = peer.language === "*" ? [...new Set(files.map(({ language }) => language))] : [peer.language];
    const asked = files.filter(({ language }) => languages.includes(language));
    try {
      // What a peer says of the same texts stays the same; Leakline is asked anew each time.
      const { own, findings } = remembered(cache, `${named}-${hashOf(asked)}-${keptAs(peer)}`, () => askAboutCases(peer, asked, languages, join(work, `${named}-${peer.name.replaceAll(/\W/gu, "")}`), cache));
      const ours = leaklineOn(own, { locate, engine, rules });
      rows.push({ peer: peer.name, version: peer.version, theirs: score(own, locate.expectationsIn, findings, ground), ours: score(own, locate.expectationsIn, ours, ground, { exact: true }) });
    } catch (error) {
      tell(`${peer.name} on ${named}: ${error.message}`);
      rows.push({ peer: peer.name, version: peer.version, failed: error.message });
    }
  }
  return rows;
}
