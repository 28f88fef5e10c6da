import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../model/failure";
import { loadRules } from "../locate/rules/load-rules";
import type { RuleFile } from "../locate/rules/rule-model";

/** Where a workspace keeps its own rules, relative to its root. */
export const WORKSPACE_RULES = ".leakline/rules";

/** Reads rule files by path. Rejects with `Failure("ruleInvalid")` naming file, line and column, or `fileUnreadable`. */
export async function readRuleFiles(files: readonly string[]): Promise<RuleFile[]> {
  return Promise.all(
    files.map(async (file) => {
      let text: string;
      try {
        text = await readFile(file, "utf8");
      } catch (error) {
        throw new Failure("fileUnreadable", `${file}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : "cannot be read"}`, "Name a rule file (YAML, schema leakline.rules/1).", { cause: error });
      }
      return loadRules(text, file);
    }),
  );
}

/** The workspace's own rules; none when it has no such folder. Sorted by name, so that the order is the same everywhere. */
export async function readWorkspaceRules(root: string): Promise<RuleFile[]> {
  return readRuleFiles(await workspaceRuleFiles(root));
}

/** Absolute paths. */
export async function workspaceRuleFiles(root: string): Promise<string[]> {
  const folder = join(root, WORKSPACE_RULES);
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /\.ya?ml$/.test(name)).sort().map((name) => join(folder, name));
}
