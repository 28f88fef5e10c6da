import { Failure } from "../../../model/failure";
import type { PodTarget } from "../../../model/target";
import { formatTarget } from "../../../model/target";
import type { Host } from "../reach";
import { oneLine } from "./begun-script";
import type { Asking } from "./client";
import { ask, where } from "./client";

/** A pod that runs, as the API server tells. */
export interface KnownPod {
  readonly node: string | null;
  readonly containers: readonly string[];
  /** Named by the pod's annotation; null: kubectl takes the first. */
  readonly defaultContainer: string | null;
}

/** How long the API server may take for one answer. */
const REQUEST_TIMEOUT = "--request-timeout=10s";
/** Named fields alone: a pod's specification carries environment values. */
const POD = "phase {{.status.phase}}{{println}}node {{.spec.nodeName}}{{println}}{{range .spec.containers}}container {{.name}}{{println}}{{end}}"
  + '{{range .status.containerStatuses}}{{if or .state.terminated .state.waiting}}{{else}}running {{.name}}{{println}}{{end}}{{end}}{{with .metadata.annotations}}{{with index . "kubectl.kubernetes.io/default-container"}}default {{.}}{{println}}{{end}}{{end}}';
const NAMES_SHOWN = 8;

/** kubectl with what leads to the pod's namespace. */
export function kubectl(target: PodTarget, kubeconfig: string | null): string[] {
  return [
    "kubectl", ...(kubeconfig === null ? [] : [`--kubeconfig=${kubeconfig}`]), ...(target.context === null ? [] : [`--context=${target.context}`]), `--namespace=${target.namespace}`,
  ];
}

/**
 * Asks the API server for a pod. Null: this user may not read pods, which does not say that they may not go in.
 *
 * @throws Failure `toolMissing`, `denied`, `unreachable`, `notFound`, `notRunning`, `timeout`, `cancelled`, `configInvalid`.
 */
export async function findPod(host: Host, target: PodTarget, kubeconfig: string | null, asking: Asking): Promise<KnownPod | null> {
  const answer = await ask(host, [...kubectl(target, kubeconfig), "get", "pod", target.pod, REQUEST_TIMEOUT, "-o", `go-template=${POD}`], asking);
  if (answer.exitCode !== 0) {
    const failure = kubectlFailure(target, answer.stderr, host);
    if (failure === null) throw new Failure("answerBroken", `\`kubectl get pod\` failed ${where(host)}: ${oneLine(answer.stderr)}`, "Try it by hand.");
    if (failure.reason === "denied" && /cannot get resource/i.test(answer.stderr)) return null;
    throw failure.reason === "notFound" ? await withNames(failure, host, target, kubeconfig, asking) : failure;
  }
  const told = (word: string): string[] => answer.output.split("\n").filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1)).filter((value) => /^[\w.-]+$/.test(value));
  const [phase = "unknown"] = told("phase");
  if (phase !== "Running") {
    throw new Failure("notRunning", `${formatTarget(target)} does not run (${phase}).`, phase === "Pending" ? "It waits for a node or for its images: `kubectl describe pod` says why." : "Its sockets went with it.");
  }
  const containers = told("container");
  const { container } = target;
  if (container !== null && !containers.includes(container)) {
    throw new Failure("notFound", `${formatTarget(target)}: the pod has no container ${container}.`, `Its containers: ${containers.slice(0, NAMES_SHOWN).join(", ")}.`);
  }
  if (container !== null && !told("running").includes(container)) {
    throw new Failure("notRunning", `${formatTarget(target)} does not run; other containers of the pod do.`, `Those that run: ${told("running").join(", ")}. They share its sockets.`);
  }
  return { node: told("node")[0] ?? null, containers, defaultContainer: told("default")[0] ?? null };
}

/** The failures that kubectl prints, and those of the API server; null when it is none of them. */
export function kubectlFailure(target: PodTarget, said: string, host: Host): Failure | null {
  const told = oneLine(said);
  const name = formatTarget(target);
  if (/context .*does not exist|no context exists/i.test(said)) {
    return new Failure("configInvalid", `${name}: kubectl ${where(host)} knows no such context.`, "`kubectl config get-contexts` lists them.");
  }
  if (/error loading config file|invalid configuration|no configuration has been provided|cluster .* does not exist|exec plugin|exec: executable \S+ not found|getting credentials/i.test(said)) {
    return new Failure("configInvalid", `kubectl's configuration ${where(host)} does not work: ${told}`, "Check KUBECONFIG, --kubeconfig and what `kubectl config view` shows.");
  }
  if (/\(Forbidden\)|is forbidden/i.test(said)) {
    const exec = /pods\/exec|cannot create resource/i.test(said);
    return new Failure("denied", `${name}: the cluster's rules forbid this user ${exec ? "to run anything in the pod" : "to read it"}: ${told}`, exec
      ? "Ask for the right to `create` `pods/exec` in that namespace, or look at the pod's node."
      : "Ask for the right to `get` `pods` in that namespace.");
  }
  if (/\(Unauthorized\)|must be logged in|provide credentials/i.test(said)) return new Failure("authRefused", `${name}: the API server does not accept this user's credentials: ${told}`, "Sign in to the cluster again.");
  if (/\(NotFound\)|not found$|container not found/im.test(said) && !/executable file not found|no such file/i.test(said)) {
    return new Failure("notFound", `${name} is not there: ${told}`, "`kubectl get pods --all-namespaces` lists pods.");
  }
  if (/completed pod|current phase is|is not running|container .* is not valid/i.test(said)) return new Failure("notRunning", `${name} cannot be entered: ${told}`, "`kubectl get pod` shows its state.");
  if (/connection to the server .* was refused|unable to connect to the server|i\/o timeout|no such host|tls handshake timeout|certificate|context deadline exceeded|client\.timeout exceeded|connection refused|network is unreachable|no route to host|(?:EOF|connection reset by peer)$/im.test(said)) {
    return new Failure("unreachable", `The API server cannot be reached ${where(host)}: ${told}`, "Check the context's server address, the network (VPN) and the certificate.");
  }
  return null;
}

/** Adds the names of pods that begin as the one asked for: a deployment's name is no pod's. */
async function withNames(failure: Failure, host: Host, target: PodTarget, kubeconfig: string | null, asking: Asking): Promise<Failure> {
  const answer = await ask(host, [...kubectl(target, kubeconfig), "get", "pods", REQUEST_TIMEOUT, "-o", "name"], asking);
  const pods = answer.exitCode === 0 ? answer.output.split("\n").flatMap((line) => /^pod\/([a-z0-9.-]+)$/.exec(line.trim())?.[1] ?? []) : [];
  const near = pods.filter((pod) => pod.startsWith(target.pod));
  const shown = (near.length > 0 ? near : pods).slice(0, NAMES_SHOWN);
  if (shown.length === 0) return failure;
  const more = (near.length > 0 ? near : pods).length > shown.length ? ", ..." : "";
  return new Failure("notFound", `${formatTarget(target)} is not there.`, near.length > 1
    ? `Several pods match; name one: ${shown.join(", ")}${more}.`
    : `${near.length === 1 ? "Did you mean" : "Pods of that namespace"}: ${shown.join(", ")}${more}${near.length === 1 ? "?" : "."}`);
}
