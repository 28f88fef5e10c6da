import * as vscode from "vscode";
import type { Concern } from "../investigate/changed-file";
import { isFailure } from "../protocol/channel";
import type { CaseStore, OpenCase } from "./case-store";
import { ChangeQueue } from "./change-queue";
import { openedText } from "./commands/open-files";
import { pathWithin } from "./path-within";
import type { Problems } from "./problems";
import type { Product } from "./product";
import type { Settings } from "./settings";

/** A save is one change; a checkout or a build are many. */
const PATIENCE = { quietMs: 80, mostMs: 2_000 };

/** The folder whose findings are shown, in the workspace's memory. */
const FOLLOWED = "leakline.followedFolder";

/** How the name of a folder ends among names of what changed. */
const FOLDER = "/";

interface Parts {
  readonly log: vscode.LogOutputChannel;
  readonly problems: Problems;
  readonly product: () => Promise<Product>;
  /** What this workspace keeps over a restart. */
  readonly remembered: vscode.Memento;
  readonly settings: () => Settings;
  readonly store: CaseStore;
}

/**
 * Keeps findings, Problems and the case's suspects as the code is. Begins when an analysis has been made, and follows the folder that it was
 * made of: what is saved in the editor at once, what other programs change by the watcher. Only what a change may matter to is read again.
 */
export class FreshFindings implements vscode.Disposable {
  readonly #parts: Parts;
  readonly #queue: ChangeQueue;
  readonly #listening: vscode.Disposable[];
  #root: string | null = null;
  #watcher: vscode.Disposable | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#queue = new ChangeQueue((changed, signal) => this.#refresh(changed, signal), PATIENCE);
    this.#listening = [
      vscode.workspace.onDidSaveTextDocument(({ uri }) => this.#changed(uri)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        // Another engine reads the same code: what it finds is shown when it has read it.
        if (this.#root !== null && event.affectsConfiguration("leakline.engine")) this.#queue.add("");
      }),
      parts.store.onDidChange(() => {
        const shown = parts.store.current;
        if (shown !== null && shown.root !== null && shown.investigation.analysis !== null) return this.follow(shown.root);
        this.#leave();
        void parts.remembered.update(FOLLOWED, undefined);
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.resume()),
    ];
  }

  /** From now on the findings of this folder (absolute) are kept as its code is. */
  follow(root: string): void {
    if (this.#root === root || !vscode.workspace.isTrusted) return;
    this.#leave();
    this.#root = root;
    void this.#parts.remembered.update(FOLLOWED, root);
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(root), "**/*"));
    this.#watcher = vscode.Disposable.from(
      watcher, watcher.onDidChange((uri) => this.#changed(uri)), watcher.onDidCreate((uri) => void this.#came(uri)), watcher.onDidDelete((uri) => this.#went(uri)),
    );
  }

  /**
   * After a restart: shows the findings of the folder that was followed, as its code is now. What did not change meanwhile comes from the
   * pack on disk, so that nothing is parsed again.
   */
  resume(): void {
    const before = this.#root ?? this.#parts.remembered.get(FOLLOWED);
    if (typeof before !== "string" || !vscode.workspace.isTrusted) return;
    if (this.#root === null && !(vscode.workspace.workspaceFolders ?? []).some(({ uri }) => uri.scheme === "file" && uri.fsPath === before)) return;
    this.follow(before);
    this.#queue.add("");
  }

  /** False when nothing was being brought up to date. */
  cancel(): boolean {
    return this.#queue.cancel();
  }

  dispose(): void {
    this.#leave();
    for (const one of this.#listening) one.dispose();
  }

  #leave(): void {
    this.#watcher?.dispose();
    this.#watcher = null;
    this.#root = null;
    this.#queue.clear();
  }

  #changed(uri: vscode.Uri, ending = ""): void {
    if (this.#root === null || uri.scheme !== "file") return;
    const file = pathWithin(this.#root, uri.fsPath);
    if (file !== null) this.#queue.add(`${file}${ending}`);
  }

  /** Of a folder that is moved here, the watcher may tell of the folder alone. */
  async #came(uri: vscode.Uri): Promise<void> {
    this.#changed(uri);
    const { type } = await vscode.workspace.fs.stat(uri).then((stat) => stat, () => ({ type: vscode.FileType.Unknown }));
    if (type === vscode.FileType.Directory) this.#changed(uri, FOLDER);
  }

  /** Of a folder that is deleted the watcher tells of the folder alone, and nobody can ask any more what it was: by its name, and by what is known of it. */
  #went(uri: vscode.Uri): void {
    this.#changed(uri);
    const folder = this.#root === null ? null : pathWithin(this.#root, uri.fsPath);
    if (folder !== null && (!/\.[a-z0-9]+[^/]*$/.test(folder) || this.#parts.problems.hasBelow(folder))) this.#changed(uri, FOLDER);
  }

  async #refresh(changed: readonly string[], signal: AbortSignal): Promise<void> {
    const root = this.#root;
    if (root === null) return;
    const { log, problems, product, settings, store } = this.#parts;
    try {
      const rooms = await product();
      // "" stands for all that is read: the settings have changed, or the window was closed meanwhile.
      const concerns = new Map<string, Concern>();
      for (const file of changed) {
        const folder = file.endsWith(FOLDER) ? file.slice(0, -FOLDER.length) : null;
        const concern = file === "" ? "rules" : folder === null ? rooms.concernOf(file) : rooms.concernOfFolder(folder);
        if (concern !== null) concerns.set(folder ?? file, concern);
      }
      if (concerns.size === 0) return;
      const started = Date.now();
      const shown = store.current;
      const isCase = shown !== null && shown.root === root && shown.investigation.analysis !== null;
      const kinds = new Set(concerns.values());
      const investigator = rooms.investigator({ engine: settings().engine });
      const onProgress = (): void => undefined;
      if (isCase && !shown.socketsNotKept && (kinds.has("configuration") || shown.investigation.logs !== undefined)) {
        // What services are called, and what logs say of the code, is found with the causes.
        const file = openedText(vscode.l10n.t("the present case"), [...rooms.writeInvestigation(shown.investigation)].join(""));
        const investigation = await investigator.open([file], { workspaceRoot: root, signal, onProgress });
        const { startedAt, tookMs } = shown.investigation;
        this.#show(shown, { ...shown, investigation: { ...investigation, startedAt, tookMs } });
      } else if (kinds.has("code") || kinds.has("rules") || isCase) {
        const code = [...concerns].flatMap(([file, concern]) => (concern === "code" ? [file] : []));
        const analysis = await investigator.update(root, code, { signal, onProgress });
        if (isCase) this.#show(shown, { ...shown, investigation: await investigator.withCode(shown.investigation, root, analysis, signal) });
        else if (this.#root === root && store.current === shown) problems.show(root, analysis.findings, new Set());
      }
      log.debug(`brought up to date after ${said(concerns)} in ${Date.now() - started} ms`);
    } catch (thrown) {
      if (signal.aborted || (isFailure(thrown) && thrown.reason === "cancelled")) log.info("what changed was not read: cancelled");
      // A rule file half written is told of in Problems, at its place; nobody asked for a message.
      else log.warn(`what changed could not be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      throw thrown;
    }
  }

  /** Shows a case brought up to date, unless another has come meanwhile. */
  #show(before: OpenCase, now: OpenCase): void {
    if (this.#parts.store.current === before) this.#parts.store.set(now, this.#parts.store.query);
  }
}

function said(concerns: ReadonlyMap<string, Concern>): string {
  const [first] = concerns.keys();
  return concerns.size === 1 ? first || "a setting" : `${concerns.size} changes`;
}
