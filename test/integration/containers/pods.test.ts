import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { preserveScene } from "../../../src/investigate/scene/preserve";
import { parseTarget } from "../../../src/model/parse-target";
import type { Snapshot } from "../../../src/model/snapshot";
import type { PodTarget } from "../../../src/model/target";
import { look } from "../../../src/observe/look";
import { openPod } from "../../../src/observe/targets/container/open-pod";
import { openLocal } from "../../../src/observe/targets/local";
import type { ContainerRig } from "./container-rig";
import { localWithout } from "./hosts";
import { startPodman } from "./podman-rig";

const options = (kubeconfig: string | null = null, timeLimitMs = 30_000): Parameters<typeof openPod>[2] => ({ signal: new AbortController().signal, timeLimitMs, kubeconfig });
const pod = (text: string): PodTarget => parseTarget(text) as PodTarget;
const before = { ...process.env };

describe("the real kubectl, against an API server of the test's own", () => {
  let folder: string;
  let server: Server;
  let asked: string[] = [];

  const running = { phase: "Running", containerStatuses: [{ name: "app", state: { running: {} } }, { name: "job", state: { terminated: { exitCode: 0, reason: "Completed" } } }] };
  const podNamed = (name: string, status: object): object => ({
    apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "shop" }, spec: { nodeName: "node-1", containers: [{ name: "app", env: [{ name: "PASSWORD", value: "x" }] }, { name: "job" }] }, status,
  });
  const status = (code: number, reason: string, message: string): [number, object] => [code, { kind: "Status", apiVersion: "v1", status: "Failure", reason, message, code, details: {} }];

  function answer(method: string, path: string): [number, object] {
    const pods = "/api/v1/namespaces/shop/pods";
    if (path === "/api") return [200, { kind: "APIVersions", versions: ["v1"] }];
    if (path === "/apis") return [200, { kind: "APIGroupList", apiVersion: "v1", groups: [] }];
    if (path === "/api/v1") return [200, { kind: "APIResourceList", groupVersion: "v1", resources: [{ name: "pods", singularName: "pod", namespaced: true, kind: "Pod", verbs: ["get", "list"] }] }];
    if (path.endsWith("/exec")) return status(403, "Forbidden", 'pods "web" is forbidden: User "dev" cannot create resource "pods/exec" in API group "" in the namespace "shop"');
    if (path === `${pods}/web`) return [200, podNamed("web", running)];
    if (path === `${pods}/done`) return [200, podNamed("done", { phase: "Succeeded" })];
    if (path === `${pods}/secret`) return status(403, "Forbidden", 'pods "secret" is forbidden: User "dev" cannot get resource "pods" in API group "" in the namespace "shop"');
    if (path === pods) return [200, { kind: "PodList", apiVersion: "v1", metadata: {}, items: [podNamed("api-7d9f-x2", running), podNamed("api-7d9f-k8", running), podNamed("web", running)] }];
    if (path.startsWith(`${pods}/`)) return status(404, "NotFound", `pods "${path.slice(pods.length + 1)}" not found`);
    return status(404, "NotFound", `${method} ${path}`);
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "leakline-kubectl-"));
    server = createServer((request: IncomingMessage, response: ServerResponse) => {
      const path = new URL(request.url ?? "/", "http://x").pathname;
      asked.push(`${request.method} ${path}`);
      const [code, body] = answer(request.method ?? "GET", path);
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const cluster = (name: string, at: string): string => `- name: ${name}\n  cluster: {server: "${at}"}\n`;
    writeFileSync(join(folder, "config"), `apiVersion: v1\nkind: Config\ncurrent-context: test\nclusters:\n${cluster("test", `http://127.0.0.1:${port}`)}${cluster("gone", "http://127.0.0.1:1")}`
      + "users:\n- name: dev\n  user: {}\ncontexts:\n- name: test\n  context: {cluster: test, user: dev}\n- name: dev@gone\n  context: {cluster: gone, user: dev}\n");
    // Its discovery cache goes to the home folder.
    Object.assign(process.env, { HOME: folder });
  });
  afterAll(async () => {
    process.env = { ...before };
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const opening = (text: string): Promise<unknown> => openPod(pod(text), openLocal(), options(join(folder, "config"))).then((reach) => reach.close());

  test("a pod that runs is found, and nothing is made in the cluster", async () => {
    asked = [];
    await opening("k8s://shop/web/app");
    expect(asked).toContain("GET /api/v1/namespaces/shop/pods/web");
    expect(asked.filter((one) => !one.startsWith("GET "))).toEqual([]);
  });

  test("going in is forbidden: the right that is lacking, and never a debug container", async () => {
    const reach = await openPod(pod("k8s://shop/web"), openLocal(), options(join(folder, "config")));
    asked = [];
    await expect(look(reach, options())).rejects.toMatchObject({ reason: "denied", remedy: expect.stringContaining("pods/exec") as unknown });
    expect(asked.filter((one) => /ephemeral|PATCH|PUT|DELETE/.test(one))).toEqual([]);
    await reach.close();
  });

  test("reading pods may be forbidden where going in is not: that is tried", async () => {
    const reach = await openPod(pod("k8s://shop/secret"), openLocal(), options(join(folder, "config")));
    await expect(look(reach, options())).rejects.toMatchObject({ reason: "denied" });
    await reach.close();
  });

  test.each([
    ["k8s://shop/api", "notFound", /Several pods match.*api-7d9f-x2, api-7d9f-k8/],
    ["k8s://shop/nowhere", "notFound", /web/],
    ["k8s://shop/done", "notRunning", /./],
    ["k8s://shop/web/nowhere", "notFound", /app, job/],
    ["k8s://shop/web/job", "notRunning", /app/],
    ["k8s://elsewhere@shop/web", "configInvalid", /get-contexts/],
    ["k8s://dev@gone@shop/web", "unreachable", /server address/],
  ])("%s: %s", async (text, reason, remedy) => {
    await expect(opening(text)).rejects.toMatchObject({ reason, message: expect.stringContaining(text.slice(0, 10)) as unknown, remedy: expect.stringMatching(remedy) as unknown });
  });

  test("an API server that accepts and says nothing", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    writeFileSync(join(folder, "silent"), readFileSync(join(folder, "config"), "utf8").replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${(silent.address() as AddressInfo).port}`));
    const began = performance.now();
    await expect(openPod(pod("k8s://shop/web"), openLocal(), options(join(folder, "silent"), 2_000))).rejects.toMatchObject({ reason: "timeout" });
    expect(performance.now() - began).toBeLessThan(8_000);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe("a pod's way in, by a kubectl that stands for one (it goes into a real container)", () => {
  let rig: ContainerRig;
  let folder: string;
  const LEAKED = 5;

  beforeAll(async () => {
    rig = await startPodman();
    await rig.leak("with-shell", "with-shell", LEAKED);
    await rig.leak("with-cat", "with-cat", LEAKED);
    await rig.leak("bare", "bare", LEAKED);
    folder = mkdtempSync(join(tmpdir(), "leakline-kubectl-"));
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "kubectl"), `#!/bin/sh
printf '%s\\n' "$*" >> "${folder}/asked"
case "$*" in
  *" get pod "*) printf 'phase Running\\nnode node-1\\ncontainer app\\ncontainer proxy\\nrunning app\\nrunning proxy\\n'; exit ;;
esac
pod=
while [ $# -gt 0 ]; do
  case $1 in exec) pod=$3 ;; --) shift; break ;; esac
  shift
done
exec podman exec -i "$pod" "$@"
`);
    chmodSync(join(folder, "bin", "kubectl"), 0o755);
    Object.assign(process.env, rig.environment, { PATH: `${join(folder, "bin")}:${process.env.PATH}` });
  });
  afterAll(async () => {
    process.env = { ...before };
    await rig?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function lookAt(text: string): Promise<Snapshot> {
    const reach = await openPod(pod(text), openLocal(), options("/etc/kube/config"));
    try {
      return await look(reach, options());
    } finally {
      await reach.close();
    }
  }

  test("with a shell: the leak and its owner, and whose processes it does not show", async () => {
    const snapshot = await lookAt("k8s://prod@shop/with-shell/app");
    const leaked = snapshot.sockets.filter((socket) => socket.state === "CLOSE_WAIT");
    expect(leaked).toHaveLength(LEAKED);
    expect(leaked.every((socket) => socket.owners[0]?.process === "leaker")).toBe(true);
    expect(snapshot.missing).toContainEqual(expect.objectContaining({ what: expect.stringContaining("proxy") as unknown, remedy: expect.stringContaining("k8s://prod@shop/with-shell/proxy") as unknown }));
    const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
    expect(asked.at(-1)).toBe("--kubeconfig=/etc/kube/config --context=prod --namespace=shop exec -i with-shell -c app -- sh -s");
  });

  test("a scene of it: two looks and what its process holds, by `exec` alone", async () => {
    const reach = await openPod(pod("k8s://prod@shop/with-shell/app"), openLocal(), options("/etc/kube/config"));
    try {
      const beganMs = Date.now();
      const { snapshots, preserved } = await preserveScene(reach, { signal: new AbortController().signal, beganMs, deadlineMs: beganMs + 30_000, now: Date.now, onStep: () => undefined });
      expect(snapshots.map(({ sockets }) => sockets.filter((socket) => socket.state === "CLOSE_WAIT").length)).toEqual([LEAKED, LEAKED]);
      expect(preserved).toMatchObject({ target: "k8s://prod@shop/with-shell/app", pids: [1] });
      expect(preserved.descriptors.filter(({ pid, target }) => pid === 1 && target.startsWith("socket:")).length).toBeGreaterThanOrEqual(LEAKED);
      expect(preserved.threads).toMatchObject([{ pid: 1, name: "leaker" }]);
    } finally {
      await reach.close();
    }
    const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
    expect(asked.filter((one) => !/ (?:get pod|exec -i|logs) /.test(one))).toEqual([]);
  });

  test("without a shell: the bare table", async () => {
    const snapshot = await lookAt("k8s://shop/with-cat");
    expect(snapshot.sockets.filter((socket) => socket.state === "CLOSE_WAIT")).toHaveLength(LEAKED);
    expect(snapshot.missing.map((fact) => fact.why).join()).toContain("no shell");
  });

  test("with nothing: the node to look at", async () => {
    await expect(lookAt("k8s://shop/bare")).rejects.toMatchObject({ reason: "toolMissing", remedy: expect.stringContaining("ssh://node-1") as unknown });
  });

  test("no kubectl", async () => {
    await expect(openPod(pod("k8s://shop/web"), localWithout("kubectl"), options())).rejects.toMatchObject({ reason: "toolMissing", message: expect.stringContaining("k8s://shop/web") as unknown });
  });
});
