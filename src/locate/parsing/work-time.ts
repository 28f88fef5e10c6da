/** A call that works for its limit may stand still for so many times its limit besides: other programs have the machine, or a file is far away. */
const STANDING_STILL = 20;

/**
 * How long something has worked, as opposed to waited for a busy machine: the time on the clock, and not more than the CPU time that this whole
 * process has had meanwhile. On a machine with nothing else to do both are alike; on one that is busy, a file is not given up for the
 * others' work. Node tells a single thread's CPU time only from version 23.9 on, so that of the other threads counts too: a limit can come
 * early by as much, and never late.
 */
export class WorkTime {
  readonly #beganMs = performance.now();
  readonly #beganCpuMs = cpuMs();

  /** Milliseconds of work until the limit is reached; zero or less: it is. */
  leftMs(limitMs: number): number {
    const waitedMs = performance.now() - this.#beganMs;
    if (waitedMs < limitMs) return limitMs - waitedMs;
    if (waitedMs >= (1 + STANDING_STILL) * limitMs) return 0;
    return limitMs - (cpuMs() - this.#beganCpuMs);
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
