import ADDRESSES from "./parts/addresses.sh";
import DEAD from "./parts/dead.sh";
import DESCRIPTORS from "./parts/descriptors.sh";
import KERNEL from "./parts/kernel.sh";
import PROCESSES from "./parts/processes.sh";
import SOCKETS from "./parts/sockets.sh";
import FRAME from "./probe.sh";

/** Each defines functions and runs nothing; `look()` in probe.sh calls one of them, in its turn. */
const PARTS: readonly string[] = [SOCKETS, DESCRIPTORS, DEAD, PROCESSES, KERNEL, ADDRESSES];

/** The one script that is run on a target, for `sh -s`. It is constant: nothing from a host or a user is ever put into it. */
export const PROBE_SCRIPT: string = [...PARTS, FRAME].join("\n");
