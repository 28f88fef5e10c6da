import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { BEGIN_LINE, guardScript } from "../../../src/observe/targets/guarded-script";

let marks = 0;
const freshMark = (): string => `guard-${process.pid}-${++marks}`;

async function running(mark: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    if ((await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "")).includes(mark)) found.push(Number(entry));
  }
  return found;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await condition()); waited += 20) {
    if (waited > 4000) throw new Error("it never came to be");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** Starts a shell as sshd does: in a session of its own. Standard input stays open. */
function start(shell: readonly string[], script: string): { child: ChildProcessWithoutNullStreams; ended: Promise<Ended> } {
  const child = spawn(shell[0] as string, shell.slice(1), { detached: true });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => { output += text; });
  child.stdin.on("error", () => undefined);
  const ended = new Promise<Ended>((resolve) => child.once("close", (code, signal) => resolve({ code, signal, output })));
  child.stdin.write(guardScript(script));
  return { child, ended };
}

const SHELLS: readonly (readonly string[])[] = [
  ["dash", "-s"], ["bash", "-s"], ["bash", "--posix", "-s"],
  // As sshd starts it, through a login shell that stays above.
  ["bash", "-c", "sh -s; exit $?"],
];

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(" ") })))("a guarded script in $name", ({ shell }) => {
  it("runs to its end while standard input stays open, and keeps its exit code", async () => {
    const { ended } = start(shell, "echo one; f() { echo two; }; f\ncat <<END\nthree\nEND\nexit 5");
    expect(await ended).toEqual({ code: 5, signal: null, output: `${BEGIN_LINE}one\ntwo\nthree\n` });
  });

  it("does not contain the line that it begins with, so an echo of it cannot be mistaken for it", () => {
    expect(guardScript("")).not.toContain(BEGIN_LINE.trim());
  });

  it("ends with the last command's status when it says no exit", async () => {
    const { ended } = start(shell, "echo x\nfalse");
    expect(await ended).toMatchObject({ code: 1, output: `${BEGIN_LINE}x\n` });
  });

  it("does not wait for the guard", async () => {
    const { ended } = start(shell, "sleep 0.05 & wait; echo waited");
    expect(await ended).toMatchObject({ code: 0, output: `${BEGIN_LINE}waited\n` });
  });
});

describe.each([{ name: "dash", shell: ["dash", "-s"] }, { name: "bash", shell: ["bash", "-s"] }])("when standard input ends, in $name", ({ shell }) => {
  it("kills the script with all that it started", async () => {
    const mark = freshMark();
    const { child, ended } = start(shell, `echo begun; sh -c 'sleep 600; : ${mark}' | cat & sh -c 'sleep 600; : ${mark}'`);
    await until(async () => (await running(mark)).length >= 2);
    child.stdin.end();
    expect((await ended).signal).toBe("SIGKILL");
    await until(async () => (await running(mark)).length === 0);
  });
});

it("kills through a login shell that stays above its command, as csh and fish do", async () => {
  const mark = freshMark();
  // A stand-in for such a shell: it leads the session, its arguments are sshd's (`-c "sh -s"`), and `sh` is its child.
  const stay = "require('node:child_process').spawn('sh', ['-s'], { stdio: 'inherit' }).on('close', () => {})";
  const child = spawn(process.execPath, ["-e", stay, "--", "-c", "sh -s"], { detached: true });
  const ended = new Promise<string | null>((resolve) => child.once("close", (_code, signal) => resolve(signal)));
  child.stdin.on("error", () => undefined);
  child.stdin.write(guardScript(`sh -c 'sleep 600; : ${mark}'`));
  await until(async () => (await running(mark)).length === 1);
  child.stdin.end();
  expect(await ended).toBe("SIGKILL");
  await until(async () => (await running(mark)).length === 0);
});

it("kills nothing but the script's own shell when the process group is somebody else's", async () => {
  // This shell leads the group, as a server would that starts commands without a session of their own.
  const server = spawn("bash", ["-c", "exec 3<&0; dash -s <&3; echo outlived; sleep 600"], { detached: true });
  server.stdin.on("error", () => undefined);
  let output = "";
  server.stdout.setEncoding("utf8").on("data", (text: string) => { output += text; });
  server.stdin.write(guardScript("echo begun; while :; do :; done"));
  try {
    await until(async () => output.includes("begun"));
    server.stdin.end();
    await until(async () => output.includes("outlived"));
  } finally {
    process.kill(-(server.pid as number), "SIGKILL");
  }
});

it("works in busybox where there is one", async () => {
  const busybox = ["/bin/busybox", "/usr/bin/busybox"].find((file) => existsSync(file));
  if (busybox === undefined) throw new Error("busybox is missing: apt-get install busybox-static");
  const mark = freshMark();
  const { child, ended } = start([busybox, "sh", "-s"], `echo begun; sh -c 'sleep 600; : ${mark}'`);
  await until(async () => (await running(mark)).length >= 1);
  child.stdin.end();
  expect(await ended).toMatchObject({ signal: "SIGKILL", output: `${BEGIN_LINE}begun\n` });
  await until(async () => (await running(mark)).length === 0);
  const { ended: plain } = start([busybox, "sh", "-s"], "echo one; wait; exit 3");
  expect(await plain).toMatchObject({ code: 3, output: `${BEGIN_LINE}one\n` });
});
