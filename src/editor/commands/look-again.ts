import * as vscode from "vscode";
import type { EditorCommand } from "./command";
import { scan } from "./scan";

/** A second look at the same target, with the first as history: what grows shows. */
export const lookAgain: EditorCommand = {
  id: "leakline.lookAgain",
  async run(parts) {
    const shown = parts.store.current;
    if (shown === null || shown.target === null) {
      void vscode.window.showInformationMessage(vscode.l10n.t("There is no live target to look at again. Scan one first."));
      return;
    }
    await scan(parts, shown.target, { again: true, ...(shown.root === null ? {} : { root: shown.root }) });
  },
};
