import * as vscode from "vscode";
import type { EditorCommand } from "./command";

export const forgetSecrets: EditorCommand = {
  id: "leakline.forgetSecrets",
  async run(parts) {
    const count = await parts.secrets.forgetAll();
    void vscode.window.showInformationMessage(vscode.l10n.t("Leakline: {0} stored secrets forgotten", count));
  },
};
