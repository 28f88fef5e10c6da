import * as vscode from "vscode";
import type { EditorCommand } from "./command";
import { chosenFiles, openFiles, openedFile } from "./open-files";

/** Opens what the explorer names, or what a person chooses: captures, logs, saved investigations, preserved scenes, records. */
export const openFile: EditorCommand = {
  id: "leakline.openFile",
  async run(parts, clicked, selected) {
    const { t } = vscode.l10n;
    const named = chosenFiles(clicked, selected);
    const uris = named.length > 0 ? named : await vscode.window.showOpenDialog({ canSelectMany: true, title: t("Open Capture or Investigation"), openLabel: t("Open") });
    if (uris === undefined || uris.length === 0) return;
    const ordered = [...uris].sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
    if (await openFiles(parts, t("Reading {0}", ordered.map((uri) => uri.path.split("/").at(-1)).join(", ")), ordered.map(openedFile))) parts.targets.addCaptures(ordered);
  },
};
