import { isConfigFile } from "../observe/config/configured-endpoints";
import { LANGUAGES } from "../locate/languages/registry";
import { languageOf } from "../locate/languages-by-file";
import { decidesForOthers } from "../locate/workspace-files";
import { isManifest } from "./code-modules";
import { WORKSPACE_RULES } from "./rule-files";

/** What a file of the workspace is to a case: code, a rule of the workspace's own, or configuration that names endpoints and modules. */
export type Concern = "code" | "rules" | "configuration";

/** Folders whose files are nobody's own code, at any depth. */
const FOREIGN = /(?:^|\/)(?:\.git|node_modules|bower_components|__pycache__|site-packages|dist-packages)\//;

/**
 * What it matters to that a folder came or went as one, so that nobody tells of its files. By its name alone.
 *
 * @param folder relative to the workspace, with `/`, none at the end
 */
export function concernOfFolder(folder: string): Concern | null {
  if (`${WORKSPACE_RULES}/`.startsWith(`${folder}/`)) return "rules";
  return FOREIGN.test(`${folder}/`) ? null : "code";
}

/** What a change of this file (relative to the workspace, with `/`) matters to; null when to nothing. By its name alone. */
export function concernOf(file: string): Concern | null {
  if (file.startsWith(`${WORKSPACE_RULES}/`)) return /\.ya?ml$/.test(file) ? "rules" : null;
  if (FOREIGN.test(file)) return null;
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (languageOf(name, LANGUAGES) !== null || decidesForOthers(file)) return "code";
  return isManifest(name) || isConfigFile(name) ? "configuration" : null;
}
