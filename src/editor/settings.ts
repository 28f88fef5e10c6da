import * as vscode from "vscode";
import type { ProbeChoices } from "../investigate/investigator";

export interface Settings {
  readonly engine: "wasm" | "native";
  readonly timeLimitMs: number;
  /** The most that an analysis of code may hold; null: the product's own bound. MB. */
  readonly memoryMb: number | null;
  /** Between two looks of a watch. */
  readonly watchIntervalMs: number;
  readonly keepSecrets: "ask" | "never";
  readonly choices: ProbeChoices;
  readonly readLogs: boolean;
  readonly sshClient: "auto" | "builtin" | "system";
  readonly elevation: "none" | "sudo" | "doas";
}

/**
 * The settings as they are now. All have machine scope in the manifest, so a workspace cannot set them; reading the global value
 * alone keeps that true even if a manifest should ever say otherwise.
 */
export function readSettings(): Settings {
  const section = vscode.workspace.getConfiguration("leakline");
  const read = (key: string): unknown => {
    const told = section.inspect<unknown>(key);
    return told?.globalValue ?? told?.defaultValue;
  };
  const seconds = read("timeLimitSeconds");
  const interval = read("watch.intervalSeconds");
  const memory = read("analysis.memoryMb");
  const client = read("ssh.client");
  const elevation = read("elevation");
  return {
    engine: read("engine") === "native" ? "native" : "wasm",
    timeLimitMs: (typeof seconds === "number" && seconds >= 1 && seconds <= 600 ? seconds : 30) * 1000,
    memoryMb: typeof memory === "number" && memory >= 64 ? memory : null,
    watchIntervalMs: (typeof interval === "number" && interval >= 1 && interval <= 3600 ? interval : 5) * 1000,
    keepSecrets: read("ssh.keepSecrets") === "never" ? "never" : "ask",
    choices: { resolve: read("names.resolve") === true, serviceEnvironment: read("names.serviceEnvironment") === true },
    readLogs: read("logs.read") !== false,
    sshClient: client === "builtin" || client === "system" ? client : "auto",
    elevation: elevation === "sudo" || elevation === "doas" ? elevation : "none",
  };
}
