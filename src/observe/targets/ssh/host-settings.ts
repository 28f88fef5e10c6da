import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { applyingDirectives } from "./applying-directives";
import { invalid } from "./config-file";
import type { ConfigDirective } from "./config-file";
import { absolute, replaceTokens, replaceVariables, secondsOf } from "./config-values";
import type { SshEnvironment, Tokens } from "./config-values";
import { readJumpHost } from "./jump-host";
import type { JumpHost } from "./jump-host";
import type { KeepAlive } from "./keep-alive";

export type AuthenticationMethod = "publickey" | "keyboard-interactive" | "password";

/** All that ssh_config(5) says of one host, resolved. Paths are absolute. */
export interface HostSettings {
  /** What the user typed, or the jump list names. */
  readonly alias: string;
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly addressFamily: 0 | 4 | 6;
  readonly identityFiles: readonly string[];
  /** False: `identityFiles` are the defaults, and a missing one is not worth a word. */
  readonly identityFilesConfigured: boolean;
  readonly identitiesOnly: boolean;
  /** Socket path, or null for no agent. */
  readonly agentSocket: string | null;
  readonly certificateFiles: readonly string[];
  readonly jumps: readonly JumpHost[];
  /** The program whose input and output are the connection, tokens not yet replaced; null for none. Never beside jumps. */
  readonly proxyCommand: ProxyCommand | null;
  /** Where a shared connection's socket would be; several, because versions of OpenSSH compute `%C` differently. Empty for none. */
  readonly controlPaths: readonly string[];
  /** GSSAPIAuthentication, and whether the user's own file says so (distributions switch it on for everybody). */
  readonly gssapi: "no" | "byUser" | "bySystem";
  readonly hostKeyAlias: string | null;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly strictHostKeyChecking: "yes" | "ask" | "accept-new";
  /** As written it would be `no`: OpenSSH itself would take an unknown key without a word. */
  readonly hostKeysTakenInSilence: boolean;
  readonly hashKnownHosts: boolean;
  /** null: only the caller's limit. */
  readonly connectTimeoutMs: number | null;
  /** ServerAliveInterval and ServerAliveCountMax; an interval of 0 is none. */
  readonly keepalive: KeepAlive;
  readonly methods: readonly AuthenticationMethod[];
  readonly passwordPrompts: number;
  readonly batchMode: boolean;
  /** What was read and deliberately not done, for a person. */
  readonly notices: readonly string[];
  /** What in the files only OpenSSH itself can do, with its place: `pkcs11provider at FILE:LINE`. */
  readonly beyondBuiltin: readonly string[];
}

export interface ProxyCommand {
  readonly command: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

const DEFAULT_IDENTITIES = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_dsa"];
const METHODS: readonly AuthenticationMethod[] = ["publickey", "keyboard-interactive", "password"];

/** What the built-in client does not do, though it would change how a host is reached: the system's own ssh is there for it. */
const BEYOND_BUILTIN = [
  ["canonicalizehostname", "names are looked up as they are"],
  ["knownhostscommand", "no program is run; only known_hosts files are read"],
  ["pkcs11provider", "no library is loaded; put the key into an ssh agent"],
  ["proxyusefdpass", "descriptors are not taken from another program"],
] as const;

/**
 * What the configuration says of a host. For each keyword the first value that applies wins, save IdentityFile and CertificateFile, which
 * collect. `user` and `port` given by the caller win over all (they stand on the command line, so to speak).
 *
 * @throws Failure `configInvalid` for a value that cannot be.
 */
export function resolveHostSettings(
  directives: readonly ConfigDirective[], given: JumpHost, environment: SshEnvironment, system: SystemPaths = SYSTEM_PATHS,
): HostSettings {
  const { first, collected, undecided } = applyingDirectives(directives, given, environment);
  const notices: string[] = [];
  const beyondBuiltin: string[] = [];
  for (const { criteria, place } of undecided) {
    notices.push(`\`Match ${criteria}\` at ${place} cannot be judged here (nothing is run for it): what stands under it is passed over.`);
    beyondBuiltin.push(`\`Match ${criteria}\` at ${place}`);
  }
  for (const [keyword, consequence] of BEYOND_BUILTIN) {
    const directive = first.get(keyword);
    if (directive === undefined || ["no", "none", "false"].includes(directive.args[0].toLowerCase())) continue;
    notices.push(`${directive.keyword} at ${directive.file}:${directive.line} is passed over: ${consequence}.`);
    beyondBuiltin.push(`${directive.keyword} at ${directive.file}:${directive.line}`);
  }

  const text = (keyword: string): string | null => first.get(keyword)?.args[0] ?? null;
  const flag = (keyword: string, otherwise: boolean): boolean => {
    const directive = first.get(keyword);
    if (directive === undefined) return otherwise;
    const value = directive.args[0].toLowerCase();
    if (value === "yes" || value === "true") return true;
    if (value === "no" || value === "false") return false;
    throw invalid(directive.file, directive.line, `${directive.keyword} is yes or no, not \`${directive.args[0]}\``);
  };
  const whole = (keyword: string, low: number, high: number): number | null => {
    const directive = first.get(keyword);
    if (directive === undefined) return null;
    const value = /^\d+$/.test(directive.args[0]) ? Number(directive.args[0]) : NaN;
    if (!(value >= low && value <= high)) throw invalid(directive.file, directive.line, `${keyword} must be a number from ${low} to ${high}, not \`${directive.args[0]}\``);
    return value;
  };
  const oneOf = <Value extends string>(keyword: string, values: readonly Value[], otherwise: Value): Value => {
    const directive = first.get(keyword);
    if (directive === undefined) return otherwise;
    const value = values.find((each) => each === directive.args[0].toLowerCase());
    if (value === undefined) throw invalid(directive.file, directive.line, `${keyword} is one of ${values.join(", ")}, not \`${directive.args[0]}\``);
    return value;
  };

  const port = given.port ?? whole("port", 1, 65_535) ?? 22;
  const user = given.user ?? text("user") ?? environment.user;
  const hostName = replaceTokens(text("hostname") ?? given.host, { h: given.host, n: given.host }, first.get("hostname"));
  const hostKeyAlias = text("hostkeyalias");
  const tokens: Tokens = {
    d: environment.home, u: environment.user, h: hostName, r: user, n: given.host, p: String(port), k: hostKeyAlias ?? given.host,
  };
  const path = (value: string, from: ConfigDirective | undefined, more: Tokens = {}): string =>
    absolute(replaceTokens(replaceVariables(value, environment, from), { ...tokens, ...more }, from), environment.home);

  const collectedPaths = (keyword: string): string[] =>
    [...new Set((collected.get(keyword) ?? []).filter((each) => each.args[0].toLowerCase() !== "none").map((each) => path(each.args[0], each)))];
  const identityFiles = collected.has("identityfile") ? collectedPaths("identityfile") : DEFAULT_IDENTITIES.map((name) => join(environment.home, ".ssh", name));
  const certificateFiles = collectedPaths("certificatefile");

  const fileList = (keyword: string, otherwise: readonly string[]): string[] => {
    const directive = first.get(keyword);
    if (directive === undefined) return [...otherwise];
    return directive.args.filter((file) => file.toLowerCase() !== "none").map((file) => path(file, directive));
  };

  let strict = oneOf("stricthostkeychecking", ["yes", "true", "ask", "accept-new", "no", "false", "off"], "ask");
  if (strict === "true") strict = "yes";
  const takenInSilence = strict === "no" || strict === "false" || strict === "off";
  if (strict === "no" || strict === "false" || strict === "off") {
    const from = first.get("stricthostkeychecking") as ConfigDirective;
    notices.push(`\`StrictHostKeyChecking ${from.args[0]}\` at ${from.file}:${from.line} is treated as \`ask\`: an unknown host key is never accepted in silence.`);
    strict = "ask";
  }

  const connectTimeout = secondsOf(first.get("connecttimeout"));
  return {
    alias: given.host, hostName, port, user,
    addressFamily: ({ any: 0, inet: 4, inet6: 6 } as const)[oneOf("addressfamily", ["any", "inet", "inet6"], "any")],
    identityFiles,
    identityFilesConfigured: collected.has("identityfile"),
    identitiesOnly: flag("identitiesonly", false),
    certificateFiles,
    agentSocket: agentSocketOf(first.get("identityagent"), environment, path),
    ...proxyOf(first, directives, tokens),
    controlPaths: controlPathsOf(first.get("controlpath"), { ...tokens, j: text("proxyjump") ?? "" }, path),
    gssapi: gssapiOf(first.get("gssapiauthentication"), flag("gssapiauthentication", false)),
    hostKeyAlias,
    userKnownHostsFiles: fileList("userknownhostsfile", ["known_hosts", "known_hosts2"].map((name) => join(environment.home, ".ssh", name))),
    globalKnownHostsFiles: fileList("globalknownhostsfile", system.knownHostsFiles),
    strictHostKeyChecking: strict === "yes" || strict === "accept-new" ? strict : "ask",
    hostKeysTakenInSilence: takenInSilence,
    hashKnownHosts: flag("hashknownhosts", false),
    connectTimeoutMs: connectTimeout === null || connectTimeout === 0 ? null : connectTimeout * 1000,
    keepalive: keepaliveOf(first.get("serveraliveinterval"), whole("serveralivecountmax", 1, 1_000_000)),
    methods: methodsOf(first, flag),
    passwordPrompts: whole("numberofpasswordprompts", 0, 100) ?? 3,
    batchMode: flag("batchmode", false),
    notices,
    beyondBuiltin,
  };
}

/** The files of the whole system, where the configuration does not say otherwise. */
export interface SystemPaths {
  readonly knownHostsFiles: readonly string[];
}
export const SYSTEM_PATHS: SystemPaths = { knownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"] };

function agentSocketOf(
  directive: ConfigDirective | undefined, environment: SshEnvironment, path: (value: string, from: ConfigDirective) => string,
): string | null {
  if (directive === undefined || directive.args[0] === "SSH_AUTH_SOCK") return environment.agentSocket;
  const value = directive.args[0];
  if (value.toLowerCase() === "none") return null;
  if (value === "$SSH_AUTH_SOCK" || value === "${SSH_AUTH_SOCK}") return environment.agentSocket;
  // `$NAME` alone is IdentityAgent's own form.
  return path(value.replace(/^\$(\w+)$/, "${$1}"), directive);
}

/** ProxyJump and ProxyCommand exclude each other: whichever stands first counts. */
function proxyOf(
  first: ReadonlyMap<string, ConfigDirective>, all: readonly ConfigDirective[], tokens: Tokens,
): { readonly jumps: readonly JumpHost[]; readonly proxyCommand: ProxyCommand | null } {
  const jump = first.get("proxyjump");
  const command = first.get("proxycommand");
  if (command !== undefined && (jump === undefined || all.indexOf(command) < all.indexOf(jump))) {
    const text = command.args[0];
    return { jumps: [], proxyCommand: text.toLowerCase() === "none" ? null : { command: text, file: command.file, line: command.line } };
  }
  if (jump === undefined || jump.args[0].toLowerCase() === "none") return { jumps: [], proxyCommand: null };
  const jumps = jump.args[0].split(",").map((text) => {
    const spec = readJumpHost(replaceTokens(text.trim(), tokens, jump));
    if (spec === null) throw invalid(jump.file, jump.line, `\`${text.trim()}\` is not a jump host ([user@]host[:port])`);
    return spec;
  });
  return { jumps, proxyCommand: null };
}

/** ssh_config(5) has no probes by default; a look that waits on a dead connection helps nobody, so here they are 15 s, three times. */
function keepaliveOf(interval: ConfigDirective | undefined, count: number | null): KeepAlive {
  const seconds = secondsOf(interval) ?? (interval === undefined ? 15 : 0);
  return { intervalMs: seconds * 1000, count: count ?? 3 };
}

/** `%C` is a hash over `%l%h%p%r`, since OpenSSH 9.6 with `%j` behind. */
function controlPathsOf(directive: ConfigDirective | undefined, tokens: Tokens, path: (value: string, from: ConfigDirective, more: Tokens) => string): string[] {
  if (directive === undefined || directive.args[0].toLowerCase() === "none") return [];
  const local = hostname();
  const jump = tokens["j"] ?? "";
  const hashes = [`${local}${tokens["h"]}${tokens["p"]}${tokens["r"]}`, `${local}${tokens["h"]}${tokens["p"]}${tokens["r"]}${jump}`]
    .map((text) => createHash("sha1").update(text).digest("hex"));
  const short = local.split(".")[0] ?? local;
  try {
    return [...new Set(hashes.map((C) => path(directive.args[0], directive, { l: local, L: short, i: String(process.getuid?.() ?? 0), j: jump, C })))];
  } catch {
    // A token of a newer version: then no shared connection is found, and an own one is made.
    return [];
  }
}

function gssapiOf(directive: ConfigDirective | undefined, on: boolean): HostSettings["gssapi"] {
  if (directive === undefined || !on) return "no";
  return directive.file.startsWith("/etc/") ? "bySystem" : "byUser";
}

function methodsOf(first: ReadonlyMap<string, ConfigDirective>, flag: (keyword: string, otherwise: boolean) => boolean): AuthenticationMethod[] {
  const preferred = first.get("preferredauthentications")?.args[0].split(",").map((name) => name.trim().toLowerCase()) ?? METHODS;
  const allowed = {
    "publickey": flag("pubkeyauthentication", true),
    "keyboard-interactive": flag("kbdinteractiveauthentication", flag("challengeresponseauthentication", true)),
    "password": flag("passwordauthentication", true),
  };
  return preferred.flatMap((name) => METHODS.filter((method) => method === name && allowed[method]));
}
