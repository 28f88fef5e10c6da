import type { MissingFact } from "../../model/snapshot";
import type { Target } from "../../model/target";
import type { Shell } from "./shells";

/** One script, run by a shell on the target, its answer streamed. */
export interface RunRequest {
  /** POSIX sh text for standard input (unless `shell` says otherwise). Never built from host data. */
  readonly script: string;
  /** Receives standard output in chunks of valid UTF-8 text (multi-byte characters are never split; broken bytes become U+FFFD). */
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
  /**
   * What reads the script; `sh` by default. `sudo` and `doas` never ask for a password, they refuse. `powershell` is for ssh hosts, and the script is
   * then PowerShell's text.
   */
  readonly shell?: Shell;
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
  /** What this way of running the script keeps from it; goes into the snapshot's `missing`. */
  readonly missing?: readonly MissingFact[];
}

/** One program with its arguments, run where a Host is. */
export interface CommandRequest extends Omit<RunRequest, "script"> {
  /** The program and its arguments. No shell here reads them; one over ssh gets each word quoted. */
  readonly argv: readonly string[];
  /** Text for its standard input, which stays open behind it until the program ends or is to be ended. */
  readonly input: string;
}

/**
 * A connection to a target that can run scripts. Owns what it opened: `close()` frees it, twice is harmless.
 * `run` rejects with a `Failure` (`cancelled`, `timeout`, `connectionLost`, `toolMissing`): after `cancelled` or `timeout` nothing of
 * ours is left running there.
 */
export interface Reach {
  readonly target: Target;
  run(request: RunRequest): Promise<RunResult>;
  /** What the target itself has printed, each line with its moment (RFC 3339). Only of containers and pods: their clients tell it. */
  readonly printed?: (request: PrintedRequest) => Promise<RunResult>;
  close(): Promise<void>;
}

/** The output of a container since a moment (epoch milliseconds), at most so many of the newest lines. */
export interface PrintedRequest extends Omit<RunRequest, "script" | "shell"> {
  readonly sinceMs: number;
  readonly lines: number;
  /** What the container that ran in its place before a restart printed (pods alone). Absent: the one that runs. */
  readonly previous?: boolean;
}

/** A Reach to a machine, where programs can be run: a client of a container engine, say. */
export interface Host extends Reach {
  /**
   * As `run`, for a program. To end it early its standard input is closed first, so that what it runs elsewhere can end itself; then it is killed.
   * A program that is not there rejects with `toolMissing` where the system tells, or ends with exit code 127.
   */
  command(request: CommandRequest): Promise<RunResult>;
}
