import * as vscode from "vscode";
import type { EditorCommand } from "./command";
import { chosenFiles, openedFile } from "./open-files";

/** What has changed between two preserved scenes or saved investigations, as text in an editor. */
export const compareScenes: EditorCommand = {
  id: "leakline.compareScenes",
  async run(parts, clicked, selected) {
    const { t } = vscode.l10n;
    // Scenes are named by the time they were taken at: of two in the explorer the first by name is the earlier.
    const named = [...chosenFiles(clicked, selected)].sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
    const pick = async (title: string): Promise<vscode.Uri | undefined> => (await vscode.window.showOpenDialog({ title, openLabel: t("Compare") }))?.[0];
    const later = named.length === 1 ? named[0] : undefined;
    const before = named.length === 2 ? named[0] : await pick(t("Compare: the earlier scene"));
    if (before === undefined) return;
    const after = named.length === 2 ? named[1] : (later ?? await pick(t("Compare: the later scene")));
    if (after === undefined) return;
    const content = await parts.activity.run(t("Comparing two scenes"), async (signal, report) => {
      const { investigator, textOfComparison } = await parts.product();
      return textOfComparison(await investigator({ engine: parts.settings().engine }).compare(openedFile(before), openedFile(after), { workspaceRoot: null, signal, onProgress: (step) => report(step.text) }));
    });
    if (content === null) return;
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: "plaintext" }), { preview: false });
  },
};
