import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { look } from "../../src/observe/look";
import { openLocal } from "../../src/observe/targets/local";

const MARK = "LEAKLINE_LOOK_TEST";

function running(command = ""): number {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`${MARK}=1\0`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")
        && readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(command);
    } catch {
      return false;
    }
  }).length;
}

async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !condition(); round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("looking at this machine", () => {
  let room: string;
  const path = process.env.PATH;
  beforeEach(() => {
    room = mkdtempSync(join(tmpdir(), "leakline-look-"));
    process.env[MARK] = "1";
  });
  afterEach(() => {
    process.env.PATH = path;
    delete process.env[MARK];
    rmSync(room, { recursive: true, force: true });
  });

  /** A PATH whose ss is this script. */
  function withSs(script: string): void {
    const tools = join(room, "bin");
    mkdirSync(tools);
    for (const tool of readdirSync("/usr/bin")) if (tool !== "ss") symlinkSync(join("/usr/bin", tool), join(tools, tool));
    writeFileSync(join(tools, "ss"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(tools, "ss"), 0o755);
    process.env.PATH = tools;
  }

  it("gives one snapshot, with its cost and its time", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const reach = openLocal();
    try {
      const before = Date.now();
      const snapshot = await look(reach, { signal: new AbortController().signal, timeLimitMs: 30_000 });
      expect(snapshot.sockets.find((socket) => socket.state === "LISTEN" && socket.local.port === port)?.owners[0]?.pid).toBe(process.pid);
      expect(snapshot.source).toMatchObject({ format: "probe:ss", target: "local" });
      const taken = Date.parse(snapshot.source.takenAt ?? "");
      expect(taken).toBeGreaterThanOrEqual(before - 50);
      expect(taken).toBeLessThanOrEqual(Date.now() + 50);
      expect(snapshot.cost?.bytes).toBeGreaterThan(1000);
      expect(snapshot.cost?.wallMs).toBeGreaterThan(0);
      expect(snapshot.cost?.targetCpuMs).toBeGreaterThan(0);
    } finally {
      await reach.close();
      server.close();
    }
    await until(() => running() === 0);
    expect(running()).toBe(0);
  });

  it.each([["the time is up", "timeout"], ["it is cancelled", "cancelled"]])("ends when %s though a tool hangs, and leaves nothing running", async (_, reason) => {
    withSs("echo begun; sleep 1000; echo never");
    const reach = openLocal();
    const stop = new AbortController();
    try {
      const outcome = look(reach, { signal: stop.signal, timeLimitMs: reason === "timeout" ? 5000 : 60_000 }).catch((error: unknown) => error);
      await until(() => running("sleep\0" + "1000\0") === 1);
      expect(running("sleep\0" + "1000\0")).toBe(1);
      if (reason === "cancelled") stop.abort();
      expect(await outcome).toMatchObject({ name: "Failure", reason });
      await until(() => running() === 0);
      expect(running()).toBe(0);
    } finally {
      stop.abort();
      await reach.close();
    }
  });

  it("goes on to the next source when ss is broken", async () => {
    withSs("echo 'ss: cannot open netlink socket' >&2; echo 'ESTAB 0 0 10.9.9.9:1 10.9.9.9:2'; exit 255");
    const reach = openLocal();
    try {
      const snapshot = await look(reach, { signal: new AbortController().signal, timeLimitMs: 30_000 });
      expect(snapshot.source.format).toBe("probe:netstat-linux");
      expect(snapshot.sockets.some((socket) => socket.local.address === "10.9.9.9")).toBe(false);
    } finally {
      await reach.close();
    }
  });

  it("falls back by the options that this ss knows", async () => {
    withSs('case "$*" in *O*|*H*) echo "ss: invalid option" >&2; exit 255;; esac; echo "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process"; echo "ESTAB 0 0 10.9.9.9:1 10.9.9.9:2 ino:0 sk:1"; printf "\\t cubic rto:200 lastsnd:5\\n"');
    const reach = openLocal();
    try {
      const snapshot = await look(reach, { signal: new AbortController().signal, timeLimitMs: 30_000 });
      expect(snapshot.source.format).toBe("probe:ss");
      expect(snapshot.sockets).toHaveLength(1);
      expect(snapshot.sockets[0]).toMatchObject({ local: { address: "10.9.9.9" }, info: { lastSendMs: 5 } });
      expect(snapshot.skipped).toEqual([]);
    } finally {
      await reach.close();
    }
  });
});
