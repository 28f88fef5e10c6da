import * as vscode from "vscode";
import { isFailure } from "../protocol/channel";
import type { PanelActivity } from "../protocol/panel";

export const INVESTIGATION_VIEW = "leakline.investigation";

/** Tells `step` what happens right now; checks nothing itself. */
export type Report = (step: string) => void;

interface Running {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/**
 * The one thing that Leakline does at a time, shown in the view and the status bar and cancellable from both.
 * A new wish ends the one before: whoever scans another host does not wait for the first any more.
 */
export class Activity implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private running: Running | null = null;
  private shown: PanelActivity | null = null;

  readonly onDidChange = this.changed.event;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  get current(): PanelActivity | null {
    return this.shown;
  }

  /** Runs `work`; null when it was cancelled or failed (then the person has been told). */
  async run<T>(title: string, work: (signal: AbortSignal, report: Report) => Promise<T>): Promise<T | null> {
    if (this.running !== null) {
      this.running.controller.abort();
      await this.running.done;
    }
    const controller = new AbortController();
    let finish: () => void = () => {};
    const running: Running = { controller, done: new Promise((resolve) => { finish = resolve; }) };
    this.running = running;
    this.show({ title, step: "" });
    this.log.info(title);
    try {
      return await vscode.window.withProgress({ location: { viewId: INVESTIGATION_VIEW } }, () =>
        work(controller.signal, (step) => {
          this.log.debug(step);
          if (!controller.signal.aborted) this.show({ title, step });
        }));
    } catch (thrown) {
      this.tell(title, thrown, controller.signal);
      return null;
    } finally {
      finish();
      if (this.running === running) {
        this.running = null;
        this.show(null);
      }
    }
  }

  /** False when there was nothing to cancel. */
  cancel(): boolean {
    if (this.running === null) return false;
    this.running.controller.abort();
    return true;
  }

  dispose(): void {
    this.running?.controller.abort();
    this.changed.dispose();
  }

  private show(activity: PanelActivity | null): void {
    this.shown = activity;
    void vscode.commands.executeCommand("setContext", "leakline.busy", activity !== null);
    this.changed.fire();
  }

  private tell(title: string, thrown: unknown, signal: AbortSignal): void {
    if (signal.aborted || (isFailure(thrown) && thrown.reason === "cancelled")) {
      this.log.info(`${title}: cancelled`);
      vscode.window.setStatusBarMessage(vscode.l10n.t("Leakline: cancelled"), 4000);
      return;
    }
    void showFailure(thrown, this.log);
  }
}

/** Says what failed and what to do next. The whole error goes to the log. */
export async function showFailure(thrown: unknown, log: vscode.LogOutputChannel): Promise<void> {
  log.error(thrown instanceof Error ? thrown : String(thrown));
  const words = isFailure(thrown) ? `${thrown.message}. ${thrown.remedy}` : thrown instanceof Error ? thrown.message : String(thrown);
  const showLog = vscode.l10n.t("Show Log");
  if ((await vscode.window.showErrorMessage(`Leakline: ${words}`, showLog)) === showLog) log.show();
}
