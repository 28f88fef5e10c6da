import uPlot from "uplot";
import type { TimeRange } from "../src/protocol/panel";

/** One line of the picture. `colour` is the name of a custom property of the style sheet. */
export interface ChartLine {
  readonly label: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
  /** A limit is drawn dashed. */
  readonly dashed: boolean;
}

export interface ChartPicture {
  readonly timesMs: readonly number[];
  readonly lines: readonly ChartLine[];
  /** Moments marked at the foot. */
  readonly momentsMs: readonly number[];
  /** Moments marked over the whole height. */
  readonly marksMs: readonly number[];
  readonly view: TimeRange;
  readonly selected: TimeRange | null;
}

export interface TimeChartOptions {
  /** A person dragged over a stretch. */
  readonly onSelect: (range: TimeRange) => void;
  /** The point under the cursor, or null when it left. */
  readonly onCursor: (index: number | null) => void;
  /** How a time reads on the axis, with marks every `stepMs`. */
  readonly clock: (timeMs: number, stepMs: number) => string;
  /**
   * The places of times have changed: whatever stands beside the picture must be placed again. `placeOf` gives pixels from the host's left
   * edge; null: out of sight.
   */
  readonly onLayout: (placeOf: (timeMs: number) => number | null) => void;
}

const HEIGHT = 150;

function colourOf(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

/** The only file that knows uPlot. Draws lines over time; all numbers come from outside, all colours from the theme. */
export class TimeChart {
  private plot: uPlot | null = null;
  private picture: ChartPicture | null = null;
  private readonly themes: MutationObserver;
  private readonly sizes: ResizeObserver;

  constructor(private readonly host: HTMLElement, private readonly options: TimeChartOptions) {
    // The theme's colours are on the document: canvases must be drawn again when it changes.
    this.themes = new MutationObserver(() => this.rebuild());
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    this.sizes = new ResizeObserver(() => {
      const width = this.host.clientWidth;
      if (this.plot !== null && width > 0 && width !== this.plot.width) {
        this.plot.setSize({ width, height: HEIGHT });
      }
    });
    this.sizes.observe(host);
  }

  draw(picture: ChartPicture): void {
    const before = this.picture;
    this.picture = picture;
    const same = this.plot !== null && before !== null && before.lines.length === picture.lines.length
      && before.lines.every((line, at) => line.label === picture.lines[at]?.label && line.colour === picture.lines[at].colour && line.dashed === picture.lines[at].dashed);
    if (!same || this.plot === null) return this.rebuild();
    this.plot.setData(this.data(), false);
    this.plot.setScale("x", { min: picture.view.fromMs, max: picture.view.toMs });
  }

  private placeOf(plot: uPlot, timeMs: number): number | null {
    const { picture } = this;
    if (picture === null || timeMs < picture.view.fromMs || timeMs > picture.view.toMs) return null;
    return plot.valToPos(timeMs, "x") + plot.over.offsetLeft;
  }

  /** Puts the cursor on a point, as the keyboard does. */
  point(index: number): void {
    const time = this.picture?.timesMs[index];
    if (this.plot === null || time === undefined) return;
    this.plot.setCursor({ left: this.plot.valToPos(time, "x"), top: HEIGHT / 3 });
  }

  dispose(): void {
    this.themes.disconnect();
    this.sizes.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  private data(): uPlot.AlignedData {
    const picture = this.picture;
    return picture === null ? [[]] : [picture.timesMs as number[], ...picture.lines.map(({ values }) => values as (number | null)[])];
  }

  private showSelected(plot: uPlot): void {
    const { picture } = this;
    if (picture === null) return;
    const { selected } = picture;
    if (selected === null) return plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    const clamp = (timeMs: number): number => Math.max(0, Math.min(plot.over.clientWidth, plot.valToPos(timeMs, "x")));
    const left = clamp(selected.fromMs);
    plot.setSelect({ left, top: 0, width: Math.max(1, clamp(selected.toMs) - left), height: plot.over.clientHeight }, false);
  }

  private rebuild(): void {
    const { picture, host } = this;
    if (picture === null) return;
    this.plot?.destroy();
    const quiet = colourOf("--chart-text");
    const grid = { stroke: colourOf("--chart-grid"), width: 1 };
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const axis = { stroke: quiet, font, grid, ticks: grid };
    const plot = new uPlot({
      width: Math.max(200, host.clientWidth),
      height: HEIGHT,
      ms: 1,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: true, range: () => [this.picture?.view.fromMs ?? 0, this.picture?.view.toMs ?? 1] },
        y: { range: (_, __, high) => [0, Math.max(1, (high ?? 0) * 1.08)] },
      },
      axes: [{ ...axis, size: 24, space: 70, values: (_, splits) => splits.map((value, at) => this.options.clock(value, (splits[at + 1] ?? value) - (at + 1 < splits.length ? value : (splits[at - 1] ?? 0)))) }, { ...axis, size: 46, values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? compact(value) : "")) }],
      series: [{}, ...picture.lines.map((line) => ({
        label: line.label, stroke: colourOf(line.colour), width: line.dashed ? 1 : 1.6, spanGaps: false, ...(line.dashed ? { dash: [5, 4] } : {}),
        // Two looks are two points: a line between them alone would hide that nothing is known in between.
        points: { show: !line.dashed && picture.timesMs.length <= 60, size: 5, fill: colourOf(line.colour) },
      }))],
      cursor: { drag: { x: true, y: false, setScale: false, dist: 4 }, points: { size: 6 }, y: false },
      hooks: {
        setCursor: [(self) => this.options.onCursor(self.cursor.idx ?? null)],
        setSelect: [(self) => {
          if (self.select.width < 2) return;
          const fromMs = self.posToVal(self.select.left, "x");
          this.options.onSelect({ fromMs, toMs: self.posToVal(self.select.left + self.select.width, "x") });
        }],
        drawAxes: [(self) => this.drawMarks(self)],
        // Only now does the plot know where its times stand.
        draw: [(self) => {
          this.drawMoments(self);
          this.showSelected(self);
          this.options.onLayout((timeMs) => this.placeOf(self, timeMs));
        }],
      },
    }, this.data(), host);
    this.plot = plot;
  }

  private drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = colourOf("--chart-mark");
    ctx.setLineDash([2, 3]);
    for (const timeMs of this.picture?.marksMs ?? []) {
      const x = Math.round(plot.valToPos(timeMs, "x", true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }

  private drawMoments(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = colourOf("--chart-moment");
    const tall = 7 * devicePixelRatio;
    for (const timeMs of this.picture?.momentsMs ?? []) {
      const x = Math.round(plot.valToPos(timeMs, "x", true));
      if (x >= bbox.left && x <= bbox.left + bbox.width) ctx.fillRect(x, bbox.top + bbox.height - tall, Math.max(1, devicePixelRatio), tall);
    }
    ctx.restore();
  }
}

/** `12`, `1.2k`, `3.4M`: room beside the picture is small. */
function compact(value: number): string {
  return value < 10_000 ? String(value) : value < 1_000_000 ? `${Math.round(value / 100) / 10}k` : `${Math.round(value / 100_000) / 10}M`;
}
