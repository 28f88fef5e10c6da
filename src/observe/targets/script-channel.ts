import type { Readable } from "node:stream";

/** How what ran over a channel ended. Both null: nobody said. */
export interface ChannelEnd {
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
}

/** A shell that was started somewhere and reads its script from standard input. One script, one channel. */
export interface ScriptChannel {
  readonly stdout: Readable;
  readonly stderr: Readable;
  write(script: string): void;
  /** The end of standard input is what makes a guarded script end itself. */
  endInput(): void;
  /** Asks for the end of what runs there, as far as that can be asked for. */
  kill(): void;
  /** Frees what is ours at once. */
  destroy(): void;
  /** Settles when both outputs are at their end; rejects when the channel broke. */
  readonly ended: Promise<ChannelEnd>;
}
