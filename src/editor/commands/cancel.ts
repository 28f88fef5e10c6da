import * as vscode from "vscode";
import type { EditorCommand } from "./command";

export const cancel: EditorCommand = {
  id: "leakline.cancel",
  run(parts) {
    if (!parts.activity.cancel() && !parts.fresh.cancel()) vscode.window.setStatusBarMessage(vscode.l10n.t("Leakline: nothing to cancel"), 3000);
  },
};
