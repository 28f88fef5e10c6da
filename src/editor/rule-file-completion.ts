import * as vscode from "vscode";
import type { Product } from "./product";
import { RULE_FILE } from "./rule-file-problems";

/** Completes keys and values of an open rule file from its schema, unless the YAML extension does so. */
export function completeRuleFiles(product: () => Promise<Product>): vscode.Disposable {
  return vscode.languages.registerCompletionItemProvider(RULE_FILE, {
    async provideCompletionItems(document, position) {
      if (vscode.extensions.getExtension("redhat.vscode-yaml") !== undefined) return [];
      const found = (await product()).ruleCompletions(document.getText(), position.line + 1, position.character + 1);
      return found.map(({ label, kind, insert, words }, at) => {
        const item = new vscode.CompletionItem(label, kind === "key" ? vscode.CompletionItemKind.Property : vscode.CompletionItemKind.Value);
        item.insertText = new vscode.SnippetString(insert);
        item.documentation = words;
        item.sortText = String(at).padStart(3, "0");
        return item;
      });
    },
  }, " ", "-", "{");
}
