import { matchesPatternList } from "./host-pattern";

/** What Match can compare with, at the place in the files where it stands. */
export interface MatchSubject {
  /** HostName if one was set before, otherwise what the user typed. */
  readonly host: string;
  readonly originalHost: string;
  readonly user: string;
  readonly localUser: string;
}

/**
 * Judges the criteria of `Match` (ssh_config(5)): `all`, `host`, `originalhost`, `user`, `localuser`, each also negated. Whatever would run
 * a program (`exec`), look at the network, or need a second reading (`final`, `canonical`) is never done: with such a criterion the answer is
 * `false` when another one fails anyway, and `undecided` otherwise.
 */
export function judgeMatch(criteria: string, subject: MatchSubject): boolean | "undecided" {
  const words = [...criteria.matchAll(/"([^"]*)"|([^\s"=]+)/g)].map((word) => word[1] ?? word[2] ?? "");
  let undecided = words.length === 0;
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] as string).toLowerCase();
    const negated = word.startsWith("!");
    const name = negated ? word.slice(1) : word;
    if (name === "all") {
      if (negated) return false;
      continue;
    }
    const given = ({ host: subject.host, originalhost: subject.originalHost, user: subject.user, localuser: subject.localUser } as Record<string, string>)[name];
    if (given === undefined) {
      undecided = true;
      // `final` and `canonical` stand alone; every other criterion has an argument.
      if (name !== "final" && name !== "canonical") at++;
      continue;
    }
    const patterns = words[++at];
    if (patterns === undefined) return "undecided";
    const ofHost = name === "host" || name === "originalhost";
    const fits = ofHost ? matchesPatternList(patterns.toLowerCase().split(","), given.toLowerCase()) : matchesPatternList(patterns.split(","), given);
    if (fits === negated) return false;
  }
  return undecided ? "undecided" : true;
}
