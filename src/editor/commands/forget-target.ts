import type { TargetNode } from "../targets/targets-tree";
import type { EditorCommand } from "./command";

/** Takes a host off the recently used. */
export const forgetTarget: EditorCommand = {
  id: "leakline.forgetTarget",
  async run(parts, node) {
    const chosen = node as TargetNode | undefined;
    if (chosen?.kind === "target") await parts.recent.remove(chosen.target);
  },
};
