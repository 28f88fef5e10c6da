import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { readAndCheck } from "./check-reading";
import { captureText } from "./made-captures";
import { seeded } from "./mutations";

const INPUTS = 1_000_000;
const PROCESSES = 2;
/** Seeds of one run after another; an input's own seed is printed when it fails, and `fuzz-run.ts FOLDER SEED 1` reads that one alone. */
const FIRST_SEED = 20_240_229;
/** Without a sign of life for so long, an input hangs; which, within five thousand, its last sign tells. */
const HANGS_AFTER_MS = 120_000;

async function run(program: string, seed: number, count: number): Promise<string> {
  const child = spawn(process.execPath, [program, fileURLToPath(new URL("../../corpus/sockets/", import.meta.url)), String(seed), String(count)], { stdio: ["ignore", "pipe", "pipe"] });
  let last = "";
  let errors = "";
  let timer: NodeJS.Timeout | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill("SIGKILL"), HANGS_AFTER_MS);
  };
  alive();
  child.stdout.on("data", (data: Buffer) => {
    last = data.toString("utf8").trim().split("\n").at(-1) ?? last;
    alive();
  });
  child.stderr.on("data", (data: Buffer) => {
    errors = (errors + data.toString("utf8")).slice(0, 20_000);
  });
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, killed) => resolve([code, killed]));
  });
  clearTimeout(timer);
  if (status !== 0) throw new Error(`${signal ?? status} after "${last}"\n${errors}`);
  return last;
}

describe("broken captures", () => {
  it("never throw, never hang, never give nonsense and lose no line, a million times over all samples of all formats", { timeout: 600_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "leakline-fuzz-"));
    try {
      const program = join(folder, "fuzz-run.mjs");
      await build({ entryPoints: [fileURLToPath(new URL("fuzz-run.ts", import.meta.url))], bundle: true, platform: "node", format: "esm", outfile: program, logLevel: "error" });
      const share = INPUTS / PROCESSES;
      const ends = await Promise.all(Array.from({ length: PROCESSES }, (_, index) => run(program, FIRST_SEED + index * share, share)));
      for (const end of ends) {
        console.log(end);
        expect(end).toMatch(new RegExp(`^done ${share} from seed \\d+, \\d{3,} blocks`));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("lose no line: a line of noise between rows is always shown", () => {
    const random = seeded(7);
    const rows = captureText("ss-tanp").split("\n").filter((line) => line !== "");
    for (let round = 0; round < 300; round += 1) {
      const at = 1 + Math.floor(random() * (rows.length - 1));
      const noise = `noise ${Math.floor(random() * 1e9)} ~ ${"xyz ".repeat(Math.floor(random() * 8))}`;
      const snapshot = readAndCheck([...rows.slice(0, at), noise, ...rows.slice(at)].join("\n"));
      expect(snapshot.skipped).toMatchObject([{ line: at + 1, text: noise }]);
      expect(snapshot.sockets).toHaveLength(rows.length - 1);
    }
  });

  it.each([
    ["netstat-tan", "tcp 0 0 10.0.0.1:1 10.0.0.2:2 CLOSE_WAIT"], ["ss-tanpoie", "ESTAB 0 0 10.0.0.1:1"], ["lsof-p", "x 1 root 5u IPv4 1 0t0 TCP nowhere (LISTEN)"], ["windows-netstat-ano-de", "  TCP    10.0.0.1:1    HERGESTELLT    12"],
    ["proc-net-tcp", "   3: 0100007F:1F90 00000000:0000 0A 00000000"], ["freebsd-sockstat", "www nginx 12 3 tcp4 nowhere *:*"],
  ])("of %s: a row that is broken is shown, or read, never dropped", (name, broken) => {
    const text = captureText(name).trimEnd();
    const whole = readAndCheck(text);
    const more = readAndCheck(`${text}\n${broken}`);
    expect(more.sockets.length + more.skipped.length).toBe(whole.sockets.length + whole.skipped.length + 1);
  });
});
