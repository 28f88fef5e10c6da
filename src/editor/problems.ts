import * as vscode from "vscode";
import type { Finding } from "../model/finding";
import type { CaseStore } from "./case-store";
import { resolveInside } from "./open-place";
import { ruleUri } from "./rule-pages";

function toPosition(line: number, column: number): vscode.Position {
  return new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
}

/** A finding as an entry in Problems: the rule is its code, the leak path its related locations. */
export function toProblem(root: string, finding: Finding, suspected: boolean, soFar = false): vscode.Diagnostic {
  const { start, end } = finding.range;
  const problem = new vscode.Diagnostic(
    new vscode.Range(toPosition(start.line, start.column), toPosition(end.line, end.column)),
    soFar ? vscode.l10n.t("{0} (so far: the workspace is still being read)", finding.message) : finding.message,
    suspected || finding.confidence === "high" ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information,
  );
  problem.source = "Leakline";
  problem.code = { value: finding.rule, target: ruleUri(finding.rule) };
  problem.relatedInformation = finding.path.flatMap((step, at) => {
    const path = resolveInside(root, step.file);
    if (path === null) return [];
    return [new vscode.DiagnosticRelatedInformation(new vscode.Location(vscode.Uri.file(path), toPosition(step.line, step.column)), `${at + 1}. ${step.label}`)];
  });
  return problem;
}

/** Fills Problems from findings. The last word counts: a new case or analysis replaces what was there. */
export class Problems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection("leakline");
  private readonly listening: vscode.Disposable;
  /** What was shown last that is not provisional. */
  private settled: { readonly root: string; readonly findings: readonly Finding[]; readonly suspected: ReadonlySet<number> } | null = null;
  private isEarly = false;

  constructor(store: CaseStore) {
    this.listening = store.onDidChange(() => {
      const shown = store.current;
      if (shown === null || shown.root === null) return this.clear();
      const suspected = new Set(shown.investigation.suspects.map((suspect) => suspect.finding));
      this.show(shown.root, shown.investigation.findings, suspected);
    });
  }

  show(root: string, findings: readonly Finding[], suspected: ReadonlySet<number>): void {
    this.settled = { root, findings, suspected };
    this.isEarly = false;
    this.fill(root, findings, suspected);
  }

  /** Findings of a workspace that is still being read: they say so, and give way to what is shown next. */
  showEarly(root: string, findings: readonly Finding[]): void {
    this.isEarly = true;
    this.fill(root, findings, new Set());
  }

  /** The reading has ended, one way or another: what was provisional is withdrawn. */
  endEarly(): void {
    if (!this.isEarly) return;
    if (this.settled === null) this.clear();
    else this.show(this.settled.root, this.settled.findings, this.settled.suspected);
  }

  /** Whether a finding that is shown lies below this folder (relative to the root, with `/`). */
  hasBelow(folder: string): boolean {
    return this.settled?.findings.some(({ file }) => file.startsWith(`${folder}/`)) === true;
  }

  private clear(): void {
    this.settled = null;
    this.isEarly = false;
    this.collection.clear();
  }

  private fill(root: string, findings: readonly Finding[], suspected: ReadonlySet<number>): void {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    findings.forEach((finding, index) => {
      const path = resolveInside(root, finding.file);
      if (path === null) return;
      const problems = byFile.get(path) ?? [];
      problems.push(toProblem(root, finding, suspected.has(index), this.isEarly));
      byFile.set(path, problems);
    });
    this.collection.clear();
    for (const [path, problems] of byFile) this.collection.set(vscode.Uri.file(path), problems);
  }

  dispose(): void {
    this.listening.dispose();
    this.collection.dispose();
  }
}
