import type { PanelCase } from "../src/protocol/panel";
import type { PanelContext } from "./actions";
import { h } from "./dom";
import type { Translate } from "./words";
import { formatCount, formatDuration } from "./words";

/** Where, when and how long; and the two things one does next with a case. */
export function renderHeader(shown: PanelCase, context: PanelContext): HTMLElement {
  const { t, locale } = context;
  const when = shown.takenAtMs === null ? null : new Date(shown.takenAtMs);
  const time = when === null ? t("time unknown") : when.toLocaleTimeString(locale, { hour12: false });
  const looks = shown.looks > 1 ? t("{0} looks", shown.looks) : null;
  return h("header", { class: "head" },
    h("h1", { title: shown.target }, shown.name),
    shown.name === shown.target ? null : h("span", { class: "target" }, shown.target),
    h("div", { class: "actions" },
      shown.live ? h("vscode-button", { appearance: "primary", title: t("A second look shows what grows"), onClick: () => context.run("lookAgain") }, t("Look Again")) : null,
      shown.live ? h("vscode-button", { appearance: "secondary", title: t("Look again and again, until you cancel: what grows and what is never used again shows"), onClick: () => context.run("watchTarget") }, t("Watch")) : null,
      shown.live
        ? h("vscode-button", { appearance: "secondary", title: t("Keep the scene in one file before anything is restarted"), onClick: () => context.run("preserveScene") }, t("Preserve..."))
        : h("vscode-button", { appearance: "secondary", title: t("Keep this case in one file that opens anywhere"), onClick: () => context.run("saveInvestigation") }, t("Save...")),
    ),
    renderMachineNames(shown),
    h("p", { class: "when", title: when === null ? "" : when.toLocaleString(locale) }, [time, t("took {0}", formatDuration(shown.tookMs)), looks, ...costWords(shown, t)].filter((part) => part !== null).join(", ")),
  );
}

/** What the machine is called by those who run it: how a colleague finds it in the cloud's console. */
function renderMachineNames({ machineNames }: PanelCase): HTMLElement | null {
  if (machineNames.length === 0) return null;
  return h("p", { class: "when machine" }, ...machineNames.flatMap(({ host, what, value, from }, at) => [
    at === 0 ? "" : ", ", h("span", { class: "machine-name", title: from }, `${host === null ? "" : `${host}: `}${what} ${value}`),
  ]));
}

/** What the look cost the host: its CPU and what it sent. */
function costWords({ cost }: PanelCase, t: Translate): string[] {
  if (cost === null) return [];
  const size = (bytes: number): string => (bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);
  return [
    ...(cost.cpuMs === null ? [] : [t("{0} of the host's CPU", formatDuration(cost.cpuMs))]),
    ...(cost.bytes === null ? [] : [t("{0} received", size(cost.bytes))]),
  ];
}

/** All sockets by state: a bar for the eye, and the counts as buttons that show the sockets. */
export function renderStates(shown: PanelCase, context: PanelContext): HTMLElement {
  const { t, locale } = context;
  const bar = h("div", { class: "bar", aria: { hidden: true } });
  for (const { state, count } of shown.states) {
    const part = h("span", { class: "part", data: { state } });
    part.style.flexGrow = String(count);
    bar.append(part);
  }
  const ordered = [...shown.states].sort((a, b) => Number(b.state === "CLOSE_WAIT") - Number(a.state === "CLOSE_WAIT") || b.count - a.count);
  return h("section", { class: "states", aria: { label: t("Socket states") } },
    h("div", { class: "total" }, h("span", { class: "figure" }, formatCount(shown.sockets, locale)), " ", t("sockets")),
    shown.counted > 0 ? h("p", { class: "when" }, t("{0} of them were counted there and are not listed", formatCount(shown.counted, locale))) : null,
    bar,
    h("ul", { class: "legend" }, ...ordered.map(({ state, count }) =>
      h("li", {}, h("button", {
        class: "state", data: { state }, title: t("Show these sockets"),
        onClick: () => context.narrow({ kind: "state", state }),
      }, h("span", { class: "swatch", data: { state }, aria: { hidden: true } }), h("span", { class: "name" }, state), " ", h("span", { class: "count" }, formatCount(count, locale))))),
    ),
  );
}
