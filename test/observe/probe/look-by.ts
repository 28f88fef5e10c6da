import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Snapshot } from "../../../src/model/snapshot";
import { openPacked } from "../../../src/observe/packed-text";
import { createProbeReader } from "../../../src/observe/probe/probe";
import type { ProbeLimits } from "../../../src/observe/probe/script";
import { probeScript, USUAL_CHOICES } from "../../../src/observe/probe/script";

export interface Way {
  readonly command: readonly string[];
  readonly path?: string;
  readonly limits?: Partial<ProbeLimits>;
  /** Environment besides this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One look by a shell of this machine, as a Reach makes it. */
export async function lookBy(way: Way): Promise<Snapshot> {
  const [command = "", ...args] = way.command;
  const sentAtMs = Date.now();
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...way.env, ...(way.path === undefined ? {} : { PATH: way.path }) } });
  const reader = createProbeReader(openPacked);
  let stderr = "";
  let bytes = 0;
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    bytes += Buffer.byteLength(text);
    reader.push(text);
  });
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on("error", () => {});
  child.stdin.end(probeScript(USUAL_CHOICES, way.limits));
  await new Promise((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  return reader.finish({ target: { kind: "local" }, sentAtMs, endedAtMs: Date.now(), truncated: false, stderr, bytes });
}

/** A directory with links to the programs of this machine, some left out, some replaced by a script. */
export function toolbox(parent: string, name: string, without: readonly string[], instead: Readonly<Record<string, string>> = {}): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  for (const tool of readdirSync("/usr/bin")) if (!without.includes(tool) && instead[tool] === undefined) symlinkSync(join("/usr/bin", tool), join(folder, tool));
  for (const [tool, script] of Object.entries(instead)) {
    writeFileSync(join(folder, tool), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, tool), 0o755);
  }
  return folder;
}

/** A directory with nothing but BusyBox's applets. */
export function busybox(parent: string, without: readonly string[] = []): string {
  const folder = join(parent, "applets");
  mkdirSync(folder);
  for (const applet of String(spawnSync("busybox", ["--list"]).stdout).split("\n")) if (applet !== "" && !without.includes(applet)) symlinkSync("/usr/bin/busybox", join(folder, applet));
  return folder;
}

/** The probe puts these behind PATH: a tool that is to be missing must not be found there. */
export const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
