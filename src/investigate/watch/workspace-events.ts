import { spawn } from "node:child_process";
import type { TimelineEvent } from "../../model/timeline";

const MOST_COMMITS = 100;
const PATIENCE_MS = 5000;
const LARGEST = 1_000_000;

/** Nothing of a repository's own configuration may run a program: no pager, no monitor of files, no check of signatures, no hook. */
const QUIET = ["--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.hooksPath=/dev/null", "-c", "gpg.program=false", "-c", "gpg.ssh.program=false"];

/**
 * Tags and commits of the workspace in a stretch of time, as events: a tag stands for a deploy. Read with git, which changes nothing and runs nothing. Only for a
 * workspace that is trusted. No git, no repository, a slow disk: no events.
 *
 * @param fromMs, toMs epoch milliseconds
 */
export async function workspaceEvents(root: string, fromMs: number, toMs: number, signal: AbortSignal): Promise<TimelineEvent[]> {
  const since = Math.floor(fromMs / 1000);
  const until = Math.ceil(toMs / 1000);
  const [tags, commits] = await Promise.all([
    git(root, ["for-each-ref", "refs/tags", "--sort=-creatordate", `--count=${MOST_COMMITS}`, "--format=%(creatordate:unix)%00%(refname:short)"], signal),
    git(root, ["log", "--all", `--max-count=${MOST_COMMITS}`, `--since=@${since}`, `--until=@${until}`, "--format=%ct%x00%h %s"], signal),
  ]);
  const read = (kind: "deploy" | "commit", text: string): TimelineEvent[] =>
    text.split("\n").flatMap((line): TimelineEvent[] => {
      const [seconds = "", what = ""] = line.split("\0");
      const timeMs = Number(seconds) * 1000;
      return seconds === "" || !(timeMs >= fromMs && timeMs <= toMs) ? [] : [{ kind, timeMs, untilMs: null, text: kind === "deploy" ? `tag ${what}` : what.slice(0, 120) }];
    });
  return [...read("deploy", tags), ...read("commit", commits)];
}

function git(root: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn("git", [...QUIET, "-C", root, ...args], { stdio: ["ignore", "pipe", "ignore"], windowsHide: true, env: { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" } });
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
