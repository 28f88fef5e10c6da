import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { languageOf } from "../locate/languages/registry";
import type { Engine } from "../locate/parsing/engine";
import type { SyntaxNode } from "../locate/parsing/syntax";
import { definedHere, mayDefine, whereaboutsOf } from "../locate/pools/named-sizes";
import { readPools } from "../locate/pools/read-pools";
import type { PoolDraft } from "../locate/pools/read-pools";
import type { SizeValue } from "../locate/pools/size-values";
import type { PoolSize } from "../model/pool-size";

/** A file that speaks of pools. */
export interface PoolSource {
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
}

const PARSE_LIMIT_MS = 2000;
const MAX_BYTES = 1_000_000;
/** More files than this that may define one name: it says nothing. */
const MOST_CANDIDATES = 20;

/**
 * The sizes that code gives its pools. Constants are followed, over files too.
 *
 * @param sources files that may make a pool (`mayHoldPool`)
 * @param all every source file of the workspace, by path alone
 */
export async function readPoolSizes(engine: () => Promise<Engine>, root: string, sources: readonly PoolSource[], all: readonly string[], signal: AbortSignal): Promise<{ readonly pools: PoolSize[]; readonly leftOut: { readonly file: string; readonly reason: string }[] }> {
  const pools: PoolSize[] = [];
  const leftOut: { file: string; reason: string }[] = [];
  if (sources.length === 0) return { pools, leftOut };
  let parser: Engine;
  try {
    parser = await engine();
  } catch (error) {
    // Without a parser the look is worth as much as before: what it lacks is said.
    return { pools, leftOut: sources.map(({ file }) => ({ file, reason: `its pools were not read: ${error instanceof Error ? error.message : String(error)}` })) };
  }
  const read = async <T>(source: PoolSource, use: (root: SyntaxNode) => T): Promise<T | null> => {
    signal.throwIfAborted();
    const language = languageOf(source.file);
    if (language === null) return null;
    await parser.load(language);
    const until = performance.now() + PARSE_LIMIT_MS;
    try {
      return parser.withTree(language, source.text, use, { file: source.file, shouldStop: () => performance.now() > until });
    } catch (error) {
      leftOut.push({ file: source.file, reason: `its pools were not read: ${error instanceof Error ? error.message : String(error)}` });
      return null;
    }
  };

  const resolve = async (source: PoolSource, value: SizeValue): Promise<SizeValue> => {
    if (value.is !== "name") return value;
    const language = languageOf(source.file);
    const name = value.on === null ? value.name : `${value.on}.${value.name}`;
    const unknown: SizeValue = { is: "unknown", why: `what ${name} is was not found` };
    if (language === null) return unknown;
    const whereabouts = whereaboutsOf(value, language.id, source.text);
    const candidates = all.filter((file) => languageOf(file) === language && mayDefine(file, source.file, whereabouts));
    if (candidates.length === 0 || candidates.length > MOST_CANDIDATES) return unknown;
    const found: (number | null)[] = [];
    for (const file of candidates) {
      const path = join(root, file);
      const text = await stat(path).then(({ size }) => (size > MAX_BYTES ? "" : readFile(path, "utf8")), () => "");
      if (text.includes(value.name)) found.push(...(await read({ file, text }, (tree) => definedHere(tree, value)) ?? []));
    }
    const [first] = found;
    if (first === undefined) return unknown;
    return first !== null && found.every((one) => one === first) ? { is: "number", value: first } : { is: "unknown", why: found.length > 1 ? `${name} is given a value in several places` : `${name} is not known before it runs` };
  };

  for (const source of sources) {
    const language = languageOf(source.file);
    if (language === null) continue;
    const drafts = await read(source, (tree) => readPools(source.file, language, source.text, tree)) ?? [];
    for (const draft of drafts) {
      const parts: SizeValue[] = [];
      for (const part of draft.parts) parts.push(await resolve(source, part));
      const pool = poolOf(draft, parts);
      if (pool !== null) pools.push(pool);
    }
  }
  return { pools, leftOut };
}

/** null: no limit. */
function poolOf({ pool, form }: PoolDraft, parts: readonly SizeValue[]): PoolSize | null {
  let size = 0;
  for (const part of parts) {
    if (part.is !== "number") return { ...pool, size: null, unknown: part.is === "unknown" ? part.why : `what ${part.name} is was not found` };
    if (part.value < 0 || form.endless?.(part.value) === true) return null;
    size += part.value;
  }
  return { ...pool, size, unknown: null };
}
