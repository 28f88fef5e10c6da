import * as vscode from "vscode";
import * as z from "zod/mini";
import type { Investigation } from "../model/investigation";
import { countStates } from "../model/snapshot";
import { formatTarget } from "../model/target";
import { EMPTY_QUERY } from "../protocol/panel";
import type { CaseStore, OpenCase } from "./case-store";
import type { Product } from "./product";

/** Sockets of all looks together that are kept over a reload; about 20 MB of text. */
export const SOCKETS_KEPT = 50_000;

const PASSING_KEPT_MS = 60_000;

const CASE_FILE = "case.json";
const META_FILE = "case-meta.json";

const metaSchema = z.object({
  /** In the command's form. */
  target: z.nullable(z.string()),
  /** Of a case of several live targets; absent: it is none. */
  set: z.optional(z.array(z.string())),
  root: z.nullable(z.string()),
  socketsNotKept: z.boolean(),
});

/** The case without its sockets: counts, diagnoses and suspects stay, and nothing points at a socket that is gone. */
export function withoutSockets(investigation: Investigation): Investigation {
  return {
    ...investigation,
    snapshots: investigation.snapshots.map((snapshot) => ({ ...snapshot, sockets: [], statesOnly: countStates(snapshot) })),
    groups: investigation.groups.map((group) => ({ ...group, sockets: [] })),
    diagnoses: investigation.diagnoses.map((diagnosis) => ({
      ...diagnosis, sockets: [], evidence: diagnosis.evidence.map((one) => ({ ...one, sockets: [] })),
      ...(diagnosis.hosts === undefined ? {} : { hosts: diagnosis.hosts.map((host) => ({ ...host, sockets: [] })) }),
    })),
    ...(investigation.talk === undefined ? {} : {
      talk: { ...investigation.talk, edges: investigation.talk.edges.map((edge) => ({ ...edge, places: edge.places.map((place) => ({ ...place, sockets: [] })) })) },
    }),
  };
}

/** What of a case is written: all of it up to the limit, beyond it all but the sockets. */
export function trimForKeeping(shown: OpenCase): OpenCase {
  const sockets = shown.investigation.snapshots.reduce((sum, snapshot) => sum + snapshot.sockets.length, 0);
  return sockets <= SOCKETS_KEPT ? shown : { ...shown, investigation: withoutSockets(shown.investigation), socketsNotKept: true };
}

/**
 * Keeps the case over a reload of the window, in the storage folder that VS Code gives the extension for this workspace.
 * Written after each change; read once, when the extension starts and a file is there.
 */
export class KeptCase implements vscode.Disposable {
  private readonly listening: vscode.Disposable;
  private writing: Promise<void> = Promise.resolve();
  private restoring = false;
  private writtenMs = 0;

  constructor(
    private readonly folder: vscode.Uri,
    private readonly store: CaseStore,
    private readonly product: () => Promise<Product>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listening = store.onDidChange(() => {
      // A watch changes the case every few seconds: a minute's looks are the most that a crash may cost.
      if (store.passing && Date.now() - this.writtenMs < PASSING_KEPT_MS) return;
      this.writtenMs = Date.now();
      if (!this.restoring) this.writing = this.writing.then(() => this.write()).catch((thrown: unknown) => this.log.warn(`the case was not kept: ${String(thrown)}`));
    });
  }

  /** Brings the case back; false when there is none. A file that cannot be read is put aside with a line in the log. */
  async restore(): Promise<boolean> {
    const { fs } = vscode.workspace;
    let meta: Uint8Array;
    try {
      meta = await fs.readFile(vscode.Uri.joinPath(this.folder, META_FILE));
    } catch {
      return false;
    }
    try {
      const { target, set, root, socketsNotKept } = z.parse(metaSchema, JSON.parse(new TextDecoder().decode(meta)));
      const bytes = await fs.readFile(vscode.Uri.joinPath(this.folder, CASE_FILE));
      const product = await this.product();
      const investigation = await product.readInvestigation(bytes);
      if (this.store.current !== null) return true; // a scan was faster
      this.restoring = true;
      this.store.set({ investigation, target: target === null ? null : product.parseTarget(target), root, socketsNotKept, ...(set === undefined ? {} : { set: set.map((one) => product.parseTarget(one)) }) }, EMPTY_QUERY);
      return true;
    } catch (thrown) {
      this.log.warn(`the case of the last window could not be read: ${String(thrown)}`);
      return false;
    } finally {
      this.restoring = false;
    }
  }

  /** Resolves when all is on disk. */
  async flushed(): Promise<void> {
    await this.writing;
  }

  dispose(): void {
    this.listening.dispose();
  }

  private async write(): Promise<void> {
    const { fs } = vscode.workspace;
    const files = [CASE_FILE, META_FILE].map((name) => vscode.Uri.joinPath(this.folder, name)) as [vscode.Uri, vscode.Uri];
    const shown = this.store.current;
    if (shown === null) {
      for (const file of files) await fs.delete(file).then(undefined, () => undefined);
      return;
    }
    const kept = trimForKeeping(shown);
    const { writeInvestigation } = await this.product();
    await fs.createDirectory(this.folder);
    await fs.writeFile(files[0], new TextEncoder().encode([...writeInvestigation(kept.investigation)].join("")));
    const { target, set, root, socketsNotKept } = kept;
    await fs.writeFile(files[1], new TextEncoder().encode(JSON.stringify({ target: target === null ? null : formatTarget(target), root, socketsNotKept, ...(set === undefined ? {} : { set: set.map(formatTarget) }) } satisfies z.infer<typeof metaSchema>)));
  }
}
