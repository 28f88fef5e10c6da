import { WHAT_IS_READ } from "../src/model/what-is-read";
import type { PanelCase } from "../src/protocol/panel";
import type { PanelContext } from "./actions";
import { h } from "./dom";
import { formatCount, formatDuration } from "./words";

/** No diagnosis: the clean bill, and what it covers. */
export function renderCleanBill(context: PanelContext): HTMLElement {
  const { t } = context;
  return h("section", { class: "clean" },
    h("h2", {}, t("Nothing is stuck")),
    h("p", {}, t("No known cause of leaking or stuck sockets shows in this look. A leak that has just begun shows when it grows: look again in a minute.")),
  );
}

/** There is a diagnosis and no line to point at: why, and the way to one. */
export function renderNoSuspect(shown: PanelCase, context: PanelContext): HTMLElement | null {
  const { t } = context;
  switch (shown.noSuspect) {
    case null:
    case "no-diagnosis":
      return null;
    case "no-workspace":
      return h("section", { class: "note" },
        h("p", {}, t("Open the folder with the service's source, then analyze it: Leakline points at the lines that can cause this.")),
        h("div", { class: "actions" },
          h("vscode-button", { appearance: "secondary", onClick: () => context.run("openFolder") }, t("Open Folder...")),
          h("vscode-button", { appearance: "secondary", onClick: () => context.run("analyzeWorkspace") }, t("Analyze Workspace"))));
    case "not-trusted":
      return h("section", { class: "note" },
        h("p", {}, t("This workspace is not trusted, so its code was not read.")),
        h("div", { class: "actions" }, h("vscode-button", { appearance: "secondary", onClick: () => context.run("manageTrust") }, t("Manage Workspace Trust..."))));
    case "nothing-found":
      return h("section", { class: "note" }, h("p", {}, t(
        "{0} files of {1} were read and none has a line that can cause this. The code may be in another folder or in a language that Leakline does not read.",
        formatCount(shown.workspace?.files ?? 0, context.locale), shown.workspace?.name ?? "")));
  }
}

/** What this look could not see, with the remedy. Stands where it cannot be missed and takes one line when closed. */
export function renderMissing(shown: PanelCase, context: PanelContext): HTMLElement | null {
  if (shown.missing.length === 0) return null;
  const { t } = context;
  return h("details", { class: "note missing" },
    h("summary", {}, t("Not seen: {0}", shown.missing.map((one) => one.what).join(", "))),
    h("ul", {}, ...shown.missing.map((one) => h("li", {}, h("span", { class: "what" }, one.what), ": ", one.why, " ", h("span", { class: "remedy" }, one.remedy)))),
  );
}

/** A preserved scene: what it holds besides its looks and logs, and what it does not. Open by itself only when something is damaged. */
export function renderKept(shown: PanelCase, context: PanelContext): HTMLElement | null {
  const { kept } = shown;
  if (kept === null) return null;
  const { t, locale } = context;
  const count = (figure: number): string => formatCount(figure, locale);
  const problems = kept.unfinished.length + kept.damaged.length;
  const note = h("details", { class: problems > 0 ? "note kept missing" : "note kept" },
    h("summary", {}, t("A preserved scene, kept {0}", new Date(kept.beganMs).toLocaleString(locale)), problems > 0 ? `; ${[...(kept.damaged.length > 0 ? [t("damaged: {0}", kept.damaged.map(({ part }) => part).join(", "))] : []),
      ...(kept.unfinished.length > 0 ? [t("not kept: {0}", kept.unfinished.map(({ what }) => what).join(", "))] : [])].join("; ")}` : ""),
    h("p", {}, t("{0} descriptors, {1} threads and {2} limits of {3} processes, {4} settings of the machine, in {5}",
      count(kept.descriptors), count(kept.threads), count(kept.limits), count(kept.processes), count(kept.settings), formatDuration(kept.tookMs))),
    problems === 0 ? null : h("ul", {},
      ...kept.damaged.map(({ part, why }) => h("li", {}, h("span", { class: "what" }, part), ": ", why)),
      ...kept.unfinished.map((one) => h("li", {}, h("span", { class: "what" }, one.what), ": ", one.why, " ", h("span", { class: "remedy" }, one.remedy)))),
  );
  if (kept.damaged.length > 0) note.setAttribute("open", "");
  return note;
}

/** Configuration of the workspace that was not searched for names and endpoints: why a service may have none. */
export function renderLeftOut(shown: PanelCase, context: PanelContext): HTMLElement | null {
  const { count, first } = shown.leftOut;
  if (count === 0) return null;
  const { t } = context;
  return h("details", { class: "note left-out" },
    h("summary", {}, t("{0} files of the workspace were not read", formatCount(count, context.locale))),
    h("ul", {}, ...first.map(({ file, reason }) => h("li", {}, h("code", {}, file), " ", h("span", { class: "remedy" }, reason)))),
    count > first.length ? h("p", {}, t("The first {0} are shown; a saved investigation has them all.", first.length)) : null,
  );
}

/** What a look reads of a host: said where its result is shown. */
export function renderWhatIsRead(shown: PanelCase, context: PanelContext): HTMLElement | null {
  if (!shown.live) return null;
  const { t } = context;
  return h("details", { class: "note read" },
    h("summary", {}, t("What was read from this host")),
    h("p", {}, t("Nothing is written there, and nothing is sent anywhere but to you.")),
    h("ul", {}, ...WHAT_IS_READ.map((fact) => h("li", {}, t(fact.text), fact.asked ? ` (${t("only when you ask for it")})` : ""))),
  );
}

/** Lines of the capture that were not understood. Nothing is lost. */
export function renderSkipped(shown: PanelCase, context: PanelContext): HTMLElement | null {
  const { count, first } = shown.skipped;
  if (count === 0) return null;
  const { t } = context;
  return h("details", { class: "note skipped" },
    h("summary", {}, t("{0} lines were not understood", formatCount(count, context.locale))),
    h("ul", {}, ...first.map((line) => h("li", {}, h("span", { class: "line" }, t("line {0}", line.line)), " ", h("code", {}, line.text), " ", h("span", { class: "remedy" }, line.reason)))),
    count > first.length ? h("p", {}, t("The first {0} are shown; a saved investigation has them all.", first.length)) : null,
  );
}

/** Nothing has been looked at yet. */
export function renderNoCase(context: PanelContext): HTMLElement {
  const { t } = context;
  return h("section", { class: "empty" },
    h("h2", {}, t("Which line leaks?")),
    h("p", {}, t("Look at the live sockets of a host. Leakline says why they are stuck and points at the line.")),
    h("div", { class: "actions column" },
      h("vscode-button", { appearance: "primary", onClick: () => context.run("scanThisMachine") }, t("Scan This Machine")),
      h("vscode-button", { appearance: "secondary", onClick: () => context.run("scanHost") }, t("Scan Host...")),
      h("vscode-button", { appearance: "secondary", onClick: () => context.run("openFile") }, t("Open Capture...")),
      h("vscode-button", { appearance: "secondary", onClick: () => context.run("startDemo") }, t("Try the Demo"))),
  );
}
