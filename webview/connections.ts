import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import type { GroupRow, PanelCase, PanelDiagnosis, PanelMethods, PanelRow, PanelTalk, RowFilter, RowQuery } from "../src/protocol/panel";
import type { Caller } from "../src/protocol/channel";
import { renderRow } from "./connection-rows";
import { h } from "./dom";
import { COLUMNS, columnTitle, edgeName, groupName, ownerWords } from "./sentences";
import type { Translate } from "./words";
import { formatCount, formatRange } from "./words";

const PAGE = 100;
const WIDE_ROW = 22;
const NARROW_ROW = 42;
/** Below this width in pixels a socket takes two lines. Matches the container query in panel.css. */
const NARROW = 760;

const FIRST_ROWS = "leakline:first-rows";

export interface ConnectionsOptions {
  readonly caller: Caller<PanelMethods>;
  readonly scroller: HTMLElement;
  readonly t: Translate;
  readonly locale: string;
  readonly announce: (text: string) => void;
  readonly onQuery: (query: RowQuery) => void;
  /** The range was given up here. */
  readonly onRange: (range: RowQuery["range"]) => void;
  /** A call failed for another reason than being cancelled. */
  readonly onFailure: (thrown: unknown) => void;
}

/**
 * Services and their connections as one virtual tree grid: a million sockets cost what the window shows.
 * Rows come from the host in pages; a row that has not come yet is drawn as pending. Keys as in the ARIA tree grid pattern.
 */
export class Connections {
  readonly element: HTMLElement;
  private readonly body = h("div", { class: "rows", role: "rowgroup" });
  private readonly bar = h("div", { class: "filters" });
  private readonly grid: HTMLElement;
  private readonly title = h("h2", {});
  private readonly note = h("p", { class: "cut" });
  private readonly search: HTMLElement & { value?: string };
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  private readonly drawn = new Map<number, { element: HTMLElement; pending: boolean }>();
  private pages = new Map<number, readonly PanelRow[]>();
  private asked = new Map<number, AbortController>();
  private revision = -1;
  private query: RowQuery;
  private diagnoses: readonly PanelDiagnosis[] = [];
  private talk: PanelTalk | null = null;
  private total = 0;
  private active = 0;
  private narrow = false;
  private toBeShown = false;
  private readonly unmount: () => void;
  private readonly resize: ResizeObserver;
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: ConnectionsOptions, query: RowQuery) {
    const { t } = options;
    this.query = query;
    this.search = h("vscode-text-field", { placeholder: t("Filter by address, port, process"), aria: { label: t("Filter connections") }, class: "search" });
    this.search.value = query.text;
    this.search.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.change({ ...this.query, text: (this.search.value ?? "").slice(0, 200), closed: [] }), 150);
    });
    const columns = h("div", { class: "line columns", role: "row" }, ...COLUMNS.map((column) => {
      const { text, help } = columnTitle(column, t);
      return h("span", { class: `cell ${column}`, role: "columnheader", title: help }, text);
    }));
    this.grid = h("div", { class: "grid", role: "treegrid", tabindex: 0, aria: { label: t("Services and connections"), colcount: COLUMNS.length } },
      h("div", { class: "columns-group", role: "rowgroup" }, columns), this.body);
    this.element = h("section", { class: "connections", aria: { label: t("Services and connections") } },
      h("div", { class: "connections-head" }, this.title, this.bar, this.search), this.grid, this.note);
    this.grid.addEventListener("keydown", (event) => this.onKey(event));
    this.grid.addEventListener("focus", () => this.markActive());

    this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.settings());
    this.unmount = this.virtualizer._didMount();
    this.virtualizer._willUpdate();
    this.resize = new ResizeObserver(() => this.relayout());
    this.resize.observe(options.scroller);
  }

  /** Another case, or the same case grown: rows of the old one are void. */
  show(revision: number, { diagnoses, talk }: Pick<PanelCase, "diagnoses" | "talk">, query: RowQuery): void {
    this.diagnoses = diagnoses;
    this.talk = talk;
    this.revision = revision;
    this.query = query;
    if ((this.search.value ?? "") !== query.text) this.search.value = query.text;
    this.restart();
  }

  /** Narrows to what stands behind a figure and brings it into view. */
  narrowTo(filter: RowFilter): void {
    this.search.value = "";
    // Only when the rows are there is the list long enough to be scrolled to the top.
    this.toBeShown = true;
    this.change({ filter, range: this.query.range, text: "", open: this.query.open, closed: [] });
  }

  /** Only what stirred in this time. */
  setRange(range: RowQuery["range"]): void {
    this.change({ ...this.query, range, closed: [] });
  }

  private bringIntoView(): void {
    this.toBeShown = false;
    this.element.scrollIntoView({ block: "start", behavior: "auto" });
    this.grid.focus({ preventScroll: true });
  }

  /** What stands above the list has another height now. */
  relayout(): void {
    const width = this.options.scroller.clientWidth;
    const narrow = width < NARROW;
    const changed = narrow !== this.narrow;
    this.narrow = narrow;
    this.virtualizer.setOptions(this.settings());
    if (changed) {
      this.clearDrawn();
      this.virtualizer.measure();
    }
    this.virtualizer._willUpdate();
    this.draw();
  }

  dispose(): void {
    clearTimeout(this.typing);
    for (const controller of this.asked.values()) controller.abort();
    this.resize.disconnect();
    this.unmount();
  }

  private settings() {
    return {
      count: this.total,
      getScrollElement: () => this.options.scroller,
      estimateSize: () => (this.narrow ? NARROW_ROW : WIDE_ROW),
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      overscan: 12,
      scrollMargin: this.body.isConnected ? this.body.getBoundingClientRect().top - this.options.scroller.getBoundingClientRect().top + this.options.scroller.scrollTop : 0,
      onChange: () => this.draw(),
    };
  }

  private change(query: RowQuery): void {
    this.query = query;
    this.active = 0;
    this.options.onQuery(query);
    this.restart();
  }

  private restart(): void {
    for (const controller of this.asked.values()) controller.abort();
    this.asked = new Map();
    this.pages = new Map();
    this.drawFilters();
    this.ask(0, true);
  }

  private drawFilters(): void {
    const { t } = this.options;
    const { filter, text, range } = this.query;
    this.bar.replaceChildren();
    if (filter === null && text === "" && range === null) return;
    const words: string[] = [];
    if (filter?.kind === "state") words.push(filter.state);
    if (filter?.kind === "diagnosis") words.push(this.diagnoses[filter.diagnosis]?.title ?? "");
    if (filter?.kind === "evidence") words.push(this.diagnoses[filter.diagnosis]?.evidence[filter.evidence]?.text ?? "");
    if (filter?.kind === "edge") words.push(this.talk === null ? "" : edgeName(this.talk, filter.edge, t));
    if (range !== null) words.push(t("used {0}", formatRange(range, this.options.locale)));
    if (text !== "") words.push(text);
    const label = words.join(" + ");
    this.bar.append(h("button", {
      class: "chip", title: t("Show all connections again"), aria: { label: t("Showing only: {0}. Show all connections again", label) },
      onClick: () => {
        this.search.value = "";
        const { range: before } = this.query;
        this.change({ filter: null, range: null, text: "", open: this.query.open, closed: [] });
        if (before !== null) this.options.onRange(null);
      },
    }, h("span", { class: "chip-text" }, label), h("span", { class: "cross", aria: { hidden: true } })));
  }

  /** `first`: the page that tells how many rows there are; what was drawn before stays until it comes. */
  private ask(page: number, first: boolean): void {
    if (this.asked.has(page) || this.pages.has(page)) return;
    const controller = new AbortController();
    this.asked.set(page, controller);
    const { caller, t, locale } = this.options;
    const { revision, query } = this;
    caller.call("rows", { revision, query, from: page * PAGE, count: PAGE }, controller.signal).then((answer) => {
      if (controller.signal.aborted) return;
      this.asked.delete(page);
      if (answer.revision !== this.revision) return; // a newer state is on its way
      this.pages.set(page, answer.rows);
      if (first || answer.total !== this.total) {
        this.total = answer.total;
        this.title.textContent = t("Services and connections");
        this.grid.setAttribute("aria-rowcount", String(answer.total + 1));
        this.note.textContent = answer.cut ? t("Only the first {0} rows are listed: filter to see the others.", formatCount(answer.total, locale)) : "";
        if (this.query.filter !== null || this.query.text !== "" || this.query.range !== null) this.options.announce(t("{0} sockets shown", formatCount(answer.sockets, locale)));
        this.element.classList.toggle("none", answer.total === 0);
        this.clearDrawn();
        this.relayout();
        if (this.toBeShown) this.bringIntoView();
        this.markFirstRows();
      } else this.draw();
    }, (thrown: unknown) => {
      if (controller.signal.aborted) return;
      this.asked.delete(page);
      this.options.onFailure(thrown);
    });
  }

  /** For `npm run bench`: when a person first sees rows, counted from the document's start. */
  private markFirstRows(): void {
    if (performance.getEntriesByName(FIRST_ROWS).length > 0) return;
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark(FIRST_ROWS)));
  }

  private rowAt(index: number): PanelRow | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  private clearDrawn(): void {
    this.drawn.clear();
    this.body.replaceChildren();
  }

  private draw(): void {
    const { t, locale } = this.options;
    const items = this.virtualizer.getVirtualItems();
    const margin = this.virtualizer.options.scrollMargin;
    this.body.style.height = `${this.virtualizer.getTotalSize()}px`;
    const keep = new Set(items.map((item) => item.index));
    const hadFocus = this.body.contains(document.activeElement);
    for (const [index, { element }] of this.drawn) {
      if (keep.has(index)) continue;
      element.remove();
      this.drawn.delete(index);
    }
    const wanted = new Set<number>();
    for (const item of items) {
      const row = this.rowAt(item.index);
      if (row === undefined) wanted.add(Math.floor(item.index / PAGE));
      const before = this.drawn.get(item.index);
      if (before !== undefined && !(before.pending && row !== undefined)) continue;
      before?.element.remove();
      const element = renderRow(row, t, locale, (group) => this.toggle(group));
      element.style.transform = `translateY(${item.start - margin}px)`;
      element.style.height = `${item.size}px`;
      element.setAttribute("aria-rowindex", String(item.index + 2));
      element.id = `row-${item.index}`;
      element.addEventListener("mousedown", () => {
        this.active = item.index;
        this.markActive();
      });
      this.body.append(element);
      this.drawn.set(item.index, { element, pending: row === undefined });
    }
    // Pages that were scrolled past before they came are not worth waiting for.
    for (const [page, controller] of this.asked) {
      if (page !== 0 && !wanted.has(page)) {
        controller.abort();
        this.asked.delete(page);
      }
    }
    for (const page of wanted) this.ask(page, false);
    if (hadFocus) this.grid.focus({ preventScroll: true });
    this.markActive();
  }

  private toggle(group: GroupRow): void {
    const { filter, range, text, open, closed } = this.query;
    const narrowed = filter !== null || text !== "" || range !== null;
    const flip = (list: readonly number[], present: boolean): number[] => (present ? [...list, group.group] : list.filter((one) => one !== group.group));
    const query = narrowed ? { filter, range, text, open, closed: flip(closed, group.open) } : { filter, range, text, open: flip(open, !group.open), closed };
    const active = this.active;
    this.change(query);
    this.active = active;
    this.options.announce(group.open ? this.options.t("closed") : this.options.t("open, {0} sockets", group.count));
  }

  private markActive(): void {
    for (const [index, { element }] of this.drawn) element.classList.toggle("active", index === this.active);
    if (this.drawn.has(this.active)) this.grid.setAttribute("aria-activedescendant", `row-${this.active}`);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  private move(to: number): void {
    this.active = Math.max(0, Math.min(this.total - 1, to));
    this.virtualizer.scrollToIndex(this.active, { align: "auto" });
    this.markActive();
  }

  private parentOf(index: number): number {
    for (let at = index; at >= 0; at--) {
      const row = this.rowAt(at);
      if (row === undefined) return index;
      if (row.kind === "group") return at;
    }
    return index;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.grid || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = this.rowAt(this.active);
    const step = Math.max(1, Math.floor(this.options.scroller.clientHeight / (this.narrow ? NARROW_ROW : WIDE_ROW)) - 2);
    switch (event.key) {
      case "ArrowDown": this.move(this.active + 1); break;
      case "ArrowUp": this.move(this.active - 1); break;
      case "PageDown": this.move(this.active + step); break;
      case "PageUp": this.move(this.active - step); break;
      case "Home": this.move(0); break;
      case "End": this.move(this.total - 1); break;
      case "ArrowRight":
        if (row?.kind === "group" && !row.open) this.toggle(row);
        else this.move(this.active + 1);
        break;
      case "ArrowLeft":
        if (row?.kind === "group" && row.open) this.toggle(row);
        else this.move(this.parentOf(this.active));
        break;
      case "Enter": case " ":
        if (row?.kind === "group") this.toggle(row);
        else if (row !== undefined) this.options.announce(this.describe(row));
        break;
      default: return;
    }
    event.preventDefault();
  }

  private describe(row: PanelRow): string {
    const { t } = this.options;
    return row.kind === "group" ? groupName(row, t) : [row.state ?? "", row.local, row.remote, ownerWords(row, t).text].join(", ");
  }
}
