import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PodTarget } from "../../../src/model/target";
import { parseTarget } from "../../../src/model/parse-target";
import { TargetLogs } from "../../../src/observe/logs/target/target-logs";
import type { ReadLogs } from "../../../src/observe/logs/target/target-logs";
import { openPod } from "../../../src/observe/targets/container/open-pod";
import { openLocal } from "../../../src/observe/targets/local";

/**
 * `kubectl logs`, the real one, against an API server of the test's own, which gives each container's lines behind the wanted moment. The script for files cannot
 * be run in these pods: nothing but what they printed is there.
 */
const NOW = Date.UTC(2026, 10, 25, 13);
const before = { ...process.env };
let folder: string;
let server: Server;
let asked: URL[] = [];

/** Two containers; `app` was restarted at 12:50. */
const PRINTED: Readonly<Record<string, readonly string[]>> = {
  "app": ["2026-11-25T12:50:01.000000001Z INFO  shop.orders: started", "2026-11-25T12:55:02.250000000Z ERROR shop.orders: refund 7 failed", "2026-11-25T12:55:02.250100000Z Traceback (most recent call last):", "2026-11-25T12:55:02.250200000Z   File \"/srv/orders.py\", line 42, in refund"],
  "app previous": ["2026-11-25T09:00:00.000000000Z INFO  shop.orders: too old", "2026-11-25T12:49:59.500000000Z ERROR shop.orders: out of connections"],
  "proxy": ["2026-11-25T12:55:03.000000000Z WARNING shop.proxy: upstream timed out"],
};

function answer(url: URL, response: ServerResponse): void {
  asked.push(url);
  const json = (code: number, body: object): void => void response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
  const refuse = (code: number, reason: string, message: string): void => json(code, { kind: "Status", apiVersion: "v1", status: "Failure", reason, message, code, details: {} });
  const path = url.pathname;
  const pods = "/api/v1/namespaces/shop/pods";
  const running = (name: string): object => ({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "shop" }, spec: { containers: [{ name: "app" }, { name: "proxy" }] }, status: { phase: "Running", containerStatuses: ["app", "proxy"].map((one) => ({ name: one, state: { running: {} } })) } });
  if (path === "/api") return json(200, { kind: "APIVersions", versions: ["v1"] });
  if (path === "/apis") return json(200, { kind: "APIGroupList", apiVersion: "v1", groups: [] });
  if (path === "/api/v1") return json(200, { kind: "APIResourceList", groupVersion: "v1", resources: [{ name: "pods", singularName: "pod", namespaced: true, kind: "Pod", verbs: ["get", "list"] }] });
  const log = /\/pods\/(\w+)\/log$/.exec(path)?.[1];
  if (log === "locked") return refuse(403, "Forbidden", 'pods "locked" is forbidden: User "dev" cannot get resource "pods/log" in API group "" in the namespace "shop"');
  if (log !== undefined) {
    const container = url.searchParams.get("container") ?? "app";
    const previous = url.searchParams.get("previous") === "true";
    const lines = PRINTED[previous ? `${container} previous` : container];
    if (lines === undefined) return refuse(400, "BadRequest", `previous terminated container "${container}" in pod "web" not found`);
    const since = Date.parse(url.searchParams.get("sinceTime") ?? "");
    const wanted = lines.filter((line) => Date.parse(line.slice(0, 23) + "Z") >= since).slice(-Number(url.searchParams.get("tailLines")));
    response.writeHead(200, { "content-type": "text/plain" }).end(wanted.map((line) => `${line}\n`).join(""));
    return;
  }
  if (path === `${pods}/web` || path === `${pods}/locked`) return json(200, running(path.slice(pods.length + 1)));
  return refuse(404, "NotFound", `${path} not found`);
}

async function logsOf(text: string): Promise<ReadLogs> {
  const reach = await openPod(parseTarget(text) as PodTarget, openLocal(), { signal: new AbortController().signal, timeLimitMs: 30_000, kubeconfig: join(folder, "config") });
  try {
    // The way in is closed here: only what was printed is asked for.
    const printedOnly = { ...reach, run: ({ onOutput }: { readonly onOutput: (text: string) => void }) => {
      onOutput("leakline.logs/1 0123456789abcdef\n@0123456789abcdef end\n");
      return Promise.resolve({ exitCode: 0, exitSignal: null, stderr: "", bytes: 0, truncated: false, sentAtMs: 0, endedAtMs: 0 });
    } };
    return await new TargetLogs().read(printedOnly, { pids: [], sinceMs: NOW - 3_600_000, nowMs: NOW, signal: new AbortController().signal, timeLimitMs: 30_000 });
  } finally {
    await reach.close();
  }
}
const told = ({ logs }: ReadLogs): unknown => logs.map((records) => [records.source.kind, records.source.name, [...records].map(({ timeMs, level, message }) => [timeMs === null ? null : new Date(timeMs).toISOString().slice(11, 23), level, message])]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "leakline-pod-logs-"));
  server = createServer((request: IncomingMessage, response: ServerResponse) => answer(new URL(request.url ?? "/", "http://x"), response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  writeFileSync(join(folder, "config"), `apiVersion: v1\nkind: Config\ncurrent-context: test\nclusters:\n- name: test\n  cluster: {server: "http://127.0.0.1:${(server.address() as AddressInfo).port}"}\nusers:\n- name: dev\n  user: {}\ncontexts:\n- name: test\n  context: {cluster: test, user: dev}\n`);
  // Its discovery cache goes to the home folder.
  Object.assign(process.env, { HOME: folder });
});
afterAll(async () => {
  process.env = { ...before };
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

describe("what a pod has printed", () => {
  test("of the container that is named, since the wanted moment, and of the one before its restart; a trace stays with its line", async () => {
    asked = [];
    const read = await logsOf("k8s://shop/web/app");
    expect(told(read)).toEqual([
      ["pod", "k8s://shop/web/app, before its restart", [["12:49:59.500", "error", "out of connections"]]],
      ["pod", "k8s://shop/web/app", [["12:50:01.000", "info", "started"], ["12:55:02.250", "error", "refund 7 failed"]]],
    ]);
    expect([...(read.logs[1] ?? [])][1]?.text).toContain("orders.py\", line 42");
    expect(read.missing).toEqual([]);
    const logs = asked.filter(({ pathname }) => pathname.endsWith("/log"));
    expect(logs.map(({ searchParams }) => [searchParams.get("previous"), searchParams.get("container"), searchParams.get("timestamps"), searchParams.get("sinceTime"), searchParams.get("tailLines")])).toEqual([
      ["true", "app", "true", "2026-11-25T12:00:00Z", "100000"], [null, "app", "true", "2026-11-25T12:00:00Z", "100000"],
    ]);
  });

  test("of another container, which was never restarted: that is no failure", async () => {
    const read = await logsOf("k8s://shop/web/proxy");
    expect(told(read)).toEqual([["pod", "k8s://shop/web/proxy", [["12:55:03.000", "warning", "upstream timed out"]]]]);
    expect(read.missing).toEqual([]);
  });

  test("may not be read: what the client says stands in what is missing", async () => {
    const { logs, missing } = await logsOf("k8s://shop/locked/app");
    expect(logs).toEqual([]);
    expect(missing).toEqual([{ what: "what the target printed", why: expect.stringMatching(/^`kubectl logs` did not tell: .*pods\/log/) as string, remedy: expect.any(String) as string }]);
  });
});
