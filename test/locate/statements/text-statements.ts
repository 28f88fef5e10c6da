import { LANGUAGES } from "../../../src/locate/languages/registry";
import { languageOf } from "../../../src/locate/languages-by-file";
import type { FileStatements } from "../../../src/locate/statements/file-statements";
import { StatementMatcher } from "../../../src/locate/statements/matcher";
import { readStatements } from "../../../src/locate/statements/read-statements";
import { workspaceStatements } from "../../../src/locate/statements/workspace-statements";
import type { WorkspaceStatements } from "../../../src/locate/statements/workspace-statements";
import { testEngine } from "../text-analysis";

/** A workspace of texts, by file name, as the product reads it: without files, threads and cache. */
export async function statementsOf(texts: Readonly<Record<string, string>>, modules: Readonly<Record<string, string>> = {}): Promise<WorkspaceStatements> {
  const engine = await testEngine(LANGUAGES);
  const files = Object.entries(texts).map(([file, text]): FileStatements => {
    const language = languageOf(file, LANGUAGES);
    if (language === null) throw new Error(`no language for ${file}`);
    const module = modules[file] ?? file.replace(/\.[^.]+$/u, "").replaceAll("/", ".");
    return engine.withTree(language, text, (root) => readStatements(root, text, language.lower({ file, text, root, module })), { file });
  });
  return workspaceStatements(files);
}

export async function matcherOf(texts: Readonly<Record<string, string>>, modules: Readonly<Record<string, string>> = {}): Promise<StatementMatcher> {
  return new StatementMatcher(await statementsOf(texts, modules));
}

/** A bare line, as a reader that knows nothing of its format gives it. */
export function line(message: string, more: { readonly level?: "info" | "warning" | "error" | "debug" | "critical"; readonly fields?: Record<string, string> } = {}): { message: string; level: "info" | "warning" | "error" | "debug" | "critical" | null; fields: Record<string, string> } {
  return { message, level: more.level ?? null, fields: more.fields ?? {} };
}
