import { homedir } from "node:os";
import { join } from "node:path";
import { readConfigFile } from "./config-file";

/**
 * Aliases in ~/.ssh/config that name one host each, in the file's order: no patterns, no negations.
 * Throws `Failure("configInvalid")` or `("fileUnreadable")` as `readConfigFile` does; no file is no hosts.
 */
export async function listConfiguredHosts(home: string = homedir()): Promise<string[]> {
  const folder = join(home, ".ssh");
  const hosts = new Set<string>();
  for (const directive of await readConfigFile(join(folder, "config"), home, folder)) {
    for (const condition of directive.conditions) {
      if (condition.kind !== "host") continue;
      for (const pattern of condition.patterns) if (!/[*?!]/.test(pattern)) hosts.add(pattern);
    }
  }
  return [...hosts];
}
