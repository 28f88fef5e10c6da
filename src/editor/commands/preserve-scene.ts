import * as vscode from "vscode";
import { formatTarget } from "../../model/target";
import { showFailure } from "../activity";
import { chooseWorkspaceRoot } from "../workspace-root";
import type { EditorCommand } from "./command";
import { pickTarget } from "./scan-host";

/** A scene is taken within this, as by the command. */
const TIME_LIMIT_MS = 30_000;

/** Keeps the scene of the target that is shown, or of one that is chosen, in one file, before anything is restarted. */
export const preserveScene: EditorCommand = {
  id: "leakline.preserveScene",
  async run(parts) {
    const { t } = vscode.l10n;
    try {
      const shown = parts.store.current;
      const live = shown !== null && shown.target !== null && shown.target.kind !== "capture" ? shown.target : null;
      const target = live ?? await pickTarget(parts, t("Preserve the Scene"));
      if (target === undefined) return;
      const name = target.kind === "local" ? t("this machine") : formatTarget(target).replace(/^ssh:\/\//, "");
      const file = `${formatTarget(target).replace(/[^\w.-]+/g, "-")}-${new Date().toISOString().replace(/[:.]/g, "-").slice(0, 19)}.scene.zip`;
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      const uri = await vscode.window.showSaveDialog({
        title: t("Preserve the Scene"), filters: { [t("Leakline scene")]: ["zip"] }, ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, file) }),
      });
      if (uri === undefined) return;
      const root = shown?.root ?? await chooseWorkspaceRoot();
      void parts.panels.show();
      const kept = await parts.activity.run(t("Preserving the scene of {0}", name), async (signal, report) => {
        const { engine, choices, sshClient, elevation } = parts.settings();
        const product = await parts.product();
        const investigation = await product.investigator({ engine }).preserve(target, {
          workspaceRoot: root, prompts: parts.prompts, access: { sshClient, elevation }, signal, timeLimitMs: TIME_LIMIT_MS, choices, onProgress: (step) => report(step.text),
        });
        const bytes = product.writeScene(investigation);
        await vscode.workspace.fs.writeFile(uri, bytes);
        return { investigation, bytes: bytes.length };
      });
      if (kept === null) return;
      parts.store.set({ investigation: kept.investigation, target, root, socketsNotKept: false });
      const missing = kept.investigation.preserved?.unfinished ?? [];
      const size = t("Leakline: kept {0} ({1} kB)", uri.path.split("/").at(-1) ?? "", Math.ceil(kept.bytes / 1000));
      const compare = t("Compare with an Earlier Scene...");
      // Not waited for: the command is done when the file is there.
      const told = missing.length === 0
        ? vscode.window.showInformationMessage(t("{0}. It opens on any machine, without the host.", size), compare)
        : vscode.window.showWarningMessage(t("{0}. Not kept: {1}", size, missing.map(({ what, why }) => `${what} (${why})`).join("; ")), compare);
      void told.then((chosen) => (chosen === compare ? vscode.commands.executeCommand("leakline.compareScenes", uri) : undefined));
    } catch (thrown) {
      await showFailure(thrown, parts.log);
    }
  },
};
