import * as vscode from "vscode";
import { pathWithin } from "../path-within";
import { LOG_DOCUMENTS } from "../log-documents";
import type { EditorCommand } from "./command";

const MOST_LINES = 1_000;
/** Logs of the workspace that nobody has opened: so many are read, and none that is larger (bytes), which no editor opens either. */
const MOST_FILES = 40;
const LARGEST = 50_000_000;
const LOG_FILES = "**/*.{log,out,err,log.[0-9]}";
/** A log that is longer is read from its end. */
const LONGEST = 20_000_000;

/** From the logging call under the cursor to the lines that it wrote: in the case's logs, in the logs that are open, and in those of the workspace. */
export const showLinesOfStatement: EditorCommand = {
  id: "leakline.showLinesOfStatement",
  async run(parts) {
    const { t } = vscode.l10n;
    const editor = vscode.window.activeTextEditor;
    const root = editor === undefined ? undefined : parts.logs.roots.find((one) => pathWithin(one, editor.document.uri.fsPath) !== null);
    if (editor === undefined || root === undefined) {
      void vscode.window.showInformationMessage(t("Open the folder with the source, and put the cursor on a logging call first."));
      return;
    }
    const places = await parts.activity.run(t("Reading what the workspace logs"), (signal, report) => parts.logs.of(root, signal, report));
    if (places === null) return;
    const file = pathWithin(root, editor.document.uri.fsPath);
    const line = editor.selection.active.line + 1;
    const statement = places.workspace.statements.find((one) => one.file === file && one.kind === "log" && one.line <= line && line <= one.endLine);
    if (statement === undefined) {
      void vscode.window.showInformationMessage(t("There is no logging call here."));
      return;
    }
    const items: (vscode.QuickPickItem & { readonly open?: () => Thenable<unknown> })[] = [];
    const logs = parts.store.current?.investigation.logs;
    logs?.events.forEach((event, index) => {
      const wrote = logs.statements[logs.writtenBy[index] ?? -1];
      if (wrote === undefined || wrote.file !== statement.file || wrote.line !== statement.line) return;
      items.push({ label: event.message.split("\n")[0] ?? "", description: event.timeMs === null ? "" : new Date(event.timeMs).toISOString(), detail: `${logs.sources[event.source]?.name ?? ""}:${event.line}` });
    });
    for (const { name, shown, text, open } of await logsAtHand()) {
      const whole = await text();
      const skipped = whole.length > LONGEST ? whole.indexOf("\n", whole.length - LONGEST) + 1 : 0;
      const before = skipped === 0 ? 0 : (whole.slice(0, skipped).match(/\n/g) ?? []).length;
      for (const { record, match } of places.locate(name, whole.slice(skipped), Date.now())) {
        if (items.length >= MOST_LINES) break;
        if (match === null || ![match.statement, ...match.ties].some((one) => one.file === statement.file && one.line === statement.line && one.column === statement.column)) continue;
        const at = new vscode.Position(record.line - 1 + before, 0);
        items.push({
          label: record.message.split("\n")[0] ?? "", description: match.values.map(({ name: key, value }) => `${key} = ${value}`).join(", "), detail: `${shown}:${at.line + 1}`,
          open: async () => vscode.window.showTextDocument(await open(), { selection: new vscode.Range(at, at) }),
        });
      }
    }
    if (items.length === 0) {
      void vscode.window.showInformationMessage(t("No line of this statement in the case's logs, in the logs that are open, or in those of the workspace."));
      return;
    }
    await (await vscode.window.showQuickPick(items, { title: t("Lines of: {0}", statement.template), matchOnDescription: true, matchOnDetail: true }))?.open?.();
  },
};

interface LogAtHand {
  readonly name: string;
  /** As a person knows it. */
  readonly shown: string;
  text(): Promise<string>;
  open(): Promise<vscode.TextDocument>;
}

/** Logs that are open, then those that lie in the workspace. */
async function logsAtHand(): Promise<LogAtHand[]> {
  const open = vscode.workspace.textDocuments.filter((document) => vscode.languages.match([...LOG_DOCUMENTS], document) > 0 && document.uri.scheme !== "output");
  const known = new Set(open.map(({ uri }) => uri.toString()));
  const lying = (await vscode.workspace.findFiles(LOG_FILES, undefined, MOST_FILES)).filter((uri) => !known.has(uri.toString()));
  return [
    ...open.map((document) => ({ name: document.fileName, shown: vscode.workspace.asRelativePath(document.uri), text: () => Promise.resolve(document.getText()), open: () => Promise.resolve(document) })),
    ...lying.map((uri) => ({
      name: uri.fsPath, shown: vscode.workspace.asRelativePath(uri),
      text: async () => ((await vscode.workspace.fs.stat(uri)).size > LARGEST ? "" : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))),
      open: async () => vscode.workspace.openTextDocument(uri),
    })),
  ];
}
