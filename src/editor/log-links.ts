import * as vscode from "vscode";
import { frameLeads } from "./log-leads";
import type { LogLead } from "./log-leads";
import { LOG_DOCUMENTS, locationIn } from "./log-documents";
import type { FolderLogs, WorkspaceLogs } from "./workspace-logs";

/** So much of a log is looked through for stack traces: the editor asks again and again while one scrolls. */
const LONGEST = 2_000_000;
/** The looks of a frame in any of the languages: a log without one costs nothing, the code is not even read for it. */
const ANY_FRAME = /\bat [^\n]+:\d+|File "[^"\n]+", line \d+|\.go:\d+(?: \+0x|\s*$)|#\d+ \S+\(\d+\)|\.(?:rb|ru|rake|erb):\d+|\.php(?::| on line )\d+|:line \d+|\.rs:\d+/m;

/**
 * Logs that are shown lead to the code of all open folders: a frame of a stack trace is a link, and "Go to Definition" on a line goes to the statement that
 * wrote it. The code is read when somebody first asks, never before; without a trusted folder there is nothing to lead to.
 */
export class LogLinks implements vscode.DocumentLinkProvider, vscode.DefinitionProvider, vscode.Disposable {
  readonly #logs: WorkspaceLogs;
  readonly #registered: readonly vscode.Disposable[];

  constructor(logs: WorkspaceLogs) {
    this.#logs = logs;
    this.#registered = [vscode.languages.registerDocumentLinkProvider([...LOG_DOCUMENTS], this), vscode.languages.registerDefinitionProvider([...LOG_DOCUMENTS], this)];
  }

  async provideDocumentLinks(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.DocumentLink[]> {
    const text = document.getText();
    if (text.length > LONGEST || !ANY_FRAME.test(text)) return [];
    const folders = await this.#folders();
    if (token.isCancellationRequested) return [];
    const frames = new Map<string, { readonly root: string; readonly frame: ReturnType<FolderLogs["places"]["frames"]>[number] }[]>();
    for (const { root, places } of folders) {
      for (const frame of places.frames(text)) {
        const key = `${frame.at.row}:${frame.at.start}`;
        const same = frames.get(key);
        if (same === undefined) frames.set(key, [{ root, frame }]);
        else same.push({ root, frame });
      }
    }
    return [...frames.values()].flatMap((lines) => {
      const [first] = lines;
      const target = targetOf(frameLeads(lines));
      if (first === undefined || target === null) return [];
      const { row, start, end } = first.frame.at;
      return [new vscode.DocumentLink(new vscode.Range(row, start, row, end), target)];
    });
  }

  async provideDefinition(document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken): Promise<vscode.Location[]> {
    const folders = await this.#folders();
    if (token.isCancellationRequested) return [];
    return this.#logs.leadsAt(folders, document, position.line).map((lead) => locationIn(lead.root, lead)).filter((one) => one !== null);
  }

  async #folders(): Promise<readonly FolderLogs[]> {
    try {
      return await this.#logs.all();
    } catch {
      // Links are a help: what is wrong with the workspace is said by the command.
      return [];
    }
  }

  dispose(): void {
    for (const one of this.#registered) one.dispose();
  }
}

/** Where a click goes: to the place, or to the question which of several is meant. */
function targetOf(leads: readonly LogLead[]): vscode.Uri | null {
  const [only, ...others] = leads;
  if (only === undefined) return null;
  if (others.length > 0) return vscode.Uri.from({ scheme: "command", path: "leakline.openLead", query: JSON.stringify([leads]) });
  const location = locationIn(only.root, only);
  return location === null ? null : location.uri.with({ fragment: `L${only.line},${only.column}` });
}
