import * as vscode from "vscode";
import type { ProbeChoices } from "../investigate/investigator";

export interface Settings {
  readonly engine: "wasm" | "native";
  readonly timeLimitMs: number;
  readonly keepSecrets: "ask" | "never";
  readonly choices: ProbeChoices;
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
  return {
    engine: read("engine") === "native" ? "native" : "wasm",
    timeLimitMs: (typeof seconds === "number" && seconds >= 1 && seconds <= 600 ? seconds : 30) * 1000,
    keepSecrets: read("ssh.keepSecrets") === "never" ? "never" : "ask",
    choices: { resolve: read("names.resolve") === true, serviceEnvironment: read("names.serviceEnvironment") === true },
  };
}
