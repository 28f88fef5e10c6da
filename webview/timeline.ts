import type { Caller } from "../src/protocol/channel";
import { MAX_POINTS } from "../src/protocol/panel";
import type { PanelDiagnosis, PanelMethods, PanelTimeline, SeriesKind, TimeRange } from "../src/protocol/panel";
import { h } from "./dom";
import { TimeChart } from "./time-chart";
import type { ChartLine } from "./time-chart";
import type { Translate } from "./words";
import { formatClock, formatCount, formatMoment, formatRange } from "./words";

export interface TimelineOptions {
  readonly caller: Caller<PanelMethods>;
  readonly t: Translate;
  readonly locale: string;
  readonly announce: (text: string) => void;
  /** A stretch of time was selected, or none any more: everything else follows. */
  readonly onRange: (range: TimeRange | null) => void;
  readonly onFailure: (thrown: unknown) => void;
}

/** What `timeline` answers. */
interface Figures {
  readonly timesMs: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
  readonly limits: readonly (readonly (number | null)[] | null)[];
  readonly merged: number;
}

/** Lines that are drawn unasked; the others wait in the legend. */
const SHOWN_AT_FIRST = 8;
/** Marks nearer to each other than this many pixels become one. */
const MARK_GAP = 14;
const PALETTE = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"] as const;
const STATE_COLOURS: Readonly<Record<string, string>> = {
  CLOSE_WAIT: "--state-close-wait", ESTABLISHED: "--state-established", TIME_WAIT: "--state-time-wait", LISTEN: "--state-listen", SYN_SENT: "--state-trouble", LAST_ACK: "--state-trouble",
  CLOSING: "--state-trouble",
};
const KINDS: readonly SeriesKind[] = ["state", "group", "accept-queue", "descriptors", "pool", "local-ports"];

function kindWords(kind: SeriesKind, t: Translate): string {
  switch (kind) {
    case "state": return t("States");
    case "group": return t("Services");
    case "accept-queue": return t("Accept queue");
    case "descriptors": return t("Descriptors");
    case "pool": return t("Connection pools");
    case "local-ports": return t("Local ports");
  }
}

/** The looks in time: what grows towards which limit, and what happened then. */
export class TimelineSection {
  readonly element: HTMLElement;
  private readonly kinds = h("div", { class: "choices", role: "group" });
  private readonly selection = h("div", { class: "selection" });
  private readonly picture = h("div", { class: "picture", tabindex: 0, role: "img" });
  private readonly lane = h("div", { class: "lane" });
  private readonly legend = h("ul", { class: "lines" });
  private readonly notes = h("div", { class: "trends" });
  private readonly chart: TimeChart;
  private timeline: PanelTimeline | null = null;
  private diagnoses: readonly PanelDiagnosis[] = [];
  private revision = -1;
  private kind: SeriesKind = "state";
  private readonly hidden = new Map<string, boolean>();
  private figures: Figures | null = null;
  private view: TimeRange | null = null;
  private selected: TimeRange | null = null;
  private cursor: number | null = null;
  private asking: AbortController | null = null;

  constructor(private readonly options: TimelineOptions) {
    const { t } = options;
    this.element = h("section", { class: "timeline", aria: { label: t("Over time") } },
      h("div", { class: "timeline-head" }, h("h2", {}, t("Over time")), this.kinds, this.selection), this.picture, this.lane, this.legend, this.notes);
    this.chart = new TimeChart(this.picture, {
      onSelect: (range) => this.select(range),
      onCursor: (index) => {
        this.cursor = index;
        this.drawLegend();
      },
      onLayout: (placeOf) => this.drawLane(placeOf),
      clock: (timeMs, stepMs) => formatClock(timeMs, stepMs, options.locale),
    });
    this.picture.addEventListener("keydown", (event) => this.onKey(event));
    this.picture.addEventListener("dblclick", () => this.select(null));
  }

  show(revision: number, timeline: PanelTimeline, diagnoses: readonly PanelDiagnosis[], range: TimeRange | null): void {
    this.revision = revision;
    this.timeline = timeline;
    this.diagnoses = diagnoses;
    this.selected = range;
    if (!timeline.series.some(({ kind }) => kind === this.kind)) this.kind = timeline.series[0]?.kind ?? "state";
    this.drawHead();
    this.drawNotes();
    this.ask();
  }

  setRange(range: TimeRange | null): void {
    this.selected = range;
    this.drawHead();
    this.drawPicture();
  }

  dispose(): void {
    this.asking?.abort();
    this.chart.dispose();
  }

  private select(range: TimeRange | null): void {
    this.selected = range;
    this.drawHead();
    this.drawPicture();
    const { t, locale } = this.options;
    this.options.announce(range === null ? t("all times") : t("only {0}", formatRange(range, locale)));
    this.options.onRange(range);
  }

  private zoom(view: TimeRange | null): void {
    this.view = view;
    this.drawHead();
    this.ask();
  }

  private ask(): void {
    const { timeline } = this;
    if (timeline === null) return;
    this.asking?.abort();
    const controller = (this.asking = new AbortController());
    const range = this.view ?? timeline.range;
    const points = Math.max(50, Math.min(MAX_POINTS, Math.round(this.picture.clientWidth || 600)));
    this.options.caller.call("timeline", { revision: this.revision, range, points }, controller.signal).then((answer) => {
      if (controller.signal.aborted || answer.revision !== this.revision) return;
      this.figures = answer;
      this.drawPicture();
      this.drawLegend();
    }, (thrown: unknown) => {
      if (!controller.signal.aborted) this.options.onFailure(thrown);
    });
  }

  private drawHead(): void {
    const { timeline, selected } = this;
    const { t, locale } = this.options;
    const present = KINDS.filter((kind) => timeline?.series.some((series) => series.kind === kind));
    this.kinds.replaceChildren(...(present.length < 2 ? [] : present.map((kind) => h("button", {
      class: "choice", aria: { pressed: kind === this.kind },
      onClick: () => {
        this.kind = kind;
        this.drawHead();
        this.drawPicture();
        this.drawLegend();
        this.drawNotes();
      },
    }, kindWords(kind, t)))));
    this.selection.replaceChildren();
    if (selected !== null) {
      this.selection.append(
        h("button", { class: "chip", title: t("Show all times again"), aria: { label: t("Showing only {0}. Show all times again", formatRange(selected, locale)) }, onClick: () => this.select(null) },
          h("span", { class: "chip-text" }, formatRange(selected, locale)), h("span", { class: "cross", aria: { hidden: true } })),
        h("button", { class: "link", onClick: () => this.zoom(selected) }, t("Zoom In")));
    }
    if (this.view !== null) this.selection.append(h("button", { class: "link", onClick: () => this.zoom(null) }, t("Zoom Out")));
  }

  /** Indices of the series of the chosen kind, the most crowded first. */
  private chosen(): number[] {
    const { timeline, figures } = this;
    if (timeline === null) return [];
    const peaks = (figures?.values ?? []).map((values) => values.reduce<number>((peak, value) => Math.max(peak, value ?? 0), 0));
    const chosen = timeline.series.flatMap(({ kind }, at) => (kind === this.kind ? [at] : []));
    return this.kind === "state" ? chosen : chosen.sort((a, b) => (peaks[b] ?? 0) - (peaks[a] ?? 0) || a - b);
  }

  private isShown(series: number, place: number): boolean {
    const label = this.timeline?.series[series]?.label ?? "";
    return this.hidden.has(`${this.kind} ${label}`) ? this.hidden.get(`${this.kind} ${label}`) !== true : place < SHOWN_AT_FIRST;
  }

  private colourOf(series: number, place: number): string {
    const state = this.kind === "state" ? this.timeline?.series[series]?.state : null;
    return state === null || state === undefined ? (PALETTE[place % PALETTE.length] ?? "--chart-1") : (STATE_COLOURS[state] ?? "--state-passing");
  }

  private drawPicture(): void {
    const { timeline, figures } = this;
    if (timeline === null || figures === null || figures.timesMs.length === 0) return;
    const lines: ChartLine[] = [];
    this.chosen().forEach((series, place) => {
      if (!this.isShown(series, place)) return;
      const { label } = timeline.series[series] ?? { label: "" };
      const colour = this.colourOf(series, place);
      lines.push({ label, colour, values: figures.values[series] ?? [], dashed: false });
      const limits = figures.limits[series] ?? null;
      if (limits !== null) lines.push({ label: `${label} limit`, colour, values: limits, dashed: true });
    });
    this.chart.draw({
      timesMs: figures.timesMs, lines, view: this.view ?? timeline.range, selected: this.selected,
      momentsMs: this.diagnoses.flatMap(({ leakMomentsMs }) => leakMomentsMs),
      marksMs: timeline.events.map(({ timeMs }) => timeMs),
    });
    const { t, locale } = this.options;
    this.picture.setAttribute("aria-label", t("{0} over time, {1}. {2}. Arrow keys move from look to look, with Shift they select.", kindWords(this.kind, t),
      formatRange(this.view ?? timeline.range, locale), lines.filter(({ dashed }) => !dashed).map(({ label, values }) => `${label} ${lastOf(values) ?? "?"}`).join(", ")));
  }

  private drawLegend(): void {
    const { timeline, figures, cursor } = this;
    const { t, locale } = this.options;
    if (timeline === null || figures === null) return;
    const at = cursor ?? figures.timesMs.length - 1;
    const time = figures.timesMs[at];
    const items = this.chosen().map((series, place) => {
      const { label } = timeline.series[series] ?? { label: "" };
      const shown = this.isShown(series, place);
      const value = figures.values[series]?.[at] ?? null;
      const limit = figures.limits[series]?.[at] ?? null;
      const swatch = h("span", { class: "swatch", aria: { hidden: true } });
      swatch.style.background = `var(${this.colourOf(series, place)})`;
      return h("li", {}, h("button", {
        class: shown ? "line-name" : "line-name off", aria: { pressed: shown }, title: shown ? t("Hide this line") : t("Show this line"),
        onClick: () => {
          this.hidden.set(`${this.kind} ${label}`, shown);
          this.drawPicture();
          this.drawLegend();
        },
      }, swatch, h("span", { class: "name" }, label), " ", h("span", { class: "count" }, value === null ? t("not known") : formatCount(value, locale)),
      limit === null ? null : h("span", { class: "limit" }, t(" of {0}", formatCount(limit, locale)))));
    });
    const when = time === undefined ? null : h("li", { class: "moment" }, cursor === null ? t("last look, {0}", formatMoment(time, locale)) : formatMoment(time, locale));
    const thinned = figures.merged > 1 ? h("li", { class: "moment" }, t("each point is the highest of {0} looks", figures.merged)) : null;
    this.legend.replaceChildren(...[when, ...items, thinned].filter((item) => item !== null));
  }

  /** What happened, below the picture at its time. Marks that would cover each other become one. */
  private drawLane(placeOf: (timeMs: number) => number | null): void {
    const { timeline } = this;
    const { locale, t } = this.options;
    if (timeline === null) return;
    const marks: { x: number; events: PanelTimeline["events"][number][] }[] = [];
    for (const event of [...timeline.events].sort((a, b) => a.timeMs - b.timeMs)) {
      const x = placeOf(event.timeMs);
      if (x === null) continue;
      const before = marks.at(-1);
      if (before !== undefined && x - before.x < MARK_GAP) before.events.push(event);
      else marks.push({ x, events: [event] });
    }
    this.lane.replaceChildren(...marks.map(({ x, events }) => {
      const [first] = events;
      const last = events.at(-1);
      const words = events.map((event) => `${formatMoment(event.timeMs, locale)} ${event.text}`).join("\n");
      const mark = h("button", {
        class: "mark", data: { kind: new Set(events.map(({ kind }) => kind)).size === 1 ? (first?.kind ?? "") : "several" }, title: words, aria: { label: words },
        onClick: () => {
          if (first !== undefined && last !== undefined) this.select(aroundOf(first.timeMs, last.untilMs ?? last.timeMs, timeline.range));
        },
      }, events.length > 1 ? String(events.length) : null);
      mark.style.left = `${x}px`;
      return mark;
    }));
    this.lane.classList.toggle("none", marks.length === 0);
    this.lane.setAttribute("aria-label", t("Events"));
  }

  private drawNotes(): void {
    const { timeline } = this;
    const { t, locale } = this.options;
    if (timeline === null) return;
    const trends = timeline.trends.filter(({ series }) => timeline.series[series]?.kind === this.kind);
    const { events } = timeline;
    this.notes.replaceChildren(
      h("ul", {}, ...trends.map((trend) => h("li", { class: "trend", data: { verdict: trend.verdict } }, trend.text))),
      ...(events.length === 0 ? [] : [h("details", {}, h("summary", {}, t("{0} events", events.length)), h("ul", {}, ...events.map((event) => h("li", {},
        h("button", { class: "link event", onClick: () => this.select(aroundOf(event.timeMs, event.untilMs ?? event.timeMs, timeline.range)) },
          h("span", { class: "moment" }, formatMoment(event.timeMs, locale)), " ", event.text)))))]));
  }

  private onKey(event: KeyboardEvent): void {
    const { figures } = this;
    if (figures === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = figures.timesMs.length - 1;
    const at = this.cursor ?? last;
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -last, End: last }[event.key];
    if (step !== undefined) {
      const to = Math.max(0, Math.min(last, at + step));
      this.chart.point(to);
      this.cursor = to;
      if (event.shiftKey) this.extend(figures.timesMs[at] ?? 0, figures.timesMs[to] ?? 0);
      this.drawLegend();
      this.options.announce(this.legend.textContent ?? "");
    } else if (event.key === "Enter" && this.selected !== null) this.zoom(this.selected);
    else if (event.key === "Escape" && this.selected !== null) this.select(null);
    else if (event.key === "Escape" && this.view !== null) this.zoom(null);
    else return;
    event.preventDefault();
  }

  /** Moves the end of the selection that is at `from` to `to`. */
  private extend(from: number, to: number): void {
    const { selected } = this;
    const anchor = selected === null ? from : selected.toMs === from ? selected.fromMs : selected.fromMs === from ? selected.toMs : from;
    this.select({ fromMs: Math.min(anchor, to), toMs: Math.max(anchor, to) });
  }
}

function lastOf(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

/** An event with what happened just before and after it: a hundredth of the whole, and two seconds at least. */
function aroundOf(fromMs: number, toMs: number, whole: TimeRange): TimeRange {
  const slack = Math.max(2000, (whole.toMs - whole.fromMs) / 100);
  return { fromMs: fromMs - slack, toMs: toMs + slack };
}
