import { Failure } from "../../../model/failure";
import type { Target } from "../../../model/target";
import { formatTarget } from "../../../model/target";
import type { Host, RunResult } from "../reach";

/** What a client's answer to a question of ours may have at most. */
const LARGEST_ANSWER = 1_000_000;

/** When a look has to be done with, on our clock. */
export class Deadline {
  readonly #endsAtMs: number;
  constructor(timeLimitMs: number) {
    this.#endsAtMs = performance.now() + timeLimitMs;
  }

  /** Milliseconds that are left; never less than one, so that a limit of it still ends. */
  get leftMs(): number {
    return Math.max(1, Math.round(this.#endsAtMs - performance.now()));
  }
}

export interface Asking {
  readonly signal: AbortSignal;
  readonly deadline: Deadline;
}

export interface Answer extends RunResult {
  readonly output: string;
}

/** Asks a client program one thing. A program that is not there is a `toolMissing`, however the system tells. */
export async function ask(host: Host, argv: readonly string[], { signal, deadline }: Asking): Promise<Answer> {
  const pieces: string[] = [];
  const program = argv[0] ?? "";
  let result: RunResult;
  try {
    result = await host.command({ argv, input: "", onOutput: (text) => pieces.push(text), signal, timeLimitMs: deadline.leftMs, maxBytes: LARGEST_ANSWER });
  } catch (error) {
    throw error instanceof Failure && error.reason === "toolMissing" ? noClient(program, host, error) : error;
  }
  if (host.target.kind === "ssh" && result.exitCode !== 0 && isUnknownCommand(result.stderr, program)) throw noClient(program, host, null);
  return { ...result, output: pieces.join("") };
}

/** The words of sh, bash, zsh, fish and csh. A client's own words about a program inside the container are other ones. */
function isUnknownCommand(said: string, program: string): boolean {
  return said.split("\n").some((line) => line.includes(program) && !/OCI|executable file/.test(line)
    && (/:\s*(?:command )?not found\b/i.test(line) || /command not found:/i.test(line) || /unknown command/i.test(line)));
}

function noClient(program: string, host: Host, cause: Failure | null): Failure {
  return new Failure(
    "toolMissing", `\`${program}\` is not installed ${where(host)}.`,
    host.target.kind === "local"
      ? `Install it here, or run it where the container is: ${program === "kubectl" ? "k8s+ssh://host/namespace/pod" : `${program}+ssh://host/name`}.`
      : `Install it there, or name the host where the container is; \`scan ${host.target.kind === "ssh" ? `ssh://${host.target.host}` : "HOST"}\` looks at the host itself.`,
    { cause },
  );
}

/** A failure that says which target it is about. */
export function naming(target: Target, thrown: unknown): unknown {
  const name = formatTarget(target);
  if (!(thrown instanceof Failure) || thrown.message.includes(name)) return thrown;
  return new Failure(thrown.reason, `${name}: ${thrown.message}`, thrown.remedy, { cause: thrown });
}

/** `on this machine`, `on prod-1`. */
export function where(host: Host): string {
  return host.target.kind === "ssh" ? `on ${host.target.host}` : "on this machine";
}
