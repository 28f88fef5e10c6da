import { Failure } from "../src/model/failure";
import { createCaller } from "../src/protocol/channel";
import type { Caller, Port } from "../src/protocol/channel";
import { EMPTY_QUERY, PANEL_METHODS, panelEventSchema } from "../src/protocol/panel";
import type { PanelActivity, PanelMethods, PanelState, Place, TimeRange } from "../src/protocol/panel";
import type { PanelContext } from "./actions";
import { Connections } from "./connections";
import { renderDiagnosis } from "./diagnosis";
import { h } from "./dom";
import { LogsSection } from "./logs";
import { renderHeader, renderStates } from "./header";
import { renderCleanBill, renderKept, renderLeftOut, renderMissing, renderNoCase, renderNoSuspect, renderSkipped, renderWhatIsRead } from "./notes";
import { renderTalk } from "./talk";
import type { TalkChoice } from "./talk";
import { TimelineSection } from "./timeline";
import { registerElements } from "./ui";
import { createTranslate } from "./words";
import type { Translate } from "./words";

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

/** The panel's program: draws what the host tells, asks the host for what a person wants. Keeps nothing that the host does not have. */
class Panel {
  private readonly live = h("div", { class: "live", role: "status", aria: { live: "polite" } });
  private readonly activity = h("div", { class: "activity", role: "status", aria: { live: "polite" } });
  private readonly problem = h("div", { class: "problem", role: "alert" });
  private readonly summary = h("div", { class: "case" });
  private readonly foot = h("div", { class: "foot" });
  private readonly caller: Caller<PanelMethods>;
  private connections: Connections | null = null;
  private timeline: TimelineSection | null = null;
  private logs: LogsSection | null = null;
  /** What a person chose to see of the picture: kept while the panel is drawn anew. */
  private readonly talk: TalkChoice = { open: null, all: false };
  private state: PanelState | null = null;
  private range: TimeRange | null = null;
  private t: Translate = createTranslate({});

  constructor(private readonly scroller: HTMLElement, port: Port) {
    scroller.append(this.activity, this.problem, this.summary, this.foot, this.live);
    this.caller = createCaller(port, PANEL_METHODS, {
      schema: panelEventSchema,
      on: (event) => (event.kind === "state" ? this.show(event.state) : this.showActivity(event.activity)),
      onBroken: (failure) => this.fail(failure),
    });
    new ResizeObserver(() => this.connections?.relayout()).observe(this.summary);
  }

  async start(): Promise<void> {
    try {
      this.show(await this.caller.call("ready", {}));
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  private readonly fail = (thrown: unknown): void => {
    if (thrown instanceof Failure && thrown.reason === "cancelled") return;
    const words = thrown instanceof Failure ? `${thrown.message}. ${thrown.remedy}` : String(thrown);
    this.problem.textContent = words;
  };

  private show(state: PanelState): void {
    this.state = state;
    this.range = state.query.range;
    this.t = createTranslate(state.words);
    document.documentElement.lang = state.locale;
    this.problem.textContent = "";
    this.showActivity(state.activity);
    const shown = state.case;
    document.body.dataset["empty"] = String(shown === null);
    if (shown === null) {
      for (const part of [this.connections, this.timeline, this.logs]) part?.dispose();
      this.connections = this.timeline = this.logs = null;
      this.summary.replaceChildren(renderNoCase(this.context(state.locale)));
      this.foot.replaceChildren();
      return;
    }
    const { caller, t } = this;
    const { locale } = state;
    const parts = {
      caller, t, locale, announce: (text: string) => { this.live.textContent = text; }, onFailure: this.fail,
      onRange: (range: TimeRange | null) => this.narrowTime(range), reveal: (place: Place) => this.reveal(place),
    };
    if (shown.timeline === null) {
      this.timeline?.dispose();
      this.timeline = null;
    } else this.timeline ??= new TimelineSection(parts);
    if (shown.logs === null) {
      this.logs?.dispose();
      this.logs = null;
    } else this.logs ??= new LogsSection(parts);
    this.connections ??= new Connections({ ...parts, scroller: this.scroller, onQuery: (query) => void caller.call("remember", { query }).catch(this.fail) }, state.query ?? EMPTY_QUERY);
    const context = this.context(locale);
    this.drawSummary();
    const kept = shown.socketsNotKept
      ? h("p", { class: "note" }, t("The sockets of this look were too many to keep across the reload. Look again, or save an investigation before reloading."))
      : null;
    this.foot.replaceChildren(...[kept, this.logs?.element ?? null, this.connections.element, renderSkipped(shown, context), renderLeftOut(shown, context), renderWhatIsRead(shown, context)].filter((part) => part !== null));
    if (shown.timeline !== null) this.timeline?.show(state.revision, shown.timeline, shown.diagnoses, this.range);
    if (shown.logs !== null) this.logs?.show(state.revision, shown.logs, this.range);
    this.connections.show(state.revision, shown, state.query);
  }

  private context(locale: string): PanelContext {
    return {
      t: this.t,
      locale,
      run: (command) => void this.caller.call("run", { command }).catch(this.fail),
      reveal: (place) => this.reveal(place),
      narrow: (filter) => this.connections?.narrowTo(filter),
      range: this.range,
    };
  }

  private reveal(place: Place): void {
    void this.caller.call("reveal", place).catch(this.fail);
  }

  /** What stands above the connections: drawn anew for each case, and when the time is narrowed. */
  private drawSummary(): void {
    const shown = this.state?.case;
    if (this.state === null || shown === undefined || shown === null) return;
    const context = this.context(this.state.locale);
    const parts = [
      renderHeader(shown, context),
      renderStates(shown, context),
      renderKept(shown, context),
      renderMissing(shown, context),
      this.timeline?.element ?? null,
      shown.diagnoses.length === 0 ? renderCleanBill(context) : null,
      renderNoSuspect(shown, context),
      ...shown.diagnoses.map((_, number) => renderDiagnosis(shown, number, context)),
      renderTalk(shown, context, this.talk),
    ];
    this.summary.replaceChildren(...parts.filter((part) => part !== null));
  }

  /** A stretch of time was selected somewhere: everything follows. */
  private narrowTime(range: TimeRange | null): void {
    this.range = range;
    const focused = document.activeElement;
    this.drawSummary();
    // Drawn anew, the focus would be lost.
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true });
    this.timeline?.setRange(range);
    this.logs?.setRange(range);
    this.connections?.setRange(range);
  }

  private showActivity(activity: PanelActivity | null): void {
    document.body.dataset["busy"] = String(activity !== null);
    if (activity === null) {
      this.activity.replaceChildren();
      return;
    }
    const step = this.activity.querySelector(".step");
    if (step !== null) {
      step.textContent = activity.step;
      return;
    }
    this.activity.append(
      h("vscode-progress-ring", { aria: { label: activity.title } }),
      h("span", { class: "doing" }, activity.title),
      h("span", { class: "step" }, activity.step),
      h("vscode-button", { appearance: "secondary", onClick: () => void this.caller.call("run", { command: "cancel" }).catch(this.fail) }, this.t("Cancel")),
    );
  }
}

registerElements();
const vscode = acquireVsCodeApi();
const scroller = document.getElementById("panel");
if (scroller !== null) {
  const panel = new Panel(scroller, {
    post: (message) => vscode.postMessage(message),
    listen: (handler) => {
      const onMessage = (event: MessageEvent<unknown>): void => handler(event.data);
      window.addEventListener("message", onMessage);
      return () => window.removeEventListener("message", onMessage);
    },
  });
  void panel.start();
}
