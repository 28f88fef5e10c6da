import * as vscode from "vscode";
import { showFailure } from "../activity";
import type { CommandParts, EditorCommand } from "./command";
import { scan } from "./scan";

interface HostItem extends vscode.QuickPickItem {
  /** In the command's form. */
  readonly target?: string;
}

/** What a person typed or chose, in the command's form; undefined when they left. */
function pickHost(parts: CommandParts, hosts: readonly string[]): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const pick = vscode.window.createQuickPick<HostItem>();
  pick.title = t("Scan Host");
  pick.placeholder = t("Choose a host, or type user@host:port");
  pick.matchOnDescription = true;
  const listed = new Set(hosts.map((host) => `ssh://${host}`));
  const known: HostItem[] = [
    { label: t("This machine"), description: "local", iconPath: new vscode.ThemeIcon("device-desktop"), target: "local" },
    ...(hosts.length > 0 ? [{ label: t("SSH hosts"), kind: vscode.QuickPickItemKind.Separator }] : []),
    ...hosts.map((host) => ({ label: host, description: "~/.ssh/config", iconPath: new vscode.ThemeIcon("server"), target: `ssh://${host}` })),
    ...parts.recent.list.filter((target) => !listed.has(target)).map((target) => ({
      label: target.replace(/^ssh:\/\//, ""), description: t("recently used"), iconPath: new vscode.ThemeIcon("history"), target,
    })),
  ];
  const update = (): void => {
    const typed = pick.value.trim();
    const exact = known.some((item) => item.label === typed);
    const own: HostItem[] = typed === "" || exact ? [] : [{
      label: typed, description: t("connect with ssh"), alwaysShow: true, iconPath: new vscode.ThemeIcon("terminal"), target: typed,
    }];
    pick.items = [...known, ...own];
  };
  update();
  return new Promise((resolve) => {
    pick.onDidChangeValue(update);
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]?.target ?? (pick.value.trim() || undefined));
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

export const scanHost: EditorCommand = {
  id: "leakline.scanHost",
  async run(parts) {
    const chosen = await pickHost(parts, await parts.sshHosts());
    if (chosen === undefined) return;
    try {
      const { parseTarget } = await parts.product();
      await scan(parts, parseTarget(chosen));
    } catch (thrown) {
      await showFailure(thrown, parts.log);
    }
  },
};
