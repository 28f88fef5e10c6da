import * as vscode from "vscode";
import type { Target } from "../../model/target";
import { formatTarget } from "../../model/target";
import { showFailure } from "../activity";
import { earlyFindings } from "../early-findings";
import { pickTargetSet } from "../targets/pick-set";
import { SetProgress, nameOfSet, tellUnreached } from "../targets/set-progress";
import { chooseWorkspaceRoot } from "../workspace-root";
import type { CommandParts, EditorCommand } from "./command";
import { lookOptions } from "./look-options";
import { scan } from "./scan";

/** Several hosts are contacted at a word: not where a workspace that nobody trusts may have a part in it. False: a person has been told. */
export function mayContactSeveral(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void vscode.window.showInformationMessage(vscode.l10n.t("Several hosts are contacted from a trusted workspace only."));
  return false;
}

/**
 * Looks at several targets together and shows one case; those that could not be reached are named. `again`: the present case is the history.
 * `root` is the folder to read code from; left out, it is the workspace's.
 */
export async function scanSeveral(parts: CommandParts, targets: readonly Target[], options: { readonly again?: boolean; readonly root?: string } = {}): Promise<void> {
  const { t } = vscode.l10n;
  const [only] = targets;
  if (only === undefined) return;
  if (targets.length === 1) return scan(parts, only, options);
  if (!mayContactSeveral()) return;
  const root = options.root ?? await chooseWorkspaceRoot();
  const before = parts.store.current;
  void parts.panels.show();
  const progress = new SetProgress(targets.length);
  const investigation = await parts.activity.run(t("Scanning {0}", nameOfSet(targets)), async (signal, report) => {
    const { engine } = parts.settings();
    const { investigator } = await parts.product();
    return investigator({ engine }).scanSet(targets, {
      ...lookOptions(parts, root, signal),
      previous: options.again === true ? (before?.investigation ?? null) : null,
      onProgress: (step) => report(step.text),
      onTarget: (standing) => report(progress.take(standing)),
      ...(root === null ? {} : { early: earlyFindings(root, parts.problems, signal) }),
    });
  });
  if (investigation === null) return parts.problems.endEarly();
  parts.store.set({ investigation, target: null, set: targets, root, socketsNotKept: false });
  await remember(parts, targets);
  void tellUnreached(investigation.unreached ?? [], targets.length, parts.log);
}

/** The first stands first among the recent ones. */
export async function remember(parts: CommandParts, targets: readonly Target[]): Promise<void> {
  for (const target of [...targets].reverse()) {
    if (target.kind !== "local" && target.kind !== "capture") await parts.recent.add(formatTarget(target));
  }
}

export const scanSeveralHosts: EditorCommand = {
  id: "leakline.scanSeveralHosts",
  async run(parts) {
    if (!mayContactSeveral()) return;
    try {
      const targets = await pickTargetSet(parts, vscode.l10n.t("Scan Several Hosts"));
      if (targets !== undefined) await scanSeveral(parts, targets);
    } catch (thrown) {
      await showFailure(thrown, parts.log);
    }
  },
};
