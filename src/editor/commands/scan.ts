import * as vscode from "vscode";
import type { Target } from "../../model/target";
import { formatTarget } from "../../model/target";
import { earlyFindings } from "../early-findings";
import { chooseWorkspaceRoot } from "../workspace-root";
import type { CommandParts } from "./command";
import { lookOptions } from "./look-options";

/**
 * Looks at a target and shows the case. `again`: the present case is the history, so that growth can be seen.
 * `root` is the folder to read code from; left out, it is the workspace's.
 */
export async function scan(parts: CommandParts, target: Target, options: { readonly again?: boolean; readonly root?: string } = {}): Promise<void> {
  const { t } = vscode.l10n;
  const name = target.kind === "local" ? t("this machine") : formatTarget(target).replace(/^ssh:\/\//, "");
  const root = options.root ?? await chooseWorkspaceRoot();
  const before = parts.store.current;
  void parts.panels.show();
  const investigation = await parts.activity.run(t("Scanning {0}", name), async (signal, report) => {
    const { engine } = parts.settings();
    const { investigator } = await parts.product();
    return investigator({ engine }).scan(target, {
      ...lookOptions(parts, root, signal),
      previous: options.again === true ? (before?.investigation ?? null) : null,
      onProgress: (step) => report(step.text),
      ...(root === null ? {} : { early: earlyFindings(root, parts.problems, signal) }),
    });
  });
  if (investigation === null) return parts.problems.endEarly();
  if (target.kind !== "local" && target.kind !== "capture") await parts.recent.add(formatTarget(target));
  parts.store.set({ investigation, target, root, socketsNotKept: false });
}
