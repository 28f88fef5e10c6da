import type { LookCost, MissingFact } from "./snapshot";

/** What a descriptor of a process points at, as readlink(2) on /proc/PID/fd gives it. */
export interface KeptDescriptor {
  readonly pid: number;
  readonly fd: number;
  /** `socket:[1234]`, `/var/log/shop.log`, `anon_inode:[eventpoll]`. Secrets scrubbed. */
  readonly target: string;
  /** For an epoll instance: the descriptors that it watches (`tfd` of fdinfo). Absent: it is none, or not readable. */
  readonly watches?: readonly number[];
}

/** Where a thread stood, from /proc/PID/task. null: not readable. */
export interface KeptThread {
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  /** One letter: `R`, `S`, `D`, ... (proc(5)). */
  readonly state: string | null;
  /** The kernel function that it sleeps in: `futex_wait_queue`, `ep_poll`. */
  readonly waitsIn: string | null;
  /** Number of the system call that it is in, -1 for none, as the target's architecture counts them; null with `running` threads and where it is not allowed. */
  readonly systemCall: number | null;
  /** Kernel functions, innermost first. Empty: not root. */
  readonly kernelStack: readonly string[];
}

export interface KeptLimit {
  readonly pid: number;
  /** `Max open files` */
  readonly name: string;
  readonly soft: string;
  readonly hard: string;
  readonly unit: string;
}

/** What was taken of a scene besides its looks and logs. */
export interface PreservedFacts {
  /** The target, in the command's form. */
  readonly target: string;
  /** Epoch milliseconds, our clock. */
  readonly beganMs: number;
  readonly endedMs: number;
  /** The processes that were looked at closely: those that diagnoses speak of, else those with most sockets. */
  readonly pids: readonly number[];
  readonly descriptors: readonly KeptDescriptor[];
  readonly threads: readonly KeptThread[];
  readonly limits: readonly KeptLimit[];
  /** Every sysctl of net, fs, vm and kernel that is no secret, by its dotted name, as it reads. */
  readonly settings: Readonly<Record<string, string>>;
  /** Parts that were not taken, or not whole, and why. */
  readonly unfinished: readonly MissingFact[];
  /** What the whole cost the target: both looks and everything else. */
  readonly cost: LookCost;
  /** Parts of the file that were damaged when it was opened, and what was wrong. Absent: it was whole, or has not been in a file yet. */
  readonly damaged?: readonly { readonly part: string; readonly why: string }[];
}
