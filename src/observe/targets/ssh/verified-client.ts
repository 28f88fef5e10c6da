import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import type { Client, ClientChannel, ServerHostKeyAlgorithm } from "ssh2";
import { Failure } from "../../../model/failure";
import type { HostKeyVerifier } from "./host-key-check";
import type { KeepAlive } from "./keep-alive";
import { fingerprint, orderHostKeyAlgorithms } from "./known-hosts";
import type { SignIn } from "./sign-in";
import { cancellation } from "../time-limit";

export interface VerifiedClientOptions {
  /** A connected byte stream to the host; owned by the client from now on. */
  readonly stream: Duplex;
  /** The host in words, for messages. */
  readonly where: string;
  readonly user: string;
  /** Mandatory: ssh2 takes *any* host key when it has no verifier. */
  readonly verify: HostKeyVerifier;
  /** Types of the host's keys on file: asked for first. */
  readonly knownTypes: readonly string[];
  readonly signIn: SignIn;
  readonly signal: AbortSignal;
  readonly keepalive: KeepAlive;
  /** Called when the host has shown its key, before it is judged. */
  readonly onHostKey: () => void;
}

/** An authenticated connection to a host whose key was verified. Owns its stream. */
export interface VerifiedClient {
  readonly where: string;
  /** Why the connection is gone, or null while it stands. */
  lost(): Failure | null;
  exec(command: string): Promise<ClientChannel>;
  forward(host: string, port: number): Promise<Duplex>;
  close(): Promise<void>;
}

/** What ssh2 itself prefers, weakest (SHA-1 and DSA) left out except the last resort for old hosts. */
const HOST_KEY_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa",
];

/** How long a closing connection may take to say goodbye before it is cut. */
const GOODBYE_MS = 500;

/**
 * The only place that makes ssh clients: no client without a verifier.
 *
 * @throws Failure: the verifier's own, `authRefused`, `connectionLost`, `unsupported` (no common algorithm, not ssh), or the signal's.
 */
export async function openVerifiedClient(options: VerifiedClientOptions): Promise<VerifiedClient> {
  const { stream, where, signal, signIn } = options;
  const client = new ssh2.Client();
  let refused: Failure | null = null;
  let lost: Failure | null = null;
  let keySeen = false;
  let hungUp = false;
  let accepted: Buffer | null = null;
  // Before ssh2's own listener, which reports the end as a protocol error.
  stream.once("end", () => { hungUp = true; });
  stream.once("close", () => { hungUp = true; });
  const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));

  const close = async (): Promise<void> => {
    lost ??= new Failure("connectionLost", `The connection to ${where} is closed.`, "Connect again.");
    client.end();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => { timer = setTimeout(resolve, GOODBYE_MS); });
    await Promise.race([closed, patience]);
    clearTimeout(timer);
    stream.destroy();
  };

  try {
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => reject(cancellation(signal));
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      const settle = (failure: Failure | null): void => {
        signal.removeEventListener("abort", onAbort);
        if (failure === null) resolve();
        else reject(failure);
      };
      client.on("ready", () => settle(null));
      client.on("error", (error: Error & { level?: string; code?: unknown }) => {
        // An agent that does not sign is no end: the next key is tried.
        if (error.level === "agent") return;
        const failure = refused ?? (hungUp && !keySeen ? hungUpEarly(where) : explainError(error, where, signIn, keySeen));
        lost ??= failure;
        settle(failure);
      });
      client.on("close", () => {
        lost ??= new Failure("connectionLost", `${where} closed the connection.`, "Connect again; if it happens again, look into the host's sshd log.");
        settle(refused ?? (signIn.started ? signIn.hungUp("the host closed the connection") : hungUpEarly(where)));
      });
      client.on("change password", () => {
        settle(new Failure("authRefused", `The password of ${options.user} on ${where} has expired.`, `Change it with \`ssh ${options.user}@...\`, then connect again.`));
      });
      client.connect({
        sock: stream,
        username: options.user,
        authHandler: (left, partial, next) => signIn.handler(left, partial, next),
        hostVerifier: (key: Buffer, decide: (accepted: boolean) => void) => {
          // The host may have its keys renewed at any time (RFC 4253 section 9), and shows the same one again. It is compared at once: ssh2
          // loses the connection when the answer comes later than the packets that follow.
          if (accepted !== null) {
            const same = accepted.equals(key);
            if (!same) lost = refused = keySwapped(where, key);
            return decide(same);
          }
          keySeen = true;
          options.onHostKey();
          options.verify(key).then(() => {
            accepted = Buffer.from(key);
            decide(true);
          }, (error: unknown) => {
            refused = error instanceof Failure ? error
              : new Failure("hostKeyUnknown", `The host key of ${where} could not be checked: ${String(error)}.`, "Connect once with `ssh`.", { cause: error });
            lost ??= refused;
            decide(false);
          });
        },
        algorithms: { serverHostKey: orderHostKeyAlgorithms(HOST_KEY_ALGORITHMS, options.knownTypes) },
        // The caller's time limit covers the whole way, and stands still while a person is asked; ssh2's own would not.
        readyTimeout: 0,
        keepaliveInterval: options.keepalive.intervalMs,
        keepaliveCountMax: options.keepalive.count,
        agentForward: false,
      });
    });
    await signIn.succeeded();
  } catch (error) {
    // Nobody waits for goodbyes of a connection that failed: cut it.
    client.on("error", () => undefined);
    client.end();
    stream.destroy();
    throw error;
  }

  return {
    where,
    lost: () => lost,
    exec: (command) => openChannel(client, () => lost, (done) => client.exec(command, done)),
    forward: (host, port) => openChannel<Duplex>(client, () => lost, (done) => client.forwardOut("127.0.0.1", 0, host, port, done)),
    close,
  };
}

/** ssh2 throws at once when the connection is gone, and calls back otherwise. The error it gives carries `reason` when the host refused. */
function openChannel<Channel extends Duplex>(
  _client: Client, lost: () => Failure | null, open: (done: (error: Error | undefined, channel: Channel) => void) => void,
): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const gone = lost();
    if (gone !== null) return reject(gone);
    open((error, channel) => {
      if (error === undefined || error === null) resolve(channel);
      else reject(lost() ?? error);
    });
  });
}

function keySwapped(where: string, key: Buffer): Failure {
  return new Failure(
    "hostKeyChanged", `${where} changed its host key in the middle of the connection (now ${fingerprint(key)}). Refused.`,
    "Somebody may be in between. Connect again, and compare the fingerprint with the host's own.",
  );
}

function hungUpEarly(where: string): Failure {
  return new Failure(
    "connectionLost", `${where} closed the connection before anybody was signed in.`,
    "Look into the host's sshd log (too many connections, a blocked address), and check that it is an ssh server that listens on that port.",
  );
}

function explainError(error: Error & { level?: string; code?: unknown }, where: string, signIn: SignIn, keySeen: boolean): Failure {
  const options = { cause: error };
  if (error.level === "client-authentication") return signIn.refusal();
  if (error.level === "client-timeout") {
    return new Failure("connectionLost", `${where} no longer answers.`, "Check the network and the host, then connect again.", options);
  }
  if (error.level === "client-socket") {
    return new Failure("connectionLost", `The connection to ${where} broke (${String(error.code ?? error.message)}).`, "Connect again.", options);
  }
  // A number is the reason code of SSH_MSG_DISCONNECT (RFC 4253 section 11.1): the host's own words follow.
  if (typeof error.code === "number") {
    return signIn.started ? signIn.hungUp(error.message)
      : new Failure("connectionLost", `${where} ended the connection: ${error.message}.`, "Look into the host's sshd log.", options);
  }
  if (error.level === "handshake") {
    return new Failure("unsupported", `No ssh connection to ${where} could be agreed on: ${error.message}.`, "The host offers only algorithms that are too old or too new here; check with `ssh -v`.", options);
  }
  if (!keySeen) {
    return new Failure("unsupported", `${where} does not speak ssh as expected: ${error.message}.`, "Check the port: is it an ssh server?", options);
  }
  return new Failure("connectionLost", `The connection to ${where} broke: ${error.message}.`, "Connect again.", options);
}
