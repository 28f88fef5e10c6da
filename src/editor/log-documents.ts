import * as vscode from "vscode";
import type { LocatedLine, LogPlaces } from "../investigate/locate-lines";
import { resolveInside } from "./open-place";

/** Documents that are logs, or may be: by their language or their name; what was pasted into a new document is plain text. */
export const LOG_DOCUMENTS: readonly vscode.DocumentFilter[] = [{ language: "log" }, { language: "plaintext" }, { pattern: "**/*.log" }, { pattern: "**/*.log.[0-9]*" }, { pattern: "**/*.{out,err}" }];

/** So many lines around a place are read to tell what stands there: a record with its stack trace is seldom longer. */
const AROUND = 200;

/** The record that a line of a document belongs to, and where it comes from; null: none. Reads a stretch of it only. */
export function locatedAt(places: LogPlaces, document: vscode.TextDocument, line: number): { readonly located: LocatedLine; readonly row: number } | null {
  const from = Math.max(0, line - AROUND);
  const text = document.getText(new vscode.Range(from, 0, Math.min(document.lineCount, line + AROUND), 0));
  const records = places.locate(document.fileName, text, Date.now());
  const located = records.filter(({ record }) => record.line - 1 + from <= line).at(-1);
  return located === undefined ? null : { located, row: line - (located.record.line - 1 + from) };
}

/** The place of a file below the root as the editor takes it; null for one that would lead out of it. */
export function locationIn(root: string, { file, line, column }: { readonly file: string; readonly line: number; readonly column?: number | null }): vscode.Location | null {
  const path = resolveInside(root, file);
  return path === null ? null : new vscode.Location(vscode.Uri.file(path), new vscode.Position(line - 1, Math.max(0, (column ?? 1) - 1)));
}
