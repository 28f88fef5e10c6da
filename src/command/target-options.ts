import { InvalidArgumentError, Option } from "commander";
import type { TargetAccess } from "../investigate/investigator";
import { Failure } from "../model/failure";
import { parseTarget } from "../model/parse-target";
import type { Target } from "../model/target";
import { formatTarget } from "../model/target";
import { readDuration } from "../observe/config/duration";

/** Options of every command that looks at a target: how it is reached, and how much one look may take. */

/** Below this not even the rules fit. */
const LEAST_MEMORY_MB = 64;

export const TARGETS = "local | ssh://[user@]host[:port] | docker://name | podman://name | k8s://[context@]namespace/pod[/container] | docker+ssh://[user@]host/name";

export interface AccessOptions {
  readonly ssh: "auto" | "builtin" | "system";
  readonly sudo: boolean;
  readonly doas: boolean;
  readonly context?: string;
  readonly kubeconfig?: string;
}

export interface LookLimitOptions {
  /** Seconds. */
  readonly timeLimit: number;
  readonly maxSockets?: number;
  readonly whole: boolean;
}

export function accessOptions(): Option[] {
  return [
    new Option("--ssh <client>", "who speaks ssh: the built-in client, the system's own ssh, or by what the configuration needs").choices(["auto", "builtin", "system"]).default("auto"),
    new Option("--sudo", "look as root by `sudo -n`, where that asks for no password").default(false).conflicts("doas"),
    new Option("--doas", "the same by `doas -n`").default(false),
    new Option("--context <name>", "for a pod: the kubeconfig's context").argParser(nonOption),
    new Option("--kubeconfig <file>", "for a pod: a kubeconfig on the host where kubectl runs").argParser(nonOption),
  ];
}

export function lookLimitOptions(): Option[] {
  return [
    new Option("--time-limit <seconds>", "give up on a host after this long").default(30).argParser(positive),
    new Option("--max-sockets <n>", "in a network namespace with more, list what can be stuck and count the rest (default: 50000)").argParser(positiveWhole).conflicts("whole"),
    new Option("--whole", "list every socket, however many").default(false),
  ];
}

/** The target, in the context that an option names. Throws `Failure("usage")`. */
export function placeOf(text: string, options: AccessOptions): Target {
  const target = parseTarget(text);
  if (options.context === undefined && options.kubeconfig === undefined) return target;
  if (target.kind !== "pod") throw new Failure("usage", `${text} is no pod`, "--context and --kubeconfig go with k8s://namespace/pod.");
  if (options.context === undefined) return target;
  if (target.context !== null && target.context !== options.context) throw new Failure("usage", `${text} names the context ${target.context}, --context ${options.context}`, "Name it once.");
  return parseTarget(formatTarget({ ...target, context: options.context }));
}

export function accessOf(options: AccessOptions): TargetAccess {
  return { sshClient: options.ssh, elevation: options.sudo ? "sudo" : options.doas ? "doas" : "none", kubeconfig: options.kubeconfig ?? null };
}

export function limitOf({ maxSockets, whole }: Pick<LookLimitOptions, "maxSockets" | "whole">): { readonly maxSockets?: number } {
  return whole ? { maxSockets: 0 } : maxSockets === undefined ? {} : { maxSockets };
}

export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("a number above 0 is wanted");
  return value;
}

export function megabytes(text: string): number {
  const value = positiveWhole(text);
  if (value < LEAST_MEMORY_MB) throw new InvalidArgumentError(`at least ${LEAST_MEMORY_MB} MB are wanted`);
  return value;
}

export function positiveWhole(text: string): number {
  const value = positive(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("a whole number above 0 is wanted");
  return value;
}

/** A value that no program it is handed to takes for an option. */
function nonOption(text: string): string {
  if (text === "" || text.startsWith("-")) throw new InvalidArgumentError("It must not be empty or begin with a dash.");
  return text;
}

/** A time in milliseconds: `90s`, `10m`, `1h30m`, `2d`; a bare number is seconds. */
export function duration(text: string): number {
  const ms = readDuration(text, "s");
  if (ms === null || ms <= 0) throw new InvalidArgumentError("a time like 90s, 10m or 2h is wanted");
  return ms;
}

/** A moment in epoch milliseconds, of ISO 8601; without a zone it is UTC, as reports print it. */
export function moment(text: string): number {
  const ms = Date.parse(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) || !text.includes("T") ? text : `${text}Z`);
  if (Number.isNaN(ms)) throw new InvalidArgumentError("a time like 2026-03-01T12:00:00 is wanted");
  return ms;
}
