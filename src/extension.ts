import * as vscode from "vscode";
import { Activity, INVESTIGATION_VIEW, showFailure } from "./editor/activity";
import { CaseStore } from "./editor/case-store";
import { ALL_COMMANDS } from "./editor/commands/all-commands";
import type { CommandParts } from "./editor/commands/command";
import { keepContextKeys } from "./editor/context-keys";
import { DemoRun } from "./editor/demo-run";
import { FreshFindings } from "./editor/fresh-findings";
import { KeptCase } from "./editor/keep-case";
import { createProductLoader } from "./editor/load-product";
import { LogLinks } from "./editor/log-links";
import { INVESTIGATION_TAB, InvestigationPanels } from "./editor/panel/investigation-view";
import { completeRuleFiles } from "./editor/rule-file-completion";
import { RuleFileProblems } from "./editor/rule-file-problems";
import { RulePages } from "./editor/rule-pages";
import { Problems } from "./editor/problems";
import { readSettings } from "./editor/settings";
import { createSshPrompts } from "./editor/ssh/prompts";
import { StoredSecrets } from "./editor/ssh/stored-secrets";
import { createStatusBar } from "./editor/status-bar";
import { SuspectHovers } from "./editor/suspects/suspect-hovers";
import { SUSPECTS_VIEW, SuspectsTree } from "./editor/suspects/suspects-tree";
import { RecentTargets } from "./editor/targets/recent-targets";
import { TARGETS_VIEW, TargetsTree } from "./editor/targets/targets-tree";
import { WorkspaceLogs } from "./editor/workspace-logs";

let ending: () => Promise<void> = async () => {};

/** Wires the product into VS Code. Nothing heavy is loaded here: that waits for the first scan. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Leakline", { log: true });
  const loader = createProductLoader({
    extensionPath: context.extensionPath,
    cacheDirectory: vscode.Uri.joinPath(context.globalStorageUri, "analysis").fsPath,
    onNotice: (text) => log.info(text),
    memoryMb: () => readSettings().memoryMb,
  });
  const product = loader.load;
  const sshHosts = async (): Promise<readonly string[]> => {
    try {
      // Its parser loads node:child_process, which activation has no use for.
      const { listConfiguredHosts } = await import("./observe/targets/ssh/configured-hosts");
      return await listConfiguredHosts();
    } catch (thrown) {
      log.warn(`the ssh configuration could not be read: ${String(thrown)}`);
      return [];
    }
  };

  const store = new CaseStore();
  const activity = new Activity(log);
  const recent = new RecentTargets(context.globalState);
  const secrets = new StoredSecrets(context.secrets, context.globalState);
  const panels = new InvestigationPanels(context.extensionUri, { store, activity });
  const targets = new TargetsTree({ recent, store, sshHosts });
  const suspects = new SuspectsTree(store);
  const problems = new Problems(store);
  const fresh = new FreshFindings({ log, problems, product, remembered: context.workspaceState, settings: readSettings, store });
  const demo = new DemoRun(product);
  const logs = new WorkspaceLogs(product, readSettings);
  const kept = new KeptCase(context.storageUri ?? context.globalStorageUri, store, product, log);

  const parts: CommandParts = {
    activity, demo, fresh, log, logs, panels, problems, product, recent, secrets, sshHosts, store, targets,
    prompts: createSshPrompts(secrets, () => readSettings().keepSecrets),
    settings: readSettings,
  };
  context.subscriptions.push(
    log, store, activity, recent, panels, targets, suspects, problems, fresh, demo, logs, kept,
    { dispose: () => void loader.dispose() },
    new RuleFileProblems(product),
    completeRuleFiles(product),
    new RulePages(product, store),
    new LogLinks(logs),
    new SuspectHovers(store),
    keepContextKeys(store),
    createStatusBar(store, activity),
    vscode.window.registerTreeDataProvider(TARGETS_VIEW, targets),
    vscode.window.registerTreeDataProvider(SUSPECTS_VIEW, suspects),
    vscode.window.registerWebviewViewProvider(INVESTIGATION_VIEW, panels),
    vscode.window.registerWebviewPanelSerializer(INVESTIGATION_TAB, panels),
    ...ALL_COMMANDS.map((command) => vscode.commands.registerCommand(command.id, async (...args: unknown[]) => {
      try {
        await command.run(parts, ...args);
      } catch (thrown) {
        await showFailure(thrown, log);
      }
    })),
  );
  ending = () => kept.flushed();
  void kept.restore().then((restored) => {
    fresh.resume();
    // For `npm start`: the demo's services run already, and a person wants to see what a scan of them finds.
    if (!restored && process.env["LEAKLINE_SCAN_ON_START"] === "local") void vscode.commands.executeCommand("leakline.scanThisMachine");
  });
}

/** VS Code waits for it: what is being written is written to the end. */
export function deactivate(): Promise<void> {
  return ending();
}
