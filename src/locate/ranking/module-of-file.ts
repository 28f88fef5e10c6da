import type { CodeModule } from "../../model/code-module";
import { runtimeOf } from "./language-of-process";

/** The deepest module whose folder holds this file, of its language; null: none. `language` null: of any. */
export function moduleOfFile(file: string, language: string | null, modules: readonly CodeModule[]): number | null {
  let best: number | null = null;
  modules.forEach((module, index) => {
    if ((language !== null && runtimeOf(module.language) !== runtimeOf(language)) || !(module.folder === "" || file.startsWith(`${module.folder}/`))) return;
    if (best === null || module.folder.length > (modules[best]?.folder.length ?? 0)) best = index;
  });
  return best;
}
