import { spawnSync } from "node:child_process";

/** Runs a program to its end; throws with what it said when it fails. */
export function execute(command, args, cwd, { mayFail = false, env = process.env } = {}) {
  const done = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer: 256 << 20, timeout: 1_500_000 });
  if (done.status !== 0 && !mayFail) throw new Error(`${command} ${args.join(" ")} failed: ${done.error?.message ?? done.stderr.slice(-2_000)}`);
  return done.stdout;
}
