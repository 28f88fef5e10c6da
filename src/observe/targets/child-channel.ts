import type { LocalProgram } from "./local-program";
import type { ScriptChannel } from "./script-channel";

/**
 * A program of this machine (`ssh`, `sudo`) as a channel that takes a script. The end of its input is how the script's guard, at the other end
 * of it, learns that it is no longer wanted; so the program itself is killed only when nothing has begun yet, or when it does not end.
 *
 * @param begun whether there is a guard at the other end by now.
 */
export function scriptChannelOf(program: LocalProgram, begun: () => boolean): ScriptChannel {
  return {
    stdout: program.stdout, stderr: program.stderr,
    ended: program.ended.then(({ exitCode, exitSignal, error }) => {
      if (error !== null) throw error;
      return { exitCode, exitSignal };
    }),
    write: (script) => void program.stdin.write(script),
    endInput: () => void program.stdin.end(),
    kill: () => { if (!begun()) program.kill(); },
    destroy: () => program.kill(),
  };
}
