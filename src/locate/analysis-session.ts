import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { Analysis, Finding } from "../model/finding";
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
import type { PlannedFile } from "./joined-file";
import { ReadingPlan } from "./reading-plan";
import type { PlannedLanguage } from "./reading-plan";
import type { RuleFile } from "./rules/rule-model";
import { Solver } from "./solve";
import { contentHash, readSourceFile, sourceText } from "./source-file";
import { isWithin, stagesOf } from "./stages";
import { decidesForOthers, listWorkspace } from "./workspace-files";

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
  /** Things the user should know that are no failure. */
  readonly onNotice?: (text: string) => void;
  /** Folder of the cache, or null for none. */
  readonly cacheDirectory: string | null;
  /** Of all code and data that make a flow what it is: another version never reads this one's cache. */
  readonly version: string;
  /** Whether memory is nearly used up: asked after each answer. Then all that was made of the code is let go of, and unpacked again for the next. Absent: never. */
  readonly isTight?: () => boolean;
}

export interface AnalyzeOptions {
  /** Files and folders, relative to the root: only findings in these are wanted. Empty: all. */
  readonly only: readonly string[];
  readonly onProgress: (progress: AnalysisProgress) => void;
  /** Files and folders, relative to the root, in the order in which their findings are wanted; those of all others after them. */
  readonly first?: readonly string[];
  /**
   * Is told what is found so far, each time all of it. Provisional: what is read later may take a finding away (a helper that closes is
   * looked for by name, and read with the files that call it; a second class that implements an interface may stand anywhere).
   */
  readonly onFindings?: (findings: readonly Finding[]) => void;
}

/** A source file as this session last saw it. The same object as long as it is the same file. */
interface SeenFile {
  readonly file: string;
  readonly language: Language;
  readonly module: string;
  readonly size: number;
  readonly hash: string;
  /** Generated: read for what it declares alone. Absent: somebody's own code. */
  readonly declaresOnly?: boolean;
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
  /** In the cache. */
  readonly key: string;
  readonly flow: FileFlow;
  readonly outlines: readonly FunctionOutline[];
}

/** What the last analysis read, and why: the next one goes on from it. */
interface Reading {
  readonly plan: ReadingPlan;
  /** By file. */
  readonly flows: Map<string, KnownFlow>;
  /** By file, why it could not be lowered. */
  readonly failed: Map<string, string>;
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
  #reading: Reading | null = null;
  readonly #planOf = new WeakMap<SeenFile, PlannedFile>();
  readonly #keys = new WeakMap<SeenFile, string>();
  #solver: Solver;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#solver = new Solver(parts.rules, parts.languages);
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
    this.#reading = null;
    const cache = this.#openCache(workspace.root);
    try {
      const wholeKey = keyOfWhole(workspace, options.only);
      const known = cache.analysis(wholeKey);
      if (known !== null) {
        const { stats } = known;
        return { ...known, stats: { ...stats, parsed: 0, cached: stats.parsed + stats.cached, ms: performance.now() - started } };
      }
      const analysis = await this.#locate(workspace, cache, options, started);
      cache.save(wholeKey, analysis, this.#flows.keys(), this.#scans.keys());
      this.#letGoIfTight();
      return analysis;
    } finally {
      cache.close();
    }
  }

  /**
   * Goes on from the last look at this root: only the named files (relative) are read again, and what follows from them. For an editor,
   * after files were saved, made, moved or deleted. Another root than before is looked at from the start.
   */
  async update(root: string, files: readonly string[], options: AnalyzeOptions): Promise<Analysis> {
    const last = this.#workspace;
    if (last === null || realpathSync(root) !== last.root) return this.analyze(root, options);
    const started = performance.now();
    const sources = new Map(files.map((file) => [file, readSourceFile(join(last.root, file))]));
    if (files.some((file) => !last.files.has(file) || sources.get(file)?.ok !== true || decidesForOthers(file))) {
      this.#workspace = this.#look(root, options.onProgress, last, new Set(files));
    } else {
      const seen = new Map(last.files);
      for (const [file, source] of sources) {
        const before = seen.get(file) as SeenFile;
        if (source.ok && source.hash !== before.hash) seen.set(file, { ...before, size: source.bytes.length, hash: source.hash });
      }
      this.#workspace = { ...last, files: seen };
    }
    // Where the last look found the whole analysis in the cache, or was let go of, nothing of it is in memory.
    const cache = this.#reading === null ? this.#openCache(last.root) : FlowCache.open(null, last.root, "");
    try {
      const analysis = await this.#locate(this.#workspace, cache, options, started);
      this.#letGoIfTight();
      return analysis;
    } finally {
      cache.close();
    }
  }

  /** What is known of the files themselves stays: it is small, and says what has changed. */
  #letGoIfTight(): void {
    if (this.#parts.isTight?.() !== true) return;
    this.#flows = new Map();
    this.#reading = null;
    this.#solver = new Solver(this.#parts.rules, this.#parts.languages);
  }

  #openCache(root: string): FlowCache {
    const cache = FlowCache.open(this.#parts.cacheDirectory, root, `${this.#parts.version}/${this.#parts.engine}/${this.#rulesKey}`);
    if (cache.thrownAway !== null) this.#parts.onNotice?.(cache.thrownAway);
    return cache;
  }

  /** Lists the workspace and hashes every file; after a look before, only those that are new or in `changed`: files, or folders that came or went. */
  #look(root: string, onProgress: AnalyzeOptions["onProgress"], last: SeenWorkspace | null = null, changed: ReadonlySet<string> = new Set()): SeenWorkspace {
    const listing = listWorkspace(root, this.#parts.languages);
    const names = moduleNames(listing.root, listing.landmarks);
    const unread = new Map(listing.givenUp.map(({ file, reason }) => [file, reason]));
    const files = new Map<string, SeenFile>();
    const folders = [...changed].filter((path) => last?.files.has(path) === false);
    for (const [index, { file, language, size, declaresOnly }] of listing.files.entries()) {
      if (index % 256 === 0) onProgress({ phase: "read", done: index, total: listing.files.length });
      const module = names.of(file, language.id);
      const before = last?.files.get(file);
      if (before !== undefined && !changed.has(file) && !folders.some((folder) => isWithin(file, folder))) {
        files.set(file, before.module === module ? before : { ...before, module });
        continue;
      }
      const source = readSourceFile(join(listing.root, file));
      if (source.ok) files.set(file, before?.hash === source.hash && before.module === module ? before : { file, language, module, size, hash: source.hash, ...(declaresOnly === true ? { declaresOnly } : {}) });
      else unread.set(file, source.reason);
    }
    return { root: listing.root, files, unread, count: listing.files.length };
  }

  /** Scans, plans, parses and solves; takes from memory, then from the cache, what is there. */
  async #locate(workspace: SeenWorkspace, cache: FlowCache, options: AnalyzeOptions, started: number): Promise<Analysis> {
    const { engine } = this.#parts;
    const { only, onProgress } = options;
    const givenUp = new Map(workspace.unread);
    const planned: PlannedFile[] = [];
    const scans = new Map<string, FileScan>();
    let bytes = 0;
    for (const seen of workspace.files.values()) {
      bytes += seen.size;
      const scan = this.#scan(workspace, seen, scans, cache, givenUp);
      if (scan === null || scan.generated) continue;
      let plan = this.#planOf.get(seen);
      const { file, language, module } = seen;
      const seed = isWanted(file, only) && (scan.ignores || this.#bringsLibrary(language.id, scan));
      if (plan?.seed !== seed || plan.scan !== scan) this.#planOf.set(seen, (plan = { file, language: language.id, module: scan.module ?? module, scan, seed }));
      planned.push(plan);
    }
    this.#scans = scans;

    const reader = new Reader(workspace, this.#parts.lowerer, cache, this.#flows, this.#keys, onProgress);
    const { flows, failed } = await this.#read(planned, reader, options);
    for (const [file, reason] of failed) givenUp.set(file, reason);
    this.#flows = new Map([...flows.values()].map((known) => [known.key, known]));
    const ordered = inOrder(flows);

    onProgress({ phase: "solve", done: ordered.length, total: ordered.length });
    const solution = this.#solver.solve(ordered);
    return {
      findings: solution.findings.filter(({ file }) => isWanted(file, only) && workspace.files.get(file)?.declaresOnly !== true),
      stats: {
        files: workspace.count,
        parsed: reader.parsed,
        bytes,
        ms: performance.now() - started,
        cached: ordered.length - reader.parsed,
        engine,
        opaque: countOpaque(ordered),
        givenUp: [...[...givenUp].map(([file, reason]) => ({ file, reason })), ...solution.givenUp],
      },
    };
  }

  /** From memory, from the cache, or anew; null when the file could not be read. */
  #scan(workspace: SeenWorkspace, { file, hash, language, declaresOnly }: SeenFile, scans: Map<string, FileScan>, cache: FlowCache, givenUp: Map<string, string>): FileScan | null {
    let scan = scans.get(hash) ?? this.#scans.get(hash) ?? cache.scan(hash);
    if (scan === null) {
      // Read again, from the kernel's memory, rather than held since the first time: most analyses end before they come here.
      const source = readSourceFile(join(workspace.root, file));
      if (!source.ok) {
        givenUp.set(file, source.reason);
        return null;
      }
      scan = scanFile(language.id, source.bytes, sourceText(source.bytes), declaresOnly === true ? [] : language.generatedMarks);
    }
    scans.set(hash, scan);
    cache.keepScan(hash, scan);
    return scan;
  }

  readonly #brings = new WeakMap<FileScan, boolean>();

  #bringsLibrary(language: string, scan: FileScan): boolean {
    let brings = this.#brings.get(scan);
    if (brings === undefined) this.#brings.set(scan, (brings = importsAny(language, scan, this.#imports.get(language) ?? [])));
    return brings;
  }

  /** Wave by wave, all that matters; what was read before and has not changed is not read again. */
  async #read(planned: readonly PlannedFile[], reader: Reader, { only, first = [], onFindings }: AnalyzeOptions): Promise<Reading> {
    const last = this.#reading;
    // Where this fails half way, the next one begins anew.
    this.#reading = null;
    const { plan, flows, failed } = last ?? { plan: new ReadingPlan(planned, this.#planned), flows: new Map<string, KnownFlow>(), failed: new Map<string, string>() };
    if (last !== null) plan.update(planned);
    else if (onFindings !== undefined) {
      for (const heldBack of stagesOf(planned, first)) {
        plan.holdBack(heldBack);
        await this.#readWaves(plan, reader, flows, failed);
        const { findings } = this.#solver.solve(inOrder(flows));
        onFindings(findings.filter(({ file, kind }) => isWanted(file, only) && !heldBack(file) && kind !== "unused-ignore"));
      }
      plan.holdBack(() => false);
    }
    await this.#readWaves(plan, reader, flows, failed);
    const matter = new Set(plan.matters);
    for (const read of [flows, failed]) for (const file of read.keys()) if (!matter.has(file)) read.delete(file);
    return (this.#reading = { plan, flows, failed });
  }

  async #readWaves(plan: ReadingPlan, reader: Reader, flows: Map<string, KnownFlow>, failed: Map<string, string>): Promise<void> {
    for (let wave = plan.next(); wave.length > 0; wave = plan.next()) {
      for (const { file } of wave) {
        flows.delete(file);
        failed.delete(file);
      }
      await reader.read(wave, flows, failed);
      for (const { file } of wave) plan.learn(file, flows.get(file)?.outlines ?? null);
    }
  }
}

/** Gets the flows of files: from memory, then from the cache, then by lowering. */
class Reader {
  parsed = 0;
  readonly #lowered = new Map<string, KnownFlow>();
  #done = 0;
  #asked = 0;

  constructor(
    readonly workspace: SeenWorkspace,
    readonly lowerer: Lowerer,
    readonly cache: FlowCache,
    readonly known: ReadonlyMap<string, KnownFlow>,
    readonly keys: WeakMap<SeenFile, string>,
    readonly onProgress: AnalyzeOptions["onProgress"],
  ) {}

  /** @param failed is told why a file could not be lowered */
  async read(wave: readonly PlannedFile[], flows: Map<string, KnownFlow>, failed: Map<string, string>): Promise<void> {
    this.#asked += wave.length;
    await eachOf(wave, this.lowerer.width, async ({ file, language, module }) => {
      const seen = this.workspace.files.get(file) as SeenFile;
      let key = this.keyOf(seen, module);
      let known = this.#lowered.get(key) ?? this.known.get(key) ?? cachedFlow(this.cache, key);
      if (known === null) {
        const outcome = await this.lowerer.lower({ root: this.workspace.root, file, language, module });
        if (outcome.ok) {
          this.parsed++;
          // The file may have changed since it was hashed: what was lowered is what counts.
          key = flowKey(outcome.hash, file, module);
          this.cache.keepFlow(key, { flow: outcome.flow, outlines: outcome.outlines });
          known = { key, flow: unpackFlow(outcome.flow), outlines: outcome.outlines };
          this.#lowered.set(key, known);
        } else failed.set(file, outcome.reason);
      } else if (!this.cache.hasFlow(key)) this.cache.keepFlow(key, { flow: packFlow(known.flow), outlines: known.outlines });
      this.onProgress({ phase: "parse", done: ++this.#done, total: this.#asked });
      if (known !== null) flows.set(file, known);
    });
  }

  keyOf(seen: SeenFile, module: string): string {
    let key = this.keys.get(seen);
    if (key === undefined) this.keys.set(seen, (key = flowKey(seen.hash, seen.file, module)));
    return key;
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
    return { key, flow: unpackFlow(entry.flow), outlines: entry.outlines };
  } catch {
    return null;
  }
}

function isWanted(file: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((path) => isWithin(file, path));
}

function inOrder(flows: ReadonlyMap<string, KnownFlow>): FileFlow[] {
  return [...flows.values()].map(({ flow }) => flow).sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

/** Runs `work` for every item, `width` at a time. Rejects with the first failure. */
async function eachOf<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, width) }, runner));
}
