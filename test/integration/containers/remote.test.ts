import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseTarget } from "../../../src/model/parse-target";
import type { ContainerTarget } from "../../../src/model/target";
import { formatTarget } from "../../../src/model/target";
import { look } from "../../../src/observe/look";
import { openContainer } from "../../../src/observe/targets/container/open-container";
import { openTarget } from "../../../src/observe/targets/open-target";
import type { Reach } from "../../../src/observe/targets/reach";
import { openSsh } from "../../../src/observe/targets/ssh/open-ssh";
import { scriptedPrompts } from "../ssh/scripted-prompts";
import type { Sshd } from "../ssh/sshd-rig";
import { startSshd } from "../ssh/sshd-rig";
import type { ContainerRig } from "./container-rig";
import { without } from "./hosts";
import { startPodman } from "./podman-rig";

/** A container on another host: a real sshd, a real podman behind it. */
let rig: ContainerRig;
let sshd: Sshd;
const LEAKED = 7;

beforeAll(async () => {
  rig = await startPodman();
  await rig.leak("with-shell", "with-shell", LEAKED);
  await rig.leak("bare", "bare", LEAKED);
  sshd = await startSshd({ config: [`SetEnv ${Object.entries(rig.environment).map(([name, value]) => `${name}=${value}`).join(" ")}`] });
});
afterAll(async () => {
  await sshd?.stop();
  await rig?.stop();
});

const options = (): Parameters<typeof openTarget>[1] => ({
  signal: new AbortController().signal, timeLimitMs: 30_000, prompts: scriptedPrompts({}), environment: { home: sshd.home, agentSocket: null, systemConfigFile: null }, sshClient: "builtin",
});
const target = (name: string, engine = "podman"): ContainerTarget => parseTarget(`${engine}+ssh://${sshd.user}@${sshd.host}:${sshd.port}/${name}`) as ContainerTarget;

/** Command lines that hold these words. */
function running(words: string): number {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim() === words;
    } catch {
      return false;
    }
  }).length;
}
async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !condition(); round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("a container without a shell, over ssh: through its namespace, by that host's own tools", async () => {
  const reach = await openTarget(target("bare"), options());
  const snapshot = await look(reach, options());
  await reach.close();
  const leaked = snapshot.sockets.filter((socket) => socket.state === "CLOSE_WAIT");
  expect(leaked).toHaveLength(LEAKED);
  expect(leaked.every((socket) => socket.owners[0]?.process === "leaker")).toBe(true);
  expect(snapshot.processes.map((process) => process.name)).toEqual(["leaker"]);
  expect(snapshot.source).toMatchObject({ format: "probe:ss", target: formatTarget(target("bare")) });
});

test.each(["inside", "from its host"])("a cancelled look over ssh leaves nothing running, %s", async (way) => {
  const host = await openSsh({ kind: "ssh", user: sshd.user, host: sshd.host, port: sshd.port }, options());
  const reach: Reach = await openContainer(target("with-shell"), way === "inside" ? without(host, "nsenter", "grep") : host, options());
  const stop = new AbortController();
  let ready: () => void = () => {};
  const begun = new Promise<void>((resolve) => (ready = resolve));
  const outcome = reach.run({ script: "sleep 2003 & echo ready; sleep 2003", onOutput: () => ready(), signal: stop.signal, timeLimitMs: 30_000, maxBytes: 1_000 }).catch((error: unknown) => error);
  await begun;
  await until(() => running("sleep 2003") === 2);
  expect(running("sleep 2003")).toBe(2);
  stop.abort();
  expect(await outcome).toMatchObject({ reason: "cancelled" });
  await until(() => running("sleep 2003") === 0);
  expect(running("sleep 2003")).toBe(0);
  await reach.close();
});

test("what is not there, over ssh: the container, the client", async () => {
  await expect(openTarget(target("nowhere"), options())).rejects.toMatchObject({ reason: "notFound", message: expect.stringContaining(sshd.host) as unknown, remedy: expect.stringContaining("bare") as unknown });
  const host = await openSsh({ kind: "ssh", user: sshd.user, host: sshd.host, port: sshd.port }, options());
  await expect(host.command({ argv: ["no-such-client", "ps"], input: "", onOutput: () => undefined, signal: new AbortController().signal, timeLimitMs: 10_000, maxBytes: 1_000 })).resolves.toMatchObject({ exitCode: 127 });
  await host.close();
});
