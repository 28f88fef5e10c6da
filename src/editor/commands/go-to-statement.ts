import * as vscode from "vscode";
import { locatedAt } from "../log-documents";
import { openPlace } from "../open-place";
import { chooseWorkspaceRoot } from "../workspace-root";
import type { EditorCommand } from "./command";

/** From the line of a log under the cursor to the statement that wrote it, or to the frame of the stack trace that stands there. */
export const goToStatement: EditorCommand = {
  id: "leakline.goToStatement",
  async run(parts) {
    const { t } = vscode.l10n;
    const editor = vscode.window.activeTextEditor;
    const root = editor === undefined ? null : await chooseWorkspaceRoot();
    if (editor === undefined || root === null) {
      void vscode.window.showInformationMessage(editor === undefined ? t("Open a log and put the cursor on a line first.") : t("Open the folder with the source first."));
      return;
    }
    const places = await parts.activity.run(t("Reading what the workspace logs"), async (signal, report) =>
      (await parts.product()).logPlaces(root, { engine: parts.settings().engine, signal, onProgress: (step) => report(step.text) }));
    if (places === null) return;
    const at = locatedAt(places, editor.document, editor.selection.active.line);
    const frame = at?.located.frames.find((one) => one.at.row === at.row && one.file !== null);
    if (frame !== undefined && frame.file !== null) return openPlace(root, { file: frame.file, line: frame.line, column: frame.column ?? 1 }, false);
    const statements = [at?.located.match?.statement, ...(at?.located.match?.ties ?? []), at?.located.exception].filter((one) => one !== undefined && one !== null);
    const [first] = statements;
    if (first === undefined) {
      void vscode.window.showInformationMessage(t("No statement of this workspace is known to write this line."));
      return;
    }
    const items = statements.map((one) => ({ label: one.template, description: one.symbol, detail: `${one.file}:${one.line}`, one }));
    const chosen = statements.length === 1 ? first : (await vscode.window.showQuickPick(items, { title: t("Statements that say the same") }))?.one;
    if (chosen !== undefined) await openPlace(root, { file: chosen.file, line: chosen.line, column: chosen.column }, false);
  },
};
