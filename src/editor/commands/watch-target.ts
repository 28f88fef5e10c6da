import * as vscode from "vscode";
import type { Target } from "../../model/target";
import { formatTarget } from "../../model/target";
import { chooseWorkspaceRoot } from "../workspace-root";
import type { TargetNode } from "../targets/targets-tree";
import type { CommandParts, EditorCommand } from "./command";

/**
 * Looks again and again, until it is cancelled: what grows, what is never used again and what was restarted are facts then. The case is brought
 * up to date with each look; what it is narrowed to stays.
 */
async function watch(parts: CommandParts, target: Target, record: vscode.Uri | null): Promise<void> {
  const { t } = vscode.l10n;
  const name = target.kind === "local" ? t("this machine") : formatTarget(target).replace(/^ssh:\/\//, "");
  const shown = parts.store.current;
  const same = shown?.target !== null && shown?.target !== undefined && formatTarget(shown.target) === formatTarget(target);
  const root = same && shown.root !== null ? shown.root : await chooseWorkspaceRoot();
  void parts.panels.show();
  const last = await parts.activity.run(t("Watching {0}", name), async (signal, report) => {
    const { timeLimitMs, engine, choices, sshClient, elevation, readLogs, watchIntervalMs } = parts.settings();
    const { investigator } = await parts.product();
    return investigator({ engine }).watch([target], {
      workspaceRoot: root,
      prompts: parts.prompts,
      access: { sshClient, elevation },
      signal,
      timeLimitMs,
      choices,
      ...(readLogs ? { logs: "when-stuck" as const } : {}),
      ...(record === null ? {} : { record: { path: record.fsPath, name: record.fsPath } }),
      intervalMs: watchIntervalMs,
      forMs: null,
      looks: null,
      onProgress: () => undefined,
      onLook: ({ investigation, number, intervalMs, costMs, share, slowed, recordBytes }) => {
        parts.store.set({ investigation, target, root, socketsNotKept: false }, number === 1 && !same ? undefined : parts.store.query, { passing: true });
        const cost = costMs === null ? "" : t("; a look costs {0} ms of the host's CPU, {1} % of the time", Math.round(costMs), ((share ?? 0) * 100).toFixed(1));
        const slow = slowed ? t("; one every {0} s, as it costs so much", intervalMs / 1000) : "";
        const size = recordBytes === null ? "" : t("; {0} kB recorded", Math.ceil(recordBytes / 1000));
        report(`${t("look {0}", number)}${cost}${slow}${size}`);
      },
      onAway: (failure, waitMs) => report(t("{0}; looking again in {1} s", failure.message, waitMs / 1000)),
    });
  });
  if (target.kind !== "local" && target.kind !== "capture") await parts.recent.add(formatTarget(target));
  // Ended by a person: what was seen last is the case, and is kept.
  const current = parts.store.current;
  if (current !== null) parts.store.set(last === null ? current : { ...current, investigation: last }, parts.store.query);
}

/** The target that the Targets tree hands over, else that of the case that is shown, else this machine. */
async function chosen(parts: CommandParts, node: unknown): Promise<Target> {
  const place = node as TargetNode | undefined;
  if (place?.kind === "target") return (await parts.product()).parseTarget(place.target);
  return parts.store.current?.target ?? { kind: "local" };
}

export const watchTarget: EditorCommand = {
  id: "leakline.watchTarget",
  async run(parts, node) {
    await watch(parts, await chosen(parts, node), null);
  },
};

export const watchAndRecord: EditorCommand = {
  id: "leakline.watchAndRecord",
  async run(parts, node) {
    const { t } = vscode.l10n;
    const file = await vscode.window.showSaveDialog({ title: t("Where the looks are recorded"), saveLabel: t("Watch"), filters: { [t("Leakline record")]: ["leakline-record"] } });
    if (file !== undefined) await watch(parts, await chosen(parts, node), file);
  },
};
