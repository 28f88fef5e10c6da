import ADDRESSES from "./parts/addresses.sh";
import BALANCERS from "./parts/balancers.sh";
import DEAD from "./parts/dead.sh";
import DESCRIPTORS from "./parts/descriptors.sh";
import KERNEL from "./parts/kernel.sh";
import NAMES from "./parts/names.sh";
import PROCESSES from "./parts/processes.sh";
import PROGRAMS from "./parts/programs.sh";
import SOCKETS from "./parts/sockets.sh";
import FRAME from "./probe.sh";

/** Each defines functions and runs nothing; `look()` in probe.sh calls one of them, in its turn. */
const PARTS: readonly string[] = [SOCKETS, DESCRIPTORS, DEAD, PROCESSES, KERNEL, ADDRESSES, NAMES, PROGRAMS, BALANCERS];

/** What a user allows beyond the usual look. */
export interface ProbeChoices {
  /** Ask the target's resolver for the names of the far ends: it sends queries to its name servers, which may log them. */
  readonly resolve: boolean;
  /** Read the addresses of Kubernetes services out of the processes' environments, and nothing else of them. */
  readonly serviceEnvironment: boolean;
}

export const USUAL_CHOICES: ProbeChoices = { resolve: false, serviceEnvironment: false };

/** The one script that is run on a target, for `sh -s`. It is constant but for two switches: nothing from a host or a user is ever put into it. */
export function probeScript({ resolve, serviceEnvironment }: ProbeChoices): string {
  return [`resolve=${resolve ? "1" : ""}`, `service_environment=${serviceEnvironment ? "1" : ""}`, ...PARTS, FRAME].join("\n");
}

export const PROBE_SCRIPT: string = probeScript(USUAL_CHOICES);
