import * as vscode from "vscode";
import type { Activity } from "./activity";
import type { CaseStore } from "./case-store";

/** What goes on, or what the last look found. Click: cancel, or open the panel. */
export function createStatusBar(store: CaseStore, activity: Activity): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("leakline.status", vscode.StatusBarAlignment.Left, 20);
  item.name = "Leakline";
  const update = (): void => {
    const { t } = vscode.l10n;
    item.backgroundColor = undefined;
    if (activity.current !== null) {
      item.text = `$(sync~spin) ${activity.current.title}`;
      item.tooltip = `${activity.current.step}\n${t("Click to cancel")}`.trim();
      item.accessibilityInformation = { label: t("Leakline: {0}. Activate to cancel", activity.current.title) };
      item.command = "leakline.cancel";
      item.show();
      return;
    }
    const shown = store.current;
    if (shown === null) return item.hide();
    const count = shown.investigation.diagnoses.length;
    const words = count === 0 ? t("nothing stuck") : count === 1 ? t("1 diagnosis") : t("{0} diagnoses", count);
    item.text = `$(${count === 0 ? "pass" : "warning"}) Leakline: ${words}`;
    item.tooltip = shown.investigation.diagnoses.map((diagnosis) => diagnosis.title).join("\n") || t("No known cause of leaking or stuck sockets");
    item.accessibilityInformation = { label: `Leakline: ${words}` };
    item.command = "leakline.openInvestigation";
    item.show();
  };
  update();
  return vscode.Disposable.from(item, store.onDidChange(update), activity.onDidChange(update));
}
