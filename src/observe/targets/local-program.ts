import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** How a program ended. Both null: it never started (`error`). */
export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  /** Why it could not be started, or null. */
  readonly error: NodeJS.ErrnoException | null;
}

/** A program of this machine, in a process group of its own that ends as a whole. */
export interface LocalProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when it has ended and both outputs are at their end. Never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** Ends the group at once and closes the pipes. Twice is harmless. */
  kill(): void;
}

export interface ProgramOptions {
  /** Never the workspace's folder: a relative name in the user's own configuration must not find a file of somebody else. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts a program: an argument vector, no shell. Does not throw; see `ended`. */
export function startProgram(program: string, args: readonly string[], options: ProgramOptions): LocalProgram {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(program, args, {
    cwd: options.cwd, env: { ...options.env }, detached: process.platform !== "win32", stdio: ["pipe", "pipe", "pipe"], windowsHide: true,
  });
  let over = false;
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      // Also "could not be killed": that one still ends by `close`.
      if (child.pid === undefined) resolve({ exitCode: null, exitSignal: null, error });
    });
    child.once("close", (exitCode, exitSignal) => {
      over = true;
      resolve({ exitCode, exitSignal, error: null });
    });
  });
  // What it no longer reads is told by its end.
  child.stdin.on("error", () => undefined);
  return {
    stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended,
    kill: () => {
      if (child.pid !== undefined && !over) {
        try {
          // A group outlives its leader: what it started (a jump's own ssh) ends with it.
          if (process.platform === "win32") child.kill("SIGKILL");
          else process.kill(-child.pid, "SIGKILL");
        } catch {
          // It ended in between, or belongs to somebody else (sudo): the end of its input ends it.
        }
      }
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}
