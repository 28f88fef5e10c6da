import { Failure } from "./failure";
import type { ContainerTarget, PodTarget, SshPlace, Target } from "./target";
import { CONTAINER_ENGINES } from "./target";

const FORMS = "local, ssh://[user@]host[:port], docker://name, podman://name or k8s://[context@]namespace/pod[/container]";
/** What docker and podman let a container be called; an id is made of the same characters. */
const CONTAINER_NAME = /^[a-z0-9][a-z0-9_.-]{0,254}$/i;
/** RFC 1123 names, as Kubernetes has them (a pod's may hold dots). */
const KUBERNETES_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
/** A kubeconfig's contexts may be called nearly anything: `kubernetes-admin@kubernetes`, `arn:aws:eks:eu-west-1:1:cluster/shop`. */
const CONTEXT_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.:@/+-]{0,252}$/u;

/**
 * `local`, `ssh://[user@]host[:port]`, a bare host or alias (`prod-1`, `root@prod-1`) as a short form of ssh, `docker://name`, `podman://name`,
 * `k8s://[context@]namespace/pod[/container]`, and `docker+ssh://[user@]host[:port]/name` (so for podman and k8s) where the client program is run
 * on another host. Throws `Failure("usage")`.
 */
export function parseTarget(text: string): Target {
  if (text === "local" || text === "localhost") return { kind: "local" };
  const [, scheme, rest = ""] = /^([a-z0-9+]+):\/\/(.*)$/is.exec(text) ?? [];
  if (scheme === undefined) return { kind: "ssh", ...parsePlace(text, text.replace(/\/$/, "")) };
  const [client = "", ...way] = scheme.toLowerCase().split("+");
  if (way.length > 1 || (way.length === 1 && (way[0] !== "ssh" || client === "ssh"))) throw unknownKind(text, scheme);
  if (client === "ssh") return { kind: "ssh", ...parsePlace(text, rest.replace(/\/$/, "")) };
  const engine = CONTAINER_ENGINES.find((one) => one === client);
  if (engine === undefined && client !== "k8s") throw unknownKind(text, scheme);
  let host: SshPlace | null = null;
  let path = rest;
  if (way.length === 1) {
    const slash = rest.indexOf("/");
    host = parsePlace(text, slash === -1 ? rest : rest.slice(0, slash));
    path = slash === -1 ? "" : rest.slice(slash + 1);
  }
  path = path.replace(/\/$/, "");
  return engine === undefined ? parsePod(text, path, host) : parseContainer(text, engine, path, host);
}

function parsePlace(text: string, rest: string): SshPlace {
  const match = /^(?:([^@\s]+)@)?(?:\[([0-9a-f:.%a-z]+)\]|([\p{L}\p{N}._-]+))(?::(\d{1,5}))?$/iu.exec(rest);
  const host = match?.[2] ?? match?.[3];
  // A host that begins with a dash would be an option to any program that it is handed to.
  if (match === null || host === undefined || host.startsWith("-")) {
    throw new Failure("usage", `${text}: not a target`, `Write ${FORMS}, an IPv6 address in brackets.`);
  }
  const port = match[4] === undefined ? null : Number(match[4]);
  if (port !== null && (port < 1 || port > 65_535)) throw new Failure("usage", `${text}: port ${port} is not between 1 and 65535`, "Correct the port.");
  return { host, user: match[1] ?? null, port };
}

function parseContainer(text: string, engine: ContainerTarget["engine"], name: string, host: SshPlace | null): ContainerTarget {
  if (!CONTAINER_NAME.test(name)) {
    throw new Failure("usage", `${text}: ${name === "" ? "no container is named" : `"${name}" is no container's name`}`, `Write ${engine}${host === null ? "://" : "+ssh://host/"}NAME, with a name or id from \`${engine} ps\`.`);
  }
  return { kind: "container", engine, name, host };
}

function parsePod(text: string, path: string, host: SshPlace | null): PodTarget {
  // Contexts may hold any of @ and /; namespaces and pods hold neither @.
  const at = path.lastIndexOf("@");
  const context = at === -1 ? null : path.slice(0, at);
  const [namespace = "", pod = "", container = null, ...more] = path.slice(at + 1).split("/");
  const named = [namespace, pod, ...(container === null ? [] : [container])];
  if (more.length > 0 || !named.every((name) => KUBERNETES_NAME.test(name)) || (context !== null && !CONTEXT_NAME.test(context))) {
    throw new Failure("usage", `${text}: not a pod`, "Write k8s://[context@]namespace/pod[/container], with names from `kubectl get pods --all-namespaces`.");
  }
  return { kind: "pod", context, namespace, pod, container, host };
}

function unknownKind(text: string, scheme: string): Failure {
  return new Failure("usage", `${text}: unknown kind of target "${scheme}"`, `Write ${FORMS}; a client on another host is docker+ssh://host/name, podman+ssh://host/name or k8s+ssh://host/namespace/pod.`);
}
