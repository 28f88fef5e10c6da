import type { Snapshot } from "../model/snapshot";
import { openPacked } from "./packed-text";
import { createProbeReader } from "./probe/probe";
import type { ProbeReader } from "./probe/probe";
import { probeScript, USUAL_CHOICES } from "./probe/script";
import type { ProbeChoices } from "./probe/script";
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
  // Several tools in turn must fit into the whole: one that hangs may take a third of it.
  const third = Math.min(60, Math.max(2, Math.floor(options.timeLimitMs / 3000)));
  const posix = {
    script: probeScript(options.choices ?? USUAL_CHOICES, {
      ...(options.maxSockets === undefined ? {} : { maxSockets: options.maxSockets }),
      // Between two processes of this machine there is no wire to spare.
      pack: reach.target.kind === "local" ? 0 : 1,
      tableSeconds: third,
      spacesSeconds: third,
    }),
  };
  const windows = { script: WINDOWS_PROBE_SCRIPT, shell: "powershell" } as const;
  if (reach.target.kind !== "ssh") return lookWith(reach, options, createProbeReader(openPacked), posix);
  let snapshot: Snapshot;
  try {
    snapshot = await lookWith(reach, options, createProbeReader(openPacked), posix);
  } catch (error) {
    if (!(error instanceof ShellNotStarted)) throw error;
    try {
      return await lookWith(reach, options, createWindowsProbeReader(), windows);
    } catch (second) {
      // Neither shell is there: what the host said of the first is what a person understands.
      throw second instanceof ShellNotStarted ? error : second;
    }
  }
  return UNIX_ON_WINDOWS.test(snapshot.kernel?.release ?? "") ? lookWith(reach, options, createWindowsProbeReader(), windows) : snapshot;
}

async function lookWith(reach: Reach, options: LookOptions, reader: ProbeReader, script: Pick<RunRequest, "script" | "shell">): Promise<Snapshot> {
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
  return missing.length === 0 ? snapshot : { ...snapshot, missing: [...snapshot.missing, ...missing] };
}
