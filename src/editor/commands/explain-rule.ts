import * as vscode from "vscode";
import { ownRulesRoot, ruleUri } from "../rule-pages";
import type { EditorCommand } from "./command";

/** Shows the page of a rule: of the finding whose rule was clicked, else of one that the person chooses. */
export const explainRule: EditorCommand = {
  id: "leakline.explainRule",
  async run(parts, clicked) {
    const { t } = vscode.l10n;
    const pages = async (): Promise<readonly string[]> => [...(await (await parts.product()).rulePages(ownRulesRoot(parts.store))).keys()];
    const rule = typeof clicked === "string" ? clicked : await vscode.window.showQuickPick(pages(), { title: t("Explain Rule"), placeHolder: t("A rule, by its language and name") });
    if (rule === undefined) return;
    const uri = ruleUri(rule);
    try {
      await vscode.commands.executeCommand("markdown.showPreview", uri);
    } catch {
      // The editor's own Markdown preview can be switched off; the text reads well too.
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  },
};
