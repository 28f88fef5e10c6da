import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../../src/explain/explain";
import { parseTarget } from "../../../src/model/parse-target";
import type { Snapshot } from "../../../src/model/snapshot";
import type { ContainerTarget } from "../../../src/model/target";
import { look } from "../../../src/observe/look";
import { openContainer } from "../../../src/observe/targets/container/open-container";
import { openLocal } from "../../../src/observe/targets/local";
import type { Host } from "../../../src/observe/targets/reach";
import { localWithout } from "./hosts";
import type { PodmanRig } from "./podman-rig";
import { startPodmanRig } from "./podman-rig";

/** A real podman, real containers: made of programs of this machine. */
let rig: PodmanRig;
const before = { ...process.env };
const LEAKED = 12;
/** With podman's client alone: neither the kernel's files of its containers nor nsenter. */
const clientOnly = (): Host => localWithout("nsenter", "grep");

beforeAll(async () => {
  rig = await startPodmanRig();
  Object.assign(process.env, rig.environment);
  await rig.leak("with-shell", rig.withShell, LEAKED);
  await rig.leak("with-cat", rig.withCat, LEAKED);
  await rig.leak("bare", rig.bare, LEAKED);
});
afterAll(async () => {
  process.env = before;
  await rig?.stop();
});

const container = (name: string): ContainerTarget => parseTarget(`podman://${name}`) as ContainerTarget;
const options = (timeLimitMs = 30_000): { signal: AbortSignal; timeLimitMs: number } => ({ signal: new AbortController().signal, timeLimitMs });

async function lookAt(name: string, host: Host): Promise<Snapshot> {
  const reach = await openContainer(container(name), host, options());
  try {
    return await look(reach, options());
  } finally {
    await reach.close();
  }
}

function leaked(snapshot: Snapshot): Snapshot["sockets"] {
  return snapshot.sockets.filter((socket) => socket.state === "CLOSE_WAIT" && socket.remote.port === 5432);
}

/** Command lines of what runs in a container, from the host's /proc. */
function commandsIn(id: string): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(id)) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim()].filter((line) => line !== "" && !line.includes("conmon"));
    } catch {
      return [];
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !condition(); round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("a look into a podman container", () => {
  test("with its own shell and tools: the leak, its owner and its cause", async () => {
    const snapshot = await lookAt("with-shell", clientOnly());
    expect(leaked(snapshot)).toHaveLength(LEAKED);
    expect(new Set(leaked(snapshot).map((socket) => `${socket.ownership} ${socket.owners[0]?.process} ${socket.owners[0]?.pid}`))).toEqual(new Set(["owned leaker 1"]));
    expect(snapshot.source).toMatchObject({ format: "probe:proc-net-tcp", target: "podman://with-shell" });
    expect(snapshot.missing.map((fact) => fact.what)).toContain("the view from the container's host");
    const { diagnoses } = explain({ snapshots: [snapshot], configured: [] });
    expect(diagnoses).toContainEqual(expect.objectContaining({ cause: "connection-pinned", count: LEAKED, direction: "outbound" }));
  });

  test("without ss in it, from its host: the host's ss, the container's processes and names, and no others", async () => {
    const snapshot = await lookAt("with-shell", openLocal());
    expect(leaked(snapshot)).toHaveLength(LEAKED);
    expect(snapshot.source.format).toBe("probe:ss");
    expect(leaked(snapshot).every((socket) => socket.info?.lastReceiveMs !== null && socket.owners[0]?.process === "leaker")).toBe(true);
    expect(snapshot.processes.map((process) => process.name)).toEqual(["leaker"]);
    const inside = (await rig.podman("exec", "with-shell", "hostname")).trim();
    expect(snapshot.hostname).toBe(inside);
    expect(snapshot.hostNames.map((entry) => entry.name)).toContain(inside);
    expect(snapshot.ownAddresses).toEqual(["127.0.0.1", "::1"]);
    expect(snapshot.missing.filter((fact) => fact.what.includes("namespace"))).toEqual([]);
  });

  test("without any shell: through its network namespace", async () => {
    const snapshot = await lookAt("bare", openLocal());
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
    await expect(lookAt("bare", clientOnly())).rejects.toMatchObject({ reason: "toolMissing", message: expect.stringContaining("podman://bare") as unknown, remedy: expect.stringContaining("root") as unknown });
  });
});

describe("a look that ends early", () => {
  // Foreground and background: what hangs on a sick host.
  const HANGING = "sleep 1001 & echo ready; sleep 1002";

  test.each(["cancelled", "out of time", "closed", "client killed"])("%s: nothing of ours is left in the container", async (how) => {
    const id = (await rig.podman("inspect", "--format", "{{.ID}}", "with-shell")).trim();
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

/** The processes `podman exec` for a container. */
function clientsOf(id: string): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return line.startsWith("podman\0exec\0") && line.includes(id);
    } catch {
      return false;
    }
  });
}

describe("what cannot be looked at", () => {
  const opening = (name: string): Promise<unknown> => openContainer(container(name), openLocal(), options()).then((reach) => reach.close());

  test("no such container: those that there are", async () => {
    await expect(opening("with")).rejects.toMatchObject({ reason: "notFound", remedy: expect.stringMatching(/with-shell, with-cat|with-cat, with-shell/) as unknown });
    await expect(opening("nowhere")).rejects.toMatchObject({ reason: "notFound", remedy: expect.stringContaining("bare") as unknown });
  });

  test("stopped", async () => {
    await rig.leak("short", rig.bare, 1);
    await rig.podman("stop", "--time", "0", "short");
    await expect(opening("short")).rejects.toMatchObject({ reason: "notRunning", message: expect.stringContaining("exited") as unknown });
  });

  test("paused", async () => {
    await rig.podman("pause", "with-cat");
    try {
      await expect(opening("with-cat")).rejects.toMatchObject({ reason: "notRunning", message: expect.stringContaining("paused") as unknown, remedy: expect.stringContaining("unpause") as unknown });
    } finally {
      await rig.podman("unpause", "with-cat");
    }
  });

  test("stopped between two looks", async () => {
    await rig.leak("brief", rig.bare, 1);
    const reach = await openContainer(container("brief"), openLocal(), options());
    await rig.podman("rm", "--force", "--time", "0", "brief");
    await expect(look(reach, options())).rejects.toMatchObject({ reason: "notRunning" });
    await reach.close();
  });

  test("no client", async () => {
    await expect(openContainer(container("bare"), localWithout("podman"), options())).rejects.toMatchObject({ reason: "toolMissing", message: expect.stringContaining("podman") as unknown });
  });
});
