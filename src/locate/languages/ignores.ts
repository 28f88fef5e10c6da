import type { FileFlow } from "../flow/flow-model";

type Ignore = FileFlow["ignores"][number];

const MARK = "leakline-ignore";
const REST = /^(?::[ \t]*([\w./*-]+))?(?:[ \t]*--[ \t]*(.*?))?[ \t]*$/;

/**
 * `leakline-ignore: rule -- reason` comments: rule and reason may be missing. `opener` is the language's line comment (`//`, `#`);
 * the mark must be the comment's first word, so that prose and strings about it do not silence anything.
 */
export function readIgnores(text: string, opener: string): readonly Ignore[] {
  const ignores: Ignore[] = [];
  let line = 1;
  let counted = 0;
  for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + MARK.length)) {
    for (let newline = text.indexOf("\n", counted); newline >= 0 && newline < at; newline = text.indexOf("\n", counted)) {
      line++;
      counted = newline + 1;
    }
    if (!text.slice(counted, at).trimEnd().endsWith(opener)) continue;
    const end = text.indexOf("\n", at);
    const rest = REST.exec(text.slice(at + MARK.length, end < 0 ? text.length : end).replace(/\r$/, ""));
    if (rest === null) continue;
    ignores.push({ line, rule: rest[1] ?? null, reason: rest[2] === undefined || rest[2] === "" ? null : rest[2] });
  }
  return ignores;
}
