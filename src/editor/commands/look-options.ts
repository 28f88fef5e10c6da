import * as vscode from "vscode";
import type { CommandParts } from "./command";

/** What every look at a target is told, whether it is one of a scan or of a watch, and of one target or of several. */
export function lookOptions(parts: CommandParts, root: string | null, signal: AbortSignal) {
  const { timeLimitMs, choices, readLogs, sshClient, elevation } = parts.settings();
  return {
    workspaceRoot: root,
    prompts: parts.prompts,
    access: { sshClient, elevation },
    signal,
    timeLimitMs,
    choices,
    // What a workspace that nobody trusts had a part in reads no files of a host.
    ...(readLogs && vscode.workspace.isTrusted ? { logs: "when-stuck" as const } : {}),
  };
}
