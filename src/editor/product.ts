import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import { parseTarget } from "../model/parse-target";
import type { Demo } from "../demo/start-demo";
import { startDemo } from "../demo/start-demo";
import { createInvestigator } from "../investigate/create-investigator";
import { concernOf, concernOfFolder } from "../investigate/changed-file";
import type { Concern } from "../investigate/changed-file";
import type { Investigator } from "../investigate/investigator";
import { writeScene } from "../investigate/scene/write-scene";
import { LogPlaces } from "../investigate/locate-lines";
import { Locator } from "../locate/locator";
import { embeddedWasm } from "../locate/parsing/embedded-wasm";
import { createWasmEngine } from "../locate/parsing/wasm-engine";
import { LEAK_LINE_PAGE, LEAK_LINE_RULE } from "../locate/ranking/leak-line";
import { ruleProblems } from "../locate/rules/load-rules";
import type { RuleProblem } from "../locate/rules/load-rules";
import { ruleCompletions } from "../locate/rules/rule-completions";
import type { RuleCompletion } from "../locate/rules/rule-completions";
import { ruleEntries, rulePage } from "../locate/rules/rule-page";
import type { Comparison } from "../model/comparison";
import { Failure } from "../model/failure";
import type { Investigation } from "../model/investigation";
import type { Target } from "../model/target";
import { formatTarget } from "../model/target";
import { listRunning } from "../observe/targets/container/list-running";
import { openLocal } from "../observe/targets/local";
import { openTarget } from "../observe/targets/open-target";
import { userSshEnvironment } from "../observe/targets/ssh/user-environment";
import { targetsNamed } from "../observe/targets/target-set";
import { textOfComparison } from "../report/comparison-text";
import { textOfInvestigation } from "../report/text";
import { readDocument, writeInvestigation } from "../protocol/investigation-file";

/** What the editor uses of the rooms below it. The bundle `dist/product.js`, loaded on first use. */
export interface Product {
  /** The investigator for an engine; the same one as long as the engine does not change. */
  investigator(options: { readonly engine: "wasm" | "native" }): Investigator;
  parseTarget(text: string): Target;
  /** The targets that words name; patterns stand for those of `aliases` that they match. Throws `Failure("usage")`. Contacts nobody. */
  targetsNamed(words: readonly string[], aliases: readonly string[]): Promise<readonly Target[]>;
  /** What a change of a file (relative to the workspace, with `/`) matters to. */
  concernOf(file: string): Concern | null;
  /** What it matters to that a folder came or went as one. */
  concernOfFolder(folder: string): Concern | null;
  /** Containers and pods that the client programs of this machine reach now, in the command's form. Asks them: only when a person wishes it. */
  listRunning(signal: AbortSignal): Promise<readonly string[]>;
  writeInvestigation(investigation: Investigation): Iterable<string>;
  textOfComparison(comparison: Comparison): string;
  /** The file of a preserved scene. */
  writeScene(investigation: Investigation): Uint8Array;
  /** From the lines of logs to the statements below a folder. The code is read on first use; afterwards only what has changed. */
  logPlaces(root: string, options: { readonly engine: "wasm" | "native"; readonly signal: AbortSignal; readonly onProgress: (step: { readonly text: string }) => void }): Promise<LogPlaces>;
  /** What is wrong with the text of a rule file, by place. */
  ruleProblems(text: string): readonly RuleProblem[];
  /** What can be written at a place of a rule file. Line and column from 1. */
  ruleCompletions(text: string, line: number, column: number): readonly RuleCompletion[];
  /** The page of each rule in force for a workspace (null: none is open), by the rule's name. */
  rulePages(root: string | null): Promise<ReadonlyMap<string, string>>;
  /** A saved investigation as it was, nothing computed anew. */
  readInvestigation(bytes: Uint8Array): Promise<Investigation>;
  startDemo(signal: AbortSignal): Promise<Demo>;
  dispose(): Promise<void>;
}

export interface ProductOptions {
  readonly extensionPath: string;
  /** A folder of our own for the analysis cache. */
  readonly cacheDirectory: string;
  readonly onNotice: (text: string) => void;
  /** What an analysis may hold, as it is set now; null: the product's own bound. MB. */
  readonly memoryMb: () => number | null;
}

export function createProduct(options: ProductOptions): Product {
  const program = join(options.extensionPath, "dist", "leakline.js");
  let present: { readonly engine: string; readonly investigator: Investigator } | null = null;

  const places = new Map<string, LogPlaces>();

  const create = (engine: "wasm" | "native"): Investigator => createInvestigator({
    now: Date.now,
    reach: (target, reach) => openTarget(target, { ...reach, environment: userSshEnvironment(process.env, homedir()), onNotice: options.onNotice }),
    ruleFiles: [],
    textEngine: () => createWasmEngine(embeddedWasm, []),
    locator: (rules) => new Locator({
      engine,
      wasm: embeddedWasm,
      // The command's bundle is also the parser's worker: one file less to ship.
      workerFile: program,
      cacheDirectory: options.cacheDirectory,
      rules,
      require: createRequire(program),
      onNotice: options.onNotice,
      memoryMb: options.memoryMb,
    }),
  });

  return {
    investigator({ engine }) {
      if (present?.engine !== engine) {
        void present?.investigator.dispose();
        present = { engine, investigator: create(engine) };
      }
      return present.investigator;
    },
    parseTarget,
    targetsNamed: (words, aliases) => targetsNamed(words, parseTarget, () => Promise.resolve(aliases)),
    concernOf,
    concernOfFolder,
    async listRunning(signal) {
      const host = openLocal();
      try {
        return (await listRunning(host, signal)).map(formatTarget);
      } finally {
        await host.close();
      }
    },
    writeInvestigation,
    textOfComparison,
    writeScene: (investigation) => writeScene(investigation, { version, report: textOfInvestigation(investigation) }),
    async logPlaces(root, { engine, signal, onProgress }) {
      const workspace = await this.investigator({ engine }).statements(root, { signal, onProgress });
      // The same code gives equal answers: the index is made once, and again when something was saved.
      const before = places.get(root);
      if (before !== undefined && sameStatements(before.workspace, workspace)) return before;
      const made = new LogPlaces(workspace, root);
      places.set(root, made);
      return made;
    },
    ruleProblems,
    ruleCompletions,
    async rulePages(root) {
      const investigator = present?.investigator ?? this.investigator({ engine: "wasm" });
      // A mistake in the workspace's own rules is told in Problems; the product's rules can be read all the same.
      const { builtIn, own } = await investigator.rules(root).catch(() => investigator.rules(null));
      const entries = ruleEntries([...builtIn, ...own]);
      const pages = new Map([...new Set(entries.map(({ id }) => id))].sort().map((rule) => [rule, rulePage(entries.filter(({ id }) => id === rule))]));
      return pages.set(LEAK_LINE_RULE, LEAK_LINE_PAGE);
    },
    async readInvestigation(bytes) {
      const document = readDocument("case.json", JSON.parse(new TextDecoder().decode(bytes)));
      if ("investigation" in document) return document.investigation;
      throw new Failure("notUnderstood", "a snapshot where an investigation should be", "Scan again.");
    },
    startDemo: (signal) => startDemo({ program, node: process.execPath, signal }),
    async dispose() {
      await present?.investigator.dispose();
      present = null;
    },
  };
}

function sameStatements(one: LogPlaces["workspace"], other: LogPlaces["workspace"]): boolean {
  if (one.statements.length !== other.statements.length || one.files.length !== other.files.length) return false;
  return one.files.every((file, at) => file === other.files[at]) && one.statements.every(({ file, line, column, endLine, template }, at) => {
    const twin = other.statements[at];
    return twin !== undefined && twin.file === file && twin.line === line && twin.column === column && twin.endLine === endLine && twin.template === template;
  });
}
