import ssh2 from "ssh2";
import type { AnyAuthMethod, IdentityCallback, NextAuthHandler, ParsedKey, Prompt, SignCallback, SigningRequestOptions } from "ssh2";
import { Failure } from "../../../model/failure";
import { SshAgent } from "./agent";
import type { AuthenticationMethod, HostSettings } from "./host-settings";
import { readKeyFile } from "./key-file";
import type { KeyFile } from "./key-file";
import { fingerprint } from "./known-hosts";
import type { SecretQuestion, SshPrompts } from "./prompts";
import { cancellation } from "../time-limit";
import type { TimeLimit } from "../time-limit";

const PASSPHRASE_ATTEMPTS = 3;

/** What the host said to the attempt before: the methods that can continue, and whether that attempt was half of what it wants. */
interface Answer {
  readonly left: readonly string[];
  readonly partial: boolean;
}

type Attempts = AsyncGenerator<AnyAuthMethod, Answer, Answer>;

/** A key that can be offered, and how it signs. */
interface Candidate {
  readonly label: string;
  readonly publicKey: ParsedKey;
  readonly sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>;
}

/**
 * Signs in to one host: `none`, then public keys (the agent's, then files), keyboard-interactive and password, in the order of
 * PreferredAuthentications, as long as the host offers them. A passphrase is asked for only after the host has said that it would take the
 * key. Secrets go from `prompts` to the host and are kept nowhere.
 */
export class SignIn {
  readonly #settings: HostSettings;
  readonly #prompts: SshPrompts;
  readonly #limit: TimeLimit;
  readonly #attempts: Attempts;
  readonly #tried: string[] = [];
  readonly #hints: string[] = [];
  readonly #offered = new Set<string>();
  #pending: { readonly question: SecretQuestion; readonly secret: string } | null = null;
  #declined = false;
  #failure: Failure | null = null;
  #left: readonly string[] = [];
  /** The limit's signal, or the end of this sign-in: closes open questions and agent connections. */
  readonly #signal: AbortSignal;

  /** @param ended aborts when the connection is given up, so that no question stays open for nothing. */
  constructor(settings: HostSettings, prompts: SshPrompts, limit: TimeLimit, ended: AbortSignal) {
    this.#settings = settings;
    this.#signal = AbortSignal.any([limit.signal, ended]);
    this.#prompts = prompts;
    this.#limit = limit;
    this.#attempts = this.#all();
  }

  /** ssh2's `authHandler`: the next thing to try, given later through `next`. */
  readonly handler = (left: readonly string[] | null, partial: boolean | null, next: NextAuthHandler): void => {
    const answer: Answer = { left: left ?? [], partial: partial === true };
    this.#left = answer.left;
    this.#attempts.next(answer).then(
      (step) => next(step.done === true ? (false as unknown as AnyAuthMethod) : step.value),
      (error: unknown) => {
        this.#failure = error instanceof Failure ? error
          : new Failure("authRefused", `Signing in to ${this.#where} failed: ${error instanceof Error ? error.message : String(error)}.`, "Try `ssh -v` with the same host.", { cause: error });
        next(false as unknown as AnyAuthMethod);
      },
    );
  };

  /** The host let us in: what was pending has worked. */
  async succeeded(): Promise<void> {
    await this.#settlePending(true);
  }

  /** Why it ended: a failure of our own (cancelled, ...), or the refusal with all that was tried. */
  refusal(): Failure {
    if (this.#failure !== null) return this.#failure;
    const tried = this.#tried.length === 0 ? "nothing could be tried" : `tried ${this.#tried.join(", ")}`;
    const wants = this.#left.length === 0 ? "" : `; it takes ${this.#left.join(", ")}`;
    return new Failure("authRefused", `${this.#where} refused ${this.#settings.user}: ${tried}${wants}.`, this.#remedy());
  }

  /** The host hung up while signing in, as it does after too many attempts (MaxAuthTries). */
  hungUp(reason: string): Failure {
    if (this.#failure !== null) return this.#failure;
    const tried = this.#tried.length === 0 ? "" : ` after ${this.#tried.join(", ")}`;
    const many = this.#offered.size > 2;
    return new Failure(
      "authRefused", `${this.#where} ended the sign-in of ${this.#settings.user}${tried}: ${reason}.`,
      many ? "Too many keys were offered: name the right one with IdentityFile and set IdentitiesOnly yes for this host." : this.#remedy(),
    );
  }

  /** Has anything been tried that needs an answer from the host? */
  get started(): boolean {
    return this.#tried.length > 0;
  }

  get #where(): string {
    const { hostName, port, alias } = this.#settings;
    return `${alias === hostName ? hostName : `${alias} (${hostName})`}${port === 22 ? "" : `:${port}`}`;
  }

  #remedy(): string {
    if (this.#hints.length > 0) return this.#hints.join(" ");
    if (this.#declined) return "Give the secret when asked, or put a key on the host with `ssh-copy-id`.";
    const check = `Check that \`ssh ${this.#settings.user}@${this.#settings.alias}\` works from this machine`;
    if (this.#left.includes("publickey") && this.#settings.agentSocket === null) {
      return `${check}. No ssh agent was found on this side: start one and \`ssh-add\` your key, or name a key with IdentityFile.`;
    }
    return `${check}; check the user name, and that your key stands in ~/.ssh/authorized_keys there (\`ssh-copy-id\`).`;
  }

  async *#all(): Attempts {
    let answer = yield { type: "none", username: this.#settings.user };
    // Hosts may want several things one after the other (AuthenticationMethods): each half success begins a new round.
    for (let round = 0; round < 8; round++) {
      let progressed = false;
      for (const method of this.#settings.methods) {
        if (!answer.left.includes(method)) continue;
        answer = yield* this.#method(method, answer);
        if (answer.partial) {
          progressed = true;
          break;
        }
      }
      if (!progressed) break;
    }
    return answer;
  }

  #method(method: AuthenticationMethod, answer: Answer): Attempts {
    switch (method) {
      case "publickey": return this.#publicKeys(answer);
      case "keyboard-interactive": return this.#keyboardInteractive(answer);
      case "password": return this.#password(answer);
    }
  }

  async *#publicKeys(before: Answer): Attempts {
    let answer = before;
    for (const candidate of await this.#candidates()) {
      const blob = candidate.publicKey.getPublicSSH().toString("base64");
      if (this.#offered.has(blob)) continue;
      this.#offered.add(blob);
      this.#tried.push(candidate.label);
      const agent = new OneKeyAgent(candidate);
      answer = yield { type: "agent", username: this.#settings.user, agent };
      if (agent.signed) {
        // ssh2 does not hand on the host's answer to an agent's key. It took the key and the signature was good, so a refusal means that it
        // wants more: `none` asks what.
        answer = yield { type: "none", username: this.#settings.user };
        answer = { left: answer.left, partial: !sameMethods(answer.left, before.left) };
        if (answer.partial) return answer;
      }
    }
    yield* this.#lockedWithoutPublicKey();
    return answer;
  }

  readonly #waiting: { file: string; key: KeyFile & { kind: "locked" } }[] = [];

  /** Old encrypted PEM keys do not tell their public half: they must be opened before they can be offered. Last of all. */
  async *#lockedWithoutPublicKey(): AsyncGenerator<AnyAuthMethod, void, Answer> {
    for (const { file, key } of this.#waiting.splice(0)) {
      const opened = await this.#unlock(file, key);
      if (opened === null || this.#offered.has(opened.getPublicSSH().toString("base64"))) continue;
      this.#offered.add(opened.getPublicSSH().toString("base64"));
      this.#tried.push(`key ${file}`);
      yield { type: "publickey", username: this.#settings.user, key: opened };
    }
  }

  /** Agent keys that the configuration names, the agent's others (unless IdentitiesOnly), then key files. */
  async #candidates(): Promise<Candidate[]> {
    const { identityFiles, identityFilesConfigured, identitiesOnly, agentSocket } = this.#settings;
    const files: { readonly file: string; readonly key: KeyFile }[] = [];
    for (const file of identityFiles) {
      const key = await readKeyFile(file);
      if (key.kind === "unusable" && (identityFilesConfigured || !file.endsWith("id_dsa"))) this.#hint(`${file} ${key.reason}.`);
      if (key.kind === "missing" && identityFilesConfigured) this.#hint(`${file} does not exist.`);
      files.push({ file, key });
    }
    const named = new Map<string, string>();
    for (const { file, key } of files) {
      if ((key.kind === "public" || key.kind === "open" || key.kind === "locked") && key.publicKey !== null) {
        named.set(key.publicKey.getPublicSSH().toString("base64"), file);
      }
    }

    const fromAgent: { readonly rank: number; readonly candidate: Candidate }[] = [];
    if (agentSocket !== null) {
      const agent = new SshAgent(agentSocket, this.#signal);
      for (const key of await this.#agentKeys(agent)) {
        const file = named.get(key.getPublicSSH().toString("base64"));
        if (file === undefined && identitiesOnly) continue;
        fromAgent.push({
          rank: file === undefined ? 1 : 0,
          candidate: {
            label: `agent key ${key.comment === "" ? fingerprint(key.getPublicSSH()) : key.comment}`,
            publicKey: key,
            sign: (data, hash) => agent.sign(key, data, hash),
          },
        });
      }
    }
    const candidates = fromAgent.sort((a, b) => a.rank - b.rank).map((each) => each.candidate);
    for (const { file, key } of files) {
      if (key.kind === "open") {
        candidates.push({ label: `key ${file}`, publicKey: key.publicKey, sign: async (data, hash) => key.privateKey.sign(data, hash) });
      } else if (key.kind === "locked" && key.publicKey !== null) {
        candidates.push({ label: `key ${file}`, publicKey: key.publicKey, sign: (data, hash) => this.#signLocked(file, key, data, hash) });
      } else if (key.kind === "locked" && !this.#waiting.some((each) => each.file === file)) {
        this.#waiting.push({ file, key });
      }
    }
    return candidates;
  }

  async #agentKeys(agent: SshAgent): Promise<readonly ParsedKey[]> {
    try {
      return await agent.identities();
    } catch (error) {
      if (this.#signal.aborted) throw cancellation(this.#signal);
      this.#hint(`The ssh agent at ${agent.path} does not answer (${error instanceof Error ? error.message : String(error)}).`);
      return [];
    }
  }

  async #signLocked(file: string, key: KeyFile & { kind: "locked" }, data: Buffer, hash: string | undefined): Promise<Buffer> {
    const opened = await this.#unlock(file, key);
    if (opened === null) throw new Error("The key was not opened.");
    return opened.sign(data, hash);
  }

  async #unlock(file: string, key: KeyFile & { kind: "locked" }): Promise<ParsedKey | null> {
    for (let attempt = 1; attempt <= PASSPHRASE_ATTEMPTS; attempt++) {
      const question = this.#question("passphrase", `Passphrase of ${file}`, false, file, attempt);
      const passphrase = await this.#ask(question);
      if (passphrase === null) {
        this.#tried.push(`passphrase of ${file} (not given)`);
        return null;
      }
      const opened = key.unlock(passphrase);
      if (opened !== null) {
        await this.#prompts.accepted?.(question, passphrase);
        return opened;
      }
      await this.#prompts.rejected?.(question);
    }
    this.#hint(`The passphrase of ${file} was wrong ${PASSPHRASE_ATTEMPTS} times.`);
    return null;
  }

  async *#password(before: Answer): Attempts {
    let answer = before;
    for (let attempt = 1; attempt <= this.#settings.passwordPrompts && answer.left.includes("password"); attempt++) {
      const question = this.#question("password", `Password of ${this.#settings.user}@${this.#settings.hostName}`, false, null, attempt);
      const password = await this.#ask(question);
      if (password === null) {
        this.#note("password (not given)");
        return answer;
      }
      this.#note("password");
      this.#pending = { question, secret: password };
      answer = yield { type: "password", username: this.#settings.user, password };
      await this.#settlePending(answer.partial);
      if (answer.partial) return answer;
    }
    return answer;
  }

  async *#keyboardInteractive(before: Answer): Attempts {
    let answer = before;
    for (let attempt = 1; attempt <= this.#settings.passwordPrompts && answer.left.includes("keyboard-interactive"); attempt++) {
      if (this.#settings.batchMode || this.#declined) return answer;
      this.#note("keyboard-interactive");
      let asked = false;
      answer = yield {
        type: "keyboard-interactive",
        username: this.#settings.user,
        prompt: (_name, instructions, _language, prompts, finish) => {
          asked = true;
          this.#answerPrompts(instructions, prompts, attempt).then(finish, (error: unknown) => {
            this.#failure = error instanceof Failure ? error : null;
            finish([]);
          });
        },
      };
      if (answer.partial || !asked) return answer;
    }
    return answer;
  }

  async #answerPrompts(instructions: string, prompts: readonly Prompt[], attempt: number): Promise<string[]> {
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) {
      const text = [instructions.trim(), prompt.trim()].filter((part) => part !== "").join("\n");
      const answer = await this.#ask(this.#question("keyboard-interactive", text, echo === true, null, attempt));
      if (answer === null) return [];
      answers.push(answer);
    }
    return answers;
  }

  #question(kind: SecretQuestion["kind"], prompt: string, echo: boolean, keyFile: string | null, attempt: number): SecretQuestion {
    const { user, hostName, port } = this.#settings;
    const storageKey = kind === "password" ? `password:${user}@${hostName}:${port}` : kind === "passphrase" ? `passphrase:${keyFile ?? ""}` : null;
    return { kind, user, host: hostName, prompt, echo, keyFile, attempt, storageKey };
  }

  async #ask(question: SecretQuestion): Promise<string | null> {
    if (this.#declined || this.#settings.batchMode || this.#signal.aborted) return null;
    const answer = await this.#limit.paused(this.#prompts.secret(question, this.#signal));
    if (answer === null) this.#declined = true;
    return answer;
  }

  async #settlePending(accepted: boolean): Promise<void> {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null || pending.question.storageKey === null) return;
    if (accepted) await this.#prompts.accepted?.(pending.question, pending.secret);
    else await this.#prompts.rejected?.(pending.question);
  }

  /** Repeated attempts are counted, not repeated. */
  #note(what: string): void {
    const last = this.#tried.at(-1);
    const times = last === what ? 2 : last?.startsWith(`${what} (`) === true ? Number(/\((\d+) times\)$/.exec(last)?.[1] ?? NaN) + 1 : NaN;
    if (Number.isNaN(times)) this.#tried.push(what);
    else this.#tried[this.#tried.length - 1] = `${what} (${times} times)`;
  }

  #hint(text: string): void {
    if (!this.#hints.includes(text)) this.#hints.push(text);
  }
}

function sameMethods(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((method) => b.includes(method));
}

/** ssh2 signs asynchronously only for agents; so each key is offered as an agent that holds this key alone. */
class OneKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  signed = false;
  constructor(private readonly candidate: Candidate) {
    super();
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(null, [this.candidate.publicKey]);
  }

  override sign(_key: ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, callback?: SignCallback): void {
    const done = typeof options === "function" ? options : (callback ?? ((): void => undefined));
    const hash = typeof options === "function" ? undefined : options.hash;
    this.candidate.sign(data, hash).then(
      (signature) => {
        this.signed = true;
        done(null, signature);
      },
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }
}
