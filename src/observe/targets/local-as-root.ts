import { homedir } from "node:os";
import { Failure } from "../../model/failure";
import { scriptChannelOf } from "./child-channel";
import { startProgram } from "./local-program";
import type { RunRequest, RunResult } from "./reach";
import { runOverChannel } from "./run-over-channel";
import { ShellNotStarted } from "./shell-not-started";
import { shellCommand, shellInput } from "./shells";
import { formatSeconds, TimeLimit } from "./time-limit";

const WHERE = "this machine";

/**
 * Runs a script on this machine through sudo or doas. What runs as root cannot be killed by us, so it is ended as on a remote host: by the end of
 * its standard input, for which the script's guard waits.
 *
 * @param variables the environment of the tool; it keeps of it what its own rules say.
 * @throws ShellNotStarted when the tool refuses or is not there; `timeout`, `cancelled`.
 */
export async function runLocalAsRoot(tool: "sudo" | "doas", request: RunRequest, variables: Readonly<Record<string, string | undefined>>): Promise<RunResult> {
  const limit = new TimeLimit(request.signal, request.timeLimitMs, () => new Failure(
    "timeout", `Looking at this machine with ${tool} took longer than ${formatSeconds(request.timeLimitMs)}.`, "Allow it more time, or look at a quieter moment.",
  ));
  try {
    limit.signal.throwIfAborted();
    const [program, ...args] = shellCommand(tool);
    const running = startProgram(program, args, { cwd: homedir(), env: variables });
    let absent = false;
    void running.ended.then(({ error }) => { absent = error !== null; });
    let begun = false;
    try {
      return await runOverChannel(scriptChannelOf(running, () => begun), {
        where: WHERE,
        begun: () => { begun = true; },
        explain: () => (absent ? new ShellNotStarted(WHERE, `${tool}: not found`) : null),
      }, { ...request, input: shellInput(tool, request.script), guarded: true }, limit);
    } finally {
      running.kill();
    }
  } finally {
    limit.dispose();
  }
}
