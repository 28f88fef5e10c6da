import type { EditorCommand } from "./command";

export const showLog: EditorCommand = {
  id: "leakline.showLog",
  run: (parts) => parts.log.show(),
};
