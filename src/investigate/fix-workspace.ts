import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../model/failure";
import type { Analysis, Finding } from "../model/finding";
import { fixTexts } from "../locate/fixes/fix-texts";
import { LANGUAGES } from "../locate/languages/registry";
import type { Engine } from "../locate/parsing/engine";
import type { RuleFile } from "../locate/rules/rule-model";
import { workspaceTexts } from "../locate/workspace-texts";

export interface FixReport {
  readonly fixed: readonly Finding[];
  readonly left: readonly Finding[];
  /** Relative to the workspace. */
  readonly files: readonly string[];
}

/**
 * Mends in place what can be mended safely (see `fixTexts`). A file that changed since it was analysed, or whose bytes its text does not
 * give back (another encoding, a byte order mark), is left as it is.
 *
 * @throws Failure `fileUnreadable` when a mended file cannot be written; those before it stay mended
 */
export async function fixWorkspace(engine: Engine, rules: readonly RuleFile[], root: string, { findings }: Analysis, signal: AbortSignal): Promise<FixReport> {
  const wanted = new Set(findings.map(({ language }) => language));
  const languages = LANGUAGES.filter(({ id }) => wanted.has(id));
  for (const language of languages) await engine.load(language);
  const before = workspaceTexts(root, languages);
  const result = fixTexts({ engine, languages, rules }, before, findings);
  const originals = new Map(before.map(({ file, text }) => [file, text]));
  const untouched = new Set<string>();
  const files: string[] = [];
  for (const [file, text] of result.texts) {
    signal.throwIfAborted();
    const path = join(root, file);
    const bytes = await readFile(path).catch(() => null);
    if (bytes === null || !bytes.equals(Buffer.from(originals.get(file) ?? "", "utf8"))) {
      untouched.add(file);
      continue;
    }
    try {
      await writeFile(path, text);
    } catch (error) {
      throw new Failure("fileUnreadable", `${file}: cannot be written (${error instanceof Error ? error.message : "unknown reason"})`, "Make it writable, then run it again.", { cause: error });
    }
    files.push(file);
  }
  const isFixed = ({ file }: Finding): boolean => !untouched.has(file);
  return { fixed: result.fixed.filter(isFixed), left: [...result.left, ...result.fixed.filter((finding) => !isFixed(finding))], files };
}
