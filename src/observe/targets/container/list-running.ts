import { Failure } from "../../../model/failure";
import type { Target } from "../../../model/target";
import { CONTAINER_ENGINES } from "../../../model/target";
import type { Host } from "../reach";
import { ask, Deadline } from "./client";
import { runningContainers } from "./engine-client";

const TIME_LIMIT_MS = 5_000;
/** More than a person looks through in a list. */
const MOST_PODS = 500;
const PODS = "{{range .items}}{{println .metadata.namespace .metadata.name}}{{end}}";

/**
 * The containers and pods that the client programs of a host can reach now: docker's, podman's, and those of kubectl's current context. A client
 * that is not there or does not answer gives none. Only when a person asks: kubectl speaks to whatever its configuration names.
 *
 * @throws Failure `cancelled`.
 */
export async function listRunning(host: Host, signal: AbortSignal): Promise<Target[]> {
  const asking = { signal, deadline: new Deadline(TIME_LIMIT_MS) };
  const lists = await Promise.all([
    ...CONTAINER_ENGINES.map(async (engine) => (await runningContainers(host, engine, asking)).map((name): Target => ({ kind: "container", engine, name, host: null }))),
    runningPods(host, asking),
  ]);
  return lists.flat();
}

async function runningPods(host: Host, asking: { readonly signal: AbortSignal; readonly deadline: Deadline }): Promise<Target[]> {
  try {
    const answer = await ask(host, ["kubectl", "get", "pods", "--all-namespaces", "--field-selector=status.phase=Running", "--request-timeout=4s", "-o", `go-template=${PODS}`], asking);
    if (answer.exitCode !== 0) return [];
    return answer.output.split("\n").slice(0, MOST_PODS).flatMap((line): Target[] => {
      const [, namespace, pod] = /^([a-z0-9-]+) ([a-z0-9.-]+)$/.exec(line) ?? [];
      return namespace === undefined || pod === undefined ? [] : [{ kind: "pod", context: null, namespace, pod, container: null, host: null }];
    });
  } catch (error) {
    if (error instanceof Failure && error.reason !== "cancelled") return [];
    throw error;
  }
}
