import { relative, sep } from "node:path";
import * as vscode from "vscode";
import { LOG_DOCUMENTS } from "../log-documents";
import { chooseWorkspaceRoot } from "../workspace-root";
import type { EditorCommand } from "./command";

const MOST_LINES = 1_000;
/** A log that is longer is read from its end. */
const LONGEST = 20_000_000;

/** From the logging call under the cursor to the lines that it wrote: in the case's logs, and in the logs that are open. */
export const showLinesOfStatement: EditorCommand = {
  id: "leakline.showLinesOfStatement",
  async run(parts) {
    const { t } = vscode.l10n;
    const editor = vscode.window.activeTextEditor;
    const root = editor === undefined ? null : await chooseWorkspaceRoot();
    if (editor === undefined || root === null) {
      void vscode.window.showInformationMessage(t("Open the folder with the source, and put the cursor on a logging call first."));
      return;
    }
    const places = await parts.activity.run(t("Reading what the workspace logs"), async (signal, report) =>
      (await parts.product()).logPlaces(root, { engine: parts.settings().engine, signal, onProgress: (step) => report(step.text) }));
    if (places === null) return;
    const file = relative(root, editor.document.uri.fsPath).split(sep).join("/");
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
    for (const document of vscode.workspace.textDocuments) {
      if (vscode.languages.match([...LOG_DOCUMENTS], document) === 0) continue;
      const whole = document.getText();
      const skipped = whole.length > LONGEST ? whole.indexOf("\n", whole.length - LONGEST) + 1 : 0;
      const before = document.positionAt(skipped).line;
      for (const { record, match } of places.locate(document.fileName, whole.slice(skipped), Date.now())) {
        if (items.length >= MOST_LINES) break;
        if (match === null || ![match.statement, ...match.ties].some((one) => one.file === statement.file && one.line === statement.line && one.column === statement.column)) continue;
        const at = new vscode.Position(record.line - 1 + before, 0);
        items.push({
          label: record.message.split("\n")[0] ?? "", description: match.values.map(({ name, value }) => `${name} = ${value}`).join(", "), detail: `${vscode.workspace.asRelativePath(document.uri)}:${at.line + 1}`,
          open: () => vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) }),
        });
      }
    }
    if (items.length === 0) {
      void vscode.window.showInformationMessage(t("No line of this statement in the case's logs or in the logs that are open."));
      return;
    }
    await (await vscode.window.showQuickPick(items, { title: t("Lines of: {0}", statement.template), matchOnDescription: true, matchOnDetail: true }))?.open?.();
  },
};
