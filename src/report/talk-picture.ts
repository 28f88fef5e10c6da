import type { Investigation } from "../model/investigation";
import type { TalkEdge, TalkGraph, TalkNode } from "../model/talk";
import { printable } from "./printable";

export const PICTURES = ["dot", "mermaid"] as const;
export type Picture = (typeof PICTURES)[number];

/** Who talks to whom, stuck edges marked, in the language of Graphviz or of Mermaid. */
export function pictureOf(investigation: Investigation, picture: Picture): string {
  const graph = investigation.talk ?? { nodes: [], edges: [] };
  return picture === "dot" ? dotOf(graph) : mermaidOf(graph);
}

/** Lines of a report: the stuck edges, and how many there are besides. */
export function stuckEdgeLines({ nodes, edges }: TalkGraph): string[] {
  const stuck = edges.filter((edge) => edge.stuck > 0);
  return stuck.slice(0, EDGES_SHOWN).map((edge) => `${nameOf(nodes[edge.from])} -> ${nameOf(nodes[edge.to])}: ${countOf(edge)}${edge.why.length === 0 ? "" : ` (${edge.why.join("; ")})`}`)
    .concat(stuck.length > EDGES_SHOWN ? [`and ${stuck.length - EDGES_SHOWN} more (--json lists all)`] : []);
}

const EDGES_SHOWN = 12;

function nameOf(node: TalkNode | undefined): string {
  if (node === undefined) return "?";
  return node.kind === "service" && node.target !== null ? `${node.label} on ${node.target.replace(/^ssh:\/\//, "")}` : node.label;
}

function countOf(edge: TalkEdge): string {
  return edge.stuck === 0 ? String(edge.count) : `${edge.stuck} of ${edge.count} stuck`;
}

/** Nodes of one host stand together. */
function byTarget(nodes: readonly TalkNode[]): Map<string | null, number[]> {
  const groups = new Map<string | null, number[]>();
  nodes.forEach((node, index) => {
    const key = node.kind === "service" ? node.target : null;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  });
  return groups;
}

/** A quoted string of the DOT language: backslashes and quotes escaped, nothing else is special in it (graphviz.org/doc/info/lang.html). */
function dotText(text: string): string {
  return `"${printable(text).replaceAll("\\", "\\\\").replaceAll("\"", "\\\"")}"`;
}

function dotOf({ nodes, edges }: TalkGraph): string {
  const out = ["digraph leakline {", "  rankdir=LR;", "  node [shape=box, fontname=\"sans-serif\"];", "  edge [fontname=\"sans-serif\", fontsize=10];"];
  let cluster = 0;
  for (const [target, members] of byTarget(nodes)) {
    const lines = members.map((index) => `n${index} [label=${dotText(nodes[index]?.label ?? "")}${nodes[index]?.kind === "remote" ? ", shape=cylinder" : nodes[index]?.kind === "clients" ? ", shape=ellipse" : ""}];`);
    if (target === null) out.push(...lines.map((line) => `  ${line}`));
    else out.push(`  subgraph cluster_${cluster++} {`, `    label=${dotText(target)};`, ...lines.map((line) => `    ${line}`), "  }");
  }
  for (const edge of edges) out.push(`  n${edge.from} -> n${edge.to} [label=${dotText(countOf(edge))}${edge.stuck > 0 ? ", color=red, fontcolor=red, penwidth=2" : ""}];`);
  return `${[...out, "}"].join("\n")}\n`;
}

/** A quoted label of Mermaid: it knows entity codes, and quotes, hashes, brackets and angle brackets are written as such. */
function mermaidText(text: string): string {
  return `"${printable(text).replace(/[#"<>[\]{}|`;&]/g, (character) => `#${character.charCodeAt(0)};`)}"`;
}

function mermaidOf({ nodes, edges }: TalkGraph): string {
  const out = ["flowchart LR"];
  let group = 0;
  for (const [target, members] of byTarget(nodes)) {
    const lines = members.map((index) => {
      const text = mermaidText(nodes[index]?.label ?? "");
      return nodes[index]?.kind === "remote" ? `n${index}[(${text})]` : nodes[index]?.kind === "clients" ? `n${index}([${text}])` : `n${index}[${text}]`;
    });
    if (target === null) out.push(...lines.map((line) => `  ${line}`));
    else out.push(`  subgraph h${group++}[${mermaidText(target)}]`, ...lines.map((line) => `    ${line}`), "  end");
  }
  edges.forEach((edge) => out.push(`  n${edge.from} ${edge.stuck > 0 ? "==>" : "-->"}|${mermaidText(countOf(edge))}| n${edge.to}`));
  const stuck = edges.flatMap((edge, index) => (edge.stuck > 0 ? [index] : []));
  if (stuck.length > 0) out.push(`  linkStyle ${stuck.join(",")} stroke:red`);
  return `${out.join("\n")}\n`;
}
