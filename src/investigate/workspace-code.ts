import type { AnalysisProgress } from "../locate/analysis-session";
import type { Locator } from "../locate/locator";
import type { Engine } from "../locate/parsing/engine";
import { rank } from "../locate/ranking/rank";
import { loadBuiltInRules } from "../locate/rules/built-in";
import type { RuleFile } from "../locate/rules/rule-model";
import type { WorkspaceStatements } from "../locate/statements/workspace-statements";
import type { Analysis } from "../model/finding";
import type { Investigation } from "../model/investigation";
import { fixWorkspace } from "./fix-workspace";
import type { FixReport } from "./fix-workspace";
import type { EarlyFindings, InvestigationStep, RulesInForce } from "./investigator";
import { tryRuleExamples } from "./rule-examples";
import type { RuleFileTrial } from "./rule-examples";
import { readRuleFiles, readWorkspaceRules, tryRuleFiles } from "./rule-files";
import { asAsked, leaveOut } from "./rules-left-out";
import type { AskedRules } from "./rules-left-out";
import { readWorkspaceFacts } from "./workspace-facts";

export interface WorkspaceCodeParts {
  /** Made on first use: a scan without a workspace needs no parser. `rules` are those besides the built-in ones. */
  readonly locator: (rules: readonly RuleFile[]) => Locator;
  /** A parser in this thread, made on first use: for fixes and for the examples of rules. Languages are loaded when they are wanted. */
  readonly textEngine: () => Promise<Engine>;
  /** Rule files that the user names (`--rules`), absolute paths. */
  readonly ruleFiles: readonly string[];
  /** Absent: all are looked for and told. */
  readonly askedRules?: AskedRules;
}

type Progress = (step: InvestigationStep) => void;

/** What an investigator knows of the code of workspaces: what it finds, mends and logs there, by the rules that are in force. */
export class WorkspaceCode {
  readonly #parts: WorkspaceCodeParts;
  /** With the rules that it was made with: another workspace, or an edited rule, wants another one. */
  #present: { readonly rules: string; readonly locator: Locator } | null = null;
  #engine: Promise<Engine> | null = null;

  constructor(parts: WorkspaceCodeParts) {
    this.#parts = parts;
  }

  /** The parser in this thread. */
  readonly textEngine = (): Promise<Engine> => (this.#engine ??= this.#parts.textEngine());

  async #locatorFor(root: string): Promise<Locator> {
    const rules = [...(await readRuleFiles(this.#parts.ruleFiles)), ...(await readWorkspaceRules(root))];
    const key = JSON.stringify(rules);
    if (this.#present !== null && this.#present.rules !== key) {
      await this.#present.locator.dispose();
      this.#present = null;
    }
    this.#present ??= { rules: key, locator: this.#parts.locator(rules) };
    return this.#present.locator;
  }

  async rulesInForce(root: string | null): Promise<RulesInForce> {
    return { builtIn: loadBuiltInRules({ examples: true }), own: [...(await readRuleFiles(this.#parts.ruleFiles)), ...(root === null ? [] : await readWorkspaceRules(root))] };
  }

  async fix(root: string, analysis: Analysis, signal: AbortSignal): Promise<FixReport> {
    const { builtIn, own } = await this.rulesInForce(root);
    return fixWorkspace(await this.textEngine(), [...builtIn, ...own], root, analysis, signal);
  }

  async analyze(root: string, signal: AbortSignal, onProgress: Progress, early?: EarlyFindings): Promise<Analysis> {
    onProgress({ phase: "locate", text: "Reading the workspace" });
    const locator = await this.#locatorFor(root);
    return this.#wanted(await locator.analyze(root, { signal, onProgress: told(onProgress), ...(early === undefined ? {} : this.#withoutLeftOut(early)) }), root);
  }

  /** Nobody is told early of what will be left out. */
  #withoutLeftOut({ first, onFindings }: EarlyFindings): EarlyFindings {
    const { askedRules } = this.#parts;
    return { first, onFindings: (findings) => onFindings(askedRules === undefined ? findings : leaveOut(findings, askedRules)) };
  }

  /** What the user asked for of it. */
  async #wanted(analysis: Analysis, root: string): Promise<Analysis> {
    const { askedRules } = this.#parts;
    // Where nothing was asked, no name has to be looked up.
    if (askedRules === undefined || askedRules.only.length + askedRules.without.length === 0) return analysis;
    const { builtIn, own } = await this.rulesInForce(root);
    return asAsked(analysis, askedRules, [...builtIn, ...own]);
  }

  async update(root: string, files: readonly string[], signal: AbortSignal, onProgress: Progress): Promise<Analysis> {
    const locator = await this.#locatorFor(root);
    return this.#wanted(await locator.update(root, files, { signal, onProgress: told(onProgress) }), root);
  }

  async withCode(investigation: Investigation, root: string, analysis: Analysis, signal: AbortSignal): Promise<Investigation> {
    const { diagnoses, snapshots, services } = investigation;
    const { modules } = await readWorkspaceFacts(root, signal);
    const suspects = rank({ diagnoses, findings: analysis.findings, snapshots, services, modules, workspaceRoot: root });
    return { ...investigation, findings: analysis.findings, suspects, analysis: analysis.stats };
  }

  async statementsOf(root: string, signal: AbortSignal, onProgress: Progress): Promise<WorkspaceStatements> {
    onProgress({ phase: "locate", text: "Reading the workspace's logging calls" });
    return (await this.#locatorFor(root)).statements(root, { signal, onProgress: () => {} });
  }

  async statements(root: string, signal: AbortSignal, onProgress: Progress): Promise<WorkspaceStatements> {
    onProgress({ phase: "locate", text: "Reading what the workspace logs" });
    const locator = await this.#locatorFor(root);
    return locator.statements(root, {
      signal,
      onProgress: (progress) => onProgress({ phase: "locate", text: `Reading what the workspace logs: ${progress.done} of ${progress.total} files` }),
    });
  }

  async tryRules(files: readonly string[]): Promise<readonly RuleFileTrial[]> {
    return tryRuleExamples(await this.textEngine(), await tryRuleFiles(files), loadBuiltInRules({ examples: false }));
  }

  async dispose(): Promise<void> {
    await this.#present?.locator.dispose();
    this.#present = null;
    (await this.#engine)?.dispose();
    this.#engine = null;
  }
}

/** Progress in words. */
function told(onProgress: Progress): (progress: AnalysisProgress) => void {
  return ({ done, total }) => onProgress({ phase: "locate", text: `Reading the workspace: ${done} of ${total} files` });
}
