import { Failure } from "../../../model/failure";
import type { HostSettings } from "../ssh/host-settings";
import type { SecretQuestion, SshPrompts } from "../ssh/prompts";
import type { TimeLimit } from "../time-limit";
import { readAskpassPrompt } from "./askpass-question";

/**
 * Brings ssh's questions to a person as those of the built-in client, and keeps the same promises: a kept secret is tried once, what worked may
 * be kept, after a refusal to answer nothing else is asked, and the clock stands still meanwhile.
 */
export class PromptBridge {
  readonly #prompts: SshPrompts;
  readonly #limit: TimeLimit;
  readonly #target: { readonly user: string; readonly host: string; readonly port: number };
  readonly #onNotice: (text: string) => void;
  readonly #attempts = new Map<string, number>();
  readonly #pending = new Map<string, { readonly question: SecretQuestion; readonly secret: string }>();
  #failure: Failure | null = null;
  #declined = false;
  #waiting: Promise<unknown> = Promise.resolve();
  /** Called when there is no use in going on. */
  onGivenUp: () => void = () => undefined;

  constructor(prompts: SshPrompts, limit: TimeLimit, settings: HostSettings, onNotice: (text: string) => void) {
    this.#prompts = prompts;
    this.#limit = limit;
    this.#target = { user: settings.user, host: settings.hostName, port: settings.port };
    this.#onNotice = onNotice;
  }

  /** Why it was given up from our side, or null. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** An answer for ssh. One question at a time: a person has one pair of eyes. */
  readonly answer = (prompt: string, style: string, gone: AbortSignal): Promise<string | null> => {
    const turn = this.#waiting.then(() => this.#answer(prompt, style, AbortSignal.any([gone, this.#limit.signal])));
    this.#waiting = turn.catch(() => undefined);
    return turn;
  };

  /** The host let us in: what is pending has worked. */
  signedIn(): void {
    for (const { question, secret } of this.#pending.values()) if (question.storageKey !== null) void this.#prompts.accepted?.(question, secret);
    this.#pending.clear();
  }

  /** The host did not: whatever a store gave is not to be trusted again. */
  refused(): void {
    for (const { question } of this.#pending.values()) if (question.storageKey !== null) void this.#prompts.rejected?.(question);
    this.#pending.clear();
  }

  async #answer(prompt: string, style: string, signal: AbortSignal): Promise<string | null> {
    if (this.#failure !== null || signal.aborted) return null;
    const asked = readAskpassPrompt(prompt, style, this.#target);
    try {
      switch (asked.kind) {
        case "notice":
          this.#onNotice(asked.text);
          // ssh ends the program that shows a notice when it is over.
          await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
          return null;
        case "no":
          return "no";
        case "hostKey": {
          const answer = await this.#limit.paused(this.#prompts.confirmHostKey(asked.question, signal));
          if (answer === "save") return "yes";
          const { host, port, keyType, fingerprint } = asked.question;
          return this.#giveUp(new Failure(
            "hostKeyUnknown", `The ${keyType} key of ${port === 22 ? host : `[${host}]:${port}`} (${fingerprint}) stands in no known_hosts file, and was ${answer === "once" ? "not kept: the system's ssh cannot take it for one time" : "refused"}.`,
            "Compare it with the host's own (`ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub` there), then accept and save it, or connect once with `ssh`.",
          ));
        }
        case "secret":
          return await this.#secret(asked.question, signal);
      }
    } catch (error) {
      return this.#giveUp(error instanceof Failure ? error : new Failure("cancelled", "A question of ssh was not answered.", "Start it again when you like.", { cause: error }));
    }
  }

  async #secret(without: Omit<SecretQuestion, "attempt">, signal: AbortSignal): Promise<string | null> {
    const name = `${without.kind} ${without.user} ${without.host} ${without.keyFile ?? without.prompt}`;
    const before = this.#pending.get(name);
    if (before !== undefined) {
      this.#pending.delete(name);
      if (before.question.storageKey !== null) await this.#prompts.rejected?.(before.question);
    }
    const attempt = (this.#attempts.get(name) ?? 0) + 1;
    this.#attempts.set(name, attempt);
    const question: SecretQuestion = { ...without, attempt };
    if (this.#declined) return question.kind === "passphrase" ? null : this.#notGiven(question);
    const secret = await this.#limit.paused(this.#prompts.secret(question, signal));
    if (secret === null) {
      this.#declined = true;
      // ssh goes on with the next key.
      if (question.kind === "passphrase") return null;
      // An empty answer would be sent to the host as one, again and again.
      return this.#notGiven(question);
    }
    this.#pending.set(name, { question, secret });
    return secret;
  }

  #notGiven(question: SecretQuestion): null {
    return this.#giveUp(new Failure(
      "authRefused", `${question.host} refused ${question.user}: the secret that it wants was not given.`,
      "Give it when asked, load the key into an ssh agent (`ssh-add`), or set up a key for this host.",
    ));
  }

  #giveUp(failure: Failure): null {
    this.#failure ??= failure;
    this.onGivenUp();
    return null;
  }
}
