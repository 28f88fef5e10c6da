import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { fileURLToPath } from "node:url";
import { sleep } from "../labs/service-rig";

const PROGRAM = fileURLToPath(new URL("../../dist/leakline.js", import.meta.url));

interface Round {
  readonly timeline?: { readonly timesMs: readonly number[]; readonly events: readonly { readonly kind: string; readonly timeMs: number; readonly untilMs: number | null; readonly text: string }[] };
}

it("a watch that is put to sleep and woken goes on, and shows the time in which nobody looked as a gap", async () => {
  const watch = spawn(process.execPath, [PROGRAM, "scan", "--watch", "--interval", "2", "--no-logs", "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let stderr = "";
  watch.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  watch.stderr.setEncoding("utf8").on("data", (piece: string) => (stderr += piece));
  const rounds = (): number => text.split("\"leakline.investigation/1\"").length - 1;
  const until = async (wanted: () => boolean): Promise<void> => {
    for (const patience = Date.now() + 60_000; !wanted(); await sleep(50)) if (Date.now() > patience || watch.exitCode !== null) throw new Error(`not after ${rounds()} rounds: ${stderr}`);
  };
  try {
    await until(() => rounds() >= 2);
    // What a look has shown is followed by a pause.
    watch.kill("SIGSTOP");
    const stoppedMs = Date.now();
    const before = rounds();
    // Longer than a busy machine keeps a program waiting (5 s), and than the interval.
    await sleep(9_000);
    watch.kill("SIGCONT");
    const wokenMs = Date.now();
    await until(() => rounds() >= before + 2);
    watch.kill("SIGINT");
    await new Promise((resolve) => watch.once("close", resolve));
    const documents = text.split(/\n(?=\{"schema":"leakline\.investigation\/1")/).map((document) => JSON.parse(document) as Round);
    const times = documents.at(-1)?.timeline?.timesMs ?? [];
    expect(times.filter((ms) => ms > stoppedMs + 500 && ms < wokenMs - 500).length).toBeLessThanOrEqual(1);
    const gaps = documents.at(-1)?.timeline?.events.filter(({ kind }) => kind === "gap") ?? [];
    expect(gaps, stderr).toHaveLength(1);
    expect(gaps[0]?.text).toMatch(/^not looked at: this machine slept, or was too busy to look, for \d+ s$/);
    expect((gaps[0]?.untilMs ?? 0) - (gaps[0]?.timeMs ?? 0)).toBeGreaterThan(8_000);
  } finally {
    watch.kill("SIGKILL");
  }
});
