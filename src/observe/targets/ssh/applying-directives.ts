import type { ConfigCondition, ConfigDirective } from "./config-file";
import { replaceTokens } from "./config-values";
import type { SshEnvironment } from "./config-values";
import { matchesPatternList } from "./host-pattern";
import type { JumpHost } from "./jump-host";
import { judgeMatch, wantsFinalReading } from "./match-criteria";

/** Keywords of which every value counts; of all others the first. */
const COLLECTED = new Set(["identityfile", "certificatefile"]);

/** The directives of the files that hold for one host. */
export interface ApplyingDirectives {
  readonly first: ReadonlyMap<string, ConfigDirective>;
  /** By keyword, in the files' order: the ones that add up. */
  readonly collected: ReadonlyMap<string, readonly ConfigDirective[]>;
  /** `Match` blocks that could not be judged, as `file:line`, each with its criteria. */
  readonly undecided: readonly { readonly place: string; readonly criteria: string }[];
}

/**
 * Picks what holds for a host. When a `Match final` stands anywhere, the files are read a second time as OpenSSH does: with `Host` and `Match
 * host` compared with the name that HostName gave, and what the first reading found standing.
 */
export function applyingDirectives(directives: readonly ConfigDirective[], given: JumpHost, environment: SshEnvironment): ApplyingDirectives {
  const first = new Map<string, ConfigDirective>();
  const collected = new Map<string, ConfigDirective[]>();
  const undecided = new Map<ConfigCondition, { place: string; criteria: string }>();
  const realName = (): string => {
    const hostName = first.get("hostname");
    return hostName === undefined ? given.host : replaceTokens(hostName.args[0], { h: given.host, n: given.host }, hostName);
  };

  const read = (final: boolean): void => {
    const name = final ? realName() : given.host;
    const judged = new Map<ConfigCondition, boolean>();
    const applies = (condition: ConfigCondition): boolean => {
      if (condition.kind === "host") return matchesPatternList(condition.patterns, name);
      let answer = judged.get(condition);
      if (answer === undefined) {
        const verdict = judgeMatch(condition.criteria, {
          host: first.has("hostname") ? realName() : name, originalHost: given.host, user: given.user ?? first.get("user")?.args[0] ?? environment.user,
          localUser: environment.user, tag: first.get("tag")?.args[0] ?? "", final,
        });
        answer = verdict === true;
        if (verdict === "undecided") undecided.set(condition, { place: `${condition.file}:${condition.line}`, criteria: condition.criteria });
        judged.set(condition, answer);
      }
      return answer;
    };
    for (const directive of directives) {
      if (!directive.conditions.every(applies)) continue;
      if (!COLLECTED.has(directive.keyword)) {
        if (!first.has(directive.keyword)) first.set(directive.keyword, directive);
        continue;
      }
      const before = collected.get(directive.keyword) ?? [];
      if (!before.includes(directive)) collected.set(directive.keyword, [...before, directive]);
    }
  };
  read(false);
  if (directives.some(({ conditions }) => conditions.some((each) => each.kind === "match" && wantsFinalReading(each.criteria)))) read(true);
  return { first, collected, undecided: [...undecided.values()] };
}
