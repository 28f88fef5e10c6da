// `node build/understood.mjs FOLDER...`: how much of real code the languages understand: for each language the files and syntax nodes below the
// folders, the share of steps and expressions that stayed opaque, and which syntax they are. Writes no file. Third-party folders are read here too.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bundleLocate } from "./accuracy/bundle-locate.mjs";
import { ROOT } from "./set-up.mjs";

/** A file above this is generated data more often than code. */
const MOST_BYTES = 1 << 20;

const locate = await bundleLocate();
const engine = await locate.createWasmEngine(locate.wasmFromNodeModules(ROOT), locate.LANGUAGES);
const seen = new Map();
for (const folder of process.argv.slice(2)) {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const language = locate.LANGUAGES.find(({ extensions }) => extensions.some((extension) => name.endsWith(extension)));
    if (language === undefined || name.endsWith(".d.ts") || name.endsWith(".min.js")) continue;
    let text;
    try {
      text = readFileSync(join(folder, name), "utf8");
    } catch {
      continue;
    }
    if (text.length > MOST_BYTES) continue;
    const row = seen.get(language.id) ?? { files: 0, withErrors: 0, nodes: 0, opaque: new Map() };
    seen.set(language.id, row);
    const flow = locate.lowerText(engine, locate.LANGUAGES, { file: name, text, module: "m" });
    if (flow === null) continue;
    // What the grammar itself cannot parse is told apart: templates, syntax of other versions.
    if (flow.hasSyntaxErrors) {
      row.withErrors++;
      continue;
    }
    row.files++;
    row.nodes += flow.nodes;
    for (const [type, count] of Object.entries(flow.opaque)) {
      const known = row.opaque.get(type) ?? { count: 0, example: `${folder}/${name}` };
      known.count += count;
      row.opaque.set(type, known);
    }
  }
}
for (const [language, { files, withErrors, nodes, opaque }] of [...seen].sort()) {
  const all = [...opaque.values()].reduce((sum, { count }) => sum + count, 0);
  console.log(`${language}: ${files} files (${withErrors} more do not parse), ${nodes} nodes, opaque ${all} = ${((all * 10_000) / Math.max(1, nodes)).toFixed(3)} in 10,000`);
  for (const [type, { count, example }] of opaque) console.log(`  ${type}: ${count}, as in ${example}`);
}
engine.dispose();
