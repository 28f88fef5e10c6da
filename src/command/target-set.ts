import type { Target } from "../model/target";
import { formatTarget } from "../model/target";
import { Failure } from "../model/failure";
import { matchesPattern } from "../observe/targets/ssh/host-pattern";
import type { AccessOptions } from "./target-options";
import { placeOf } from "./target-options";

/**
 * The targets that words of the command line name, each once, in their order. A word with `*` or `?` stands for the aliases of the user's
 * ssh configuration that it matches (`'web-*'`, `ssh://root@web-?`).
 *
 * @throws Failure("usage") for a word that is no target, and for a pattern that matches nothing
 */
export async function targetsOf(words: readonly string[], options: AccessOptions, configuredHosts: () => Promise<readonly string[]>): Promise<Target[]> {
  const targets = new Map<string, Target>();
  let aliases: readonly string[] | null = null;
  for (const word of words) {
    const pattern = /^((?:ssh:\/\/)?(?:[^@/\s]+@)?)([^@/:\s]*[*?][^@/:\s]*)(:\d+)?$/.exec(word);
    if (pattern === null) {
      const target = placeOf(word, options);
      targets.set(formatTarget(target), target);
      continue;
    }
    aliases ??= await configuredHosts();
    const [, before = "", glob = "", after = ""] = pattern;
    const found = aliases.filter((alias) => matchesPattern(glob, alias));
    if (found.length === 0) throw new Failure("usage", `${word}: no alias in ~/.ssh/config matches`, aliases.length === 0 ? "It names no host: write the hosts out, or into a file for --hosts." : `It names ${aliases.slice(0, 8).join(", ")}${aliases.length > 8 ? ` and ${aliases.length - 8} more` : ""}.`);
    for (const alias of found) {
      const target = placeOf(`${before}${alias}${after}`, options);
      targets.set(formatTarget(target), target);
    }
  }
  return [...targets.values()];
}

/** Targets or patterns, one a line; `#` begins a comment. */
export function readHostList(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.replace(/(?:^|\s)#.*$/, "").trim()).filter((line) => line !== "");
}
