import type { PanelCase, PanelDiagnosis, RowFilter } from "../src/protocol/panel";
import type { PanelContext } from "./actions";
import { h } from "./dom";
import { confidenceWords, summarize } from "./sentences";
import { renderSuspects } from "./suspect";
import type { Translate } from "./words";
import { formatCount } from "./words";

function figureButton(text: string, sockets: number, filter: RowFilter, context: PanelContext): HTMLElement {
  const { t } = context;
  if (sockets === 0) return h("span", { class: "figure" }, text);
  return h("button", {
    class: "figure link", title: t("Show the {0} sockets behind this figure", formatCount(sockets, context.locale)), onClick: () => context.narrow(filter),
  }, text);
}

function evidenceRow(diagnosis: PanelDiagnosis, at: number, number: number, context: PanelContext): HTMLElement | null {
  const evidence = diagnosis.evidence[at];
  if (evidence === undefined) return null;
  const { t } = context;
  const filter: RowFilter = { kind: "evidence", diagnosis: number, evidence: at };
  const figure = evidence.figure ?? (evidence.sockets > 0 ? t("{0} sockets", formatCount(evidence.sockets, context.locale)) : null);
  return h("li", { class: evidence.supports ? "row for" : "row against" },
    h("span", { class: "label" }, evidence.supports ? t("for") : t("against")),
    h("span", { class: "text" }, evidence.text),
    figure === null ? null : figureButton(figure, evidence.sockets, filter, context),
  );
}

/** What to do first; the rest is one click away, so that the suspects stay in sight. */
const ADVICE_SHOWN = 2;

function adviceRow(advice: string, t: Translate): HTMLElement {
  return h("li", { class: "row now" }, h("span", { class: "label" }, t("now")), h("span", { class: "text" }, advice));
}

/** How many of the leaks began in the stretch of time that is selected. */
function renderInRange(diagnosis: PanelDiagnosis, context: PanelContext): HTMLElement | null {
  const { t, locale, range } = context;
  const { leakMomentsMs } = diagnosis;
  if (range === null || leakMomentsMs.length === 0) return null;
  const within = leakMomentsMs.filter((ms) => ms >= range.fromMs && ms <= range.toMs).length;
  return h("p", { class: "how" }, t("{0} of {1} were last used in the selected time", formatCount(within, locale), formatCount(leakMomentsMs.length, locale)));
}

/** Kinds of log line that go with the leak, each one click from the statement that writes it. */
function correlationRows(shown: PanelCase, number: number, context: PanelContext): HTMLElement[] {
  const { t } = context;
  return (shown.logs?.correlations ?? []).filter(({ diagnosis }) => diagnosis === number).map(({ text, template, statement }) => h("li", { class: "row log-evidence" },
    h("span", { class: "label" }, t("logs")),
    h("span", { class: "text", title: template }, text),
    statement === null ? null : h("button", { class: "figure link", title: t("Written by {0}", statement.symbol), onClick: () => context.reveal(statement.place) }, `${statement.place.file}:${statement.place.line}`)));
}

/** One cause with what speaks for and against it, what to do now, and its suspects. */
export function renderDiagnosis(shown: PanelCase, number: number, context: PanelContext): HTMLElement | null {
  const diagnosis = shown.diagnoses[number];
  if (diagnosis === undefined) return null;
  const { t, locale } = context;
  const order = diagnosis.evidence.map((_, at) => at).sort((a, b) => Number(diagnosis.evidence[b]?.supports) - Number(diagnosis.evidence[a]?.supports) || a - b);
  const heading = `diagnosis-${number}`;
  const summary = summarize(diagnosis, t, locale);
  return h("article", { class: "diagnosis", data: { severity: diagnosis.severity, cause: diagnosis.cause }, aria: { labelledby: heading } },
    h("div", { class: "title" },
      h("h2", { id: heading }, diagnosis.title),
      h("span", { class: "confidence", data: { confidence: diagnosis.confidence } }, confidenceWords(diagnosis.confidence, t)),
    ),
    h("p", { class: "summary", title: diagnosis.process?.commandLine ?? "" },
      diagnosis.sockets === 0 ? summary : h("button", { class: "link", title: t("Show these sockets"), onClick: () => context.narrow({ kind: "diagnosis", diagnosis: number }) }, summary)),
    diagnosis.direction !== "inbound" && diagnosis.service !== null && diagnosis.service.how !== ""
      ? h("p", { class: "how" }, t("how we know {0}: {1}", diagnosis.service.name, diagnosis.service.how)) : null,
    renderInRange(diagnosis, context),
    h("ul", { class: "evidence" },
      ...order.map((at) => evidenceRow(diagnosis, at, number, context)),
      ...correlationRows(shown, number, context),
      ...diagnosis.advice.slice(0, ADVICE_SHOWN).map((advice) => adviceRow(advice, t)),
    ),
    diagnosis.advice.length <= ADVICE_SHOWN ? null
      : h("details", { class: "more-advice" }, h("summary", {}, t("{0} more", diagnosis.advice.length - ADVICE_SHOWN)),
        h("ul", {}, ...diagnosis.advice.slice(ADVICE_SHOWN).map((advice) => h("li", {}, advice)))),
    renderSuspects(shown.suspects.filter((suspect) => suspect.diagnosis === number), context),
  );
}
