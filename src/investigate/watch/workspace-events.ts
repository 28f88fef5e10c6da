import type { TimelineEvent } from "../../model/timeline";
import { git } from "../workspace-git";

const MOST_COMMITS = 100;

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
