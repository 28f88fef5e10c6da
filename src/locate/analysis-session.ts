import { join } from "node:path";
import type { Analysis, Finding } from "../model/finding";
import { countOpaque } from "./analyze-files";
import type { FileFlow } from "./flow/flow-model";
import { FlowCache } from "./flow-cache";
import type { Language } from "./languages/language";
import { moduleNames } from "./module-names";
import type { EngineId } from "./parsing/engine";
import { unpackFlow } from "./parsing/lowerer";
import type { Lowerer } from "./parsing/lowerer";
import { closingNames, importsAny, nameHash, ruleImports, ruledNames, scanImports, scanNames } from "./prefilter";
import type { FileScan } from "./prefilter";
import { ReadingPlan } from "./reading-plan";
import type { PlannedFile, PlannedLanguage } from "./reading-plan";
import type { RuleFile } from "./rules/rule-model";
import { solve } from "./solve";
import { contentHash, readSourceFile, sourceText } from "./source-file";
import { listWorkspace } from "./workspace-files";

export interface AnalysisProgress {
  readonly phase: "read" | "parse" | "solve";
  /** Files. */
  readonly done: number;
  readonly total: number;
}

export interface SessionParts {
  readonly engine: EngineId;
  readonly lowerer: Lowerer;
  readonly languages: readonly Language[];
  readonly rules: readonly RuleFile[];
  /** Folder of the cache, or null for none. */
  readonly cacheDirectory: string | null;
  /** Of all code and data that make a flow what it is: another version never reads this one's cache. */
  readonly version: string;
}

export interface AnalyzeOptions {
  /** Files and folders, relative to the root: only findings in these are wanted. Empty: all. */
  readonly only: readonly string[];
  readonly onProgress: (progress: AnalysisProgress) => void;
}

/** A source file as this session last saw it. */
interface SeenFile {
  readonly file: string;
  readonly language: Language;
  readonly module: string;
  readonly size: number;
  readonly hash: string;
}

/** One workspace's analysis, step by step; and what must be kept for the next one. Lives in a worker, so it may block. */
export class AnalysisSession {
  readonly #parts: SessionParts;
  readonly #imports = new Map<string, readonly string[]>();
  readonly #planned = new Map<string, PlannedLanguage>();
  /** Decoded flows by cache key: what the last analysis used, so that after one edit only one file is decoded anew. */
  #flows = new Map<string, FileFlow>();
  readonly #rulesKey: string;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    for (const { id } of parts.languages) {
      this.#imports.set(id, ruleImports(parts.rules, id));
      this.#planned.set(id, {
        blocks: parts.rules.some(({ language, blocking }) => language === id && blocking.length > 0),
        ruled: new Set([...ruledNames(parts.rules, id)].map(nameHash)),
        closing: new Set([...closingNames(parts.rules, id)].map(nameHash)),
      });
    }
    this.#rulesKey = contentHash(JSON.stringify(parts.rules));
  }

  async analyze(root: string, { only, onProgress }: AnalyzeOptions): Promise<Analysis> {
    const started = performance.now();
    const { engine, languages, lowerer } = this.#parts;
    const listing = listWorkspace(root, languages);
    const cache = FlowCache.open(this.#parts.cacheDirectory, listing.root, `${this.#parts.version}/${engine}/${this.#rulesKey}`);
    const names = moduleNames(listing.root, listing.landmarks);
    const givenUp = [...listing.givenUp];

    const seen: SeenFile[] = [];
    let bytes = 0;
    for (const [index, { file, language, size }] of listing.files.entries()) {
      bytes += size;
      if (index % 256 === 0) onProgress({ phase: "read", done: index, total: listing.files.length });
      const source = readSourceFile(join(listing.root, file));
      if (!source.ok) {
        givenUp.push({ file, reason: source.reason });
        continue;
      }
      seen.push({ file, language, module: names.of(file, language.id), size, hash: source.hash });
    }

    const wholeKey = contentHash(JSON.stringify(only), ...seen.flatMap(({ file, module, hash }) => [file, module, hash]), ...givenUp.flatMap(({ file, reason }) => [file, reason]));
    const known = cache.analysis(wholeKey);
    if (known !== null) {
      const { stats } = known;
      return { ...known, stats: { ...stats, parsed: 0, cached: stats.parsed + stats.cached, ms: performance.now() - started } };
    }

    const planned: PlannedFile[] = [];
    for (const { file, language, module, hash } of seen) {
      let scan = cache.scan(hash);
      if (scan === null) {
        // Read again, from the kernel's memory, rather than held since the first time: most analyses end before they come here.
        const source = readSourceFile(join(listing.root, file));
        if (!source.ok) {
          givenUp.push({ file, reason: source.reason });
          continue;
        }
        scan = scanSource(language, source.bytes);
        cache.keepScan(source.hash, scan);
      }
      if (scan.generated) continue;
      const seed = isWanted(file, only) && importsAny(language.id, scan, this.#imports.get(language.id) ?? []);
      planned.push({ file, language: language.id, module, scan, seed });
    }

    const plan = new ReadingPlan(planned, this.#planned);
    const hashes = new Map(seen.map(({ file, hash }) => [file, hash]));
    const flows: FileFlow[] = [];
    const kept = new Map<string, FileFlow>();
    let parsed = 0;
    let fromCache = 0;
    let asked = 0;
    for (let wave = plan.next(); wave.length > 0; plan.grow(), wave = plan.next()) {
      asked += wave.length;
      const total = asked;
      let done = total - wave.length;
      await eachOf(wave, lowerer.width, async ({ file, language, module }) => {
        const key = contentHash(hashes.get(file) ?? "", file, module);
        const entry = cache.flow(key);
        if (entry !== null) {
          const flow = this.#flows.get(key) ?? decoded(entry.flow);
          if (flow !== null) {
            fromCache++;
            flows.push(flow);
            kept.set(key, flow);
            plan.learn(file, entry.outlines);
            onProgress({ phase: "parse", done: ++done, total });
            return;
          }
        }
        const outcome = await lowerer.lower({ root: listing.root, file, language, module });
        onProgress({ phase: "parse", done: ++done, total });
        if (!outcome.ok) {
          givenUp.push({ file, reason: outcome.reason });
          return;
        }
        parsed++;
        const freshKey = contentHash(outcome.hash, file, module);
        cache.keepFlow(freshKey, { flow: outcome.flow, outlines: outcome.outlines });
        const flow = unpackFlow(outcome.flow);
        flows.push(flow);
        kept.set(freshKey, flow);
        plan.learn(file, outcome.outlines);
      });
    }
    this.#flows = kept;
    flows.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));

    onProgress({ phase: "solve", done: flows.length, total: flows.length });
    const solution = solve(flows, this.#parts.rules, languages);
    const findings = solution.findings.filter((finding: Finding) => isWanted(finding.file, only));
    const analysis: Analysis = {
      findings,
      stats: {
        files: listing.files.length,
        parsed,
        bytes,
        ms: performance.now() - started,
        cached: fromCache,
        engine,
        opaque: countOpaque(flows),
        givenUp: [...givenUp, ...solution.givenUp],
      },
    };
    cache.save(wholeKey, analysis, new Set(kept.keys()), new Set(seen.map(({ hash }) => hash)));
    return analysis;
  }
}

function scanSource(language: Language, bytes: Buffer): FileScan {
  const head = bytes.toString("utf8", 0, 4000).slice(0, 2000);
  if (language.generatedMarks.some((mark) => head.includes(mark))) return { generated: true, imports: [], defines: new Uint32Array(), calls: new Uint32Array() };
  return { generated: false, imports: scanImports(language.id, sourceText(bytes)), ...scanNames(bytes) };
}

function decoded(bytes: Uint8Array): FileFlow | null {
  try {
    return unpackFlow(bytes);
  } catch {
    return null;
  }
}

function isWanted(file: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((path) => file === path || path === "." || file.startsWith(path.endsWith("/") ? path : `${path}/`));
}

/** Runs `work` for every item, `width` at a time. Rejects with the first failure. */
async function eachOf<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, width) }, runner));
}
