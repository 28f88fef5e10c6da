// `npm run mutation`: takes one release after the other out of real, correct code, requires the finding, puts it back, requires silence.
// The packages come from the registries (build/accuracy/packages.json). What comes out lies in the cache (results/mutation.json), and docs/accuracy.md is made from.
//
//   npm run mutation                  all packages
//   npm run mutation -- pypi/buildbot  some
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./set-up.mjs";
import { bundleLocate } from "./accuracy/bundle-locate.mjs";
import { cacheFolder, fetchPackages, packageList } from "./accuracy/fetch-packages.mjs";

const asked = process.argv.slice(2);
const locate = await bundleLocate();
const rules = locate.loadBuiltInRules();
const engine = await locate.createWasmEngine(locate.wasmFromNodeModules(ROOT), locate.LANGUAGES);
const compiled = spawnSync(process.execPath, [join(ROOT, "build/compile.mjs"), "--production"], { stdio: "inherit" });
if (compiled.status !== 0) throw new Error("the product does not compile");
const cache = cacheFolder();
// A copy, so that a build beside this long run does not change it.
const program = join(cache, "mutation-leakline.js");
mkdirSync(cache, { recursive: true });
copyFileSync(join(ROOT, "dist/leakline.js"), program);
/** Of a package, at most so many: no package may speak for all. */
const MOST = 150;
const packages = fetchPackages(packageList().filter(({ key }) => asked.length === 0 || asked.includes(key)), cache, (line) => console.error(line));

/** Files that could hold a release: an opening and a closing word somewhere in the text. */
function candidates(folder, language) {
  const words = locate.releaseWords(rules, language);
  const opening = new RegExp(`\\b(?:${[...words.opens].map((word) => word.replaceAll(/[^\w]/gu, "\\$&")).join("|")})\\b`, "u");
  return locate.listWorkspace(folder, locate.LANGUAGES.filter(({ id }) => id === language)).files.filter(({ size }) => size < 1_000_000).flatMap(({ file }) => {
    const text = readFileSync(join(folder, file), "utf8");
    return opening.test(text) ? [{ file, text, module: "" }] : [];
  });
}

async function mutatePackage({ key, folder, language }) {
  const texts = candidates(folder, language);
  const flows = texts.flatMap((text) => {
    try {
      const flow = locate.lowerText(engine, locate.LANGUAGES, text);
      return flow === null || flow.hasSyntaxErrors ? [] : [flow];
    } catch {
      return [];
    }
  });
  const byFile = new Map(texts.map(({ file, text }) => [file, text]));
  const work = mkdtempSync(join(tmpdir(), "leakline-mutants-"));
  const copy = join(work, "sources");
  const env = { ...process.env, XDG_CACHE_HOME: join(work, "cache") };
  try {
    cpSync(folder, copy, { recursive: true });
    return await locate.mutate({
      flows, rules, textOf: (file) => byFile.get(file), choose: (releases) => locate.seededSample(releases, MOST, 1),
      analyze: async (changed) => {
        for (const [file, text] of changed) writeFileSync(join(copy, file), text);
        const run = spawnSync(process.execPath, [program, "analyze", copy, "--format", "json"], { encoding: "utf8", maxBuffer: 1 << 28, env });
        for (const file of changed.keys()) writeFileSync(join(copy, file), byFile.get(file));
        if (run.status !== 0 && run.status !== 1) throw new Error(`analyze failed on ${key}: ${run.stderr}`);
        return JSON.parse(run.stdout).findings;
      },
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

mkdirSync(join(cache, "results"), { recursive: true });
const results = [];
for (const one of packages) {
  if (one.missing !== undefined) continue;
  const started = Date.now();
  const { outcomes, notSilent } = await mutatePackage(one);
  const caught = outcomes.filter((outcome) => outcome.caught).length;
  console.log(`${one.key} ${one.version}: ${outcomes.length} mutants, ${caught} caught, ${notSilent.length} not silent before (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  writeFileSync(join(cache, "results", `mutation-${one.key.replace("/", "-")}.json`), JSON.stringify({ key: one.key, version: one.version, language: one.language, outcomes, notSilent }));
  results.push({ key: one.key, version: one.version, language: one.language, outcomes, notSilent });
}
writeFileSync(join(cache, "results/mutation.json"), JSON.stringify(results));
for (const language of [...new Set(results.map((one) => one.language))]) {
  const outcomes = results.filter((one) => one.language === language).flatMap((one) => one.outcomes);
  const caught = outcomes.filter((outcome) => outcome.caught).length;
  if (outcomes.length > 0) console.log(`${language}: ${caught} of ${outcomes.length} (${((100 * caught) / outcomes.length).toFixed(1)} %)`);
}
engine.dispose();
