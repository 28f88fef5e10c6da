import * as vscode from "vscode";
import type { EditorCommand } from "./command";
import { openLeads } from "./open-lead";

/** From the line of a log under the cursor to the statement that wrote it, or to the frame of the stack trace that stands there. */
export const goToStatement: EditorCommand = {
  id: "leakline.goToStatement",
  async run(parts) {
    const { t } = vscode.l10n;
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || parts.logs.roots.length === 0) {
      void vscode.window.showInformationMessage(editor === undefined ? t("Open a log and put the cursor on a line first.") : t("Open the folder with the source first."));
      return;
    }
    const folders = await parts.activity.run(t("Reading what the workspace logs"), (signal, report) => parts.logs.all(signal, report));
    if (folders === null) return;
    const leads = parts.logs.leadsAt(folders, editor.document, editor.selection.active.line);
    if (leads.length === 0) void vscode.window.showInformationMessage(t("No statement of this workspace is known to write this line."));
    else await openLeads(leads, t("Statements that say the same"));
  },
};
