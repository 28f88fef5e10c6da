import type { EditorCommand } from "./command";
import { scan } from "./scan";

export const scanThisMachine: EditorCommand = {
  id: "leakline.scanThisMachine",
  run: (parts) => scan(parts, { kind: "local" }),
};
