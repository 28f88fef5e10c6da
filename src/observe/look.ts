import type { Snapshot } from "../model/snapshot";
import { openPacked } from "./packed-text";
import { createProbeReader } from "./probe/probe";
import type { ProbeReader } from "./probe/probe";
import type { ProbeMemory } from "./probe/probe-memory";
import { briefScript, probeScript, USUAL_CHOICES } from "./probe/script";
import type { ProbeChoices, ProbeLimits } from "./probe/script";
import { createWindowsProbeReader, WINDOWS_PROBE_SCRIPT } from "./probe/windows-probe";
import type { Reach, RunRequest } from "./targets/reach";
import { ShellNotStarted } from "./targets/shell-not-started";

/** A million sockets with tcp_info are some 600 MB of text; nobody's host has more. */
const LARGEST_ANSWER = 1_000_000_000;

export interface LookOptions {
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
  /**
   * A network namespace with more TCP sockets than this is not listed whole: what can be stuck is, the rest is counted (`Snapshot.summaries`).
   * 0: all are listed. 50,000 unless given.
   */
  readonly maxSockets?: number;
  readonly choices?: ProbeChoices;
}

/** What `uname` calls a Unix shell that lives on Windows and sees none of its sockets (Git's, MSYS2, Cygwin). */
const UNIX_ON_WINDOWS = /^(?:MINGW|MSYS|CYGWIN)/;

/**
 * One look at a target: one script, one round trip. An ssh host that does not know `sh` is asked a second time, in PowerShell: Windows' own message
 * about a missing program is in its user's language, so nothing is read out of it.
 *
 * @throws Failure as the Reach does (`cancelled`, `timeout`, `connectionLost`, `toolMissing`). An answer that lacks something is no failure:
 * the snapshot's `missing` says what.
 */
export async function look(reach: Reach, options: LookOptions): Promise<Snapshot> {
  return (await wholeLook(reach, options)).snapshot;
}

/** A look, and what a brief look over the same connection may build on: null where there is none (not Linux, or the look did not go well). */
export interface RememberedLook {
  readonly snapshot: Snapshot;
  readonly memory: ProbeMemory | null;
  /** It showed a process or a namespace that no whole look has told of. */
  readonly newcomers: boolean;
}

/** As `look`, for a watch. */
export async function wholeLook(reach: Reach, options: LookOptions): Promise<RememberedLook> {
  const posix = { script: probeScript(options.choices ?? USUAL_CHOICES, limitsOf(reach, options)) };
  const windows = { script: WINDOWS_PROBE_SCRIPT, shell: "powershell" } as const;
  if (reach.target.kind !== "ssh") return lookWith(reach, options, createProbeReader(openPacked), posix);
  let seen: RememberedLook;
  try {
    seen = await lookWith(reach, options, createProbeReader(openPacked), posix);
  } catch (error) {
    if (!(error instanceof ShellNotStarted)) throw error;
    try {
      return await lookWith(reach, options, createWindowsProbeReader(), windows);
    } catch (second) {
      // Neither shell is there: what the host said of the first is what a person understands.
      throw second instanceof ShellNotStarted ? error : second;
    }
  }
  return UNIX_ON_WINDOWS.test(seen.snapshot.kernel?.release ?? "") ? lookWith(reach, options, createWindowsProbeReader(), windows) : seen;
}

/** A brief look behind a whole one over the same connection, see brief.sh. What it does not read again is `known`'s, and says so (`Snapshot.carriedFrom`). Throws as `look` does. */
export function briefLook(reach: Reach, options: LookOptions, known: ProbeMemory): Promise<RememberedLook> {
  return lookWith(reach, options, createProbeReader(openPacked, known), { script: briefScript(known.numbers, limitsOf(reach, options)) });
}

function limitsOf(reach: Reach, { timeLimitMs, maxSockets }: LookOptions): Partial<ProbeLimits> {
  // Several tools in turn must fit into the whole: one that hangs may take a third of it.
  const third = Math.min(60, Math.max(2, Math.floor(timeLimitMs / 3000)));
  return {
    ...(maxSockets === undefined ? {} : { maxSockets }),
    // Between two processes of this machine there is no wire to spare.
    pack: reach.target.kind === "local" ? 0 : 1,
    tableSeconds: third,
    spacesSeconds: third,
  };
}

async function lookWith(reach: Reach, options: LookOptions, reader: ProbeReader, script: Pick<RunRequest, "script" | "shell">): Promise<RememberedLook> {
  const result = await reach.run({
    ...script,
    onOutput: (text) => reader.push(text),
    signal: options.signal,
    timeLimitMs: options.timeLimitMs,
    maxBytes: LARGEST_ANSWER,
  });
  const snapshot = reader.finish({
    target: reach.target,
    sentAtMs: result.sentAtMs,
    endedAtMs: result.endedAtMs,
    truncated: result.truncated,
    stderr: result.stderr,
    bytes: result.bytes,
  });
  const { missing = [] } = result;
  return {
    snapshot: missing.length === 0 ? snapshot : { ...snapshot, missing: [...snapshot.missing, ...missing] },
    ...(reader.memory?.() ?? { memory: null, newcomers: false }),
  };
}
