import ADDRESSES from "./parts/addresses.sh";
import BALANCERS from "./parts/balancers.sh";
import CONTAINERS from "./parts/containers.sh";
import DEAD from "./parts/dead.sh";
import DESCRIPTORS from "./parts/descriptors.sh";
import KERNEL from "./parts/kernel.sh";
import NAMES from "./parts/names.sh";
import NAMESPACES from "./parts/namespaces.sh";
import PROCESSES from "./parts/processes.sh";
import PROGRAMS from "./parts/programs.sh";
import SOCKETS from "./parts/sockets.sh";
import FRAME from "./probe.sh";
import WORDS from "./words.sh";

/** Each defines functions and runs nothing; `look()` in probe.sh calls one of them, in its turn. */
const PARTS: readonly string[] = [NAMESPACES, SOCKETS, DESCRIPTORS, DEAD, PROCESSES, CONTAINERS, KERNEL, ADDRESSES, NAMES, PROGRAMS, BALANCERS];

/** What a user allows beyond the usual look. */
export interface ProbeChoices {
  /** Ask the target's resolver for the names of the far ends: it sends queries to its name servers, which may log them. */
  readonly resolve: boolean;
  /** Read the addresses of Kubernetes services out of the processes' environments, and nothing else of them. */
  readonly serviceEnvironment: boolean;
}

export const USUAL_CHOICES: ProbeChoices = { resolve: false, serviceEnvironment: false };

/** How much one look may cost the target. Whole numbers. */
export interface ProbeLimits {
  /** A namespace with more TCP sockets is not listed whole: what can be stuck is, the rest is counted. 0: all are listed, however many. */
  readonly maxSockets: number;
  /** 1: the large sections are compressed, where the target has gzip and base64 and there is much to send. */
  readonly pack: 0 | 1;
  /** How long one tool may take for one socket table. */
  readonly tableSeconds: number;
  /** How long the namespaces besides the look's own may take together, and how many are read. */
  readonly spacesSeconds: number;
  readonly maxSpaces: number;
}

export const USUAL_LIMITS: ProbeLimits = { maxSockets: 50_000, pack: 0, tableSeconds: 10, spacesSeconds: 10, maxSpaces: 200 };

/**
 * The one script that is run on a target, for `sh -s`. It is constant but for two switches and the limits, which are whole numbers: nothing from a
 * host or a user is ever put into it. Throws RangeError for a limit that is no whole number.
 */
export function probeScript({ resolve, serviceEnvironment }: ProbeChoices, limits: Partial<ProbeLimits> = {}): string {
  const { maxSockets, pack, tableSeconds, spacesSeconds, maxSpaces } = { ...USUAL_LIMITS, ...limits };
  const numbers = Object.entries({ largest: maxSockets, may_pack: pack, table_seconds: tableSeconds, spaces_seconds: spacesSeconds, most_spaces: maxSpaces }).map(([name, value]) => {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number, not ${value}`);
    return `${name}=${value}`;
  });
  return [`resolve=${resolve ? "1" : ""}`, `service_environment=${serviceEnvironment ? "1" : ""}`, ...numbers, WORDS, ...PARTS, FRAME].join("\n");
}

export const PROBE_SCRIPT: string = probeScript(USUAL_CHOICES);
