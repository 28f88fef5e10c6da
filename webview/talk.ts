import { Graph, layout } from "@dagrejs/dagre";
import type { PanelCase, PanelTalk } from "../src/protocol/panel";
import type { PanelContext } from "./actions";
import { h } from "./dom";
import { edgeName } from "./sentences";
import { formatCount } from "./words";

/** What a person chose to see. `open`: null while nobody chose. */
export interface TalkChoice {
  open: boolean | null;
  all: boolean;
}

/** Edges that are drawn unasked: those that are stuck, then the most crowded. */
const FEW_EDGES = 24;
const NODE_HEIGHT = 26;
const SVG = "http://www.w3.org/2000/svg";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** An element of the drawing. Attributes are figures and class names; text is text. */
function draw(tag: "svg" | "g" | "rect" | "path" | "text" | "title", attributes: Readonly<Record<string, string | number>>, ...children: readonly (SVGElement | string)[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

function chosenEdges({ edges }: PanelTalk, all: boolean): number[] {
  const order = edges.map((_, at) => at).sort((a, b) => (edges[b]?.stuck ?? 0) - (edges[a]?.stuck ?? 0) || (edges[b]?.count ?? 0) - (edges[a]?.count ?? 0) || a - b);
  return all ? order : order.filter((at, place) => place < FEW_EDGES || (edges[at]?.stuck ?? 0) > 0);
}

function measure(text: string): number {
  const canvas = document.createElement("canvas").getContext("2d");
  if (canvas === null) return text.length * 7;
  canvas.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  return canvas.measureText(text).width;
}

/** A smooth line through the points that the layout found. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${first.x},${first.y}`;
  for (let at = 0; at < rest.length; at += 1) {
    const point = rest[at] as Point;
    const next = rest[at + 1];
    path += next === undefined ? `L${point.x},${point.y}` : `Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`;
  }
  return path;
}

function tip(points: readonly Point[]): string {
  const end = points.at(-1);
  const before = points.at(-2);
  if (end === undefined || before === undefined) return "";
  const angle = Math.atan2(end.y - before.y, end.x - before.x);
  const corner = (turn: number): string => `${end.x - 8 * Math.cos(angle + turn)},${end.y - 8 * Math.sin(angle + turn)}`;
  return `M${end.x},${end.y}L${corner(0.4)}L${corner(-0.4)}Z`;
}

function drawing(talk: PanelTalk, edges: readonly number[], context: PanelContext): HTMLElement {
  const graph = new Graph({ directed: true, compound: true, multigraph: true });
  graph.setGraph({ rankdir: document.body.clientWidth < 600 ? "TB" : "LR", nodesep: 14, ranksep: 70, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const used = new Set(edges.flatMap((at) => [talk.edges[at]?.from ?? -1, talk.edges[at]?.to ?? -1]));
  const ill = new Set(edges.flatMap((at) => ((talk.edges[at]?.stuck ?? 0) > 0 ? [talk.edges[at]?.from ?? -1] : [])));
  const hosts = new Set<string>();
  for (const at of used) {
    const node = talk.nodes[at];
    if (node === undefined) continue;
    graph.setNode(`n${at}`, { width: Math.min(260, measure(node.label) + 20), height: NODE_HEIGHT });
    if (node.host === null) continue;
    if (!hosts.has(node.host)) graph.setNode(`h${node.host}`, {});
    hosts.add(node.host);
    graph.setParent(`n${at}`, `h${node.host}`);
  }
  for (const at of edges) {
    const edge = talk.edges[at];
    if (edge !== undefined) graph.setEdge(`n${edge.from}`, `n${edge.to}`, { width: 34, height: 14, labelpos: "c" }, String(at));
  }
  layout(graph);

  const parts: SVGElement[] = [];
  const box = (name: string): { x: number; y: number; width: number; height: number } => graph.node(name) as { x: number; y: number; width: number; height: number };
  for (const host of hosts) {
    const { x, y, width, height } = box(`h${host}`);
    parts.push(draw("g", { class: "host" }, draw("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 4 }), draw("text", { class: "host-name", x: x - width / 2 + 6, y: y - height / 2 + 13 }, host)));
  }
  for (const at of edges) {
    const edge = talk.edges[at];
    if (edge === undefined) continue;
    const laid = graph.edge(`n${edge.from}`, `n${edge.to}`, String(at)) as { points: Point[]; x: number; y: number };
    const path = curve(laid.points);
    const count = formatCount(edge.count, context.locale);
    const group = draw("g", { class: edge.stuck > 0 ? "edge stuck" : "edge" },
      draw("title", {}, [edgeName(talk, at, context.t), ...edge.states.map(({ state, count: many }) => `${state} ${many}`), ...edge.why].join("\n")),
      draw("path", { class: "reach", d: path }), draw("path", { class: "line-path", d: path }), draw("path", { class: "tip", d: tip(laid.points) }),
      draw("text", { class: "edge-count", x: laid.x, y: laid.y - 4, "text-anchor": "middle" }, edge.stuck > 0 ? `${formatCount(edge.stuck, context.locale)}/${count}` : count));
    group.addEventListener("click", () => context.narrow({ kind: "edge", edge: at }));
    parts.push(group);
  }
  for (const at of used) {
    const node = talk.nodes[at];
    if (node === undefined) continue;
    const { x, y, width, height } = box(`n${at}`);
    const room = Math.floor((width - 16) / 6.2);
    parts.push(draw("g", { class: `node ${node.kind}${ill.has(at) ? " ill" : ""}` }, draw("title", {}, node.host === null ? node.label : `${node.label}\n${node.host}`),
      draw("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 3 }),
      draw("text", { x, y: y + 4, "text-anchor": "middle" }, node.label.length > room + 3 && width >= 260 ? `${node.label.slice(0, room)}...` : node.label)));
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const host = h("div", { class: "drawing", aria: { hidden: true } });
  // Made smaller to fit, as far as it can still be read; the rest is scrolled.
  const scale = Math.min(1, Math.max(0.7, (document.body.clientWidth - 40) / Math.max(1, width)));
  host.append(draw("svg", { width: width * scale, height: height * scale, viewBox: `0 0 ${width} ${height}` }, ...parts));
  return host;
}

/** Who talks to whom, with the stuck edges marked: a drawing for the eye, and the same as a list of buttons. */
export function renderTalk(shown: PanelCase, context: PanelContext, choice: TalkChoice): HTMLElement | null {
  const { talk } = shown;
  const { t, locale } = context;
  if (talk === null) return null;
  const several = new Set(talk.nodes.flatMap(({ host }) => (host === null ? [] : [host]))).size > 1;
  const body = h("div", {});
  const fill = (): void => {
    const edges = chosenEdges(talk, choice.all);
    body.replaceChildren(
      drawing(talk, edges, context),
      ...(edges.length === talk.edges.length ? [] : [h("vscode-button", {
        appearance: "secondary",
        onClick: () => {
          choice.all = true;
          fill();
        },
      }, t("Show All {0}", talk.edges.length))]),
      h("details", {}, h("summary", {}, t("{0} ways as a list", edges.length)), h("ul", { class: "edges" }, ...edges.map((at) => {
        const edge = talk.edges[at];
        const words = edge === undefined ? "" : `${edgeName(talk, at, t)}: ${edge.states.map(({ state, count }) => `${state} ${formatCount(count, locale)}`).join(", ")}`;
        return h("li", {}, h("button", { class: "link", title: t("Show these sockets"), onClick: () => context.narrow({ kind: "edge", edge: at }) }, words),
          edge === undefined || edge.stuck === 0 ? null : h("span", { class: "stuck-count" }, " ", t("{0} stuck", formatCount(edge.stuck, locale))), edge === undefined || edge.why.length === 0 ? null : ` ${edge.why.join("; ")}`);
      }))));
  };
  const details = h("details", { class: "talk" }, h("summary", {}, t("Who talks to whom")), body) as HTMLDetailsElement;
  details.open = choice.open ?? several;
  if (details.open) fill();
  details.addEventListener("toggle", () => {
    choice.open = details.open;
    if (details.open && body.childElementCount === 0) fill();
  });
  return details;
}
