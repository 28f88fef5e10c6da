import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { LogRecords } from "../../../../src/model/log-records";
import { LogsAnswer } from "../../../../src/observe/logs/target/logs-answer";
import { logsScript } from "../../../../src/observe/logs/target/logs-script";
import type { LogWish } from "../../../../src/observe/logs/target/target-logs";
import { TargetLogs } from "../../../../src/observe/logs/target/target-logs";
import { openLocal } from "../../../../src/observe/targets/local";
import type { Reach } from "../../../../src/observe/targets/reach";

const started: ChildProcess[] = [];
const folders: string[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "logs "));
  folders.push(made);
  return made;
}

/** A program that opens files to append to, and says so; then it waits. */
async function holding(paths: readonly string[], more = ""): Promise<number> {
  const code = `const fs=require("fs");const kept=${JSON.stringify(paths)}.map((path)=>fs.openSync(path,"a"));${more};process.stdout.write("ready");setInterval(()=>kept,1e6)`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "ignore"] });
  started.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child.pid ?? 0;
}

const wish = (pid: number): LogWish => ({ pids: [pid], sinceMs: Date.now() - 3_600_000, nowMs: Date.now(), signal: new AbortController().signal, timeLimitMs: 30_000 });

async function readOnce(pid: number, logs = new TargetLogs()): Promise<readonly LogRecords[]> {
  const reach = openLocal();
  try {
    return (await logs.read(reach, wish(pid))).logs.filter(({ source }) => source.kind !== "kernel");
  } finally {
    await reach.close();
  }
}

const line = (text: string): string => `${new Date().toISOString()} INFO shop.orders: ${text}\n`;
const messages = (records: LogRecords | undefined): string[] => [...(records ?? [])].map(({ message }) => message);

describe("the logs of a process", () => {
  it("are the files that it has open to write to, with the rotated ones before them, oldest first", async () => {
    const base = join(folder(), "app.log");
    writeFileSync(base, line("five") + line("six"));
    writeFileSync(`${base}.1`, line("three") + line("four"));
    writeFileSync(`${base}.2.gz`, gzipSync(line("one") + line("two")));
    writeFileSync(`${base}.3.gz`, gzipSync(line("too old")));
    const now = Date.now() / 1000;
    for (const [suffix, age] of [[".1", 60], [".2.gz", 120], [".3.gz", 90_000]] as const) utimesSync(base + suffix, now - age, now - age);
    const pid = await holding([base]);
    const logs = await readOnce(pid);
    expect(logs.map(({ source }) => [source.kind, source.name, source.pid, source.leftUnread])).toEqual([["file", base, pid, null]]);
    expect(logs[0]?.source.how).toMatch(new RegExp(`^descriptor \\d+ of node \\(${pid}\\)$`));
    expect(messages(logs[0])).toEqual(["one", "two", "three", "four", "five", "six"]);
  });

  it("are read though they were deleted, and though others would take their names for commands", async () => {
    const home = folder();
    const odd = join(home, "a $(touch pwned) `touch pwned`; 'x' \"y\" \\ * [z] -n.log");
    const deleted = join(home, "gone.log");
    writeFileSync(odd, line("odd"));
    writeFileSync(deleted, line("deleted"));
    const pid = await holding([odd, deleted], `fs.unlinkSync(${JSON.stringify(deleted)})`);
    const logs = await readOnce(pid);
    expect(logs.map(({ source }) => source.name).sort()).toEqual([odd, deleted].sort());
    expect(logs.find(({ source }) => source.name === deleted)?.source.how).toContain("deleted");
    expect(logs.flatMap(messages).sort()).toEqual(["deleted", "odd"]);
    expect([existsSync("pwned"), existsSync(join(home, "pwned"))]).toEqual([false, false]);
  });

  it("are not a database's files, nor what it only reads, nor what holds no text", async () => {
    const home = folder();
    const paths = ["ibdata1", "shop.db", "appendonly.aof", "mysql-bin.000001", "trace.log"].map((name) => join(home, name));
    for (const path of paths) writeFileSync(path, "text\n");
    writeFileSync(join(home, "trace.log"), Buffer.alloc(4096));
    writeFileSync(join(home, "read.log"), line("only read"));
    const pid = await holding(paths, `kept.push(fs.openSync(${JSON.stringify(join(home, "read.log"))},"r"))`);
    expect(await readOnce(pid)).toEqual([]);
  });

  it("are bounded, from the end, and what is left is said; a cut line is no line", async () => {
    const path = join(folder(), "big.log");
    writeFileSync(path, Array.from({ length: 5000 }, (_, at) => line(`order ${at}`)).join(""));
    const logs = await readOnce(await holding([path]), new TargetLogs({ fileBytes: 10_000, totalBytes: 1_000_000, entries: 100 }));
    const { source } = logs[0] ?? {};
    expect(source?.leftUnread).toMatch(/^the last 10 kB of \d+ kB$/);
    const said = messages(logs[0]);
    expect(said.at(-1)).toBe("order 4999");
    expect(said.length).toBeGreaterThan(100);
    expect(said.every((message) => /^order \d+$/.test(message))).toBe(true);
  });

  it("are followed: a second look reads what was written since, rotation included", async () => {
    const path = join(folder(), "app.log");
    writeFileSync(path, line("one"));
    const pid = await holding([path]);
    const logs = new TargetLogs();
    expect(messages((await readOnce(pid, logs))[0])).toEqual(["one"]);
    appendFileSync(path, line("two"));
    const second = await readOnce(pid, logs);
    expect(messages(second[0])).toEqual(["one", "two"]);
    expect(messages((await readOnce(pid, logs))[0])).toEqual(["one", "two"]);
  });

  it("that a container's client tells are asked for once a minute at most, and kept meanwhile", async () => {
    const local = openLocal();
    let asked = 0;
    const reach: Reach = {
      target: { kind: "container", engine: "podman", name: "web", host: null }, run: (request) => local.run(request), close: () => local.close(),
      printed: ({ onOutput }) => {
        asked += 1;
        onOutput(`${new Date().toISOString().replace("Z", "000000Z")} told ${asked}\n`);
        return Promise.resolve({ exitCode: 0, exitSignal: null, stderr: "", bytes: 1, truncated: false, sentAtMs: 0, endedAtMs: 0 });
      },
    };
    const logs = new TargetLogs();
    const nowMs = Date.now();
    const said = async (at: number): Promise<string[]> => (await logs.read(reach, { ...wish(process.pid), nowMs: at })).logs.filter(({ source }) => source.name === "podman://web").flatMap(messages);
    try {
      expect([await said(nowMs), await said(nowMs + 5_000), await said(nowMs + 61_000)]).toEqual([["told 1"], ["told 1"], ["told 2"]]);
    } finally {
      await reach.close();
    }
  });

  it("of a workers' parent are told once", async () => {
    const path = join(folder(), "app.log");
    writeFileSync(path, line("one"));
    const code = `const {spawn}=require("child_process");const fs=require("fs");const fd=fs.openSync(${JSON.stringify(path)},"a");for(let i=0;i<3;i++)spawn(process.execPath,["-e","setInterval(()=>0,1e6)"],{stdio:["ignore",fd,fd]});setTimeout(()=>process.stdout.write("ready"),300);setInterval(()=>fd,1e6);process.on("exit",()=>0)`;
    const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "ignore"], detached: true });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    try {
      expect((await readOnce(child.pid ?? 0)).map(messages)).toEqual([["one"]]);
    } finally {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    }
  });
});

describe("the script", () => {
  it.each([["dash", ["dash", "-s"]], ["bash", ["bash", "-s"]], ["BusyBox", ["busybox", "sh", "-s"]]])("tells the same in %s, packed or not", async (_, [shell = "sh", ...args]) => {
    const path = join(folder(), "app.log");
    writeFileSync(path, `${line("naïve ☃")}@not-a-nonce end\n`);
    const pid = await holding([path]);
    for (const pack of [true, false]) {
      const script = logsScript({ pids: [pid], sinceMs: Date.now() - 3_600_000, fileBytes: 100_000, totalBytes: 1_000_000, entries: 10, pack, kernel: false, filesOnly: false, follow: new Map() });
      const { stdout } = spawnSync(shell, args, { input: script, encoding: "utf8" });
      const told: string[] = [];
      let text = "";
      const answer = new LogsAnswer({
        zone: () => {}, boot: () => {}, clock: () => {}, unread: () => {}, end: () => {},
        log: ({ name, how }) => told.push(name, how), piece: ({ what }) => told.push(what), text: (more) => { text += more; }, pieceEnd: (_bytes, broken) => told.push(String(broken)),
      });
      for (const piece of stdout.match(/[^]{1,50}/gu) ?? []) answer.push(piece);
      expect(answer.finish()).toBe(true);
      expect(told).toEqual([path, expect.stringMatching(/^descriptor \d+ of node/) as string, "current", "null"]);
      expect(text.trim()).toBe(readFileSync(path, "utf8").trim());
    }
  });

  it("takes whole numbers alone", () => {
    const request = { pids: [1], sinceMs: 0, fileBytes: 1, totalBytes: 1, entries: 1, pack: false, kernel: false, filesOnly: false, follow: new Map<string, number>() };
    expect(() => logsScript({ ...request, pids: [Number.NaN] })).toThrow(RangeError);
    expect(() => logsScript({ ...request, entries: 1.5 })).toThrow(RangeError);
    expect(() => logsScript({ ...request, follow: new Map([["1:2; reboot", 3]]) })).toThrow(RangeError);
    expect(logsScript({ ...request, follow: new Map([["8:77", 3]]) })).toContain("follow=\" 8:77:3 \"");
  });
});
