import { connect } from "node:net";
import ssh2 from "ssh2";
import type { ParsedKey } from "ssh2";

/**
 * An ssh agent behind a socket (or a Windows named pipe): asks for its keys and its signatures, and nothing else. It is never forwarded.
 * Each question has a connection of its own, which is closed with the answer, or when `signal` aborts.
 */
export class SshAgent {
  constructor(
    readonly path: string,
    private readonly signal: AbortSignal,
  ) {}

  /** The agent's public keys; those of a kind that the protocol library does not know (FIDO, certificates) are left out by it. */
  identities(): Promise<ParsedKey[]> {
    return this.#ask((protocol, settle) => {
      protocol.getIdentities((error, keys) => settle(error, keys));
    });
  }

  /** @param hash for RSA: `sha256` or `sha512`. */
  sign(key: ParsedKey, data: Buffer, hash: string | undefined): Promise<Buffer> {
    return this.#ask((protocol, settle) => {
      protocol.sign(key, data, hash === undefined ? {} : { hash: hash as "sha256" | "sha512" }, settle);
    });
  }

  #ask<T>(question: (protocol: InstanceType<typeof ssh2.AgentProtocol>, settle: (error?: Error | null, answer?: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const protocol = new ssh2.AgentProtocol(true);
      const socket = connect(this.path);
      const done = (error: Error | null, answer?: T): void => {
        this.signal.removeEventListener("abort", onAbort);
        socket.destroy();
        protocol.destroy();
        if (error !== null || answer === undefined) reject(error ?? new Error("The agent refused."));
        else resolve(answer);
      };
      const onAbort = (): void => done(new Error("No longer wanted."));
      if (this.signal.aborted) return onAbort();
      this.signal.addEventListener("abort", onAbort, { once: true });
      socket.on("error", (error) => done(error));
      socket.on("close", () => done(new Error("The agent hung up.")));
      protocol.on("error", (error: Error) => done(error));
      protocol.pipe(socket).pipe(protocol);
      question(protocol, (error, answer) => done(error ?? null, answer));
    });
  }
}
