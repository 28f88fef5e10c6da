import * as vscode from "vscode";
import { liveTargets } from "./case-store";
import type { CaseStore } from "./case-store";
import { whyNoSuspect } from "./panel/panel-case";
import { workspaceStanding } from "./workspace-root";

/** Tells menus and welcome views what there is: `leakline.hasCase`, `leakline.live`, and why the Suspects tree is empty. */
export function keepContextKeys(store: CaseStore): vscode.Disposable {
  const update = (): void => {
    const shown = store.current;
    const set = (key: string, value: unknown): void => void vscode.commands.executeCommand("setContext", `leakline.${key}`, value);
    set("hasCase", shown !== null);
    set("live", liveTargets(shown).length > 0);
    set("noSuspect", shown === null ? "no-scan" : (whyNoSuspect(shown.investigation, workspaceStanding()) ?? "some"));
  };
  update();
  return vscode.Disposable.from(
    store.onDidChange(update),
    vscode.workspace.onDidChangeWorkspaceFolders(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
  );
}
