import type { ClientChannel } from "ssh2";
import { Failure } from "../../../model/failure";
import type { CommandRequest, RunRequest, RunResult } from "../reach";
import { runOverChannel } from "../run-over-channel";
import type { ChannelWork } from "../run-over-channel";
import type { ChannelEnd } from "../script-channel";
import { shellCommandLine, shellInput } from "../shells";
import { formatSeconds, TimeLimit } from "../time-limit";
import { quoteCommand } from "./quote-command";
import { scriptChannelOver } from "./ssh2-channel";
import type { VerifiedClient } from "./verified-client";

/** How long a host that refuses a channel although none of ours is open is asked again: it may still be clearing away the last one. */
const SETTLE_MS = [50, 100, 200, 400];

/** Admits runs: a host allows so many channels on one connection (MaxSessions, 10 by default) and refuses the rest. */
export class ChannelQueue {
  #open = 0;
  #waiting: (() => void)[] = [];

  constructor(private readonly client: VerifiedClient) {}

  /** Opens a channel, and when the host has enough of them, waits until one of ours is done. */
  async exec(command: string, signal: AbortSignal): Promise<ClientChannel> {
    const settle = [...SETTLE_MS];
    for (;;) {
      signal.throwIfAborted();
      this.#open++;
      try {
        return await this.client.exec(command);
      } catch (error) {
        this.#open--;
        // RFC 4254 section 5.1: an open failure carries a reason code. Anything else is final.
        if (error instanceof Failure || (error as { reason?: unknown }).reason === undefined) throw error;
        const patience = this.#open > 0 ? null : settle.shift();
        if (patience === undefined) throw error;
        await this.#turn(patience, signal);
      }
    }
  }

  release(): void {
    this.#open--;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Until a channel of ours is closed, the time is over, or the signal aborts. */
  #turn(timeMs: number | null, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = timeMs === null ? undefined : setTimeout(() => go(), timeMs);
      const go = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", go);
        this.#waiting = this.#waiting.filter((each) => each !== go);
        resolve();
      };
      this.#waiting.push(go);
      signal.addEventListener("abort", go, { once: true });
    });
  }
}

/** Runs one script over a channel of its own. See `Reach.run`. To kill it the host gets a `signal` request (OpenSSH 7.9 and newer). */
export function runScript(client: VerifiedClient, queue: ChannelQueue, request: RunRequest): Promise<RunResult> {
  return runOver(client, queue, shellCommandLine(request.shell ?? "sh"), { ...request, input: shellInput(request.shell ?? "sh", request.script), guarded: true });
}

/** Runs one program over a channel of its own. See `Host.command`. */
export function runCommand(client: VerifiedClient, queue: ChannelQueue, request: CommandRequest): Promise<RunResult> {
  return runOver(client, queue, quoteCommand(request.argv), { ...request, guarded: false });
}

/** @param command as the host's login shell reads it. */
async function runOver(client: VerifiedClient, queue: ChannelQueue, command: string, request: ChannelWork): Promise<RunResult> {
  const limit = new TimeLimit(request.signal, request.timeLimitMs, () => new Failure(
    "timeout", `${client.where} did not finish within ${formatSeconds(request.timeLimitMs)}.`, "Give it more time, or look at the host's load.",
  ));
  try {
    limit.signal.throwIfAborted();
    const opening = queue.exec(command, limit.signal);
    let channel: ClientChannel;
    try {
      channel = await limit.race(opening);
    } catch (error) {
      // It may open after all, when nobody wants it any more.
      opening.then((late) => {
        late.on("error", () => undefined);
        late.resume();
        late.stderr.resume();
        late.destroy();
        queue.release();
      }, () => undefined);
      throw error instanceof Failure ? error : (client.lost() ?? new Failure(
        "unsupported", `${client.where} does not allow commands to be run (${error instanceof Error ? error.message : String(error)}).`,
        "Use an account that may run commands; look for MaxSessions, ForceCommand and Match in the host's sshd_config.", { cause: error },
      ));
    }
    try {
      const host = { where: client.where, explain: (end: ChannelEnd | null) => (end !== null && (end.exitCode !== null || end.exitSignal !== null) ? null : client.lost()) };
      return await runOverChannel(scriptChannelOver(channel), host, request, limit);
    } finally {
      queue.release();
    }
  } finally {
    limit.dispose();
  }
}
