import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as vscode from "vscode";
import { showFailure } from "../activity";
import type { EditorCommand } from "./command";

/** Keeps the whole scene in one file that a colleague can open offline. */
export const saveInvestigation: EditorCommand = {
  id: "leakline.saveInvestigation",
  async run(parts) {
    const { t } = vscode.l10n;
    const shown = parts.store.current;
    if (shown === null) {
      void vscode.window.showInformationMessage(t("There is no case to save. Scan a target or open a capture first."));
      return;
    }
    const host = (shown.investigation.snapshots.at(-1)?.hostname ?? "capture").replace(/[^\w.-]+/g, "-");
    const stamp = shown.investigation.startedAt.replace(/[:.]/g, "-").slice(0, 19);
    const name = `${host}-${stamp}.leakline.json`;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const uri = await vscode.window.showSaveDialog({
      title: t("Save Investigation"),
      filters: { [t("Leakline investigation")]: ["json"] },
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    });
    if (uri === undefined) return;
    try {
      const { writeInvestigation } = await parts.product();
      const chunks = writeInvestigation(shown.investigation);
      if (uri.scheme === "file") await pipeline(Readable.from(chunks), createWriteStream(uri.fsPath));
      else await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode([...chunks].join("")));
      vscode.window.setStatusBarMessage(t("Leakline: saved {0}", uri.path.split("/").at(-1) ?? ""), 5000);
    } catch (thrown) {
      await showFailure(thrown, parts.log);
    }
  },
};
