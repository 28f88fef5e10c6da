import type { EditorCommand } from "./command";

export const clear: EditorCommand = {
  id: "leakline.clear",
  run: (parts) => parts.store.set(null),
};
