import * as vscode from "vscode";
import type { EarlyFindings } from "../investigate/investigator";
import { pathWithin } from "./path-within";
import type { Problems } from "./problems";

/** What a person has open is wanted first; findings go to Problems as they come. The caller ends it: `Problems.endEarly`. */
export function earlyFindings(root: string, problems: Problems, signal: AbortSignal): EarlyFindings {
  const uris = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors].flatMap((editor) => (editor === undefined ? [] : [editor.document.uri]));
  for (const { tabs } of vscode.window.tabGroups.all) for (const { input } of tabs) if (input instanceof vscode.TabInputText) uris.push(input.uri);
  const first = new Set(uris.flatMap((uri) => (uri.scheme === "file" ? (pathWithin(root, uri.fsPath) ?? []) : [])));
  return {
    first: [...first],
    onFindings: (findings) => {
      if (!signal.aborted) problems.showEarly(root, findings);
    },
  };
}
