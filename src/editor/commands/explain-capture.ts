import * as vscode from "vscode";
import type { EditorCommand } from "./command";
import { chosenFiles, openFiles, openedFile, openedText } from "./open-files";

/** Explains files of the explorer, the selection of the active editor, or the whole of it. */
export const explainCapture: EditorCommand = {
  id: "leakline.explainCapture",
  async run(parts, clicked, selected) {
    const { t } = vscode.l10n;
    const editor = vscode.window.activeTextEditor;
    const inEditor = editor !== undefined && (clicked === undefined || (clicked instanceof vscode.Uri && clicked.toString() === editor.document.uri.toString()));
    if (inEditor && (editor.document.isDirty || editor.document.isUntitled || !editor.selection.isEmpty)) {
      const text = editor.document.getText(editor.selection.isEmpty ? undefined : editor.selection);
      const name = editor.document.uri.path.split("/").at(-1) ?? t("selection");
      await openFiles(parts, t("Reading {0}", name), [openedText(name, text)]);
      return;
    }
    const named = chosenFiles(clicked, selected);
    const uris = named.length > 0 ? named : editor === undefined ? [] : [editor.document.uri];
    if (uris.length === 0) {
      void vscode.window.showInformationMessage(t("Open a capture first: the output of ss, netstat, Get-NetTCPConnection, or /proc/net/tcp."));
      return;
    }
    const ordered = [...uris].sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
    if (await openFiles(parts, t("Reading {0}", ordered.map((uri) => uri.path.split("/").at(-1)).join(", ")), ordered.map(openedFile))) parts.targets.addCaptures(ordered);
  },
};
