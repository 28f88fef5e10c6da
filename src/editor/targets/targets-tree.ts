import * as vscode from "vscode";
import type { CaseStore } from "../case-store";
import type { RecentTargets } from "./recent-targets";

export const TARGETS_VIEW = "leakline.targets";

/** A place in the tree. `target` is in the command's form; the Scan action takes it from here. */
export type TargetNode =
  | { readonly kind: "section"; readonly section: "hosts" | "recent" | "captures" }
  | { readonly kind: "target"; readonly target: string; readonly from: "machine" | "hosts" | "recent" }
  | { readonly kind: "capture"; readonly uri: vscode.Uri };

export interface TargetSources {
  readonly recent: RecentTargets;
  readonly store: CaseStore;
  /** Aliases of ~/.ssh/config, without patterns. */
  readonly sshHosts: () => Promise<readonly string[]>;
}

/** Where one can look: this machine, the ssh configuration's hosts, what was used lately, the captures opened in this window. */
export class TargetsTree implements vscode.TreeDataProvider<TargetNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TargetNode | undefined>();
  private readonly listening: vscode.Disposable;
  private readonly captures: vscode.Uri[] = [];
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly sources: TargetSources) {
    const refresh = (): void => this.changed.fire(undefined);
    this.listening = vscode.Disposable.from(sources.recent.onDidChange(refresh), sources.store.onDidChange(refresh));
  }

  addCaptures(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) if (!this.captures.some((one) => one.toString() === uri.toString())) this.captures.unshift(uri);
    this.changed.fire(undefined);
  }

  async getChildren(node?: TargetNode): Promise<TargetNode[]> {
    if (node === undefined) {
      const hosts = await this.sources.sshHosts();
      return [
        { kind: "target", target: "local", from: "machine" },
        ...(hosts.length > 0 ? [{ kind: "section", section: "hosts" } as const] : []),
        ...(this.recentHosts(hosts).length > 0 ? [{ kind: "section", section: "recent" } as const] : []),
        ...(this.captures.length > 0 ? [{ kind: "section", section: "captures" } as const] : []),
      ];
    }
    if (node.kind !== "section") return [];
    const hosts = await this.sources.sshHosts();
    switch (node.section) {
      case "hosts": return hosts.map((host) => ({ kind: "target", target: `ssh://${host}`, from: "hosts" }));
      case "recent": return this.recentHosts(hosts).map((target) => ({ kind: "target", target, from: "recent" }));
      case "captures": return this.captures.map((uri) => ({ kind: "capture", uri }));
    }
  }

  getTreeItem(node: TargetNode): vscode.TreeItem {
    const { t } = vscode.l10n;
    if (node.kind === "section") {
      const words = { hosts: t("SSH hosts"), recent: t("Recently used"), captures: t("Opened captures") } as const;
      const item = new vscode.TreeItem(words[node.section], vscode.TreeItemCollapsibleState.Expanded);
      item.id = `section:${node.section}`;
      return item;
    }
    if (node.kind === "capture") {
      const item = new vscode.TreeItem(node.uri);
      item.id = `capture:${node.uri.toString()}`;
      item.iconPath = new vscode.ThemeIcon("file-code");
      item.contextValue = "leakline.capture";
      item.description = true;
      item.command = { command: "leakline.explainCapture", title: t("Explain This Capture"), arguments: [node.uri] };
      return item;
    }
    const current = this.sources.store.current;
    const shown = current !== null && current.target !== null && current.investigation.targets.includes(node.target);
    const item = new vscode.TreeItem(node.target === "local" ? t("This machine") : node.target.replace(/^ssh:\/\//, ""));
    item.id = `${node.from}:${node.target}`;
    item.iconPath = new vscode.ThemeIcon(node.target === "local" ? "device-desktop" : "server");
    item.contextValue = node.from === "recent" ? "leakline.target.recent" : "leakline.target";
    if (shown && current !== null) {
      const count = current.investigation.diagnoses.length;
      item.description = count === 0 ? t("nothing stuck") : count === 1 ? t("1 diagnosis") : t("{0} diagnoses", count);
    }
    item.tooltip = node.target;
    return item;
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }

  /** What the configuration lists already stands above. */
  private recentHosts(hosts: readonly string[]): string[] {
    const listed = new Set(["local", ...hosts.map((host) => `ssh://${host}`)]);
    return this.sources.recent.list.filter((target) => !listed.has(target));
  }
}
