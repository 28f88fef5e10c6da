import * as vscode from "vscode";

export type WorkspaceStanding = "none" | "untrusted" | "trusted";

/** Whether there is a folder whose code may be read. */
export function workspaceStanding(): WorkspaceStanding {
  if ((vscode.workspace.workspaceFolders ?? []).length === 0) return "none";
  return vscode.workspace.isTrusted ? "trusted" : "untrusted";
}

/**
 * The folder to read code from; null when none is open, it is not on this side's disk, or it is not trusted.
 * With several folders the one of the active editor counts, else the person chooses.
 */
export async function chooseWorkspaceRoot(): Promise<string | null> {
  if (!vscode.workspace.isTrusted) return null;
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
  const [only, ...others] = folders;
  if (only === undefined) return null;
  if (others.length === 0) return only.uri.fsPath;
  const edited = vscode.window.activeTextEditor?.document.uri;
  const around = edited === undefined ? undefined : vscode.workspace.getWorkspaceFolder(edited);
  if (around !== undefined && around.uri.scheme === "file") return around.uri.fsPath;
  const chosen = await vscode.window.showWorkspaceFolderPick({ placeHolder: vscode.l10n.t("Folder with the source of the service") });
  return chosen?.uri.scheme === "file" ? chosen.uri.fsPath : null;
}
