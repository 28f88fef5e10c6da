/** What a rule's words mean in a language that calls the same library by other means: Java's try-with-resources is `use { }` in Kotlin. */
const OTHER_WORDS: Readonly<Record<string, readonly (readonly [words: RegExp, instead: string])[]>> = {
  kotlin: [
    [/\bin try-with-resources\b/gu, "with `use { }`"],
    [/\blet try-with-resources\b/gu, "let `use { }`"],
    [/\btry-with-resources\b/gu, "`use { }`"],
    [/\btry \((?:final )?(?:var|[\w.<>, ?]+?) (\w+) = (.+)\) \{ \.\.\. \}/gu, "$2.use { $1 -> ... }"],
    [/\bnew (?=[A-Z])/gu, ""],
    [/;$/gmu, ""],
  ],
};

/** An advice, or a fix, of a rule as it reads to somebody who writes `language`. */
export function inWordsOf(language: string, text: string): string {
  return (OTHER_WORDS[language] ?? []).reduce((said, [words, instead]) => said.replace(words, instead), text);
}
