import { spawn } from "node:child_process";

const PATIENCE_MS = 5000;
const LARGEST = 1_000_000;

/** Nothing of a repository's own configuration may run a program: no pager, no monitor of files, no check of signatures, no hook. */
const QUIET = ["--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.hooksPath=/dev/null", "-c", "gpg.program=false", "-c", "gpg.ssh.program=false", "-c", "blame.ignoreRevsFile="];

/**
 * What git says of a workspace; it changes nothing and runs nothing of the repository's. Only for a workspace that is trusted. Paths are taken as they stand. No
 * git, no repository, a slow disk: nothing.
 */
export function git(root: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn("git", [...QUIET, "-C", root, ...args], {
      stdio: ["ignore", "pipe", "ignore"], windowsHide: true, env: { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", GIT_LITERAL_PATHSPECS: "1" },
    });
    let text = "";
    const end = (): void => void child.kill("SIGKILL");
    const timer = setTimeout(end, PATIENCE_MS);
    signal.addEventListener("abort", end, { once: true });
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      if (text.length < LARGEST) text += piece;
    });
    const finish = (answer: string): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve(answer);
    };
    child.on("error", () => finish(""));
    child.on("close", (status) => finish(status === 0 ? text : ""));
  });
}
