import type * as vscode from "vscode";
import type { SshPrompts } from "../../observe/targets/ssh/prompts";
import type { Activity } from "../activity";
import type { CaseStore } from "../case-store";
import type { DemoRun } from "../demo-run";
import type { InvestigationPanels } from "../panel/investigation-view";
import type { Problems } from "../problems";
import type { Product } from "../product";
import type { Settings } from "../settings";
import type { StoredSecrets } from "../ssh/stored-secrets";
import type { RecentTargets } from "../targets/recent-targets";
import type { TargetsTree } from "../targets/targets-tree";
import type { WorkspaceLogs } from "../workspace-logs";

/** All that commands may use. Made once in extension.ts and handed in. */
export interface CommandParts {
  readonly activity: Activity;
  readonly demo: DemoRun;
  /** Keeps what was found as the code is. */
  readonly fresh: { follow(root: string): void; cancel(): boolean };
  readonly log: vscode.LogOutputChannel;
  readonly logs: WorkspaceLogs;
  readonly panels: InvestigationPanels;
  readonly problems: Problems;
  readonly product: () => Promise<Product>;
  readonly prompts: SshPrompts;
  readonly recent: RecentTargets;
  readonly secrets: StoredSecrets;
  readonly settings: () => Settings;
  readonly sshHosts: () => Promise<readonly string[]>;
  readonly store: CaseStore;
  readonly targets: TargetsTree;
}

/** One command of the palette or of a menu. One file each; `all-commands.ts` lists them. */
export interface EditorCommand {
  readonly id: `leakline.${string}`;
  run(parts: CommandParts, ...args: readonly unknown[]): Promise<void> | void;
}
