import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { Failure } from "../../model/failure";
import type { CommandRequest, Host, RunResult } from "./reach";

const STDERR_LIMIT = 65_536;

/** How long a program that is to end may take to end what it runs elsewhere. */
const END_MS = 1500;

/** Reaches this machine: the script is run by `sh -s`, in a session of its own that ends as a whole. So does a program. */
export function openLocal(): Host {
  const running = new Map<Run, Promise<unknown>>();
  const start = (work: Work): Promise<RunResult> => {
    const run = new Run(work);
    const result = run.result().finally(() => running.delete(run));
    running.set(run, result);
    return result;
  };
  return {
    target: { kind: "local" },
    run: (request) => start({
      ...request, argv: ["sh", "-s"], input: request.script, staysOpen: false, what: "the look at this machine",
      absent: "look at a Linux host over ssh, or open a capture: this machine has no POSIX shell",
    }),
    command: (request) => start({
      ...request, staysOpen: true, what: `\`${request.argv[0] ?? ""}\` on this machine`, absent: "install it, or say where it is in PATH",
    }),
    async close() {
      const ends = [...running.values()];
      for (const run of running.keys()) run.cancel();
      await Promise.allSettled(ends);
    },
  };
}

interface Work extends CommandRequest {
  /** Standard input stays open behind `input`; closing it asks the program to end. */
  readonly staysOpen: boolean;
  /** In words, for messages. */
  readonly what: string;
  /** What to do when the program is not there. */
  readonly absent: string;
}

/** One program at work. Owns it and everything that it has started. */
class Run {
  readonly #work: Work;
  #cancel: () => void = () => {};

  constructor(work: Work) {
    this.#work = work;
  }

  cancel(): void {
    this.#cancel();
  }

  result(): Promise<RunResult> {
    const { argv: [program = "", ...args], signal, timeLimitMs, maxBytes, input, staysOpen, what, absent, onOutput } = this.#work;
    return new Promise((resolve, reject) => {
      const cancelled = (): Failure => new Failure("cancelled", `${what} was cancelled`, "start it again when you like");
      if (signal.aborted) {
        reject(cancelled());
        return;
      }
      const sentAtMs = Date.now();
      // `detached` makes a session (setsid): all that the program starts can be found and ended with it.
      const shell: ChildProcessWithoutNullStreams = spawn(program, args, { detached: true, windowsHide: true, stdio: ["pipe", "pipe", "pipe"] });
      const output = new StringDecoder("utf8");
      const errors = new StringDecoder("utf8");
      let stderr = "";
      let bytes = 0;
      let truncated = false;
      let failure: Failure | null = null;
      let ended = false;
      let patience: NodeJS.Timeout | undefined;
      const stop = (why: Failure | null): void => {
        if (failure === null && why !== null) failure = why;
        if (!staysOpen) {
          kill();
          return;
        }
        shell.stdin.end();
        patience ??= setTimeout(kill, END_MS);
      };
      const kill = (): void => {
        if (ended) return;
        if (shell.pid !== undefined) killSession(shell.pid);
        shell.kill("SIGKILL");
        // Somebody outside the session may hold the pipes open; we do not wait for them.
        shell.stdout.destroy();
        shell.stderr.destroy();
        shell.stdin.destroy();
      };
      const timer = setTimeout(() => {
        stop(new Failure("timeout", `${what} took longer than ${timeLimitMs} ms`, "allow it more time, or look at a quieter moment"));
      }, timeLimitMs);
      const abort = (): void => stop(cancelled());
      signal.addEventListener("abort", abort, { once: true });
      this.#cancel = abort;
      const settle = (): void => {
        ended = true;
        clearTimeout(timer);
        clearTimeout(patience);
        signal.removeEventListener("abort", abort);
        this.#cancel = () => {};
      };

      shell.on("error", (error: NodeJS.ErrnoException) => {
        settle();
        reject(new Failure("toolMissing", `${program} could not be started here: ${error.message}`, absent, { cause: error }));
      });
      shell.stdin.on("error", () => {
        // The shell ended before it had read everything; its exit says why.
      });
      shell.stdout.on("data", (chunk: Buffer) => {
        if (truncated || failure !== null) return;
        let piece = chunk;
        if (bytes + chunk.length > maxBytes) {
          piece = chunk.subarray(0, maxBytes - bytes);
          truncated = true;
        }
        bytes += piece.length;
        const text = output.write(piece);
        try {
          if (text !== "") onOutput(text);
        } catch (error) {
          stop(new Failure("answerBroken", `the answer of ${what} could not be read`, "report this with the capture of the host", { cause: error }));
        }
        if (truncated) stop(null);
      });
      shell.stderr.on("data", (chunk: Buffer) => {
        if (stderr.length < STDERR_LIMIT) stderr = (stderr + errors.write(chunk)).slice(0, STDERR_LIMIT);
      });
      shell.on("close", (exitCode, exitSignal) => {
        settle();
        // What the script left in the background must not outlive it.
        if (shell.pid !== undefined) killSession(shell.pid);
        if (failure !== null) {
          reject(failure);
          return;
        }
        const rest = output.end();
        if (rest !== "" && !truncated) onOutput(rest);
        resolve({ exitCode, exitSignal, stderr, bytes, truncated, sentAtMs, endedAtMs: Date.now() });
      });
      if (staysOpen) shell.stdin.write(input);
      else shell.stdin.end(input);
    });
  }
}

/**
 * Ends every process of a session: the group of its leader at once, and those that made groups of their own (a shell's jobs, timeout(1))
 * by their session number in /proc/PID/stat. Repeated, because a process may fork while we read.
 */
function killSession(leader: number): void {
  signalGroup(leader);
  if (process.platform !== "linux") return;
  for (let round = 0; round < 5; round += 1) {
    const members = sessionMembers(leader);
    if (members.length === 0) return;
    for (const pid of members) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
  }
}

function signalGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // The group is gone.
  }
}

/** PIDs of living processes whose session (field 6 of /proc/PID/stat) is this one. */
function sessionMembers(session: number): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(fields[3]) === session && fields[0] !== "Z" ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
