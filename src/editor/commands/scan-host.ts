import * as vscode from "vscode";
import type { Target } from "../../model/target";
import { showFailure } from "../activity";
import type { CommandParts, EditorCommand } from "./command";
import { scan } from "./scan";

interface HostItem extends vscode.QuickPickItem {
  /** In the command's form. */
  readonly target?: string;
}

/** Stands for "the containers": choosing it asks the engines what runs. */
const CONTAINERS = "containers:";

/** What a person typed or chose, in the command's form; undefined when they left. */
function pickHost(parts: CommandParts, hosts: readonly string[], title: string): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const pick = vscode.window.createQuickPick<HostItem>();
  pick.title = title;
  pick.placeholder = t("Choose a host, or type user@host:port, docker://name, k8s://namespace/pod");
  pick.matchOnDescription = true;
  const listed = new Set(hosts.map((host) => `ssh://${host}`));
  const known: HostItem[] = [
    { label: t("This machine"), description: "local", iconPath: new vscode.ThemeIcon("device-desktop"), target: "local" },
    // A workspace that nobody trusts may come with a kubeconfig of its own making.
    ...(vscode.workspace.isTrusted ? [{ label: t("Containers and pods..."), description: t("asks docker, podman and kubectl what runs"), iconPath: new vscode.ThemeIcon("package"), target: CONTAINERS }] : []),
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

/** One of the containers and pods that run now, in the command's form; undefined when the person left. */
async function pickContainer(parts: CommandParts): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const left = new AbortController();
  const running = (async () => (await parts.product()).listRunning(left.signal))();
  running.catch(() => undefined);
  const items = running.then((targets): HostItem[] => (targets.length === 0
    ? [{ label: t("No container or pod was found"), description: t("docker, podman and kubectl named none that run") }]
    : targets.map((target) => ({ label: target, iconPath: new vscode.ThemeIcon("package"), target }))));
  try {
    return (await vscode.window.showQuickPick(items, { title: t("Scan Host"), placeHolder: t("Choose a container or a pod") }))?.target;
  } finally {
    left.abort();
  }
}

/** The target that a person chooses; undefined when they left. Throws `Failure("usage")` for what is no target. */
export async function pickTarget(parts: CommandParts, title: string): Promise<Target | undefined> {
  const host = await pickHost(parts, await parts.sshHosts(), title);
  const chosen = host === CONTAINERS ? await pickContainer(parts) : host;
  return chosen === undefined ? undefined : (await parts.product()).parseTarget(chosen);
}

export const scanHost: EditorCommand = {
  id: "leakline.scanHost",
  async run(parts) {
    try {
      const target = await pickTarget(parts, vscode.l10n.t("Scan Host"));
      if (target !== undefined) await scan(parts, target);
    } catch (thrown) {
      await showFailure(thrown, parts.log);
    }
  },
};
