import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { Failure } from "../../model/failure";
import type { Reach, RunRequest, RunResult } from "./reach";

const STDERR_LIMIT = 65_536;

/** Reaches this machine: the script is run by `sh -s`, in a session of its own that ends as a whole. */
export function openLocal(): Reach {
  const running = new Set<Run>();
  return {
    target: { kind: "local" },
    run(request) {
      const run = new Run(request);
      running.add(run);
      return run.result().finally(() => running.delete(run));
    },
    async close() {
      for (const run of running) run.cancel();
      await Promise.resolve();
    },
  };
}

/** One script at work. Owns its shell and everything that the shell has started. */
class Run {
  readonly #request: RunRequest;
  #cancel: () => void = () => {};

  constructor(request: RunRequest) {
    this.#request = request;
  }

  cancel(): void {
    this.#cancel();
  }

  result(): Promise<RunResult> {
    const { signal, timeLimitMs, maxBytes, script, onOutput } = this.#request;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled());
        return;
      }
      const sentAtMs = Date.now();
      // `detached` makes a session (setsid): all that the script starts can be found and ended with it.
      const shell: ChildProcessWithoutNullStreams = spawn("sh", ["-s"], { detached: true, stdio: ["pipe", "pipe", "pipe"] });
      const output = new StringDecoder("utf8");
      const errors = new StringDecoder("utf8");
      let stderr = "";
      let bytes = 0;
      let truncated = false;
      let failure: Failure | null = null;

      const stop = (why: Failure | null): void => {
        failure ??= why;
        if (shell.pid !== undefined) killSession(shell.pid);
        // Somebody outside the session may hold the pipes open; we do not wait for them.
        shell.stdout.destroy();
        shell.stderr.destroy();
        shell.stdin.destroy();
      };
      const timer = setTimeout(() => {
        stop(new Failure("timeout", `looking at this machine took longer than ${timeLimitMs} ms`, "allow it more time, or look at a quieter moment"));
      }, timeLimitMs);
      const abort = (): void => stop(cancelled());
      signal.addEventListener("abort", abort, { once: true });
      this.#cancel = abort;
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        this.#cancel = () => {};
      };

      shell.on("error", (error: NodeJS.ErrnoException) => {
        settle();
        reject(new Failure("toolMissing", `sh could not be started here: ${error.message}`, "look at a Linux host over ssh, or open a capture: this machine has no POSIX shell", { cause: error }));
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
          stop(new Failure("answerBroken", "the answer of this machine could not be read", "report this with the capture of the host", { cause: error }));
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
      shell.stdin.end(script);
    });
  }
}

function cancelled(): Failure {
  return new Failure("cancelled", "the look at this machine was cancelled", "start it again when you like");
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
