import * as vscode from "vscode";
import { INVESTIGATION_VIEW } from "../activity";
import { panelFolder, panelHtml } from "./panel-html";
import type { PanelServices } from "./panel-session";
import { servePanel } from "./panel-session";

export const INVESTIGATION_TAB = "leakline.investigationTab";

/** The Investigation panel in its two places: a view of the side bar, and a full editor tab. Both show the same case. */
export class InvestigationPanels implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, vscode.Disposable {
  private tab: vscode.WebviewPanel | null = null;

  constructor(private readonly extensionUri: vscode.Uri, private readonly services: PanelServices) {}

  resolveWebviewView(view: vscode.WebviewView): void {
    const session = this.fill(view.webview, "side");
    view.onDidDispose(() => session.dispose());
  }

  async deserializeWebviewPanel(tab: vscode.WebviewPanel): Promise<void> {
    this.adopt(tab);
  }

  /** Brings the panel to the front: the tab when it is the one in use, else the view. */
  async show(): Promise<void> {
    if (this.tab?.visible === true) return this.tab.reveal();
    await vscode.commands.executeCommand(`${INVESTIGATION_VIEW}.focus`);
  }

  openInEditor(): void {
    if (this.tab !== null) return this.tab.reveal();
    this.adopt(vscode.window.createWebviewPanel(INVESTIGATION_TAB, vscode.l10n.t("Investigation"), vscode.ViewColumn.Active, this.options()));
  }

  dispose(): void {
    this.tab?.dispose();
  }

  private adopt(tab: vscode.WebviewPanel): void {
    this.tab = tab;
    tab.iconPath = vscode.Uri.joinPath(this.extensionUri, "media", "leakline.svg");
    const session = this.fill(tab.webview, "tab");
    tab.onDidDispose(() => {
      session.dispose();
      this.tab = null;
    });
  }

  private options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [panelFolder(this.extensionUri)] };
  }

  private fill(webview: vscode.Webview, place: "side" | "tab"): vscode.Disposable {
    webview.options = this.options();
    const session = servePanel(webview, place, this.services);
    webview.html = panelHtml(webview, this.extensionUri, place);
    return session;
  }
}
