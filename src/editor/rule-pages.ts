import * as vscode from "vscode";
import type { CaseStore } from "./case-store";
import type { Product } from "./product";

const SCHEME = "leakline-rule";

/**
 * Where a rule's page can be read: made from the rule itself, so the workspace's own rules have one too. A document and no command,
 * because links in hovers run none.
 */
export function ruleUri(rule: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${rule}.md` });
}

/** The folder whose own rules count: the case's, else the first one that is open. Null where nothing may be read. */
export function ownRulesRoot(store: CaseStore): string | null {
  if (!vscode.workspace.isTrusted) return null;
  return store.current?.root ?? vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath ?? null;
}

/** The pages of rules as documents that nobody can change. */
export class RulePages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  constructor(private readonly product: () => Promise<Product>, private readonly store: CaseStore) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const rule = uri.path.replace(/^\//, "").replace(/\.md$/, "");
    const pages = await (await this.product()).rulePages(ownRulesRoot(this.store));
    return pages.get(rule) ?? vscode.l10n.t("{0}: no such rule", rule);
  }

  dispose(): void {
    this.registered.dispose();
  }
}
