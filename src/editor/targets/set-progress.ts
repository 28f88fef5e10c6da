import * as vscode from "vscode";
import type { TargetStanding } from "../../investigate/investigator";
import type { UnreachedTarget } from "../../model/investigation";
import type { Target } from "../../model/target";
import { formatTarget } from "../../model/target";

/** What a person calls a target. */
export function shortName(target: string): string {
  return target === "local" ? vscode.l10n.t("this machine") : target.replace(/^ssh:\/\//, "");
}

/** Several targets in one name: the one, or how many. */
export function nameOfSet(targets: readonly Target[]): string {
  const [only] = targets;
  return targets.length === 1 && only !== undefined ? shortName(formatTarget(only)) : vscode.l10n.t("{0} hosts", targets.length);
}

/** A few names, and how many more. */
export function fewNames(names: readonly string[], most = 5): string {
  return names.length <= most ? names.join(", ") : vscode.l10n.t("{0} and {1} more", names.slice(0, most).join(", "), names.length - most);
}

/** Where each of several targets stands, in one line: how many were looked at, what the others do, and who could not be reached. */
export class SetProgress {
  private readonly standings = new Map<string, TargetStanding>();

  constructor(private readonly count: number) {}

  /** @returns the line after this */
  take(standing: TargetStanding): string {
    const { t } = vscode.l10n;
    // What was told last stands last.
    this.standings.delete(standing.target);
    this.standings.set(standing.target, standing);
    const of = (state: TargetStanding["state"]): TargetStanding[] => [...this.standings.values()].filter((one) => one.state === state);
    const now = of("under-way").at(-1);
    const unreached = of("unreached").map(({ target }) => shortName(target));
    return [
      t("{0} of {1} looked at", of("seen").length, this.count),
      ...(unreached.length === 0 ? [] : [t("not reached: {0}", fewNames(unreached))]),
      ...(now === undefined ? [] : [`${shortName(now.target)}: ${now.text ?? ""}`]),
    ].join("; ");
  }
}

/** Says who could not be reached. Why, and what to do, is in the log for each. */
export async function tellUnreached(unreached: readonly UnreachedTarget[], count: number, log: vscode.LogOutputChannel): Promise<void> {
  const { t } = vscode.l10n;
  for (const { target, why, remedy } of unreached) log.warn(`${target}: ${why}. ${remedy}`);
  if (unreached.length === 0) return;
  const showLog = t("Show Log");
  const names = fewNames(unreached.map(({ target, why }) => `${shortName(target)} (${why})`), 3);
  if ((await vscode.window.showWarningMessage(`Leakline: ${t("{0} of {1} hosts could not be reached: {2}", unreached.length, count, names)}`, showLog)) === showLog) log.show();
}
