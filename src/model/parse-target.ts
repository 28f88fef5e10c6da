import { Failure } from "./failure";
import type { Target } from "./target";

/**
 * `local`, `ssh://[user@]host[:port]`, or a bare host or alias (`prod-1`, `root@prod-1`) as a short form of ssh.
 * Throws `Failure("usage")` or, for targets of a later version, `Failure("unsupported")`.
 */
export function parseTarget(text: string): Target {
  if (text === "local" || text === "localhost") return { kind: "local" };
  const scheme = /^([a-z0-9+]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "docker" || scheme === "k8s") {
    throw new Failure("unsupported", `${text}: containers are not reached yet`, "Scan the host they run on, or open a capture made inside the container.");
  }
  if (scheme !== undefined && scheme !== "ssh") {
    throw new Failure("usage", `${text}: unknown kind of target "${scheme}"`, "Write local or ssh://[user@]host[:port].");
  }
  const rest = text.replace(/^ssh:\/\//i, "").replace(/\/$/, "");
  const match = /^(?:([^@\s]+)@)?(?:\[([0-9a-f:.%a-z]+)\]|([\p{L}\p{N}._-]+))(?::(\d{1,5}))?$/iu.exec(rest);
  const host = match?.[2] ?? match?.[3];
  // A host that begins with a dash would be an option to any program that it is handed to.
  if (match === null || host === undefined || host.startsWith("-")) {
    throw new Failure("usage", `${text}: not a target`, "Write local or ssh://[user@]host[:port], an IPv6 address in brackets.");
  }
  const port = match[4] === undefined ? null : Number(match[4]);
  if (port !== null && (port < 1 || port > 65_535)) throw new Failure("usage", `${text}: port ${port} is not between 1 and 65535`, "Correct the port.");
  return { kind: "ssh", host, user: match[1] ?? null, port };
}
