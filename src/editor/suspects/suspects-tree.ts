import * as vscode from "vscode";
import type { PanelSuspect, Place } from "../../protocol/panel";
import type { CaseStore } from "../case-store";
import { toPanelSuspect } from "../panel/panel-case";

export const SUSPECTS_VIEW = "leakline.suspects";

export type SuspectNode =
  | { readonly kind: "suspect"; readonly suspect: PanelSuspect }
  | { readonly kind: "reason"; readonly rank: number; readonly at: number; readonly points: number; readonly text: string }
  | { readonly kind: "step"; readonly rank: number; readonly at: number; readonly of: number; readonly place: Place; readonly label: string };

function openCommand(place: Place): vscode.Command {
  return { command: "leakline.openPlace", title: vscode.l10n.t("Open"), arguments: [place] };
}

/** Suspects by rank; under each the reasons for its rank, then the leak path step by step. Every place is one click away. */
export class SuspectsTree implements vscode.TreeDataProvider<SuspectNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly listening: vscode.Disposable;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly store: CaseStore) {
    this.listening = store.onDidChange(() => this.changed.fire(undefined));
  }

  getChildren(node?: SuspectNode): SuspectNode[] {
    if (node === undefined) {
      const shown = this.store.current;
      if (shown === null) return [];
      return shown.investigation.suspects.map((suspect) => ({ kind: "suspect", suspect: toPanelSuspect(shown.investigation, suspect) }));
    }
    if (node.kind !== "suspect") return [];
    const { suspect } = node;
    return [
      ...suspect.reasons.map((reason, at) => ({ kind: "reason", rank: suspect.rank, at, points: reason.points, text: reason.text }) as const),
      ...suspect.path.map((step, at) => ({ kind: "step", rank: suspect.rank, at, of: suspect.path.length, place: step.place, label: step.label }) as const),
    ];
  }

  getTreeItem(node: SuspectNode): vscode.TreeItem {
    const { t } = vscode.l10n;
    switch (node.kind) {
      case "suspect": {
        const { suspect } = node;
        const where = `${suspect.place.file}:${suspect.place.line}`;
        const item = new vscode.TreeItem(`${suspect.rank}  ${suspect.symbol}`, vscode.TreeItemCollapsibleState.Collapsed);
        item.id = `${this.store.revision}:${suspect.rank}`;
        // The file's own name first: a narrow view cuts the end off.
        const folder = suspect.place.file.split("/").slice(0, -1).join("/");
        item.description = `${suspect.place.file.split("/").at(-1) ?? ""}:${suspect.place.line}  ${folder}`.trimEnd();
        item.tooltip = `${suspect.message}\n${where}:${suspect.place.column}\n${suspect.rule}, ${t("score {0} of 100", Math.round(suspect.score))}`;
        item.iconPath = new vscode.ThemeIcon("bug");
        item.contextValue = "leakline.suspect";
        item.command = openCommand(suspect.place);
        item.accessibilityInformation = { label: t("Suspect {0}: {1}, {2}. {3}", suspect.rank, suspect.symbol, where, suspect.message) };
        return item;
      }
      case "reason": {
        const item = new vscode.TreeItem(node.text);
        item.id = `${this.store.revision}:${node.rank}:reason:${node.at}`;
        item.iconPath = new vscode.ThemeIcon(node.points < 0 ? "dash" : "check");
        item.tooltip = `${node.text} (${node.points > 0 ? "+" : ""}${node.points})`;
        return item;
      }
      case "step": {
        const last = node.at === node.of - 1;
        const item = new vscode.TreeItem(node.label);
        item.id = `${this.store.revision}:${node.rank}:step:${node.at}`;
        item.description = `${node.place.file.split("/").at(-1) ?? ""}:${node.place.line}`;
        item.iconPath = new vscode.ThemeIcon(node.at === 0 ? "circle-large-filled" : last ? "debug-step-out" : "arrow-down");
        item.tooltip = `${node.place.file}:${node.place.line}:${node.place.column}`;
        item.command = openCommand(node.place);
        return item;
      }
    }
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }
}
