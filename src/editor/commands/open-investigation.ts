import type { EditorCommand } from "./command";

export const openInvestigation: EditorCommand = {
  id: "leakline.openInvestigation",
  run: (parts) => parts.panels.show(),
};
