import * as vscode from "vscode";
import type { Product } from "./product";

/** A workspace's own rules, whatever the folder above. */
export const RULE_FILE: vscode.DocumentFilter = { pattern: "**/.leakline/rules/*.{yaml,yml}" };

/** Says in Problems what is wrong with an open rule file, at the place, as it is typed. The rooms below are loaded when the first one is opened. */
export class RuleFileProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection("leakline-rules");
  private readonly listening: vscode.Disposable[];

  constructor(private readonly product: () => Promise<Product>) {
    const check = (document: vscode.TextDocument): void => void this.check(document);
    this.listening = [
      vscode.workspace.onDidOpenTextDocument(check),
      vscode.workspace.onDidChangeTextDocument(({ document }) => check(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.collection.delete(uri)),
    ];
    vscode.workspace.textDocuments.forEach(check);
  }

  private async check(document: vscode.TextDocument): Promise<void> {
    if (vscode.languages.match(RULE_FILE, document) === 0) return;
    const { version, uri } = document;
    const problems = (await this.product()).ruleProblems(document.getText());
    // Typed on, or closed, meanwhile: a later check knows better.
    if (document.version !== version || document.isClosed) return;
    this.collection.set(uri, problems.map(({ line, column, text }) => {
      const start = document.validatePosition(new vscode.Position(line - 1, column - 1));
      const problem = new vscode.Diagnostic(document.getWordRangeAtPosition(start) ?? new vscode.Range(start, start.translate(0, 1)), text, vscode.DiagnosticSeverity.Error);
      problem.source = "Leakline";
      return problem;
    }));
  }

  dispose(): void {
    for (const one of this.listening) one.dispose();
    this.collection.dispose();
  }
}
