import { join } from "node:path";
import type { AnalysisProgress } from "../analysis-session";
import type { Language } from "../languages/language";
import { moduleNames } from "../module-names";
import type { LowerTask } from "../parsing/lowerer";
import { declaredModule } from "../prefilter";
import { contentHash, readSourceFile, sourceText } from "../source-file";
import { listWorkspace } from "../workspace-files";
import type { FileStatements, StatementOutcome } from "./file-statements";
import { StatementCache } from "./statement-cache";
import { workspaceStatements } from "./workspace-statements";
import type { WorkspaceStatements } from "./workspace-statements";

/** Reads the statements of files one by one, or several at a time when there are workers. A file that cannot be read gives a reason. */
export interface StatementReader {
  readonly width: number;
  readStatements(task: LowerTask): Promise<StatementOutcome>;
}

export interface StatementSessionParts {
  readonly reader: StatementReader;
  readonly languages: readonly Language[];
  readonly cacheDirectory: string | null;
  readonly version: string;
}

/** What a workspace can log, and what must be kept to tell it again after an edit. Lives in a worker, so it may block. */
export class StatementSession {
  readonly #parts: StatementSessionParts;
  #known: ReadonlyMap<string, FileStatements> = new Map();
  #last: { readonly key: string; readonly workspace: WorkspaceStatements } | null = null;

  constructor(parts: StatementSessionParts) {
    this.#parts = parts;
  }

  /** Lists and hashes all files below the root; reads those whose content (or name, or module) is new. */
  async read(root: string, onProgress: (progress: AnalysisProgress) => void): Promise<WorkspaceStatements> {
    const { reader, languages, cacheDirectory, version } = this.#parts;
    const listing = listWorkspace(root, languages);
    const names = moduleNames(listing.root, listing.landmarks);
    const givenUp = new Map(listing.givenUp.map(({ file, reason }) => [file, reason]));
    const cache = new StatementCache(cacheDirectory, listing.root, version);
    const kept = new Map<string, FileStatements>();
    let next = 0;
    let done = 0;
    const runner = async (): Promise<void> => {
      for (let item = listing.files[next++]; item !== undefined; item = listing.files[next++]) {
        const { file, language } = item;
        if (done % 64 === 0) onProgress({ phase: "parse", done, total: listing.files.length });
        done++;
        if (item.declaresOnly === true) continue;
        const source = readSourceFile(join(listing.root, file));
        if (!source.ok) {
          givenUp.set(file, source.reason);
          continue;
        }
        const text = sourceText(source.bytes);
        if (language.generatedMarks.some((mark) => text.slice(0, 2000).includes(mark))) continue;
        const module = declaredModule(language.id, text) ?? names.of(file, language.id);
        const key = contentHash(source.hash, file, module);
        let statements = this.#known.get(key) ?? cache.get(key);
        if (statements === null) {
          const outcome = await reader.readStatements({ root: listing.root, file, language: language.id, module });
          if (!outcome.ok) {
            givenUp.set(file, outcome.reason);
            continue;
          }
          statements = outcome.statements;
        }
        kept.set(key, statements);
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, reader.width) }, runner));
    this.#known = kept;
    cache.save(kept);
    const reasons = [...givenUp].map(([file, reason]) => ({ file, reason }));
    const whole = contentHash(JSON.stringify([...kept.keys()].sort()), JSON.stringify(reasons));
    if (this.#last?.key === whole) return this.#last.workspace;
    onProgress({ phase: "solve", done: listing.files.length, total: listing.files.length });
    const files = [...kept.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
    const workspace = workspaceStatements(files, reasons, listing.files.map(({ file }) => file));
    this.#last = { key: whole, workspace };
    return workspace;
  }
}
