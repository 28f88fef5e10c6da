import * as vscode from "vscode";
import type { LogPlaces } from "../investigate/locate-lines";
import { LOG_DOCUMENTS, locatedAt, locationIn } from "./log-documents";
import type { Product } from "./product";
import type { Settings } from "./settings";

/** So much of a log is looked through for stack traces: the editor asks again and again while one scrolls. */
const LONGEST = 2_000_000;

/**
 * Logs that are shown lead to the code: a frame of a stack trace is a link, and "Go to Definition" on a line goes to the statement that
 * wrote it. The workspace is read when somebody first asks, never before; without a trusted folder there is nothing to lead to.
 */
export class LogLinks implements vscode.DocumentLinkProvider, vscode.DefinitionProvider, vscode.Disposable {
  private readonly registered: vscode.Disposable[];

  constructor(private readonly product: () => Promise<Product>, private readonly settings: () => Settings) {
    this.registered = [vscode.languages.registerDocumentLinkProvider([...LOG_DOCUMENTS], this), vscode.languages.registerDefinitionProvider([...LOG_DOCUMENTS], this)];
  }

  async provideDocumentLinks(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.DocumentLink[]> {
    const text = document.getText();
    // A log without a frame costs nothing: the code is not even read for it.
    if (text.length > LONGEST || !/\bat [^\n]+:\d+|File "[^"\n]+", line \d+|\.go:\d+ \+0x|#\d+ \S+\(\d+\)|\.rb:\d+:in/.test(text)) return [];
    const found = await this.places(token);
    if (found === null || token.isCancellationRequested) return [];
    return found.places.frames(text).flatMap((frame) => {
      const location = locationIn(found.root, frame);
      if (location === null) return [];
      const { row, start, end } = frame.at;
      return [new vscode.DocumentLink(new vscode.Range(row, start, row, end), location.uri.with({ fragment: `L${frame.line}${frame.column === null ? "" : `,${frame.column}`}` }))];
    });
  }

  async provideDefinition(document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken): Promise<vscode.Location[]> {
    const found = await this.places(token);
    if (found === null || token.isCancellationRequested) return [];
    const at = locatedAt(found.places, document, position.line);
    if (at === null) return [];
    const { located, row } = at;
    const frame = located.frames.find((one) => one.at.row === row && one.file !== null);
    const wanted = frame !== undefined && frame.file !== null ? [{ ...frame, file: frame.file }] : [located.match?.statement, ...(located.match?.ties ?? []), located.exception].filter((one) => one !== undefined && one !== null);
    return wanted.map((one) => locationIn(found.root, one)).filter((one) => one !== null);
  }

  private async places(token: vscode.CancellationToken): Promise<{ readonly root: string; readonly places: LogPlaces } | null> {
    const folder = vscode.workspace.isTrusted ? vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file") : undefined;
    if (folder === undefined) return null;
    const abort = new AbortController();
    const listening = token.onCancellationRequested(() => abort.abort());
    try {
      const root = folder.uri.fsPath;
      return { root, places: await (await this.product()).logPlaces(root, { engine: this.settings().engine, signal: abort.signal, onProgress: () => undefined }) };
    } catch {
      // Links are a help: what is wrong with the workspace is said by the command.
      return null;
    } finally {
      listening.dispose();
    }
  }

  dispose(): void {
    for (const one of this.registered) one.dispose();
  }
}
