import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as vscode from "vscode";
import { showFailure } from "../activity";
import type { CommandParts, EditorCommand } from "./command";

/** Keeps the whole scene in one file that a colleague can open offline. */
export const saveInvestigation: EditorCommand = {
  id: "leakline.saveInvestigation",
  run: (parts) => save(parts, false),
};

/** The same without addresses, names and code: to show to people who need not know whose it is. */
export const saveAnonymised: EditorCommand = {
  id: "leakline.saveAnonymised",
  run: (parts) => save(parts, true),
};

async function save(parts: CommandParts, anonymised: boolean): Promise<void> {
  const { t } = vscode.l10n;
  const shown = parts.store.current;
  if (shown === null) {
    void vscode.window.showInformationMessage(t("There is no case to save. Scan a target or open a capture first."));
    return;
  }
  const host = anonymised ? "anonymised" : (shown.investigation.snapshots.at(-1)?.hostname ?? "capture").replace(/[^\w.-]+/g, "-");
  const stamp = shown.investigation.startedAt.replace(/[:.]/g, "-").slice(0, 19);
  const name = `${host}-${stamp}.leakline.json`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: anonymised ? t("Save Anonymised Investigation") : t("Save Investigation"),
    filters: { [t("Leakline investigation")]: ["json"] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (uri === undefined) return;
  try {
    const product = await parts.product();
    const { engine } = parts.settings();
    const chunks = product.writeInvestigation(anonymised ? product.investigator({ engine }).anonymize(shown.investigation) : shown.investigation);
    if (uri.scheme === "file") await pipeline(Readable.from(chunks), createWriteStream(uri.fsPath));
    else await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode([...chunks].join("")));
    vscode.window.setStatusBarMessage(t("Leakline: saved {0}", uri.path.split("/").at(-1) ?? ""), 5000);
  } catch (thrown) {
    await showFailure(thrown, parts.log);
  }
}
