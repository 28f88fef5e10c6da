/** A host key that stands in no known_hosts file. */
export interface HostKeyQuestion {
  readonly host: string;
  readonly port: number;
  /** `ssh-ed25519`, `ssh-rsa`, ... */
  readonly keyType: string;
  /** `SHA256:...`, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  /** Where "save" would write it; null when no file is configured to write to, and "save" means "once". */
  readonly knownHostsFile: string | null;
  /** Something that the user should know before the answer (a certificate authority that is not used, ...), or null. */
  readonly note: string | null;
}

export type HostKeyAnswer = "save" | "once" | "refuse";

export interface SecretQuestion {
  readonly kind: "password" | "passphrase" | "keyboard-interactive";
  readonly user: string;
  /** The real host name, after the configuration. For a passphrase: the host it is needed for. */
  readonly host: string;
  /** What to show. For keyboard-interactive the host's own words: plain text from the host, never markup. */
  readonly prompt: string;
  /** May the answer be seen while it is typed? */
  readonly echo: boolean;
  /** The private key that a passphrase opens, or null. */
  readonly keyFile: string | null;
  /** From 1. Whoever answers from a store may do so at attempt 1 only. */
  readonly attempt: number;
  /**
   * Under which name a store may keep the answer (`password:user@host:port`, `passphrase:/path`).
   * null: never keep it (keyboard-interactive answers may be one-time passwords).
   */
  readonly storageKey: string | null;
}

/**
 * The only way in which a secret or a decision of the user reaches ssh. While a question is open the connection's time limit stands still.
 *
 * A store of secrets works like this: `secret` answers from it when `storageKey` is not null and `attempt` is 1; `accepted` keeps what
 * worked; `rejected` forgets what did not, so that a stale password is tried once and never again.
 */
export interface SshPrompts {
  confirmHostKey(question: HostKeyQuestion, signal: AbortSignal): Promise<HostKeyAnswer>;
  /** null: no answer. This way of signing in is passed over, and nothing else is asked on this connection. */
  secret(question: SecretQuestion, signal: AbortSignal): Promise<string | null>;
  /** The secret worked. Never called when `storageKey` is null. */
  accepted?(question: SecretQuestion, secret: string): void | Promise<void>;
  /** The secret did not work. Never called when `storageKey` is null. */
  rejected?(question: SecretQuestion): void | Promise<void>;
}
