// `npm run accuracy`: Leakline and the tools that people use today, side by side: on the annotated cases of our own, and on the sources of real
// packages from the registries. Writes docs/accuracy.md. Downloads and takes long: what a tool said of a package is kept in the cache.
//
//   npm run accuracy                     everything
//   npm run accuracy -- --sample FILE    also writes the findings that are to be read by hand
//   LEAKLINE_ACCURACY_ONLY=a,b           these packages only, by their keys
//   LEAKLINE_ACCURACY_MINUTES=20         after so long peers are asked nothing new
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./set-up.mjs";
import { GROUND, annotatedFiles } from "./accuracy/annotated-cases.mjs";
import { askPeers } from "./accuracy/ask-peers.mjs";
import { besideOnCases } from "./accuracy/beside-on-cases.mjs";
import { documentedFiles, documentedFor, leaklineAlone } from "./accuracy/documented-cases.mjs";
import { keptResults, mutationSection } from "./accuracy/mutation-section.mjs";
import { bundleLocate } from "./accuracy/bundle-locate.mjs";
import { cacheFolder, fetchPackages, packageList } from "./accuracy/fetch-packages.mjs";
import { drawSample, identity, judged } from "./accuracy/hand-sample.mjs";
import { identityOfPeer, peersAlone, peersAloneRows } from "./accuracy/peer-alone.mjs";
import { remembered } from "./accuracy/kept-results.mjs";
import { PEERS } from "./accuracy/peers.mjs";

const cache = cacheFolder();
const tell = (line) => console.error(line);
const locate = await bundleLocate();
const rules = locate.loadBuiltInRules({ examples: true });
if (spawnSync(process.execPath, [join(ROOT, "build/compile.mjs"), "--production"], { stdio: "inherit" }).status !== 0) throw new Error("the product does not compile");
mkdirSync(join(cache, "results"), { recursive: true });
const program = join(cache, "accuracy-leakline.js");
copyFileSync(join(ROOT, "dist/leakline.js"), program);
const built = createHash("sha256").update(readFileSync(program)).digest("hex").slice(0, 12);
const work = realpathSync(mkdtempSync(join(tmpdir(), "leakline-accuracy-")));

function leakline(folder) {
  const run = spawnSync(process.execPath, [program, "analyze", folder, "--format", "json"], { encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, XDG_CACHE_HOME: join(cache, "flows") } });
  if (run.status !== 0 && run.status !== 1) throw new Error(`analyze failed: ${run.stderr}`);
  return JSON.parse(run.stdout).findings;
}

const peers = PEERS.map((peer) => {
  try {
    return { ...peer, version: peer.install(cache) };
  } catch (error) {
    tell(`${peer.name} cannot be installed: ${error.message}`);
    return { ...peer, missing: error.message };
  }
});

/** The cases of our own and those after the peers' documentation: what each finds, and what Leakline finds of the same. */
async function cases() {
  const files = annotatedFiles(rules);
  const documented = documentedFiles();
  const engine = await locate.createWasmEngine(locate.wasmFromNodeModules(ROOT), locate.LANGUAGES);
  const shared = { peers, work, cache, tell, locate, engine, rules };
  try {
    const rows = besideOnCases({ ...shared, named: "cases", groundOf: ({ name }) => GROUND[name], filesOf: () => files });
    const documentedRows = besideOnCases({ ...shared, named: "documented", groundOf: (peer) => (documentedFor(documented, peer).length > 0 ? /./u : undefined), filesOf: (peer) => documentedFor(documented, peer) });
    const alone = leaklineAlone(documented, shared);
    const todo = { todoruleid: [], todook: [] };
    for (const { file, text } of [...files, ...documented]) for (const { line, rule, says } of locate.expectationsIn(text)) if (says in todo) todo[says].push(`${file}:${line} ${rule}`);
    return { rows, documentedRows: [...documentedRows, ...alone], todo };
  } finally {
    engine.dispose();
  }
}

/** Real packages: Leakline's findings, and those of the peers of the language. */
function onPackages() {
  const only = process.env.LEAKLINE_ACCURACY_ONLY?.split(",");
  const packages = fetchPackages(packageList().filter(({ key }) => only === undefined || only.includes(key)), cache, tell);
  const had = packages.filter(({ missing }) => missing === undefined);
  // After so long no peer is asked about another package: what they said before is kept.
  const deadline = Date.now() + Number(process.env.LEAKLINE_ACCURACY_MINUTES ?? 600) * 60_000;
  const said = askPeers(had, peers, { cache, deadline, tell });
  return packages.map((one) => {
    if (one.missing !== undefined) return one;
    tell(`${one.key} ${one.version}`);
    const findings = remembered(cache, `leakline-${built}-${one.key}-${one.version}`, () => leakline(one.folder)).filter(({ rule }) => rule !== "leakline/unused-ignore");
    return { ...one, findings, said: said.get(one.key) };
  });
}

const judgements = existsSync(join(ROOT, "build/accuracy/judgements.json")) ? JSON.parse(readFileSync(join(ROOT, "build/accuracy/judgements.json"), "utf8")) : {};

const share = (part, whole) => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(0)} %`);

try {
  const { rows, documentedRows, todo } = await cases();
  const packages = onPackages();
  const { findings, random, high } = drawSample(packages);
  const at = process.argv.indexOf("--sample");
  if (at > 0) {
    const list = [...new Map([...random, ...high].map(({ one, finding }) => [identity(one, finding), { identity: identity(one, finding), path: join(one.folder, finding.file), finding }])).values()];
    writeFileSync(process.argv[at + 1], JSON.stringify(list.filter((one) => judgements[one.identity] === undefined), null, 1));
    const alone = peersAlone(packages).flatMap(({ peer, drawn }) => drawn.map(({ one, finding }) => ({ identity: identityOfPeer(peer, one, finding), path: join(one.folder, finding.file), finding })));
    writeFileSync(`${process.argv[at + 1]}.alone`, JSON.stringify(alone.filter((each) => judgements[each.identity] === undefined), null, 1));
  }
  writeFileSync(join(cache, "results/accuracy.json"), JSON.stringify({ rows, packages: packages.map(({ key, version, folder, findings: own, said }) => ({ key, version, folder, findings: own, said })) }));
  const { accuracyPage } = await import("./accuracy/accuracy-page.mjs");
  const page = accuracyPage({ alone: peersAloneRows(packages, judgements), rows, documentedRows, todo, packages, peers, findings, random: judged(random, judgements), high: judged(high, judgements), mutation: mutationSection(keptResults(cache)), share });
  writeFileSync(join(ROOT, "docs/accuracy.md"), page);
  console.log(page);
} finally {
  rmSync(work, { recursive: true, force: true });
}
