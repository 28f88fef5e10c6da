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
import BRIEF from "./brief.sh";
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
  return [`resolve=${resolve ? "1" : ""}`, `service_environment=${serviceEnvironment ? "1" : ""}`, limitLines(limits), WORDS, ...PARTS, FRAME].join("\n");
}

/** What a whole look found out about the host that a brief one need not try out again. Whole numbers. */
export interface BriefNumbers {
  readonly uid: number;
  /** Which form of timeout(1) works, whether find(1) is GNU's, which options ss takes: as the script counts them; 0: none. */
  readonly limitForm: number;
  readonly gnuFind: number;
  readonly ssForm: number;
  /** The processes that are known, and the latest of their starts, in ticks since the host booted. */
  readonly knownPids: readonly number[];
  readonly knownTicks: number;
}

/** The parts that a brief look has. */
const BRIEF_PARTS: readonly string[] = [NAMESPACES, SOCKETS, DESCRIPTORS, PROCESSES, KERNEL];

/** The script of a brief look. As the whole one's, with whole numbers alone put into it; those besides the limits come from the host, which is why they are checked here. */
export function briefScript({ uid, limitForm, gnuFind, ssForm, knownPids, knownTicks }: BriefNumbers, limits: Partial<ProbeLimits> = {}): string {
  const numbers = lines({ uid, limit_form: limitForm, gnu_find: gnuFind, ss_form: ssForm, known_ticks: knownTicks });
  return [numbers, `known_pids='${knownPids.map((pid) => whole("a process", pid)).join(" ")}'`, limitLines(limits), WORDS, ...BRIEF_PARTS, BRIEF].join("\n");
}

function limitLines(limits: Partial<ProbeLimits>): string {
  const { maxSockets, pack, tableSeconds, spacesSeconds, maxSpaces } = { ...USUAL_LIMITS, ...limits };
  return lines({ largest: maxSockets, may_pack: pack, table_seconds: tableSeconds, spaces_seconds: spacesSeconds, most_spaces: maxSpaces });
}

function lines(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers).map(([name, value]) => `${name}=${whole(name, value)}`).join("\n");
}

function whole(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number, not ${value}`);
  return value;
}

export const PROBE_SCRIPT: string = probeScript(USUAL_CHOICES);
