import type { ClientChannel } from "ssh2";
import { Failure } from "../../../model/failure";
import type { CommandRequest, RunRequest, RunResult } from "../reach";
import { BEGIN_LINE, guardScript } from "./guarded-script";
import { quoteCommand } from "./quote-command";
import { TimeLimit } from "./time-limit";
import type { VerifiedClient } from "./verified-client";

const STDERR_BYTES = 64 * 1024;
/** How much a host may say before the script begins. */
const PREFACE_BYTES = 64 * 1024;
/** How long a run that was ended may take to be gone. */
const END_MS = 1500;

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

/**
 * Runs one script over a channel of its own. See `Reach.run`.
 *
 * However it ends, nothing of ours is left there: the host is asked to kill the session (`signal` request, OpenSSH 7.9 and newer), and the
 * end of standard input makes the script's own guard do the same everywhere else.
 */
export function runScript(client: VerifiedClient, queue: ChannelQueue, request: RunRequest): Promise<RunResult> {
  return runOver(client, queue, { ...request, command: "sh -s", input: guardScript(request.script), guarded: true });
}

/** Runs one program over a channel of its own. See `Host.command`. */
export function runCommand(client: VerifiedClient, queue: ChannelQueue, request: CommandRequest): Promise<RunResult> {
  return runOver(client, queue, { ...request, command: quoteCommand(request.argv), guarded: false });
}

interface Work extends Omit<RunRequest, "script"> {
  /** As the host's login shell reads it. */
  readonly command: string;
  readonly input: string;
  /** `input` is a guarded script: what comes before its first line is not the answer's. */
  readonly guarded: boolean;
}

async function runOver(client: VerifiedClient, queue: ChannelQueue, request: Work): Promise<RunResult> {
  const limit = new TimeLimit(request.signal, request.timeLimitMs, () => new Failure(
    "timeout", `${client.where} did not finish within ${formatSeconds(request.timeLimitMs)}.`, "Give it more time, or look at the host's load.",
  ));
  try {
    limit.signal.throwIfAborted();
    const opening = queue.exec(request.command, limit.signal);
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
      return await drive(channel, client, request, limit);
    } finally {
      queue.release();
    }
  } finally {
    limit.dispose();
  }
}

async function drive(channel: ClientChannel, client: VerifiedClient, request: Work, limit: TimeLimit): Promise<RunResult> {
  const output = new TextDecoder("utf-8", { ignoreBOM: true });
  const errors = new TextDecoder("utf-8", { ignoreBOM: true });
  let bytes = 0;
  /** What came before the script began; null once it has. */
  let preface: Buffer | null = request.guarded ? Buffer.alloc(0) : null;
  let errorBytes = 0;
  let stderr = "";
  let truncated = false;
  let wanted = true;
  let exitCode: number | null = null;
  let exitSignal: string | null = null;
  let exited = false;
  let broken: unknown = null;

  const ended = new Promise<void>((resolve) => channel.once("close", () => resolve()));
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve(), { once: true }));
  const onLimit = (): void => stop.abort();

  channel.on("error", (error: unknown) => { broken ??= error; });
  channel.stderr.on("error", (error: unknown) => { broken ??= error; });
  channel.on("exit", (code: number | null, signal?: string) => {
    exited = true;
    exitCode = code ?? null;
    exitSignal = signal ?? null;
    // Some servers keep the channel until our side of it ends too.
    channel.end();
  });
  channel.on("data", (received: Buffer) => {
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
    if (broken !== null) throw broken instanceof Failure ? broken : asFailure(broken, client);
    const lost = client.lost();
    if (preface !== null && lost === null) throw noShell(client, preface, stderr);
    if (!exited && !truncated) {
      throw lost ?? new Failure("connectionLost", `${client.where} ended the run without saying how.`, "Look into the host's sshd log.");
    }
    deliver(output.decode());
    stderr += errors.decode();
    return { exitCode, exitSignal, stderr, bytes, truncated, sentAtMs, endedAtMs };
  } finally {
    limit.signal.removeEventListener("abort", onLimit);
    if (!exited) channel.destroy();
  }
}

/** The command was run, but our script never began: no `sh`, an account without a shell, a device with a language of its own. */
function noShell(client: VerifiedClient, preface: Buffer, stderr: string): Failure {
  // These words come from a host and go to a person: no control characters.
  const said = `${preface.toString("utf8")} ${stderr}`.replace(/[\u0000-\u001f\u007f\s]+/g, " ").trim().slice(0, 200);
  return new Failure(
    "toolMissing", `${client.where} did not run \`sh\`${said === "" ? "" : `; it said: ${said}`}.`,
    "Leakline needs an account with a POSIX shell: check that `ssh HOST sh -c true` works.",
  );
}

/**
 * Ends what runs there and waits until it is gone, for a moment. A program is told by the end of its input first: a container's client then
 * still stands to carry that end to where the work is done.
 */
async function endRun(channel: ClientChannel, ended: Promise<void>, atOnce: boolean): Promise<void> {
  channel.resume();
  channel.stderr.resume();
  if (atOnce) channel.signal("KILL");
  channel.end();
  if (!atOnce) {
    await within(END_MS, ended);
    channel.signal("KILL");
  }
  await within(END_MS, ended);
}

async function within(ms: number, event: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, ms); });
  await Promise.race([event, patience]);
  clearTimeout(timer);
}

function asFailure(error: unknown, client: VerifiedClient): Failure {
  if (error instanceof Failure) return error;
  const lost = client.lost();
  if (lost !== null) return lost;
  const text = error instanceof Error ? error.message : String(error);
  return new Failure("connectionLost", `The run on ${client.where} broke: ${text}.`, "Connect again.", { cause: error });
}

/** `12 s`, `0.5 s`. */
export function formatSeconds(ms: number): string {
  return `${Number((ms / 1000).toPrecision(3))} s`;
}
