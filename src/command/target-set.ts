import type { Target } from "../model/target";
import { targetsNamed } from "../observe/targets/target-set";
import type { AccessOptions } from "./target-options";
import { placeOf } from "./target-options";

/**
 * The targets that words of the command line name, see `targetsNamed`.
 *
 * @throws Failure("usage") for a word that is no target, and for a pattern that matches nothing
 */
export function targetsOf(words: readonly string[], options: AccessOptions, configuredHosts: () => Promise<readonly string[]>): Promise<Target[]> {
  return targetsNamed(words, (word) => placeOf(word, options), configuredHosts);
}

/** Targets or patterns, one a line; `#` begins a comment. */
export function readHostList(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.replace(/(?:^|\s)#.*$/, "").trim()).filter((line) => line !== "");
}
