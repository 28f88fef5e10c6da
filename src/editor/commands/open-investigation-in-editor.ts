import type { EditorCommand } from "./command";

export const openInvestigationInEditor: EditorCommand = {
  id: "leakline.openInvestigationInEditor",
  run: (parts) => parts.panels.openInEditor(),
};
