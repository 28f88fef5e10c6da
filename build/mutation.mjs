// `npm run mutation`: takes one release after the other out of real, correct code, requires the finding, puts it back, requires silence.
// The packages come from the registries (build/accuracy/packages.json and mutation-packages.json). What comes out of each lies in the cache
// (results/mutants-*.json), and the section of docs/accuracy.md is made from all that lies there.
//
//   npm run mutation                   all packages
//   npm run mutation -- pypi/buildbot  some
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./set-up.mjs";
import { keptResults, mutationSection, withSection } from "./accuracy/mutation-section.mjs";
import { bundleLocate } from "./accuracy/bundle-locate.mjs";
import { cacheFolder, fetchPackages, packageList } from "./accuracy/fetch-packages.mjs";

const asked = process.argv.slice(2);
const locate = await bundleLocate();
const rules = locate.loadBuiltInRules();
const engine = await locate.createWasmEngine(locate.wasmFromNodeModules(ROOT), locate.LANGUAGES);
const cache = cacheFolder();
/** Of a package, and of one function, at most so many: none may speak for all. */
const MOST = 60;
const MOST_OF_FUNCTION = 4;
const packages = fetchPackages([...new Map([...packageList(), ...packageList("mutation-packages.json")].map((one) => [one.key, one])).values()].filter(({ key }) => asked.length === 0 || asked.includes(key)), cache, (line) => console.error(line));

/** Files that a person wrote and that could hold a release, or declare what one is of: an opening word or the name of a type somewhere in the text. */
function candidates(folder, language) {
  const marks = locate.LANGUAGES.find(({ id }) => id === language).generatedMarks;
  const words = [...locate.releaseWords(rules, language).opens, ...locate.typeWords(rules, language)];
  const opening = new RegExp(`(?<!\\w)(?:${words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/gu, "\\$&")).join("|")})(?!\\w)`, "u");
  return locate.listWorkspace(folder, locate.LANGUAGES.filter(({ id }) => id === language)).files.filter(({ size }) => size < 1_000_000).flatMap(({ file }) => {
    const text = readFileSync(join(folder, file), "utf8");
    return opening.test(text) && !marks.some((mark) => text.slice(0, 2000).includes(mark)) ? [{ file, text, module: "" }] : [];
  });
}

async function mutatePackage({ folder, language }) {
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
  try {
    cpSync(folder, copy, { recursive: true });
    const session = locate.analysisSession(engine, rules, language);
    let before = [];
    const counted = { candidates: 0, declared: 0 };
    const result = await locate.mutate({
      flows, rules, textOf: (file) => byFile.get(file),
      choose(releases) {
        const declared = releases.filter((one) => one.isDeclared);
        counted.candidates = releases.length;
        counted.declared = declared.length;
        const counts = new Map();
        return locate.seededSample(declared, declared.length, 1).filter(({ file, symbol }) => {
          const count = (counts.get(`${file}\n${symbol}`) ?? 0) + 1;
          counts.set(`${file}\n${symbol}`, count);
          return count <= MOST_OF_FUNCTION;
        }).slice(0, MOST);
      },
      async analyze(changed) {
        for (const [file, text] of changed) writeFileSync(join(copy, file), text);
        const { findings } = await session.update(copy, [...new Set([...before, ...changed.keys()])], { only: [], onProgress() {} });
        // What is changed now is put back in the next round.
        for (const file of changed.keys()) writeFileSync(join(copy, file), byFile.get(file));
        before = [...changed.keys()];
        return findings;
      },
    });
    return { ...counted, ...result };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

mkdirSync(join(cache, "results"), { recursive: true });
for (const one of packages) {
  if (one.missing !== undefined) continue;
  const started = Date.now();
  const { key, version, language } = one;
  const { candidates: count, declared, outcomes, notSilent } = await mutatePackage(one);
  const caught = outcomes.filter((outcome) => outcome.caught).length;
  console.log(`${key} ${version}: ${outcomes.length} mutants, ${caught} caught, ${notSilent.length} not silent before, ${declared} of ${count} candidates declared (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  writeFileSync(join(cache, "results", `mutants-${key.replace("/", "-")}.json`), JSON.stringify({ key, version, language, candidates: count, declared, outcomes, notSilent }));
}
const page = join(ROOT, "docs/accuracy.md");
const section = mutationSection(keptResults(cache));
writeFileSync(page, withSection(readFileSync(page, "utf8"), section));
console.log(section);
engine.dispose();
