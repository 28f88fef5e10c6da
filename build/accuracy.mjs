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
import { GROUND, annotatedFiles, compileJava, layOut, score } from "./accuracy/annotated-cases.mjs";
import { keptResults, mutationSection } from "./accuracy/mutation-section.mjs";
import { bundleLocate } from "./accuracy/bundle-locate.mjs";
import { cacheFolder, fetchPackages, packageList } from "./accuracy/fetch-packages.mjs";
import { drawSample, identity } from "./accuracy/hand-sample.mjs";
import { identityOfPeer, peersAlone, peersAloneRows } from "./accuracy/peer-alone.mjs";
import { PEERS, isRemembered, remembered } from "./accuracy/peers.mjs";

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

/** The cases of our own: what each finds, and what Leakline finds of the same. */
async function cases() {
  const files = annotatedFiles(rules);
  const { expectationsIn } = locate;
  const engine = await locate.createWasmEngine(locate.wasmFromNodeModules(ROOT), locate.LANGUAGES);
  const rows = [];
  const ours = new Map();
  // Each example is a workspace of its own; the files of a corpus folder are one.
  const analyze = (own) => {
    const groups = new Map();
    for (const one of own) {
      const key = one.file.startsWith("examples/") ? one.file : one.file.split("/").slice(0, 2).join("/");
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    return [...groups.values()].flatMap((group) => locate.analyzeTexts({ engine, languages: locate.LANGUAGES, rules }, group.map((one) => ({ file: one.file, text: one.text, module: "example" }))).findings.map(({ file, range, rule }) => ({ file, line: range.start.line, rule })));
  };
  for (const peer of peers) {
    const ground = GROUND[peer.name];
    if (peer.missing !== undefined || ground === undefined) continue;
    const key = `cases-${built}-${peer.name}-${peer.version}`;
    if (isRemembered(cache, key)) {
      rows.push(remembered(cache, key));
      continue;
    }
    const languages = peer.language === "*" ? ["go", "python", "java"] : [peer.language];
    const folder = join(work, `cases-${peer.name.replaceAll(/\W/gu, "")}`);
    mkdirSync(folder, { recursive: true });
    let own = languages.flatMap((language) => layOut(files, language, folder));
    try {
      let options = {};
      if (peer.wantsClasses === true) {
        const jar = join(work, "classes");
        const compiled = new Set(compileJava(own, folder, jar));
        own = own.filter(({ file }) => compiled.has(file));
        options = { jar };
      }
      const said = peer.run(folder, cache, options);
      // SpotBugs names a class's file without its folder that we know: matched by the end of the path.
      const findings = peer.wantsClasses === true ? said.flatMap((one) => own.filter(({ file }) => file.endsWith(`/${one.file.split("/").at(-1)}`)).map(({ file }) => ({ ...one, file }))) : said;
      if (!ours.has(peer.language)) ours.set(peer.language, analyze(own));
      rows.push(remembered(cache, key, () => ({ peer: peer.name, version: peer.version, theirs: score(own, expectationsIn, findings, ground), ours: score(own, expectationsIn, (peer.wantsClasses === true ? analyze(own) : ours.get(peer.language)).filter(({ rule }) => ground.test(rule)), ground) })));
    } catch (error) {
      tell(`${peer.name} on our cases: ${error.message}`);
      rows.push({ peer: peer.name, version: peer.version, failed: error.message });
    }
  }
  const todo = { todoruleid: [], todook: [] };
  for (const { file, text } of files) for (const { line, rule, says } of expectationsIn(text)) if (says in todo) todo[says].push(`${file}:${line} ${rule}`);
  engine.dispose();
  return { rows, todo };
}

/** Real packages: Leakline's findings, and those of the peers of the language. */
function onPackages() {
  // After so long no peer is asked about another package: what they said before is kept.
  const deadline = Date.now() + Number(process.env.LEAKLINE_ACCURACY_MINUTES ?? 600) * 60_000;
  const only = process.env.LEAKLINE_ACCURACY_ONLY?.split(",");
  const packages = fetchPackages(packageList().filter(({ key }) => only === undefined || only.includes(key)).sort((a, b) => Number(a.language === "go") - Number(b.language === "go")), cache, tell);
  return packages.map((one) => {
    if (one.missing !== undefined) return one;
    tell(`${one.key} ${one.version}`);
    const findings = remembered(cache, `leakline-${built}-${one.key}-${one.version}`, () => leakline(one.folder)).filter(({ rule }) => rule !== "leakline/unused-ignore");
    const said = {};
    for (const peer of peers) {
      if (peer.missing !== undefined || peer.wantsClasses === true || (peer.language !== "*" && peer.language !== one.language)) continue;
      if (Date.now() > deadline && !isRemembered(cache, `${peer.name}-${peer.version}-${one.key}-${one.version}`)) {
        said[peer.name] = { failed: "not asked" };
        continue;
      }
      said[peer.name] = remembered(cache, `${peer.name}-${peer.version}-${one.key}-${one.version}`, () => {
        try {
          return { findings: peer.run(one.folder, cache, {}) };
        } catch (error) {
          return { failed: String(error.message).slice(0, 200) };
        }
      });
    }
    return { ...one, findings, said };
  });
}

const judgements = existsSync(join(ROOT, "build/accuracy/judgements.json")) ? JSON.parse(readFileSync(join(ROOT, "build/accuracy/judgements.json"), "utf8")) : {};

const share = (part, whole) => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(0)} %`);

function judged(list) {
  const counts = { right: 0, wrong: 0, unsure: 0, unread: 0 };
  for (const { one, finding } of list) counts[judgements[identity(one, finding)]?.is ?? "unread"] += 1;
  return counts;
}

try {
  const { rows, todo } = await cases();
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
  const page = accuracyPage({ alone: peersAloneRows(packages, judgements), rows, todo, packages, peers, findings, random: judged(random), high: judged(high), mutation: mutationSection(keptResults(cache)), share });
  writeFileSync(join(ROOT, "docs/accuracy.md"), page);
  console.log(page);
} finally {
  rmSync(work, { recursive: true, force: true });
}
