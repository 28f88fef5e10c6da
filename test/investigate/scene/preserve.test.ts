import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { preserveScene } from "../../../src/investigate/scene/preserve";
import { CloseLookReader } from "../../../src/observe/probe/close-look/reader";
import { closeLookScript } from "../../../src/observe/probe/close-look/script";
import { closeLook } from "../../../src/observe/close-look";
import { openLocal } from "../../../src/observe/targets/local";
import type { Reach } from "../../../src/observe/targets/reach";
import { Failure } from "../../../src/model/failure";
import { setTimeout as sleep } from "node:timers/promises";

const ended: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

function work(timeLimitMs: number): Parameters<typeof preserveScene>[1] {
  return { signal: new AbortController().signal, deadlineMs: Date.now() + timeLimitMs, beganMs: Date.now(), now: Date.now, onStep: () => {} };
}

/** This machine, with scripts that hang from the n-th on: the answer of the others is the machine's own. */
function hangingFrom(nth: number): Reach {
  const local = openLocal();
  let runs = 0;
  return {
    target: { kind: "local" },
    run: async (request) => {
      runs += 1;
      if (runs < nth) return local.run(request);
      await sleep(request.timeLimitMs);
      throw new Failure("timeout", `the host did not answer within ${request.timeLimitMs / 1000} s`, "Look whether it hangs.");
    },
    close: () => local.close(),
  };
}

describe("a host that hangs", () => {
  it("after the first look: what was had is kept, in time, and what is missing is named", async () => {
    const reach = hangingFrom(2);
    const since = Date.now();
    const { snapshots, preserved } = await preserveScene(reach, work(9_000));
    await reach.close();
    expect(Date.now() - since).toBeLessThan(10_000);
    expect(snapshots).toHaveLength(1);
    expect(preserved.unfinished.map(({ what }) => what)).toEqual(["descriptors, threads, limits and settings", "the logs", "the second look"]);
  });

  it("from the start: there is nothing to keep, and it says so in time", async () => {
    const reach = hangingFrom(1);
    const since = Date.now();
    await expect(preserveScene(reach, work(2_000))).rejects.toMatchObject({ reason: "timeout" });
    await reach.close();
    expect(Date.now() - since).toBeLessThan(3_000);
  });

  it("a person who cancels waits for nothing", async () => {
    const reach = openLocal();
    const cancel = new AbortController();
    const kept = preserveScene(reach, { ...work(30_000), signal: cancel.signal });
    setTimeout(() => cancel.abort(), 300);
    const since = Date.now();
    await expect(kept).rejects.toBeDefined();
    expect(Date.now() - since).toBeLessThan(4_000);
    await reach.close();
  });
});

describe("the close look", () => {
  it("tells what each descriptor points at, what an epoll instance watches, where threads stand, limits and settings", async () => {
    const folder = await mkdtemp(join(tmpdir(), "leakline close look\n"));
    ended.push(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, "a name with -> and\nbreaks"), "");
    const child = spawn("python3", ["-c", `
import select, socket, sys, threading, time
held = open(sys.argv[1]); s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); e = select.epoll(); e.register(s.fileno(), 1)
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
sys.stdout.write("%d %d %d\\n" % (held.fileno(), s.fileno(), e.fileno())); sys.stdout.flush(); time.sleep(60)
`, join(folder, "a name with -> and\nbreaks")], { stdio: ["ignore", "pipe", "inherit"] });
    ended.push(() => void child.kill("SIGKILL"));
    const [file, socket, epoll] = String(await new Promise((resolve) => child.stdout.once("data", resolve))).trim().split(" ").map(Number);
    const pid = child.pid ?? 0;
    const reach = openLocal();
    const { found, cost } = await closeLook(reach, [pid], { signal: new AbortController().signal, timeLimitMs: 10_000 });
    await reach.close();
    const at = (fd: number | undefined): unknown => found.descriptors.find((one) => one.fd === fd);
    expect(at(file)).toMatchObject({ pid, target: join(folder, "a name with -> and\nbreaks") });
    expect(at(socket)).toMatchObject({ target: expect.stringMatching(/^socket:\[\d+\]$/) as string });
    expect(at(epoll)).toMatchObject({ target: "anon_inode:[eventpoll]", watches: [socket] });
    expect(found.threads.filter((thread) => thread.pid === pid)).toHaveLength(2);
    expect(found.threads[0]?.state).toBe("S");
    expect(found.limits).toContainEqual(expect.objectContaining({ pid, name: "Max open files", unit: "files" }));
    expect(found.settings["net.core.somaxconn"]).toMatch(/^\d+$/);
    expect(Object.keys(found.settings).filter((name) => /key|secret|random/.test(name))).toEqual([]);
    expect(found.unfinished).toEqual([]);
    expect(cost.targetCpuMs).not.toBeNull();
  });

  it("sends no signal and reads no environment, and takes only whole numbers", () => {
    expect(closeLookScript([1, 22])).toContain('pids="1 22"');
    expect(closeLookScript([1]).replaceAll(/^ *#.*$/gm, "")).not.toMatch(/environ|kill -(?!KILL)|jcmd|jstack|py-spy|gdb|ptrace/);
    for (const pid of [0, -1, 1.5, Number.NaN]) expect(() => closeLookScript([pid])).toThrow(RangeError);
  });

  it("an answer that breaks off keeps what had come, whatever the pieces", () => {
    const answer = [
      "noise of a login script", "leakline.close-look/1 abcdefgh-1", "", "@abcdefgh-1 limits", "/proc/7/limits:Max open files            1024                 4096                 files     ", "",
      "@abcdefgh-1 threads 7", "/proc/7/task/7/comm:app", "/proc/7/task/7/stat:7 (a) b) S 1", "/proc/7/task/7/wchan:0", "/proc/7/task/7/syscall:202 0x1", "/proc/7/task/7/stack:[<0>] futex_wait+0x1/0x2", "",
      "@abcdefgh-1 descriptors 7", "lrwx------ 1 root root 64 Nov 25 12:00 3 -> postgres://app:hunter2secret@db/shop", "lrwx------ 1 root root 64 Nov 25 12:00 4 -> sock",
    ].join("\n");
    for (const size of [1, 7, 5_000]) {
      const reader = new CloseLookReader();
      for (let at = 0; at < answer.length; at += size) reader.push(answer.slice(at, at + size));
      const found = reader.finish([7]);
      expect(reader.ended).toBe(false);
      expect(found.limits).toEqual([{ pid: 7, name: "Max open files", soft: "1024", hard: "4096", unit: "files" }]);
      expect(found.threads).toEqual([{ pid: 7, tid: 7, name: "app", state: "S", waitsIn: null, systemCall: 202, kernelStack: ["futex_wait"] }]);
      expect(found.descriptors.map(({ fd, target }) => [fd, target])).toEqual([[3, "postgres://app:***@db/shop"], [4, "sock"]]);
    }
  });
});
