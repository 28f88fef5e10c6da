import * as vscode from "vscode";
import type { LogLead } from "../log-leads";
import { openPlace } from "../open-place";
import type { EditorCommand } from "./command";

/** A click on a frame that several files of the workspace may mean: the person says which. Not in the palette. */
export const openLead: EditorCommand = {
  id: "leakline.openLead",
  async run(_parts, leads) {
    await openLeads((leads as readonly LogLead[]).filter(isLead), vscode.l10n.t("Several files end like this: which is it?"));
  },
};

/** Opens the one place, or asks which of several. */
export async function openLeads(leads: readonly LogLead[], question: string): Promise<void> {
  const [first] = leads;
  if (first === undefined) return;
  const several = new Set(leads.map(({ root }) => root)).size > 1;
  const items = leads.map((lead) => ({
    label: lead.says === "" ? `${lead.file.split("/").at(-1) ?? ""}:${lead.line}` : lead.says,
    description: lead.symbol === lead.says ? "" : lead.symbol,
    detail: `${several ? `${lead.root.split(/[\\/]/).at(-1) ?? ""}/` : ""}${lead.file}:${lead.line}`,
    lead,
  }));
  const chosen = leads.length === 1 ? first : (await vscode.window.showQuickPick(items, { title: question, matchOnDescription: true, matchOnDetail: true }))?.lead;
  if (chosen !== undefined) await openPlace(chosen.root, { file: chosen.file, line: chosen.line, column: chosen.column }, false);
}

/** A document's text may hold a link to any command, with any words: what is no lead is left out. `openPlace` keeps it inside the open folders. */
function isLead(one: unknown): one is LogLead {
  if (typeof one !== "object" || one === null) return false;
  const { root, file, line, column, says, symbol } = one as Record<string, unknown>;
  return [root, file, says, symbol].every((text) => typeof text === "string") && [line, column].every((place) => Number.isInteger(place) && Number(place) > 0)
    && (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => uri.scheme === "file" && uri.fsPath === root);
}
