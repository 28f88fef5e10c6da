import type { PanelSuspect } from "../src/protocol/panel";
import type { PanelContext } from "./actions";
import { h } from "./dom";

/** Suspects that are open at once; the others are one click away and all stand in the Suspects tree. */
const SHOWN = 3;

function renderSuspect(suspect: PanelSuspect, context: PanelContext): HTMLElement {
  const { t } = context;
  const { place } = suspect;
  const where = `${place.file}:${place.line}`;
  const meter = h("span", { class: "fill" });
  meter.style.width = `${Math.max(0, Math.min(100, suspect.score))}%`;
  const reasons = suspect.reasons.map((reason, at) =>
    h("li", { class: reason.points < 0 ? "reason against" : "reason", title: t("{0} points", reason.points > 0 ? `+${reason.points}` : reason.points) },
      reason.text, at < suspect.reasons.length - 1 ? ";" : ""));
  const steps = suspect.path.map((step) =>
    h("li", {}, h("button", { class: "link step", title: t("Open {0}", `${step.place.file}:${step.place.line}:${step.place.column}`), onClick: () => context.reveal(step.place) },
      h("code", {}, `${step.place.file}:${step.place.line}`), " ", h("span", { class: "text" }, step.label))));
  return h("li", { class: "suspect", data: { rank: suspect.rank } },
    h("button", { class: "suspect-link", title: t("Open {0}", `${where}:${place.column}`), onClick: () => context.reveal(place) },
      h("span", { class: "rank" }, suspect.rank), " ",
      h("span", { class: "what-and-where" },
        h("span", { class: "symbol" }, suspect.symbol), " ",
        h("code", { class: "where" }, where), " ",
        h("span", { class: "message" }, suspect.message))),
    h("div", { class: "why" },
      h("span", { class: "meter", role: "img", aria: { label: t("Score {0} of 100", Math.round(suspect.score)) }, title: t("Score {0} of 100", Math.round(suspect.score)) }, meter),
      h("ul", { class: "reasons" }, ...reasons)),
    steps.length === 0 ? null : h("details", { class: "path" }, h("summary", {}, t("leak path, {0} steps", steps.length)), h("ol", {}, ...steps)),
  );
}

/** The suspects of one diagnosis, best first. */
export function renderSuspects(suspects: readonly PanelSuspect[], context: PanelContext): HTMLElement | null {
  if (suspects.length === 0) return null;
  const { t } = context;
  const rest = suspects.slice(SHOWN);
  return h("section", { class: "suspects", aria: { label: t("Suspects") } },
    h("h3", {}, t("Suspects")),
    h("ol", {}, ...suspects.slice(0, SHOWN).map((suspect) => renderSuspect(suspect, context))),
    rest.length === 0 ? null
      : h("details", {}, h("summary", {}, t("{0} more", rest.length)), h("ol", {}, ...rest.map((suspect) => renderSuspect(suspect, context)))),
  );
}
