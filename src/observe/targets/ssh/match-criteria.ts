import { matchesPatternList } from "./host-pattern";

/** What Match can compare with, at the place in the files where it stands. */
export interface MatchSubject {
  /** HostName if one was set before, otherwise what the user typed. */
  readonly host: string;
  readonly originalHost: string;
  readonly user: string;
  readonly localUser: string;
  /** The value of `Tag` if one was set before, otherwise empty. */
  readonly tag: string;
  /** The files are read for the second time, because a `Match final` wishes it. */
  readonly final: boolean;
}

interface Criterion {
  /** Lower case, without `!`. */
  readonly name: string;
  readonly negated: boolean;
  /** null for `all`, `final`, `canonical`, and where it is missing. */
  readonly argument: string | null;
}

/**
 * Judges the criteria of `Match` (ssh_config(5)): `all`, `host`, `originalhost`, `user`, `localuser`, `tagged`, `final`, `canonical`, each also
 * negated. Whatever would run a program (`exec`) or look at the network is never done: with such a criterion the answer is `false` when another
 * one fails anyway, and `undecided` otherwise. `canonical` means the second reading, as it does where names are not canonicalized.
 */
export function judgeMatch(criteria: string, subject: MatchSubject): boolean | "undecided" {
  const given: Readonly<Record<string, string>> = {
    host: subject.host, originalhost: subject.originalHost, user: subject.user, localuser: subject.localUser, tagged: subject.tag,
  };
  const all = readCriteria(criteria);
  let undecided = all.length === 0;
  for (const { name, negated, argument } of all) {
    if (name === "all") {
      if (negated) return false;
    } else if (name === "final" || name === "canonical") {
      if (subject.final === negated) return false;
    } else if (given[name] === undefined || argument === null) {
      undecided = true;
    } else {
      const ofHost = name === "host" || name === "originalhost";
      const fits = ofHost ? matchesPatternList(argument.toLowerCase().split(","), given[name].toLowerCase()) : matchesPatternList(argument.split(","), given[name]);
      if (fits === negated) return false;
    }
  }
  return undecided ? "undecided" : true;
}

/** Does this Match ask for a second reading of the files, with the host's name as the first one found it? */
export function wantsFinalReading(criteria: string): boolean {
  return readCriteria(criteria).some(({ name }) => name === "final");
}

function readCriteria(criteria: string): Criterion[] {
  const words = [...criteria.matchAll(/"([^"]*)"|([^\s"=]+)/g)].map((word) => word[1] ?? word[2] ?? "");
  const found: Criterion[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] as string).toLowerCase();
    const name = word.replace(/^!/, "");
    const alone = name === "all" || name === "final" || name === "canonical";
    found.push({ name, negated: word.startsWith("!"), argument: alone ? null : (words[++at] ?? null) });
  }
  return found;
}
