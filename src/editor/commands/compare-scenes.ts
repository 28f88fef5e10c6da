import * as vscode from "vscode";
import type { EditorCommand } from "./command";
import { openedFile } from "./open-files";

/** What has changed between two preserved scenes or saved investigations, as text in an editor. */
export const compareScenes: EditorCommand = {
  id: "leakline.compareScenes",
  async run(parts) {
    const { t } = vscode.l10n;
    const pick = async (title: string): Promise<vscode.Uri | undefined> => (await vscode.window.showOpenDialog({ title, openLabel: t("Compare") }))?.[0];
    const before = await pick(t("Compare: the earlier scene"));
    if (before === undefined) return;
    const after = await pick(t("Compare: the later scene"));
    if (after === undefined) return;
    const content = await parts.activity.run(t("Comparing two scenes"), async (signal, report) => {
      const { investigator, textOfComparison } = await parts.product();
      return textOfComparison(await investigator({ engine: parts.settings().engine }).compare(openedFile(before), openedFile(after), { workspaceRoot: null, signal, onProgress: (step) => report(step.text) }));
    });
    if (content === null) return;
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: "plaintext" }));
  },
};
