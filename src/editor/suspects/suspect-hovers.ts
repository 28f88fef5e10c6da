import * as vscode from "vscode";
import type { Investigation } from "../../model/investigation";
import type { Suspect } from "../../model/suspect";
import type { CaseStore } from "../case-store";
import { resolveInside } from "../open-place";

/** Over the line of a suspect: which suspect it is, of what cause, and why it ranks where it does. */
export class SuspectHovers implements vscode.HoverProvider, vscode.Disposable {
  readonly #store: CaseStore;
  readonly #registered: vscode.Disposable;

  constructor(store: CaseStore) {
    this.#store = store;
    this.#registered = vscode.languages.registerHoverProvider({ scheme: "file" }, this);
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | null {
    const shown = this.#store.current;
    if (shown === null || shown.root === null) return null;
    const { root, investigation } = shown;
    const here = investigation.suspects.filter(({ file, line }) => line === position.line + 1 && resolveInside(root, file) === document.uri.fsPath);
    return here.length === 0 ? null : new vscode.Hover(here.slice(0, MOST).map((suspect) => hoverOf(suspect, investigation)));
  }

  dispose(): void {
    this.#registered.dispose();
  }
}

/** One line can be suspect for several causes. */
const MOST = 3;

/** Reasons come from hosts and logs as well: they are text and never markup. */
function hoverOf({ rank, score, symbol, diagnosis, reasons }: Suspect, { diagnoses }: Investigation): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const words = new vscode.MarkdownString();
  words.appendText(t("Suspect {0}: {1}, score {2} of 100", rank, symbol, Math.round(score)));
  const cause = diagnoses[diagnosis]?.title;
  if (cause !== undefined) words.appendMarkdown("\n\n").appendText(cause);
  for (const { points, text } of reasons) words.appendMarkdown("\n- ").appendText(`${points > 0 ? "+" : ""}${points} ${text.replaceAll("\n", " ")}`);
  return words;
}
