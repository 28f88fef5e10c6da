import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../model/failure";
import { invalidRules, readRules } from "../locate/rules/load-rules";
import type { RuleProblem } from "../locate/rules/load-rules";
import type { RuleFile } from "../locate/rules/rule-model";

/** Where a workspace keeps its own rules, relative to its root. */
export const WORKSPACE_RULES = ".leakline/rules";

/** One rule file as it was read: its rules, or all that is wrong with it. */
export interface TriedFile {
  /** As it was named. */
  readonly file: string;
  /** null: it cannot be used. */
  readonly rules: RuleFile | null;
  readonly problems: readonly RuleProblem[];
}

/** Reads rule files by path, each by itself. Rejects with `Failure("fileUnreadable")` for one that cannot be read at all. */
export async function tryRuleFiles(files: readonly string[]): Promise<TriedFile[]> {
  return Promise.all(files.map(async (file) => {
    const { rules, problems } = readRules(await readRuleText(file));
    return { file, rules: problems.length === 0 ? rules : null, problems };
  }));
}

/** Reads rule files by path. Rejects with `Failure("ruleInvalid")` naming each file with file, line and column, or `fileUnreadable`. */
export async function readRuleFiles(files: readonly string[]): Promise<RuleFile[]> {
  const tried = await tryRuleFiles(files);
  const wrong = tried.filter(({ rules }) => rules === null);
  if (wrong.length > 0) throw invalidRules(wrong);
  return tried.flatMap(({ rules }) => (rules === null ? [] : [rules]));
}

async function readRuleText(file: string): Promise<string> {
  const unreadable = (why: string, cause?: unknown): Failure => new Failure("fileUnreadable", `${file}: ${why}`, "Name a rule file (YAML, schema leakline.rules/1).", { cause });
  try {
    // A named pipe would be waited for without end.
    if (!(await stat(file)).isFile()) throw unreadable("not a file");
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unreadable((error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : "cannot be read", error);
  }
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
