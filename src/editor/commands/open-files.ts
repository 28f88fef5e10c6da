import { createReadStream } from "node:fs";
import { basename } from "node:path";
import * as vscode from "vscode";
import type { OpenedFile } from "../../investigate/investigator";
import { earlyFindings } from "../early-findings";
import { chooseWorkspaceRoot } from "../workspace-root";
import type { CommandParts } from "./command";

async function* whole(uri: vscode.Uri): AsyncIterable<Uint8Array> {
  yield await vscode.workspace.fs.readFile(uri);
}

/** A file's bytes as they come; remote and virtual files through VS Code, the disk's own as a stream. */
export function openedFile(uri: vscode.Uri): OpenedFile {
  const name = basename(uri.path);
  return { name, chunks: uri.scheme === "file" ? createReadStream(uri.fsPath) : whole(uri) };
}

/** What the explorer hands to a command: the file under the pointer, and all that are selected. Empty from the palette. */
export function chosenFiles(clicked: unknown, selected: unknown): readonly vscode.Uri[] {
  if (Array.isArray(selected) && selected.length > 0 && selected.every((one) => one instanceof vscode.Uri)) return selected;
  return clicked instanceof vscode.Uri ? [clicked] : [];
}

export function openedText(name: string, text: string): OpenedFile {
  return { name, chunks: (async function* () { yield new TextEncoder().encode(text); })() };
}

/** Reads captures (a history, in name order) or one saved investigation, and shows the case. True when it came to one. */
export async function openFiles(parts: CommandParts, title: string, files: readonly OpenedFile[]): Promise<boolean> {
  const root = await chooseWorkspaceRoot();
  void parts.panels.show();
  const investigation = await parts.activity.run(title, async (signal, report) => {
    const { investigator } = await parts.product();
    return investigator({ engine: parts.settings().engine }).open(files, { workspaceRoot: root, signal, onProgress: (step) => report(step.text), ...(root === null ? {} : { early: earlyFindings(root, parts.problems, signal) }) });
  });
  if (investigation === null) {
    parts.problems.endEarly();
    return false;
  }
  parts.store.set({ investigation, target: null, root, socketsNotKept: false });
  return true;
}
