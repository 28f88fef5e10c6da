import { Failure } from "../../model/failure";
import type { Target } from "../../model/target";
import { formatTarget } from "../../model/target";
import { matchesPattern } from "./ssh/host-pattern";

/**
 * The targets that words name, each once, in their order. A word with `*` or `?` stands for the aliases of the user's ssh configuration that it
 * matches (`web-*`, `ssh://root@web-?`). Contacts nobody.
 *
 * @param targetOf the target of a word that is no pattern; throws `Failure("usage")` when it is none
 * @param configuredHosts the aliases; asked once, and only for a pattern
 * @throws Failure("usage") for a word that is no target, and for a pattern that matches nothing
 */
export async function targetsNamed(words: readonly string[], targetOf: (word: string) => Target, configuredHosts: () => Promise<readonly string[]>): Promise<Target[]> {
  const targets = new Map<string, Target>();
  let aliases: readonly string[] | null = null;
  for (const word of words) {
    const pattern = /^((?:ssh:\/\/)?(?:[^@/\s]+@)?)([^@/:\s]*[*?][^@/:\s]*)(:\d+)?$/.exec(word);
    if (pattern === null) {
      const target = targetOf(word);
      targets.set(formatTarget(target), target);
      continue;
    }
    aliases ??= await configuredHosts();
    const [, before = "", glob = "", after = ""] = pattern;
    const found = aliases.filter((alias) => matchesPattern(glob, alias));
    if (found.length === 0) throw new Failure("usage", `${word}: no alias in ~/.ssh/config matches`, aliases.length === 0 ? "It names no host: write the hosts out." : `It names ${aliases.slice(0, 8).join(", ")}${aliases.length > 8 ? ` and ${aliases.length - 8} more` : ""}.`);
    for (const alias of found) {
      const target = targetOf(`${before}${alias}${after}`);
      targets.set(formatTarget(target), target);
    }
  }
  return [...targets.values()];
}
