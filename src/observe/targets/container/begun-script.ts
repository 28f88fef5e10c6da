import type { CommandRequest, Host, RunRequest, RunResult } from "../reach";
import { BEGIN_LINE, guardScript } from "../guarded-script";

/** How much may be said before the script begins. */
const PREFACE_CHARACTERS = 64 * 1024;

/** The program ended, or said too much, and our script never began: there is no shell, or no way in. */
export interface NotBegun {
  readonly begun: false;
  readonly exitCode: number | null;
  /** What the program said about it, for a person: one line, no control characters. */
  readonly said: string;
}

export type Attempt = NotBegun | { readonly begun: true; readonly result: RunResult };

/**
 * Runs a script through a program that hands its standard input to a shell somewhere else (`docker exec -i NAME sh -s`). The guard goes with
 * the script: when our side ends, for whatever reason, the end of standard input reaches it there.
 *
 * @throws Failure as `Host.command` does.
 */
export async function tryScript(host: Host, argv: readonly string[], request: RunRequest): Promise<Attempt> {
  let preface: string | null = "";
  const enough = new AbortController();
  const command: CommandRequest = {
    argv,
    input: guardScript(request.script),
    signal: AbortSignal.any([request.signal, enough.signal]),
    timeLimitMs: request.timeLimitMs,
    maxBytes: request.maxBytes,
    onOutput: (text) => {
      if (preface === null) {
        request.onOutput(text);
        return;
      }
      preface += text;
      const begin = preface.indexOf(BEGIN_LINE);
      if (begin !== -1) {
        const rest = preface.slice(begin + BEGIN_LINE.length);
        preface = null;
        if (rest !== "") request.onOutput(rest);
      } else if (preface.length > PREFACE_CHARACTERS) enough.abort();
    },
  };
  try {
    const result = await host.command(command);
    return preface === null ? { begun: true, result } : { begun: false, exitCode: result.exitCode, said: oneLine(`${result.stderr} ${preface}`) };
  } catch (error) {
    if (enough.signal.aborted && !request.signal.aborted) return { begun: false, exitCode: null, said: oneLine(preface ?? "") };
    throw error;
  }
}

/** Words of a program or a host for a person: one line, no control characters, not endless. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, " ").trim().slice(0, 300);
}
