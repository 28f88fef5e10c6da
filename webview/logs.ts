import type { Caller } from "../src/protocol/channel";
import type { LogQuery, LogRow, PanelLogs, PanelMethods, Place, TimeRange } from "../src/protocol/panel";
import { h } from "./dom";
import type { Translate } from "./words";
import { formatCount, formatMoment, formatRange } from "./words";

export interface LogsOptions {
  readonly caller: Caller<PanelMethods>;
  readonly t: Translate;
  readonly locale: string;
  readonly announce: (text: string) => void;
  readonly reveal: (place: Place) => void;
  readonly onRange: (range: TimeRange | null) => void;
  readonly onFailure: (thrown: unknown) => void;
}

const PAGE = 100;

/** The logs beside the sockets: where they lie, what the field knows of their messages, and the lines, one click from the statement that wrote them. */
export class LogsSection {
  readonly element: HTMLElement;
  private readonly head = h("div", { class: "log-sources" });
  private readonly signatures = h("ul", { class: "signatures" });
  private readonly levels = h("div", { class: "choices", role: "group" });
  private readonly search: HTMLElement & { value?: string };
  private readonly rows = h("ol", { class: "log-rows" });
  private readonly more = h("div", { class: "more" });
  private revision = -1;
  private query: LogQuery = { range: null, text: "", level: null };
  private shown = 0;
  private asking: AbortController | null = null;
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: LogsOptions) {
    const { t } = options;
    this.search = h("vscode-text-field", { placeholder: t("Filter by message or source"), aria: { label: t("Filter log lines") }, class: "search" });
    this.search.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.change({ ...this.query, text: (this.search.value ?? "").slice(0, 200) }), 150);
    });
    this.element = h("section", { class: "logs", aria: { label: t("Logs") } },
      h("div", { class: "connections-head" }, h("h2", {}, t("Logs")), this.levels, this.search), this.head, this.signatures, this.rows, this.more);
  }

  show(revision: number, logs: PanelLogs, range: TimeRange | null): void {
    const { t, locale } = this.options;
    this.revision = revision;
    this.query = { ...this.query, range };
    this.head.replaceChildren(h("details", {}, h("summary", {}, t("{0} logs, {1} lines kept", logs.sources.length, formatCount(logs.events, locale))),
      h("ul", {}, ...logs.sources.map((source) => h("li", {},
        h("span", { class: "what" }, source.name), " ", h("span", { class: "remedy" }, [
          source.how, source.format, t("{0} records", formatCount(source.records, locale)), source.range === null ? t("no times") : formatRange(source.range, locale),
          ...source.assumptions, ...(source.leftUnread === null ? [] : [source.leftUnread]), ...(source.skipped === 0 ? [] : [t("{0} lines were not understood", formatCount(source.skipped, locale))]),
        ].join("; ")))))));
    this.signatures.replaceChildren(...logs.signatures.map((signature) => {
      const { range: when } = signature;
      return h("li", {}, h("span", { class: "what" }, signature.title), " ",
        when === null ? h("span", { class: "count" }, formatCount(signature.count, locale))
          : h("button", { class: "link count", title: t("Show only {0}", formatRange(when, locale)), onClick: () => this.options.onRange(when) }, t("{0} times", formatCount(signature.count, locale))),
        " ", h("span", { class: "remedy" }, signature.means));
    }));
    this.restart();
  }

  setRange(range: TimeRange | null): void {
    this.change({ ...this.query, range });
  }

  dispose(): void {
    clearTimeout(this.typing);
    this.asking?.abort();
  }

  private change(query: LogQuery): void {
    this.query = query;
    this.restart();
  }

  private drawLevels(): void {
    const { t } = this.options;
    const choices: readonly (readonly [LogQuery["level"], string])[] = [[null, t("All")], ["warning", t("Warnings")], ["error", t("Errors")]];
    this.levels.replaceChildren(...choices.map(([level, words]) => h("button", { class: "choice", aria: { pressed: level === this.query.level }, onClick: () => this.change({ ...this.query, level }) }, words)));
  }

  private restart(): void {
    this.drawLevels();
    this.shown = 0;
    this.ask();
  }

  private ask(): void {
    const { caller, t, locale } = this.options;
    this.asking?.abort();
    const controller = (this.asking = new AbortController());
    const from = this.shown;
    caller.call("logs", { revision: this.revision, query: this.query, from, count: PAGE }, controller.signal).then((answer) => {
      if (controller.signal.aborted || answer.revision !== this.revision) return;
      const drawn = answer.rows.map((row) => this.row(row));
      if (from === 0) this.rows.replaceChildren(...drawn);
      else this.rows.append(...drawn);
      this.shown = from + answer.rows.length;
      const left = answer.total - this.shown;
      this.more.replaceChildren(...(answer.total === 0 ? [h("p", { class: "remedy" }, t("No line passes the filter."))] : left <= 0 ? []
        : [h("vscode-button", { appearance: "secondary", onClick: () => this.ask() }, t("Show {0} More", formatCount(Math.min(PAGE, left), locale))), " ", t("{0} in all", formatCount(answer.total, locale))]));
      if (from === 0 && (this.query.text !== "" || this.query.range !== null || this.query.level !== null)) this.options.announce(t("{0} log lines shown", formatCount(answer.total, locale)));
    }, (thrown: unknown) => {
      if (!controller.signal.aborted) this.options.onFailure(thrown);
    });
  }

  private row(row: LogRow): HTMLElement {
    const { t, locale } = this.options;
    const { statement } = row;
    const line = [
      h("span", { class: "moment" }, row.timeMs === null ? t("no time") : formatMoment(row.timeMs, locale)), " ",
      row.level === null ? null : h("span", { class: "level", data: { level: row.level } }, row.level), " ",
      h("span", { class: "message" }, row.message),
    ];
    return h("li", { class: "log-row", title: t("{0}, line {1}", row.source, row.line) },
      row.text === null ? h("div", { class: "log-line" }, ...line) : h("details", {}, h("summary", { class: "log-line" }, ...line), h("code", { class: "record" }, row.text)),
      statement === null ? null : h("button", { class: "link where", title: t("Written by {0}", statement.symbol), onClick: () => this.options.reveal(statement.place) }, `${statement.place.file}:${statement.place.line}`));
  }
}
