import * as vscode from "vscode";
import type { Target } from "../../model/target";
import { formatTarget } from "../../model/target";
import { showFailure } from "../activity";
import { liveTargets } from "../case-store";
import { pickTargetSet } from "../targets/pick-set";
import { SetProgress, fewNames, nameOfSet, shortName, tellUnreached } from "../targets/set-progress";
import { chooseWorkspaceRoot } from "../workspace-root";
import type { TargetNode } from "../targets/targets-tree";
import type { CommandParts, EditorCommand } from "./command";
import { lookOptions } from "./look-options";
import { mayContactSeveral, remember } from "./scan-several";

/**
 * Looks again and again, until it is cancelled: what grows, what is never used again and what was restarted are facts then. The case is brought
 * up to date with each look; what it is narrowed to stays.
 */
async function watch(parts: CommandParts, targets: readonly Target[], record: vscode.Uri | null): Promise<void> {
  const { t } = vscode.l10n;
  const [only] = targets;
  if (only === undefined || (targets.length > 1 && !mayContactSeveral())) return;
  const shown = parts.store.current;
  const same = shown !== null && liveTargets(shown).map(formatTarget).join("\n") === targets.map(formatTarget).join("\n");
  const root = same && shown !== null && shown.root !== null ? shown.root : await chooseWorkspaceRoot();
  void parts.panels.show();
  const last = await parts.activity.run(t("Watching {0}", nameOfSet(targets)), async (signal, report) => {
    const { engine, watchIntervalMs } = parts.settings();
    const { investigator } = await parts.product();
    const progress = new SetProgress(targets.length);
    let looks = 0;
    return investigator({ engine }).watch(targets, {
      ...lookOptions(parts, root, signal),
      ...(record === null ? {} : { record: { path: record.fsPath, name: record.fsPath } }),
      intervalMs: watchIntervalMs,
      forMs: null,
      looks: null,
      onProgress: () => undefined,
      // The first look waits for all of them. From the second on each one's steps would only flicker.
      onTarget: (standing) => {
        if (looks === 0) report(progress.take(standing));
      },
      onLook: ({ investigation, number, intervalMs, costMs, share, slowed, recordBytes }) => {
        looks = number;
        parts.store.set({ investigation, ...(targets.length === 1 ? { target: only } : { target: null, set: targets }), root, socketsNotKept: false }, number === 1 && !same ? undefined : parts.store.query, { passing: true });
        const cost = costMs === null ? "" : t("; a look costs {0} ms of the host's CPU, {1} % of the time", Math.round(costMs), ((share ?? 0) * 100).toFixed(1));
        const slow = slowed ? t("; one every {0} s, as it costs so much", intervalMs / 1000) : "";
        const size = recordBytes === null ? "" : t("; {0} kB recorded", Math.ceil(recordBytes / 1000));
        const unreached = (investigation.unreached ?? []).map((one) => shortName(one.target));
        const away = unreached.length === 0 ? "" : `; ${t("not reached: {0}", fewNames(unreached))}`;
        report(`${t("look {0}", number)}${away}${cost}${slow}${size}`);
        if (number === 1) void tellUnreached(investigation.unreached ?? [], targets.length, parts.log);
      },
      onAway: (failure, waitMs) => report(t("{0}; looking again in {1} s", failure.message, waitMs / 1000)),
    });
  });
  await remember(parts, targets);
  // Ended by a person: what was seen last is the case, and is kept.
  const current = parts.store.current;
  if (current !== null) parts.store.set(last === null ? current : { ...current, investigation: last }, parts.store.query);
}

/** The target that the Targets tree hands over, else what the case that is shown looked at, else this machine. */
async function chosen(parts: CommandParts, node: unknown): Promise<readonly Target[]> {
  const place = node as TargetNode | undefined;
  if (place?.kind === "target") return [(await parts.product()).parseTarget(place.target)];
  const live = liveTargets(parts.store.current);
  return live.length > 0 ? live : [{ kind: "local" }];
}

/** Of several targets each gets a file of its own, named after this one. */
function chooseRecord(): Thenable<vscode.Uri | undefined> {
  const { t } = vscode.l10n;
  return vscode.window.showSaveDialog({ title: t("Where the looks are recorded"), saveLabel: t("Watch"), filters: { [t("Leakline record")]: ["leakline-record"] } });
}

/** Several targets are chosen, and watched together. */
async function watchChosen(parts: CommandParts, title: string, recorded: boolean): Promise<void> {
  if (!mayContactSeveral()) return;
  try {
    const targets = await pickTargetSet(parts, title);
    if (targets === undefined) return;
    const file = recorded ? await chooseRecord() : null;
    if (file !== undefined) await watch(parts, targets, file);
  } catch (thrown) {
    await showFailure(thrown, parts.log);
  }
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
    const file = await chooseRecord();
    if (file !== undefined) await watch(parts, await chosen(parts, node), file);
  },
};

export const watchSeveralHosts: EditorCommand = {
  id: "leakline.watchSeveralHosts",
  run: (parts) => watchChosen(parts, vscode.l10n.t("Watch Several Hosts"), false),
};

export const watchSeveralAndRecord: EditorCommand = {
  id: "leakline.watchSeveralAndRecord",
  run: (parts) => watchChosen(parts, vscode.l10n.t("Watch and Record Several Hosts"), true),
};
