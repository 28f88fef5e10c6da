import { Failure } from "../../../model/failure";
import type { MissingFact } from "../../../model/snapshot";
import type { PodTarget } from "../../../model/target";
import { formatTarget } from "../../../model/target";
import type { Host, Reach, RunRequest, RunResult } from "../reach";
import { tryScript } from "./begun-script";
import { Deadline, naming } from "./client";
import type { KnownPod } from "./kubectl-client";
import { findPod, kubectl, kubectlFailure } from "./kubectl-client";
import { printTables } from "./plain-table";
import { SHELLS, TABLE_PRINTERS } from "./ways-in";

export interface OpenPodOptions {
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
  /** A kubeconfig on the host where kubectl runs; null: what kubectl takes by itself (KUBECONFIG, ~/.kube/config). */
  readonly kubeconfig: string | null;
}

/**
 * Reaches a container of a pod through kubectl, which runs on `host`. The Reach owns `host` and closes it. Nothing is added to the pod: no
 * debug container, ever.
 *
 * @throws Failure as `findPod` does; then `host` is closed.
 */
export async function openPod(target: PodTarget, host: Host, options: OpenPodOptions): Promise<Reach> {
  try {
    const pod = await findPod(host, target, options.kubeconfig, { signal: options.signal, deadline: new Deadline(options.timeLimitMs) });
    return {
      target,
      run: (request) => runInPod(target, pod, host, options.kubeconfig, request),
      printed: ({ sinceMs, lines, previous, ...request }) => host.command({
        ...request, input: "",
        argv: [
          ...kubectl(target, options.kubeconfig), "logs", target.pod, ...(target.container === null ? [] : ["-c", target.container]), "--timestamps", `--since-time=${new Date(sinceMs).toISOString()}`, `--tail=${lines}`, ...(previous === true ? ["--previous"] : []),
        ],
      }),
      close: () => host.close(),
    };
  } catch (error) {
    await host.close();
    throw naming(target, error);
  }
}

async function runInPod(target: PodTarget, pod: KnownPod | null, host: Host, kubeconfig: string | null, request: RunRequest): Promise<RunResult> {
  const deadline = new Deadline(request.timeLimitMs);
  const left = (): RunRequest => ({ ...request, timeLimitMs: deadline.leftMs });
  const inside = (argv: readonly string[]): string[] => [
    ...kubectl(target, kubeconfig), "exec", "-i", target.pod, ...(target.container === null ? [] : ["-c", target.container]), "--", ...argv,
  ];
  const others = otherContainers(target, pod);
  const withOthers = (result: RunResult): RunResult => (others.length === 0 ? result : { ...result, missing: [...(result.missing ?? []), ...others] });
  for (const shell of SHELLS) {
    const attempt = await tryScript(host, inside(shell), left());
    if (attempt.begun) return withOthers(attempt.result);
    const failure = kubectlFailure(target, attempt.said, host);
    if (failure !== null) throw failure;
  }
  for (const printer of TABLE_PRINTERS) {
    const result = await printTables(host, inside(printer), left());
    if (result !== null) return withOthers(result);
  }
  const node = pod?.node ?? null;
  throw new Failure(
    "toolMissing", `${formatTarget(target)} has neither a shell nor \`cat\`.`,
    `Look at its node${node === null ? "" : ` ${node}`} instead (leakline scan ssh://${node ?? "NODE"}, as root): the pod's network namespace can be read from there. A debug container would change the pod; Leakline adds none.`,
  );
}

/** The containers of a pod share its sockets, but not its processes. */
function otherContainers(target: PodTarget, pod: KnownPod | null): MissingFact[] {
  if (pod === null || pod.containers.length < 2) return [];
  const looked = target.container ?? pod.defaultContainer ?? pod.containers[0];
  const others = pod.containers.filter((name) => name !== looked);
  return [{
    what: `the processes of the pod's other container${others.length === 1 ? "" : "s"}: ${others.join(", ")}`,
    why: `the containers of a pod share its sockets, not its processes, and this look was made in ${looked}`,
    remedy: `look at ${formatTarget({ ...target, container: others[0] ?? null })} for the sockets that nobody here holds`,
  }];
}
