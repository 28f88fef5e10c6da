import * as vscode from "vscode";
import type { EditorCommand } from "./command";
import { scan } from "./scan";

/** Starts the built-in leaking services, then scans this machine with the demo's own code as the workspace. */
export const startDemo: EditorCommand = {
  id: "leakline.startDemo",
  async run(parts) {
    const root = await parts.activity.run(vscode.l10n.t("Starting the demo"), (signal) => parts.demo.start(signal));
    if (root !== null) await scan(parts, { kind: "local" }, { root });
  },
};
