import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../../src/explain/explain";
import { preserveScene } from "../../../src/investigate/scene/preserve";
import { containerOf } from "../../../src/model/container";
import { parseTarget } from "../../../src/model/parse-target";
import type { Snapshot } from "../../../src/model/snapshot";
import type { ContainerTarget } from "../../../src/model/target";
import { look } from "../../../src/observe/look";
import { TargetLogs } from "../../../src/observe/logs/target/target-logs";
import { openContainer } from "../../../src/observe/targets/container/open-container";
import { openLocal } from "../../../src/observe/targets/local";
import type { Host } from "../../../src/observe/targets/reach";
import { localAsNobody, localWithout } from "./hosts";
import type { ContainerRig } from "./container-rig";
import { startDocker } from "./docker-rig";
import { startPodman } from "./podman-rig";

function leaked(snapshot: Snapshot): Snapshot["sockets"] {
  return snapshot.sockets.filter((socket) => socket.state === "CLOSE_WAIT" && socket.remote.port === 5432);
}

/** Command lines of what runs in a container, from the host's /proc. */
function commandsIn(id: string): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(id)) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim()].filter((line) => line !== "" && !/conmon|shim/.test(line));
    } catch {
      return [];
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !condition(); round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The processes `docker exec` and `podman exec` for a container. */
function clientsOf(id: string): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return /^(?:docker|podman)\0exec\0/.test(line) && line.includes(id);
    } catch {
      return false;
    }
  });
}

const LEAKED = 12;
const options = (timeLimitMs = 60_000): { signal: AbortSignal; timeLimitMs: number } => ({ signal: new AbortController().signal, timeLimitMs });

/** Real engines, real containers: made of programs of this machine. */
describe.each([["podman", startPodman], ["docker", startDocker]] as const)("%s", (engine, start) => {
  let rig: ContainerRig;
  const before = { ...process.env };
  /** With the engine's client alone: neither the kernel's files of its containers nor nsenter. */
  const clientOnly = (): Host => localWithout("nsenter", "/bin/grep", "grep");
  const container = (name: string): ContainerTarget => parseTarget(`${engine}://${name}`) as ContainerTarget;

  beforeAll(async () => {
    rig = await start();
    Object.assign(process.env, rig.environment);
    await rig.leak("with-shell", "with-shell", LEAKED, "--env", "PASSWORD=SECRET_OF_THE_CONTAINER", "--add-host", "db.internal:10.9.8.7");
    await rig.leak("with-cat", "with-cat", LEAKED);
    await rig.leak("bare", "bare", LEAKED);
  });
  afterAll(async () => {
    process.env = before;
    await rig?.stop();
  });

  async function lookAt(name: string, host: Host): Promise<Snapshot> {
    const reach = await openContainer(container(name), host, options());
    try {
      return await look(reach, options());
    } finally {
      await reach.close();
    }
  }

  describe("a look into a container", () => {
    test("with its own shell and tools: the leak, its owner and its cause", async () => {
      const snapshot = await lookAt("with-shell", clientOnly());
      expect(leaked(snapshot)).toHaveLength(LEAKED);
      expect(new Set(leaked(snapshot).map((socket) => `${socket.ownership} ${socket.owners[0]?.process} ${socket.owners[0]?.pid}`))).toEqual(new Set(["owned leaker 1"]));
      expect(snapshot.source).toMatchObject({ format: "probe:proc-net-tcp", target: `${engine}://with-shell` });
      expect(snapshot.missing.map((fact) => fact.what)).toContain("the view from the container's host");
      const { diagnoses } = explain({ snapshots: [snapshot], configured: [] });
      expect(diagnoses).toContainEqual(expect.objectContaining({ cause: "connection-pinned", count: LEAKED, direction: "outbound" }));
    });

    test("what it has printed is told by its client, with the moment of each line", async () => {
      const reach = await openContainer(container("with-shell"), openLocal(), options());
      try {
        const nowMs = Date.now();
        const { logs } = await new TargetLogs().read(reach, { pids: [1], sinceMs: nowMs - 3_600_000, nowMs, ...options() });
        const own = logs.find(({ source }) => source.kind === "container" && source.name === `${engine}://with-shell`);
        expect(own?.source.how).toContain(`${engine} logs`);
        expect([...(own ?? [])].map(({ message }) => message)).toEqual(["leaking"]);
        expect(Math.abs((own?.source.firstMs ?? 0) - nowMs)).toBeLessThan(600_000);
      } finally {
        await reach.close();
      }
    });

    test("without ss in it, from its host: the host's ss, the container's processes and names, and no others", async () => {
      const snapshot = await lookAt("with-shell", openLocal());
      expect(leaked(snapshot)).toHaveLength(LEAKED);
      expect(snapshot.source.format).toBe("probe:ss");
      expect(leaked(snapshot).every((socket) => socket.info?.lastReceiveMs !== null && socket.owners[0]?.process === "leaker")).toBe(true);
      expect(snapshot.processes.map((process) => process.name)).toEqual(["leaker"]);
      const inside = (await rig.cli("exec", "with-shell", "hostname")).trim();
      expect(snapshot.hostname).toBe(inside);
      expect(snapshot.hostNames).toContainEqual({ address: "10.9.8.7", name: "db.internal", from: "/etc/hosts" });
      // docker takes IPv6 from a container without a network.
      expect(snapshot.ownAddresses.filter((address) => address !== "::1")).toEqual(["127.0.0.1"]);
      expect(snapshot.missing.filter((fact) => fact.what.includes("namespace"))).toEqual([]);
    });

    test("without any shell: through its network namespace", async () => {
      // A socket that has been in CLOSE_WAIT for a moment alone is normal, and no cause is named for it.
      let snapshot = await lookAt("bare", openLocal());
      for (let round = 0; round < 40 && leaked(snapshot).some((socket) => (socket.info?.lastAckMs ?? 0) < 5_500); round += 1) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        snapshot = await lookAt("bare", openLocal());
      }
      expect(leaked(snapshot)).toHaveLength(LEAKED);
      expect(leaked(snapshot).every((socket) => socket.owners[0]?.process === "leaker")).toBe(true);
      expect(explain({ snapshots: [snapshot], configured: [] }).diagnoses).toContainEqual(expect.objectContaining({ cause: "connection-pinned", process: expect.objectContaining({ name: "leaker" }) as unknown }));
    });

    test("with nothing but cat, and no way from the host: the bare table, and what it lacks", async () => {
      const snapshot = await lookAt("with-cat", clientOnly());
      expect(leaked(snapshot)).toHaveLength(LEAKED);
      expect(leaked(snapshot).every((socket) => socket.ownership === "hidden")).toBe(true);
      expect(snapshot.skipped).toEqual([]);
      expect(snapshot.missing.map((fact) => fact.why).join(" ")).toContain("no shell");
    });

    test("with nothing at all, and no way from the host: what to do", async () => {
      await expect(lookAt("bare", clientOnly())).rejects.toMatchObject({ reason: "toolMissing", message: expect.stringContaining(`${engine}://bare`) as unknown, remedy: expect.stringContaining("root") as unknown });
    });
  });

  describe("a scene of a container", () => {
    // One way in for each engine: both ways are looked at with both above.
    const [way, name, host] = engine === "podman" ? ["by its own shell", "with-shell", clientOnly] as const : ["from its host, without any shell in it", "bare", openLocal] as const;
    test(`${way}: two looks, what its processes hold, where their threads stand; nothing else's`, async () => {
      const reach = await openContainer(container(name), host(), options());
      try {
        const beganMs = Date.now();
        const { snapshots, preserved, logs } = await preserveScene(reach, { signal: new AbortController().signal, beganMs, deadlineMs: beganMs + 30_000, now: Date.now, onStep: () => undefined });
        expect(snapshots.map((snapshot) => leaked(snapshot).length)).toEqual([LEAKED, LEAKED]);
        expect(preserved.endedMs - beganMs).toBeLessThan(30_000);
        const owners = new Set(leaked(snapshots[0] as Snapshot).flatMap((socket) => socket.owners.map(({ pid }) => pid)));
        expect(preserved.pids).toEqual(expect.arrayContaining([...owners]));
        for (const pid of owners) {
          expect(preserved.descriptors.filter((one) => one.pid === pid && one.target.startsWith("socket:")).length).toBeGreaterThanOrEqual(LEAKED);
          expect(preserved.threads.filter((one) => one.pid === pid)).toMatchObject([{ name: "leaker" }]);
          expect(preserved.limits).toContainEqual(expect.objectContaining({ pid, name: "Max open files" }));
        }
        expect(new Set(preserved.descriptors.map(({ pid }) => pid)).size).toBeLessThanOrEqual(snapshots[0]?.processes.length ?? 0);
        expect((logs ?? []).flatMap((log) => [...log].map(({ message }) => message))).toContain("leaking");
        const { diagnoses } = explain({ snapshots, configured: [] });
        expect(diagnoses).toContainEqual(expect.objectContaining({ cause: "connection-pinned", count: LEAKED }));
        // BusyBox's timeout leaves a watcher behind, which ends when its time is over.
        const id = (await rig.cli("inspect", "--format", "{{.Id}}", name)).trim();
        await expect.poll(() => commandsIn(id).filter((line) => !line.includes("leaker")), { timeout: 30_000, interval: 200 }).toEqual([]);
      } finally {
        await reach.close();
      }
    });
  });

  describe("a look at their host", () => {
    test("names the containers, whose processes are whose, and leaves none out", async () => {
      const snapshot = await look(openLocal(), options());
      const told = snapshot.containers?.filter((one) => one.toldBy === engine) ?? [];
      expect(told.map((one) => one.name).sort()).toEqual(["bare", "with-cat", "with-shell"]);
      const pids = new Map(told.map((one) => [one.name, one.pid]));
      for (const name of ["bare", "with-cat", "with-shell"]) {
        const held = snapshot.processes.find((process) => process.pid === pids.get(name));
        expect(held, name).toMatchObject({ name: "leaker" });
        expect(containerOf(held)).toBe(name);
      }
      // Their network namespaces are read too, and go by the containers' names.
      for (const name of ["bare", "with-cat", "with-shell"]) {
        const namespace = snapshot.namespaces.find((one) => one.name === name);
        expect(leaked(snapshot).filter((socket) => socket.namespace === namespace?.id), name).toHaveLength(LEAKED);
      }
      expect(snapshot.missing.filter((fact) => fact.what.includes(engine))).toEqual([]);
      expect(JSON.stringify(snapshot.containers)).not.toContain("SECRET_OF_THE_CONTAINER");
    });
  });

  describe("a look that ends early", () => {
    // Foreground and background: what hangs on a sick host.
    const HANGING = "sleep 1001 & echo ready; sleep 1002";

    test.each(["cancelled", "out of time", "closed", "client killed"])("%s: nothing of ours is left in the container", async (how) => {
      const id = (await rig.cli("inspect", "--format", "{{.ID}}", "with-shell")).trim();
      const stop = new AbortController();
      const reach = await openContainer(container("with-shell"), clientOnly(), options());
      let ready: () => void = () => {};
      const begun = new Promise<void>((resolve) => (ready = resolve));
      const outcome = reach.run({ script: HANGING, onOutput: () => ready(), signal: stop.signal, timeLimitMs: how === "out of time" ? 2_500 : 30_000, maxBytes: 1_000 }).catch((error: unknown) => error);
      try {
        await begun;
        await until(() => commandsIn(id).filter((line) => line.startsWith("sleep")).length === 2);
        expect(commandsIn(id).filter((line) => line.startsWith("sleep"))).toHaveLength(2);
        if (how === "cancelled") stop.abort();
        if (how === "closed") await reach.close();
        if (how === "client killed") {
          for (const pid of clientsOf(id)) process.kill(pid, "SIGKILL");
        }
        const ended = await outcome;
        if (how === "client killed") expect(ended).toMatchObject({ exitSignal: "SIGKILL" });
        else expect(ended).toMatchObject({ reason: how === "out of time" ? "timeout" : "cancelled" });
        await until(() => commandsIn(id).length === 1);
        expect(commandsIn(id)).toEqual([`/bin/leaker 5432 ${LEAKED}`]);
      } finally {
        stop.abort();
        await reach.close();
      }
    });
  });

  describe("what cannot be looked at", () => {
    const opening = (name: string): Promise<unknown> => openContainer(container(name), openLocal(), options()).then((reach) => reach.close());

    test("no such container: those that there are", async () => {
      await expect(opening("with")).rejects.toMatchObject({ reason: "notFound", remedy: expect.stringMatching(/with-shell, with-cat|with-cat, with-shell/) as unknown });
      await expect(opening("nowhere")).rejects.toMatchObject({ reason: "notFound", remedy: expect.stringContaining("bare") as unknown });
    });

    test("stopped", async () => {
      await rig.leak("short", "bare", 1);
      await rig.cli("stop", "--time", "0", "short");
      await expect(opening("short")).rejects.toMatchObject({ reason: "notRunning", message: expect.stringContaining("exited") as unknown });
    });

    test("paused", async () => {
      await rig.cli("pause", "with-cat");
      try {
        await expect(opening("with-cat")).rejects.toMatchObject({ reason: "notRunning", message: expect.stringContaining("paused") as unknown, remedy: expect.stringContaining("unpause") as unknown });
      } finally {
        await rig.cli("unpause", "with-cat");
      }
    });

    test("stopped between two looks", async () => {
      await rig.leak("brief", "bare", 1);
      const reach = await openContainer(container("brief"), openLocal(), options());
      await rig.cli("kill", "brief");
      await expect(look(reach, options())).rejects.toMatchObject({ reason: "notRunning" });
      await reach.close();
    });

    test("a user without the right to", async () => {
      const opened = openContainer(container("bare"), localAsNobody(), options());
      // Every user has a podman of their own, which knows nothing of root's containers; docker's socket is closed to them.
      await expect(opened).rejects.toMatchObject({ reason: engine === "docker" ? "denied" : expect.stringMatching(/notFound|answerBroken|denied/) as unknown });
    });

    test("no client", async () => {
      await expect(openContainer(container("bare"), localWithout(engine), options())).rejects.toMatchObject({ reason: "toolMissing", message: expect.stringContaining(engine) as unknown });
    });
  });
});
