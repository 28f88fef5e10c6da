import * as vscode from "vscode";
import { showFailure } from "../activity";
import type { EditorCommand } from "./command";

export const stopDemo: EditorCommand = {
  id: "leakline.stopDemo",
  async run(parts) {
    try {
      const stopped = await parts.demo.stop();
      vscode.window.setStatusBarMessage(stopped ? vscode.l10n.t("Leakline: the demo was stopped") : vscode.l10n.t("Leakline: the demo is not running"), 4000);
    } catch (thrown) {
      await showFailure(thrown, parts.log);
    }
  },
};
