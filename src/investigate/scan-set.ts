import { Failure } from "../model/failure";
import type { UnreachedTarget } from "../model/investigation";
import type { Target } from "../model/target";
import { formatTarget } from "../model/target";
import type { TargetStanding } from "./investigator";
import type { SshPrompts } from "../observe/targets/ssh/prompts";

/** Hosts that are looked at at the same time: sixteen handshakes keep one core of ours busy, and no bastion refuses them (MaxStartups 10:30:100). */
export const AT_ONCE = 8;

export interface LooksAtSet<Look> {
  /** In the order of the targets. */
  readonly looks: readonly Look[];
  readonly unreached: readonly UnreachedTarget[];
}

/**
 * Looks at several targets, a few at a time. One that fails is named and the others go on; only when all fail it rejects.
 *
 * @param lookAt one look; its rejection is that target's alone, unless all was cancelled
 */
export async function lookAtSet<Look extends object>(targets: readonly Target[], signal: AbortSignal, lookAt: (target: Target) => Promise<Look>): Promise<LooksAtSet<Look>> {
  const found: ({ readonly look: Look } | UnreachedTarget)[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < targets.length; at = next++) {
      const target = targets[at] as Target;
      try {
        found[at] = { look: await lookAt(target) };
      } catch (error) {
        if (!(error instanceof Failure) || signal.aborted) throw error;
        found[at] = { target: formatTarget(target), why: error.message, remedy: error.remedy };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, targets.length) }, worker));
  const looks = found.flatMap((one) => ("look" in one ? [one.look] : []));
  const unreached = found.flatMap((one) => ("look" in one ? [] : [one]));
  if (looks.length === 0) throw noneReached(unreached);
  return { looks, unreached };
}

/** One look at one of several targets, and how it ended told. */
export async function lookTold<Look>(target: Target, onTarget: ((standing: TargetStanding) => void) | undefined, look: () => Promise<Look>): Promise<Look> {
  try {
    const seen = await look();
    onTarget?.({ target: formatTarget(target), state: "seen", text: null });
    return seen;
  } catch (error) {
    if (error instanceof Failure && error.reason !== "cancelled") onTarget?.({ target: formatTarget(target), state: "unreached", text: error.message });
    throw error;
  }
}

export function noneReached(unreached: readonly UnreachedTarget[]): Failure {
  return new Failure("unreachable", `none of ${unreached.length} targets could be looked at: ${unreached.map(({ target, why }) => `${target}: ${why}`).join("; ")}`, unreached[0]?.remedy ?? "Name at least one.");
}

/** The same prompts, one question after the other: several hosts may ask at once, and a person answers one. */
export function oneByOne(prompts: SshPrompts): SshPrompts {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const answer = last.then(ask, ask);
    last = answer;
    return answer;
  };
  return {
    ...prompts,
    confirmHostKey: (question, signal) => inTurn(() => prompts.confirmHostKey(question, signal)),
    secret: (question, signal) => inTurn(() => prompts.secret(question, signal)),
  };
}

/** The same prompts, and how long a person took to answer them, milliseconds. */
export function timed(prompts: SshPrompts, now: () => number): { readonly prompts: SshPrompts; waitedMs(): number } {
  let waited = 0;
  const time = async <T>(ask: Promise<T>): Promise<T> => {
    const since = now();
    try {
      return await ask;
    } finally {
      waited += now() - since;
    }
  };
  return {
    prompts: { ...prompts, confirmHostKey: (question, signal) => time(prompts.confirmHostKey(question, signal)), secret: (question, signal) => time(prompts.secret(question, signal)) },
    waitedMs: () => waited,
  };
}
