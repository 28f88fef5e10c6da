import * as vscode from "vscode";
import type { LogPlaces } from "../investigate/locate-lines";
import { leadsOf } from "./log-leads";
import type { LogLead } from "./log-leads";
import { Failure } from "../model/failure";
import { pathWithin } from "./path-within";
import { locatedAt } from "./log-documents";
import type { Product } from "./product";
import type { Settings } from "./settings";

/** One folder of the workspace and what its code logs. */
export interface FolderLogs {
  /** Absolute. */
  readonly root: string;
  readonly places: LogPlaces;
}

interface Kept {
  readonly reading: Promise<LogPlaces>;
  readonly engine: string;
  /** Something that is read has changed since. */
  isStale: boolean;
}

/** Folders and files whose changes matter to nobody here: logs grow all the time. */
const UNREAD = /(?:^|\/)(?:\.git|node_modules|__pycache__)(?:\/|$)|\.(?:log|out|err)(?:\.|$)/;

/**
 * What the code of all open folders logs. A folder is read when somebody first asks, and again when something that matters in it was changed;
 * between the two, an answer costs nothing. A reading belongs to all who wait for it: only a person's own "cancel" ends it.
 */
export class WorkspaceLogs implements vscode.Disposable {
  readonly #product: () => Promise<Product>;
  readonly #settings: () => Settings;
  readonly #kept = new Map<string, Kept>();
  readonly #watchers = new Map<string, vscode.Disposable>();
  readonly #listening: vscode.Disposable[];

  constructor(product: () => Promise<Product>, settings: () => Settings) {
    this.#product = product;
    this.#settings = settings;
    this.#listening = [
      vscode.workspace.onDidSaveTextDocument(({ uri }) => this.#changed(uri)),
      vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        for (const { uri } of removed) this.#forget(uri.fsPath);
      }),
    ];
  }

  /** Folders whose code may be read: trusted, and on this side's disk. */
  get roots(): readonly string[] {
    if (!vscode.workspace.isTrusted) return [];
    return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath);
  }

  /** All folders, in the workspace's order. Rejects when one cannot be read, or with `cancelled`. */
  async all(signal: AbortSignal | null = null, report: (step: string) => void = () => undefined): Promise<readonly FolderLogs[]> {
    const found: FolderLogs[] = [];
    // One after the other: they share the threads that read.
    for (const root of this.roots) found.push({ root, places: await this.of(root, signal, report) });
    return found;
  }

  /** Where a line of a document (from 0) leads: to one place, to several that only a person can tell apart, or nowhere. */
  leadsAt(folders: readonly FolderLogs[], document: vscode.TextDocument, line: number): LogLead[] {
    // The line before names what a Go frame runs.
    const from = Math.max(0, line - 1);
    const text = document.getText(new vscode.Range(from, 0, line + 1, 0));
    return leadsOf(folders.map(({ root, places }) => ({
      root, located: locatedAt(places, document, line)?.located ?? null, frame: places.frames(text).find(({ at }) => at.row === line - from) ?? null,
    })));
  }

  async of(root: string, signal: AbortSignal | null = null, report: (step: string) => void = () => undefined): Promise<LogPlaces> {
    const { engine } = this.#settings();
    const kept = this.#kept.get(root);
    if (kept !== undefined && !kept.isStale && kept.engine === engine) return orCancelled(kept.reading, signal);
    this.#watch(root);
    const reading = (async () => (await this.#product()).logPlaces(root, { engine, signal: signal ?? new AbortController().signal, onProgress: (step) => report(step.text) }))();
    const now: Kept = { reading, engine, isStale: false };
    this.#kept.set(root, now);
    reading.catch(() => {
      if (this.#kept.get(root) === now) this.#kept.delete(root);
    });
    return reading;
  }

  #watch(root: string): void {
    if (this.#watchers.has(root)) return;
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(root), "**/*"));
    const changed = (uri: vscode.Uri): void => this.#changed(uri);
    this.#watchers.set(root, vscode.Disposable.from(watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed), watcher.onDidDelete(changed)));
  }

  #changed(uri: vscode.Uri): void {
    for (const [root, kept] of this.#kept) {
      const file = pathWithin(root, uri.fsPath);
      // What is made or moved may be a folder: its name tells nothing.
      if (file !== null && !UNREAD.test(file)) kept.isStale = true;
    }
  }

  #forget(root: string): void {
    this.#kept.delete(root);
    this.#watchers.get(root)?.dispose();
    this.#watchers.delete(root);
  }

  dispose(): void {
    for (const one of [...this.#listening, ...this.#watchers.values()]) one.dispose();
  }
}

function orCancelled<T>(work: Promise<T>, signal: AbortSignal | null): Promise<T> {
  if (signal === null) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Failure("cancelled", "Cancelled", "Ask again when you like."));
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) onAbort();
  });
}
