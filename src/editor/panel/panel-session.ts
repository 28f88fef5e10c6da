import * as vscode from "vscode";
import type { Activity } from "../activity";
import { liveTargets } from "../case-store";
import type { CaseStore } from "../case-store";
import { openPlace } from "../open-place";
import { workspaceStanding } from "../workspace-root";
import { Failure } from "../../model/failure";
import { createAnswerer } from "../../protocol/channel";
import type { Port } from "../../protocol/channel";
import { PANEL_METHODS } from "../../protocol/panel";
import type { PanelCommand, PanelEvent, PanelMethods, PanelState } from "../../protocol/panel";
import { toPanelCase } from "./panel-case";
import { clocksOf } from "../../model/line-clock";
import { findEvents, toLogRow } from "./panel-logs";
import { readFigures } from "./panel-timeline";
import { createRowIndex } from "./row-index";
import type { RowIndex } from "./row-index";

const COMMANDS: Readonly<Record<PanelCommand, string>> = {
  scanThisMachine: "leakline.scanThisMachine",
  scanHost: "leakline.scanHost",
  lookAgain: "leakline.lookAgain",
  watchTarget: "leakline.watchTarget",
  openFile: "leakline.openFile",
  saveInvestigation: "leakline.saveInvestigation",
  preserveScene: "leakline.preserveScene",
  analyzeWorkspace: "leakline.analyzeWorkspace",
  cancel: "leakline.cancel",
  startDemo: "leakline.startDemo",
  openFolder: "workbench.action.files.openFolder",
  manageTrust: "workbench.trust.manage",
};

export interface PanelServices {
  readonly store: CaseStore;
  readonly activity: Activity;
}

function portOf(webview: vscode.Webview): Port {
  return {
    post: (message) => void webview.postMessage(message),
    listen: (handler) => {
      const listening = webview.onDidReceiveMessage(handler);
      return () => listening.dispose();
    },
  };
}

/** The host's end of one webview: answers what it asks and tells it what changes. Dispose it with the webview. */
export function servePanel(webview: vscode.Webview, place: "side" | "tab", services: PanelServices): vscode.Disposable {
  const { store, activity } = services;
  let index: { readonly key: string; readonly rows: RowIndex } | null = null;
  let found: { readonly key: string; readonly events: readonly number[] } | null = null;

  const state = (): PanelState => ({
    revision: store.revision,
    activity: activity.current,
    case: store.current === null ? null : toPanelCase(store.current.investigation, {
      workspace: workspaceStanding(), socketsNotKept: store.current.socketsNotKept, live: liveTargets(store.current).length > 0,
    }),
    query: store.query,
    words: vscode.l10n.bundle ?? {},
    locale: vscode.env.language,
  });

  const answerer = createAnswerer<PanelMethods, PanelEvent>(portOf(webview), PANEL_METHODS, {
    ready: () => state(),
    rows({ revision, query, from, count }) {
      const shown = store.current;
      // A question about a case that is gone: the state that follows makes the panel ask again.
      if (shown === null || revision !== store.revision) return { revision: store.revision, total: 0, sockets: 0, cut: false, from, rows: [] };
      const key = `${revision} ${JSON.stringify(query)}`;
      if (index?.key !== key) index = { key, rows: createRowIndex(shown.investigation, query) };
      return { revision, ...index.rows.page(from, count) };
    },
    timeline({ revision, range, points }) {
      const timeline = store.current?.investigation.timeline;
      if (timeline === undefined || revision !== store.revision) return { revision: store.revision, timesMs: [], values: [], limits: [], merged: 1 };
      return { revision, ...readFigures(timeline, range, points) };
    },
    logs({ revision, query, from, count }) {
      const investigation = store.current?.investigation;
      const logs = investigation?.logs;
      if (investigation === undefined || logs === undefined || revision !== store.revision) return { revision: store.revision, total: 0, from, rows: [] };
      const aheadOf = clocksOf(investigation);
      const key = `${revision} ${JSON.stringify(query)}`;
      if (found?.key !== key) found = { key, events: findEvents(logs, query, aheadOf) };
      return { revision, total: found.events.length, from, rows: found.events.slice(from, from + count).map((at) => toLogRow(logs, at, aheadOf)) };
    },
    async reveal(where) {
      if (store.current === null) throw new Failure("notFound", vscode.l10n.t("There is no case"), vscode.l10n.t("Scan a target first."));
      await openPlace(store.current.root, where, place === "tab");
      return {};
    },
    run({ command }) {
      // Not awaited: a scan takes its time and the panel hears of it by events.
      void vscode.commands.executeCommand(COMMANDS[command]);
      return {};
    },
    remember({ query }) {
      store.query = query;
      return {};
    },
  });

  return vscode.Disposable.from(
    store.onDidChange(() => answerer.tell({ kind: "state", state: state() })),
    vscode.workspace.onDidGrantWorkspaceTrust(() => answerer.tell({ kind: "state", state: state() })),
    activity.onDidChange(() => answerer.tell({ kind: "activity", activity: activity.current })),
    answerer,
  );
}
