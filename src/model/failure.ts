/** Why something failed, so that a program can decide and a person knows what to do. Nobody matches on messages. */
export type FailureReason =
  | "usage" | "cancelled" | "timeout" | "unreachable" | "hostKeyUnknown" | "hostKeyChanged" | "hostKeyRevoked" | "authRefused"
  | "keyUnreadable" | "configInvalid" | "toolMissing" | "answerTooLarge" | "answerBroken" | "connectionLost" | "notFound"
  | "notRunning" | "denied" | "unsupported" | "ruleInvalid" | "fileUnreadable" | "notUnderstood" | "outOfMemory";

/** The one error class that crosses a border. `remedy` is what the user can do next; every failure has one. */
export class Failure extends Error {
  override readonly name = "Failure";
  constructor(
    readonly reason: FailureReason,
    message: string,
    readonly remedy: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
