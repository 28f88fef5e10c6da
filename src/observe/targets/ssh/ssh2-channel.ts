import type { ClientChannel } from "ssh2";
import type { ChannelEnd, ScriptChannel } from "../script-channel";

/** A channel of an ssh connection as one that takes a script. */
export function scriptChannelOver(channel: ClientChannel): ScriptChannel {
  let end: ChannelEnd = { exitCode: null, exitSignal: null };
  let exited = false;
  const ended = new Promise<ChannelEnd>((resolve, reject) => {
    channel.once("close", () => resolve(end));
    channel.on("error", reject);
    channel.stderr.on("error", reject);
  });
  channel.on("exit", (code: number | null, signal?: string) => {
    exited = true;
    end = { exitCode: code ?? null, exitSignal: signal ?? null };
    // Some servers keep the channel until our side of it ends too.
    channel.end();
  });
  return {
    stdout: channel, stderr: channel.stderr, ended,
    write: (script) => void channel.write(script),
    endInput: () => void channel.end(),
    kill: () => channel.signal("KILL"),
    destroy: () => { if (!exited) channel.destroy(); },
  };
}
