import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Analysis } from "../model/finding";
import { countOpaque } from "./analyze-files";
import type { FileFlow } from "./flow/flow-model";
import { FlowCache } from "./flow-cache";
import type { Language } from "./languages/language";
import { moduleNames } from "./module-names";
import type { EngineId } from "./parsing/engine";
import { packFlow, unpackFlow } from "./parsing/lowerer";
import type { Lowerer } from "./parsing/lowerer";
import { closingNames, importsAny, nameHash, ruleImports, ruledNames, scanFile } from "./prefilter";
import type { FileScan, FunctionOutline } from "./prefilter";
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

/** A workspace as this session last saw it. */
interface SeenWorkspace {
  readonly root: string;
  readonly files: ReadonlyMap<string, SeenFile>;
  /** Files and folders that could not be read, with the reason. */
  readonly unread: ReadonlyMap<string, string>;
  /** All source files, those that could not be read included. */
  readonly count: number;
}

interface KnownFlow {
  readonly flow: FileFlow;
  readonly outlines: readonly FunctionOutline[];
}

/** One workspace's analysis, step by step; and what must be kept for the next one. Lives in a worker, so it may block. */
export class AnalysisSession {
  readonly #parts: SessionParts;
  readonly #imports = new Map<string, readonly string[]>();
  readonly #planned = new Map<string, PlannedLanguage>();
  readonly #rulesKey: string;
  /** What the last analysis used, by cache key: after one edit only one file is read, scanned, parsed and decoded anew. */
  #flows: ReadonlyMap<string, KnownFlow> = new Map();
  #scans: ReadonlyMap<string, FileScan> = new Map();
  #workspace: SeenWorkspace | null = null;

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

  /** Reads the whole workspace, and does again only what its contents ask for. */
  async analyze(root: string, options: AnalyzeOptions): Promise<Analysis> {
    const started = performance.now();
    const workspace = this.#look(root, options.onProgress);
    this.#workspace = workspace;
    const cache = FlowCache.open(this.#parts.cacheDirectory, workspace.root, `${this.#parts.version}/${this.#parts.engine}/${this.#rulesKey}`);
    try {
      const wholeKey = keyOfWhole(workspace, options.only);
      const known = cache.analysis(wholeKey);
      if (known !== null) {
        const { stats } = known;
        return { ...known, stats: { ...stats, parsed: 0, cached: stats.parsed + stats.cached, ms: performance.now() - started } };
      }
      const analysis = await this.#locate(workspace, cache, options, started);
      cache.save(wholeKey, analysis, this.#flows.keys(), this.#scans.keys());
      return analysis;
    } finally {
      cache.close();
    }
  }

  /**
   * Goes on from the last look at this root: only the named files (relative) are read again. For an editor, after a file was saved. A file
   * that was not there at the last look makes it look at everything; so does another root.
   */
  async update(root: string, files: readonly string[], options: AnalyzeOptions): Promise<Analysis> {
    const last = this.#workspace;
    if (last === null || realpathSync(root) !== last.root || this.#flows.size === 0 || files.some((file) => !last.files.has(file))) return this.analyze(root, options);
    const started = performance.now();
    const seen = new Map(last.files);
    const unread = new Map(last.unread);
    for (const file of files) {
      const before = seen.get(file) as SeenFile;
      const source = readSourceFile(join(last.root, file));
      unread.delete(file);
      if (source.ok) seen.set(file, { ...before, size: source.bytes.length, hash: source.hash });
      else if (existsSync(join(last.root, file))) unread.set(file, source.reason);
      if (!source.ok) seen.delete(file);
    }
    this.#workspace = { ...last, files: seen, unread, count: seen.size + (last.count - last.files.size) };
    return this.#locate(this.#workspace, FlowCache.open(null, last.root, ""), options, started);
  }

  /** Lists the workspace and hashes every file. */
  #look(root: string, onProgress: AnalyzeOptions["onProgress"]): SeenWorkspace {
    const listing = listWorkspace(root, this.#parts.languages);
    const names = moduleNames(listing.root, listing.landmarks);
    const unread = new Map(listing.givenUp.map(({ file, reason }) => [file, reason]));
    const files = new Map<string, SeenFile>();
    for (const [index, { file, language, size }] of listing.files.entries()) {
      if (index % 256 === 0) onProgress({ phase: "read", done: index, total: listing.files.length });
      const source = readSourceFile(join(listing.root, file));
      if (source.ok) files.set(file, { file, language, module: names.of(file, language.id), size, hash: source.hash });
      else unread.set(file, source.reason);
    }
    return { root: listing.root, files, unread, count: listing.files.length };
  }

  /** Scans, plans, parses and solves; takes from memory, then from the cache, what is there. */
  async #locate(workspace: SeenWorkspace, cache: FlowCache, { only, onProgress }: AnalyzeOptions, started: number): Promise<Analysis> {
    const { engine, languages, lowerer } = this.#parts;
    const givenUp = new Map(workspace.unread);
    const planned: PlannedFile[] = [];
    const scans = new Map<string, FileScan>();
    let bytes = 0;
    for (const { file, language, module, hash, size } of workspace.files.values()) {
      bytes += size;
      let scan = scans.get(hash) ?? this.#scans.get(hash) ?? cache.scan(hash);
      if (scan === null) {
        // Read again, from the kernel's memory, rather than held since the first time: most analyses end before they come here.
        const source = readSourceFile(join(workspace.root, file));
        if (!source.ok) {
          givenUp.set(file, source.reason);
          continue;
        }
        scan = scanFile(language.id, source.bytes, sourceText(source.bytes), language.generatedMarks);
      }
      scans.set(hash, scan);
      cache.keepScan(hash, scan);
      if (scan.generated) continue;
      const seed = isWanted(file, only) && (scan.ignores || importsAny(language.id, scan, this.#imports.get(language.id) ?? []));
      planned.push({ file, language: language.id, module: scan.module ?? module, scan, seed });
    }

    const plan = new ReadingPlan(planned, this.#planned);
    const flows: FileFlow[] = [];
    const kept = new Map<string, KnownFlow>();
    let parsed = 0;
    let done = 0;
    let asked = 0;
    for (let wave = plan.next(); wave.length > 0; plan.grow(), wave = plan.next()) {
      asked += wave.length;
      await eachOf(wave, lowerer.width, async ({ file, language, module }) => {
        let key = flowKey(workspace.files.get(file)?.hash ?? "", file, module);
        let known = this.#flows.get(key) ?? cachedFlow(cache, key);
        if (known === null) {
          const outcome = await lowerer.lower({ root: workspace.root, file, language, module });
          if (outcome.ok) {
            parsed++;
            // The file may have changed since it was hashed: what was lowered is what counts.
            key = flowKey(outcome.hash, file, module);
            cache.keepFlow(key, { flow: outcome.flow, outlines: outcome.outlines });
            known = { flow: unpackFlow(outcome.flow), outlines: outcome.outlines };
          } else givenUp.set(file, outcome.reason);
        } else if (!cache.hasFlow(key)) cache.keepFlow(key, { flow: packFlow(known.flow), outlines: known.outlines });
        onProgress({ phase: "parse", done: ++done, total: asked });
        if (known === null) return;
        kept.set(key, known);
        flows.push(known.flow);
        plan.learn(file, known.outlines);
      });
    }
    this.#flows = kept;
    this.#scans = scans;
    flows.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));

    onProgress({ phase: "solve", done: flows.length, total: flows.length });
    const solution = solve(flows, this.#parts.rules, languages);
    return {
      findings: solution.findings.filter(({ file }) => isWanted(file, only)),
      stats: {
        files: workspace.count,
        parsed,
        bytes,
        ms: performance.now() - started,
        cached: flows.length - parsed,
        engine,
        opaque: countOpaque(flows),
        givenUp: [...[...givenUp].map(([file, reason]) => ({ file, reason })), ...solution.givenUp],
      },
    };
  }
}

/** Everything that an analysis depends on besides code and rules, as one hash. */
function keyOfWhole({ files, unread }: SeenWorkspace, only: readonly string[]): string {
  const parts: string[] = [JSON.stringify(only)];
  for (const { file, module, hash } of files.values()) parts.push(file, module, hash);
  for (const [file, reason] of unread) parts.push(file, reason);
  return contentHash(...parts);
}

/** A flow holds its own file's name and module, so they are part of its key. */
function flowKey(hash: string, file: string, module: string): string {
  return contentHash(hash, file, module);
}

/** null when there is none, or when it cannot be read. */
function cachedFlow(cache: FlowCache, key: string): KnownFlow | null {
  const entry = cache.flow(key);
  if (entry === null) return null;
  try {
    return { flow: unpackFlow(entry.flow), outlines: entry.outlines };
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
