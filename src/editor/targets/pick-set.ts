import * as vscode from "vscode";
import type { Target } from "../../model/target";
import { formatTarget } from "../../model/target";
import { isFailure } from "../../protocol/channel";
import type { CommandParts } from "../commands/command";
import { fewNames, shortName } from "./set-progress";

interface SetItem extends vscode.QuickPickItem {
  /** What it stands for, as a person would type it. Absent: a separator. */
  readonly words?: readonly string[];
}

/** A typed or pasted list: names and patterns with blanks, commas or semicolons between them. */
export function wordsOf(typed: string): string[] {
  return typed.split(/[\s,;]+/).filter((word) => word !== "");
}

/** The words that a person chose or typed; undefined when they left. Nothing is contacted. */
async function pickWords(parts: CommandParts, title: string): Promise<readonly string[] | undefined> {
  const { t } = vscode.l10n;
  const [hosts, product] = await Promise.all([parts.sshHosts(), parts.product()]);
  const pick = vscode.window.createQuickPick<SetItem>();
  pick.title = title;
  pick.placeholder = t("Check hosts, or type names and patterns: web-* db-1 user@host:port");
  pick.canSelectMany = true;
  const listed = new Set(hosts.map((host) => `ssh://${host}`));
  const known: SetItem[] = [
    { label: t("This machine"), description: "local", words: ["local"] },
    ...(hosts.length > 0 ? [{ label: t("SSH hosts"), kind: vscode.QuickPickItemKind.Separator }] : []),
    ...hosts.map((host) => ({ label: host, description: "~/.ssh/config", words: [`ssh://${host}`] })),
    ...parts.recent.list.filter((target) => target !== "local" && !listed.has(target)).map((target) => ({ label: shortName(target), description: t("recently used"), words: [target] })),
  ];
  let typed: SetItem | null = null;
  /** Of a person who types on while a pattern is resolved, the last word counts. */
  let turn = 0;
  const show = (): void => {
    const checked = pick.selectedItems;
    // What was typed before and is checked stays in the list.
    const kept = checked.filter((item) => !known.includes(item) && item !== typed);
    const items = [...(typed === null ? [] : [typed]), ...kept, ...known];
    pick.items = items;
    pick.selectedItems = checked.filter((item) => items.includes(item));
  };
  const update = async (): Promise<void> => {
    const now = (turn += 1);
    const words = wordsOf(pick.value);
    if (words.length === 0 || known.some(({ label }) => label === pick.value.trim())) {
      typed = null;
      return show();
    }
    let meaning: string;
    try {
      const targets = await product.targetsNamed(words, hosts);
      meaning = `${targets.length === 1 ? t("1 host") : t("{0} hosts", targets.length)}: ${fewNames(targets.map((target) => shortName(formatTarget(target))), 8)}`;
    } catch (thrown) {
      meaning = isFailure(thrown) ? thrown.message : String(thrown);
    }
    if (now !== turn) return;
    typed = { label: words.join(" "), description: meaning, alwaysShow: true, words };
    show();
  };
  show();
  return new Promise((resolve) => {
    pick.onDidChangeValue(() => void update());
    pick.onDidAccept(() => {
      const chosen = pick.selectedItems.flatMap(({ words }) => words ?? []);
      const exact = known.find(({ label }) => label === pick.value.trim())?.words;
      const words = chosen.length > 0 ? chosen : exact ?? wordsOf(pick.value);
      // Enter on nothing: the list stays.
      if (words.length === 0) return;
      resolve(words);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/**
 * Several targets: checked among those that are known, typed as a list, or as patterns of the ssh configuration. What it all comes to is shown
 * before any of them is contacted, and each can be taken out. undefined: the person left.
 *
 * @throws Failure("usage") for what is no target, and for a pattern that matches nothing
 */
export async function pickTargetSet(parts: CommandParts, title: string): Promise<readonly Target[] | undefined> {
  const { t } = vscode.l10n;
  const words = await pickWords(parts, title);
  if (words === undefined) return undefined;
  const targets = await (await parts.product()).targetsNamed(words, await parts.sshHosts());
  const items = targets.map((target) => ({ label: shortName(formatTarget(target)), picked: true, target }));
  const meant = await vscode.window.showQuickPick(items, {
    canPickMany: true, title: `${title}: ${targets.length === 1 ? t("1 host") : t("{0} hosts", targets.length)}`, placeHolder: t("These are contacted, and nothing else. Uncheck what is not meant."),
  });
  return meant === undefined || meant.length === 0 ? undefined : meant.map(({ target }) => target);
}
