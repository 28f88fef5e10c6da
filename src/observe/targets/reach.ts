import type { Target } from "../../model/target";

/** One script, run by `sh -s` on the target, its answer streamed. */
export interface RunRequest {
  /** POSIX sh text for standard input. Never built from host data. */
  readonly script: string;
  /** Receives standard output in chunks of valid UTF-8 text (multi-byte characters are never split; broken bytes become U+FFFD). */
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
  /** Standard output beyond this many bytes ends the run with `truncated`. */
  readonly maxBytes: number;
}

export interface RunResult {
  readonly exitCode: number | null;
  /** Name of the signal that ended the command, or null. */
  readonly exitSignal: string | null;
  /** At most 64 KiB. */
  readonly stderr: string;
  readonly bytes: number;
  readonly truncated: boolean;
  /** Epoch milliseconds on our clock: when the script was sent, and when the answer ended. */
  readonly sentAtMs: number;
  readonly endedAtMs: number;
}

/**
 * A connection to a target that can run scripts. Owns what it opened: `close()` frees it, twice is harmless.
 * `run` rejects with a `Failure` (`cancelled`, `timeout`, `connectionLost`, `toolMissing`): after `cancelled` or `timeout` nothing of
 * ours is left running there.
 */
export interface Reach {
  readonly target: Target;
  run(request: RunRequest): Promise<RunResult>;
  close(): Promise<void>;
}
