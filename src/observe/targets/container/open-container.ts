import { Failure } from "../../../model/failure";
import type { MissingFact } from "../../../model/snapshot";
import type { ContainerTarget } from "../../../model/target";
import { formatTarget } from "../../../model/target";
import type { Host, Reach, RunRequest, RunResult } from "../reach";
import { tryScript } from "./begun-script";
import { ask, Deadline, naming, where } from "./client";
import type { RunningContainer } from "./engine-client";
import { engineFailure, findContainer } from "./engine-client";
import { namespaceEntries, runsHere } from "./namespace-entry";
import { printTables } from "./plain-table";
import { SHELLS, TABLE_PRINTERS } from "./ways-in";

export interface OpenContainerOptions {
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
}

/**
 * Reaches a container through its engine's client program, which runs on `host`. The Reach owns `host` and closes it.
 *
 * @throws Failure as `findContainer` does; then `host` is closed.
 */
export async function openContainer(target: ContainerTarget, host: Host, options: OpenContainerOptions): Promise<Reach> {
  try {
    const container = await findContainer(host, target.engine, target.name, { signal: options.signal, deadline: new Deadline(options.timeLimitMs) });
    return {
      target,
      run: (request) => runInContainer(target, container, host, request),
      // Both of its streams, in their order: the client keeps them apart.
      printed: ({ sinceMs, lines, previous: _, ...request }) => host.command({
        ...request, input: "",
        argv: ["sh", "-c", 'exec "$@" 2>&1', "sh", target.engine, "logs", "--timestamps", "--since", String(Math.floor(sinceMs / 1000)), "--tail", String(lines), container.id],
      }),
      close: () => host.close(),
    };
  } catch (error) {
    await host.close();
    throw naming(target, error);
  }
}

/**
 * Runs the script by the first way that works:
 * inside, where the container brings `ss`; on its host, in its network namespace (host's tools, all of its processes); inside with what it has;
 * and without any shell, the bare socket tables.
 */
async function runInContainer(target: ContainerTarget, container: RunningContainer, host: Host, request: RunRequest): Promise<RunResult> {
  const deadline = new Deadline(request.timeLimitMs);
  const asking = { signal: request.signal, deadline };
  const left = (): RunRequest => ({ ...request, timeLimitMs: deadline.leftMs });
  const inside = (argv: readonly string[]): string[] => [target.engine, "exec", "-i", container.id, ...argv];

  const tools = await ask(host, [target.engine, "exec", container.id, "sh", "-c", "command -v ss"], asking);
  const lost = engineFailure(target.engine, tools.stderr, host);
  if (lost !== null) throw lost;

  let refusal: string | null = null;
  if (tools.exitCode !== 0) {
    if (await runsHere(host, container, asking)) {
      for (const argv of namespaceEntries(target.engine, container.pid)) {
        const attempt = await tryEntry(host, argv, left());
        if (attempt.begun) return attempt.result;
        refusal ??= attempt.said;
      }
    } else refusal = `its processes are not those of the machine where ${target.engine} was asked`;
  }
  for (const shell of SHELLS) {
    const attempt = await tryScript(host, inside(shell), left());
    if (attempt.begun) return refusal === null ? attempt.result : { ...attempt.result, missing: [fromHost(host, refusal)] };
    const gone = /is not running|is paused|container state improper|no such container/i.test(attempt.said);
    if (gone) throw new Failure("notRunning", `${formatTarget(target)} stopped while we looked: ${attempt.said}`, `\`${target.engine} ps\` lists what runs.`);
  }
  for (const printer of TABLE_PRINTERS) {
    const result = await printTables(host, inside(printer), left());
    if (result !== null) return result;
  }
  throw new Failure(
    "toolMissing",
    `${formatTarget(target)} has neither a shell nor \`cat\`, and its network namespace could not be entered ${where(host)}${refusal === null ? "" : `: ${refusal}`}.`,
    "Look from the host it runs on, as root: nsenter(1) needs nothing in the container.",
  );
}

async function tryEntry(host: Host, argv: readonly string[], request: RunRequest): ReturnType<typeof tryScript> {
  try {
    return await tryScript(host, argv, request);
  } catch (error) {
    if (error instanceof Failure && error.reason === "toolMissing") return { begun: false, exitCode: null, said: error.message };
    throw error;
  }
}

function fromHost(host: Host, refusal: string): MissingFact {
  return {
    what: "the view from the container's host",
    why: `its network namespace could not be entered ${where(host)}: ${refusal}`,
    remedy: "run as root on the host that the container runs on; its own ss and /proc tell more than the container's tools",
  };
}
