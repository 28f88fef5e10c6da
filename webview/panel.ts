import { Failure } from "../src/model/failure";
import { createCaller } from "../src/protocol/channel";
import type { Caller, Port } from "../src/protocol/channel";
import { EMPTY_QUERY, PANEL_METHODS, panelEventSchema } from "../src/protocol/panel";
import type { PanelActivity, PanelMethods, PanelState } from "../src/protocol/panel";
import type { PanelContext } from "./actions";
import { Connections } from "./connections";
import { renderDiagnosis } from "./diagnosis";
import { h } from "./dom";
import { renderHeader, renderStates } from "./header";
import { renderCleanBill, renderMissing, renderNoCase, renderNoSuspect, renderSkipped, renderWhatIsRead } from "./notes";
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
    const { t, locale } = { t: createTranslate(state.words), locale: state.locale };
    this.t = t;
    document.documentElement.lang = locale;
    this.problem.textContent = "";
    this.showActivity(state.activity);
    const context: PanelContext = {
      t,
      locale,
      run: (command) => void this.caller.call("run", { command }).catch(this.fail),
      reveal: (place) => void this.caller.call("reveal", place).catch(this.fail),
      narrow: (filter) => this.connections?.narrowTo(filter),
    };
    const shown = state.case;
    document.body.dataset["empty"] = String(shown === null);
    if (shown === null) {
      this.connections?.dispose();
      this.connections = null;
      this.summary.replaceChildren(renderNoCase(context));
      this.foot.replaceChildren();
      return;
    }
    const parts = [
      renderHeader(shown, context),
      renderStates(shown, context),
      renderMissing(shown, context),
      shown.diagnoses.length === 0 ? renderCleanBill(context) : null,
      renderNoSuspect(shown, context),
      ...shown.diagnoses.map((_, number) => renderDiagnosis(shown, number, context)),
    ];
    this.summary.replaceChildren(...parts.filter((part) => part !== null));
    this.connections ??= new Connections({
      caller: this.caller,
      scroller: this.scroller,
      t,
      locale,
      announce: (text) => { this.live.textContent = text; },
      onQuery: (query) => void this.caller.call("remember", { query }).catch(this.fail),
      onFailure: this.fail,
    }, state.query ?? EMPTY_QUERY);
    const kept = shown.socketsNotKept
      ? h("p", { class: "note" }, t("The sockets of this look were too many to keep across the reload. Look again, or save an investigation before reloading."))
      : null;
    this.foot.replaceChildren(...[kept, this.connections.element, renderSkipped(shown, context), renderWhatIsRead(shown, context)].filter((part) => part !== null));
    this.connections.show(state.revision, shown.diagnoses, state.query);
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
