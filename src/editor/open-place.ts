import { isAbsolute, relative, resolve } from "node:path";
import * as vscode from "vscode";
import { Failure } from "../model/failure";
import type { Place } from "../protocol/panel";

/** Absolute path of a finding's file. A case may come from a colleague: its paths must not lead out of the folder. */
export function resolveInside(root: string, file: string): string | null {
  const path = resolve(root, file);
  const inside = relative(root, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? null : path;
}

async function findPlace(root: string | null, file: string): Promise<vscode.Uri | null> {
  const roots = [root, ...(vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file").map((folder) => folder.uri.fsPath)];
  for (const folder of new Set(roots.filter((one) => one !== null))) {
    const path = resolveInside(folder, file);
    if (path === null) continue;
    const uri = vscode.Uri.file(path);
    try {
      await vscode.workspace.fs.stat(uri);
      return uri;
    } catch {
      // Not in this folder: the next one may be the folder the case was made in.
    }
  }
  return null;
}

/**
 * Shows the exact line and column in an editor, with the cursor there. Beside the panel when the panel itself is the active editor.
 * Rejects with `Failure("notFound")` when the file is in none of the open folders.
 */
export async function openPlace(root: string | null, place: Place, beside: boolean): Promise<void> {
  const uri = await findPlace(root, place.file);
  if (uri === null) {
    throw new Failure("notFound", vscode.l10n.t("{0} is not in the open folders", place.file), vscode.l10n.t("Open the folder that the case was made in, then click again."));
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const position = document.validatePosition(new vscode.Position(place.line - 1, place.column - 1));
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
    selection: new vscode.Range(position, position),
    preview: true,
  });
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
