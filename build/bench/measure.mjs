// One command as a whole process: wall seconds, CPU seconds and the peak of its memory (with that of its threads; GNU time's figures
// from the kernel's own accounting).
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Runs it to the end, its output read and thrown away. Peak memory is VmHWM of the process, read until it ends.
 * @returns {Promise<{ wallMs: number, peakBytes: number, status: number | null, stdoutBytes: number }>}
 */
export function measure(command, args, { env = {}, cwd, onStdout = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
    let stdoutBytes = 0;
    let peakBytes = 0;
    const look = () => {
      try {
        const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "latin1"));
        if (found !== null) peakBytes = Math.max(peakBytes, Number(found[1]) * 1024);
      } catch {
        // It has ended.
      }
    };
    const timer = setInterval(look, 50);
    child.stdout.on("data", (data) => {
      stdoutBytes += data.length;
      onStdout(data);
    });
    child.on("error", reject);
    child.on("close", (status) => {
      clearInterval(timer);
      resolve({ wallMs: Number(process.hrtime.bigint() - start) / 1e6, peakBytes, status, stdoutBytes });
    });
  });
}

/** Several runs in turn (A B A B ...), so that a drift of the machine's speed meets all alike; gives the median of each. */
export async function inTurn(runs, commands) {
  const results = commands.map(() => []);
  for (let turn = 0; turn < runs; turn += 1) {
    for (const [index, run] of commands.entries()) results[index].push(await run());
  }
  return results.map((list) => list.sort((a, b) => a.wallMs - b.wallMs)[Math.floor(list.length / 2)]);
}
