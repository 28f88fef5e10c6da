import * as vscode from "vscode";
import { liveTargets } from "../case-store";
import type { EditorCommand } from "./command";
import { scanSeveral } from "./scan-several";

/** A second look at the same target, or at the same several, with the first as history: what grows shows. */
export const lookAgain: EditorCommand = {
  id: "leakline.lookAgain",
  async run(parts) {
    const shown = parts.store.current;
    if (shown === null || liveTargets(shown).length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t("There is no live target to look at again. Scan one first."));
      return;
    }
    await scanSeveral(parts, liveTargets(shown), { again: true, ...(shown.root === null ? {} : { root: shown.root }) });
  },
};
