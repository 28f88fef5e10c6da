import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain";
import type { TalkGraph } from "../../src/model/talk";
import type { Snapshot } from "../../src/model/snapshot";
import { host, PROXY, stalled, unanswered, working } from "./hosts-builder";
import { listener, look, numbers, process, socket } from "./look-builder";

function talk(...snapshots: Snapshot[]): TalkGraph {
  return explain({ snapshots, configured: [] }).talk;
}

function said({ nodes, edges }: TalkGraph): string[] {
  const name = (index: number): string => `${nodes[index]?.kind}:${nodes[index]?.label}${nodes[index]?.kind === "service" ? `@${nodes[index]?.target}` : ""}`;
  return edges.map((edge) => `${name(edge.from)} -> ${name(edge.to)} ${edge.stuck}/${edge.count}`).sort();
}

describe("who talks to whom", () => {
  it("hosts, what they call and who calls them, with the stuck connections counted", () => {
    expect(said(talk(host(1, [...stalled(1, 12, 30_000, 8_000), ...unanswered(1, 6, 28_000)]), host(2, working(2, 4))))).toEqual([
      `clients:${PROXY} -> service:app@ssh://web-1 12/12`,
      "service:app@ssh://web-1 -> remote:10.0.9.9:3306 (mysql) 6/6",
      "service:app@ssh://web-2 -> remote:10.0.9.9:3306 (mysql) 0/4",
    ]);
  });

  it("a connection between two hosts of the set is one edge, seen from both ends", () => {
    const proxy = look(numbers(5).map((n) => socket("ESTABLISHED", `${PROXY}:${40000 + n}`, "10.0.0.1:8080", { by: { pid: 7, process: "haproxy" } })), {
      source: { format: "probe:ss", target: "ssh://lb", takenAt: null }, hostname: "lb", ownAddresses: [PROXY], processes: [process(7, "haproxy")],
    });
    const node = host(1, stalled(1, 5, 30_000, 8_000));
    const graph = talk(proxy, node);
    expect(said(graph)).toEqual(["service:haproxy@ssh://lb -> service:app@ssh://web-1 5/5"]);
    expect(graph.edges[0]?.places.map((place) => [place.snapshot, place.sockets.length])).toEqual([[0, 5], [1, 5]]);
  });

  it("two processes of one host over loopback are one edge; the same loopback on another host is another", () => {
    const pair = (n: number): Snapshot => host(n, [
      listener("127.0.0.1:3306", 0, 80, { pid: 70, process: "mysqld" }),
      socket("ESTABLISHED", "127.0.0.1:50000", "127.0.0.1:3306", { by: { pid: 500, process: "app" } }),
      socket("ESTABLISHED", "127.0.0.1:3306", "127.0.0.1:50000", { by: { pid: 70, process: "mysqld" } }),
    ]);
    expect(said(talk(pair(1), pair(2)))).toEqual(["service:app@ssh://web-1 -> service:mysqld@ssh://web-1 0/1", "service:app@ssh://web-2 -> service:mysqld@ssh://web-2 0/1"]);
  });

  it("stays a picture with thousands of ends: clients become one, and so do the ends that fit no more", () => {
    const crowd = host(1, [
      ...numbers(3000).map((n) => socket("ESTABLISHED", "10.0.0.1:8080", `10.${1 + (n >> 8)}.${n & 255}.9:4000`, { by: { pid: 500, process: "app" } })),
      ...numbers(900).map((n) => socket("ESTABLISHED", `10.0.0.1:${20000 + n}`, `172.20.${n >> 8}.${n & 255}:443`, { by: { pid: 500, process: "app" } })),
    ]);
    const graph = talk(crowd);
    expect(graph.nodes.length).toBeLessThan(160);
    expect(graph.edges.reduce((sum, edge) => sum + edge.count, 0)).toBe(3900);
    expect(graph.nodes.some((node) => node.label === "3000 clients")).toBe(true);
    for (const edge of graph.edges) expect(graph.nodes[edge.to]).toBeDefined();
  });
});
