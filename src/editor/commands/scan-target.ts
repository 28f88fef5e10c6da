import type { TargetNode } from "../targets/targets-tree";
import type { EditorCommand } from "./command";
import { scan } from "./scan";

/** The Scan action of a place in the Targets tree. */
export const scanTarget: EditorCommand = {
  id: "leakline.scanTarget",
  async run(parts, node) {
    const chosen = node as TargetNode | undefined;
    if (chosen?.kind !== "target") return;
    const { parseTarget } = await parts.product();
    await scan(parts, parseTarget(chosen.target));
  },
};
