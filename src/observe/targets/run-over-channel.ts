import { Failure } from "../../model/failure";
import { BEGIN_LINE } from "./guarded-script";
import type { RunRequest, RunResult } from "./reach";
import type { ChannelEnd, ScriptChannel } from "./script-channel";
import { ShellNotStarted } from "./shell-not-started";
import type { TimeLimit } from "./time-limit";

const STDERR_BYTES = 64 * 1024;
/** How much a host may say before the script begins. */
const PREFACE_BYTES = 64 * 1024;
/** How long a run that was ended may take to be gone. */
const END_MS = 1500;

/** The place where a script runs, in words, and what it knows of an end that nobody explained. */
export interface ScriptHost {
  readonly where: string;
  /** Why the way there is gone, or null while it stands. `begun`: the script had begun to answer. */
  explain(end: ChannelEnd | null, stderr: string, begun: boolean): Failure | null;
  /** The script's first line has come: everything before it worked. */
  begun?(): void;
}

export interface ChannelWork extends Omit<RunRequest, "script" | "shell"> {
  /** Text for standard input, which stays open behind it. */
  readonly input: string;
  /** `input` is a guarded script: what comes before its first line is not the answer's. */
  readonly guarded: boolean;
}

/**
 * Sends a script, or a program's input, over a channel that is open and brings the answer. See `Reach.run` and `Host.command`.
 *
 * However it ends, nothing of ours is left there: the host is asked to kill what runs, and the end of standard input makes a script's own guard
 * do the same everywhere else.
 */
export async function runOverChannel(channel: ScriptChannel, host: ScriptHost, request: ChannelWork, limit: TimeLimit): Promise<RunResult> {
  const output = new TextDecoder("utf-8", { ignoreBOM: true });
  const errors = new TextDecoder("utf-8", { ignoreBOM: true });
  let bytes = 0;
  /** What came before the script began; null once it has. */
  let preface: Buffer | null = request.guarded ? Buffer.alloc(0) : null;
  let errorBytes = 0;
  let stderr = "";
  let truncated = false;
  let wanted = true;
  let end: ChannelEnd | null = null;
  let broken: unknown = null;

  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve(), { once: true }));
  const ended = channel.ended.then((how) => { end = how; }, (error: unknown) => { broken ??= error; });
  const onLimit = (): void => stop.abort();

  channel.stdout.on("data", (received: Buffer) => {
    if (!wanted) return;
    let chunk = received;
    if (preface !== null) {
      preface = Buffer.concat([preface, received]);
      const begin = preface.indexOf(BEGIN_LINE);
      if (begin < 0) {
        if (preface.length > PREFACE_BYTES) stop.abort();
        return;
      }
      chunk = preface.subarray(begin + BEGIN_LINE.length);
      preface = null;
      host.begun?.();
    }
    const room = request.maxBytes - bytes;
    const taken = chunk.length > room ? chunk.subarray(0, room) : chunk;
    bytes += taken.length;
    deliver(output.decode(taken, { stream: true }));
    if (taken.length < chunk.length) {
      truncated = true;
      wanted = false;
      stop.abort();
    }
  });
  channel.stderr.on("data", (chunk: Buffer) => {
    const taken = chunk.subarray(0, Math.max(0, STDERR_BYTES - errorBytes));
    errorBytes += taken.length;
    stderr += errors.decode(taken, { stream: true });
  });

  function deliver(text: string): void {
    if (text === "" || broken !== null) return;
    try {
      request.onOutput(text);
    } catch (error) {
      // The reader's own failure ends the run, and is what the caller gets.
      broken = error;
      stop.abort();
    }
  }

  limit.signal.addEventListener("abort", onLimit, { once: true });
  if (limit.signal.aborted) onLimit();
  const sentAtMs = Date.now();
  try {
    if (!stop.signal.aborted) channel.write(request.input);
    const complete = await Promise.race([ended.then(() => true), stopped.then(() => false)]);
    if (!complete) {
      wanted = false;
      await endRun(channel, ended, request.guarded);
      if (!truncated && limit.signal.aborted) throw limit.signal.reason;
    }
    const endedAtMs = Date.now();
    const begun = preface === null;
    const how = end as ChannelEnd | null;
    const explained = host.explain(how, stderr, begun);
    if (broken !== null) throw broken instanceof Failure ? broken : (explained ?? brokenRun(broken, host));
    if (preface !== null) throw explained ?? new ShellNotStarted(host.where, oneLine(`${preface.toString("utf8")} ${stderr}`));
    if (!truncated && explained !== null) throw explained;
    if (!truncated && (how === null || (how.exitCode === null && how.exitSignal === null))) {
      throw new Failure("connectionLost", `${host.where} ended the run without saying how.`, "Look into the host's sshd log.");
    }
    deliver(output.decode());
    stderr += errors.decode();
    return { exitCode: how?.exitCode ?? null, exitSignal: how?.exitSignal ?? null, stderr, bytes, truncated, sentAtMs, endedAtMs };
  } finally {
    limit.signal.removeEventListener("abort", onLimit);
    if (end === null || truncated) channel.destroy();
  }
}

/** These words come from a host and go to a person: no control characters. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\s]+/g, " ").trim();
}

/**
 * Ends what runs there and waits until it is gone, for a moment. A program is told by the end of its input first: a container's client then
 * still stands to carry that end to where the work is done.
 */
async function endRun(channel: ScriptChannel, ended: Promise<void>, atOnce: boolean): Promise<void> {
  channel.stdout.resume();
  channel.stderr.resume();
  if (atOnce) channel.kill();
  channel.endInput();
  if (!atOnce) {
    await within(END_MS, ended);
    channel.kill();
  }
  await within(END_MS, ended);
}

async function within(ms: number, event: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, ms); });
  await Promise.race([event, patience]);
  clearTimeout(timer);
}

function brokenRun(error: unknown, host: ScriptHost): Failure {
  const text = error instanceof Error ? error.message : String(error);
  return new Failure("connectionLost", `The run on ${host.where} broke: ${text}.`, "Connect again.", { cause: error });
}
