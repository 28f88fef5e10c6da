import { join } from "node:path";
import { Failure } from "../../../model/failure";
import { invalid } from "./config-file";
import type { ConfigCondition, ConfigDirective } from "./config-file";
import { matchesPatternList } from "./host-pattern";
import { judgeMatch } from "./match-criteria";

/** Where this machine's ssh files are and who asks. Passed in by hand. */
export interface SshEnvironment {
  /** The user's home folder: an absolute path. */
  readonly home: string;
  /** The local user's name: the default for the remote one. */
  readonly user: string;
  /** `SSH_AUTH_SOCK`, or null. On Windows a named pipe. */
  readonly agentSocket: string | null;
  /** What `${NAME}` in a path stands for. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** One stop of a ProxyJump chain, as written. */
export interface JumpHost {
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
}

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
  readonly jumps: readonly JumpHost[];
  readonly hostKeyAlias: string | null;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly strictHostKeyChecking: "yes" | "ask" | "accept-new";
  readonly hashKnownHosts: boolean;
  /** null: only the caller's limit. */
  readonly connectTimeoutMs: number | null;
  readonly methods: readonly AuthenticationMethod[];
  readonly passwordPrompts: number;
  readonly batchMode: boolean;
  /** What was read and deliberately not done, for a person. */
  readonly notices: readonly string[];
}

const DEFAULT_IDENTITIES = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_dsa"];
const METHODS: readonly AuthenticationMethod[] = ["publickey", "keyboard-interactive", "password"];

/** Keywords that would change how a host is reached, and that are not done: said rather than left to be found out. */
const NOT_DONE = [
  ["canonicalizehostname", "names are looked up as they are"],
  ["certificatefile", "user certificates are not supported, plain keys are offered"],
  ["knownhostscommand", "no program is run; only known_hosts files are read"],
  ["pkcs11provider", "no library is loaded; put the key into an ssh agent"],
] as const;

/**
 * What the configuration says of a host. For each keyword the first value that applies wins, save IdentityFile, which collects.
 * `user` and `port` given by the caller win over all (they stand on the command line, so to speak).
 *
 * @throws Failure `configInvalid` for a value that cannot be, `unsupported` for a ProxyCommand: Leakline never runs local programs.
 */
export function resolveHostSettings(
  directives: readonly ConfigDirective[], given: JumpHost, environment: SshEnvironment, system: SystemPaths = SYSTEM_PATHS,
): HostSettings {
  const first = new Map<string, ConfigDirective>();
  const identityDirectives: ConfigDirective[] = [];
  const notices: string[] = [];
  const judged = new Map<ConfigCondition, boolean>();
  const applies = (condition: ConfigCondition): boolean => {
    if (condition.kind === "host") return matchesPatternList(condition.patterns, given.host);
    let answer = judged.get(condition);
    if (answer === undefined) {
      const hostName = first.get("hostname");
      const verdict = judgeMatch(condition.criteria, {
        host: hostName === undefined ? given.host : replaceTokens(hostName.args[0], { h: given.host, n: given.host }, hostName),
        originalHost: given.host, user: given.user ?? first.get("user")?.args[0] ?? environment.user, localUser: environment.user,
      });
      answer = verdict === true;
      if (verdict === "undecided") {
        notices.push(`\`Match ${condition.criteria}\` at ${condition.file}:${condition.line} cannot be judged here (nothing is run for it): what stands under it is passed over.`);
      }
      judged.set(condition, answer);
    }
    return answer;
  };
  for (const directive of directives) {
    if (!directive.conditions.every(applies)) continue;
    if (directive.keyword === "identityfile") identityDirectives.push(directive);
    else if (!first.has(directive.keyword)) first.set(directive.keyword, directive);
  }
  for (const [keyword, consequence] of NOT_DONE) {
    const directive = first.get(keyword);
    if (directive !== undefined && !["no", "none", "false"].includes(directive.args[0].toLowerCase())) {
      notices.push(`${directive.keyword} at ${directive.file}:${directive.line} is passed over: ${consequence}.`);
    }
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
  const path = (value: string, from: ConfigDirective | undefined): string => absolute(replaceTokens(replaceVariables(value, environment, from), tokens, from), environment.home);

  const identityFiles = identityDirectives.length === 0
    ? DEFAULT_IDENTITIES.map((name) => join(environment.home, ".ssh", name))
    : [...new Set(identityDirectives.filter((each) => each.args[0].toLowerCase() !== "none").map((each) => path(each.args[0], each)))];

  const fileList = (keyword: string, otherwise: readonly string[]): string[] => {
    const directive = first.get(keyword);
    if (directive === undefined) return [...otherwise];
    return directive.args.filter((file) => file.toLowerCase() !== "none").map((file) => path(file, directive));
  };

  let strict = oneOf("stricthostkeychecking", ["yes", "true", "ask", "accept-new", "no", "false", "off"], "ask");
  if (strict === "true") strict = "yes";
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
    identityFilesConfigured: identityDirectives.length > 0,
    identitiesOnly: flag("identitiesonly", false),
    agentSocket: agentSocketOf(first.get("identityagent"), environment, path),
    jumps: jumpsOf(first, directives, tokens, given.host),
    hostKeyAlias,
    userKnownHostsFiles: fileList("userknownhostsfile", ["known_hosts", "known_hosts2"].map((name) => join(environment.home, ".ssh", name))),
    globalKnownHostsFiles: fileList("globalknownhostsfile", system.knownHostsFiles),
    strictHostKeyChecking: strict === "yes" || strict === "accept-new" ? strict : "ask",
    hashKnownHosts: flag("hashknownhosts", false),
    connectTimeoutMs: connectTimeout === null || connectTimeout === 0 ? null : connectTimeout * 1000,
    methods: methodsOf(first, flag),
    passwordPrompts: whole("numberofpasswordprompts", 0, 100) ?? 3,
    batchMode: flag("batchmode", false),
    notices,
  };
}

/** The files of the whole system, where the configuration does not say otherwise. */
export interface SystemPaths {
  readonly knownHostsFiles: readonly string[];
}
export const SYSTEM_PATHS: SystemPaths = { knownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"] };

const TIME_UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** TIME FORMATS of sshd_config(5): `90`, `1m30s`; null for `none` or nothing. */
function secondsOf(directive: ConfigDirective | undefined): number | null {
  const text = directive?.args[0].toLowerCase() ?? "none";
  if (directive === undefined || text === "none") return null;
  if (!/^(?:\d{1,9}[smhdw]?)+$/.test(text)) throw invalid(directive.file, directive.line, `${directive.keyword} is a time (30, 1m30s), not \`${text}\``);
  return [...text.matchAll(/(\d+)([smhdw]?)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (TIME_UNITS[unit ?? ""] ?? 1), 0);
}

type Tokens = Readonly<Record<string, string>>;

/** TOKENS of ssh_config(5): `%h`, `%%`, ... One that is not known here is an error, not a guess. */
function replaceTokens(value: string, tokens: Tokens, from: ConfigDirective | undefined): string {
  return value.replace(/%(.?)/g, (all, letter: string) => {
    if (letter === "%") return "%";
    const replacement = Object.hasOwn(tokens, letter) ? tokens[letter] : undefined;
    if (replacement !== undefined) return replacement;
    // Without a directive it is the name the user typed: an IPv6 zone (`fe80::1%eth0`) is no token.
    if (from === undefined) return all;
    throw invalid(from.file, from.line, `${all} is not a token that Leakline knows for ${from.keyword}`);
  });
}

/** `${NAME}` of ssh_config(5), ENVIRONMENT VARIABLES. One that is not set is an error there too. */
function replaceVariables(value: string, environment: SshEnvironment, from: ConfigDirective | undefined): string {
  return value.replace(/\$\{(\w+)\}/g, (all, name: string) => {
    const replacement = environment.variables[name] ?? (name === "HOME" ? environment.home : name === "USER" ? environment.user : undefined);
    if (replacement !== undefined || from === undefined) return replacement ?? all;
    throw invalid(from.file, from.line, `the variable ${name} is not set`);
  });
}

function absolute(path: string, home: string): string {
  return path === "~" || path.startsWith("~/") || path.startsWith("~\\") ? join(home, path.slice(1)) : path;
}

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
function jumpsOf(first: ReadonlyMap<string, ConfigDirective>, all: readonly ConfigDirective[], tokens: Tokens, host: string): JumpHost[] {
  const jump = first.get("proxyjump");
  const command = first.get("proxycommand");
  if (command !== undefined && (jump === undefined || all.indexOf(command) < all.indexOf(jump))) {
    if (command.args[0].toLowerCase() === "none") return [];
    throw new Failure(
      "unsupported",
      `${command.file}:${command.line}: ${host} is reached by a ProxyCommand, and Leakline does not run local programs.`,
      "Write it as ProxyJump (user@host:port, comma-separated) if the command is an ssh; or take the capture on the host with `ss -tanpoieH` and open the file.",
    );
  }
  if (jump === undefined || jump.args[0].toLowerCase() === "none") return [];
  return jump.args[0].split(",").map((text) => {
    const spec = readJumpHost(replaceTokens(text.trim(), tokens, jump));
    if (spec === null) throw invalid(jump.file, jump.line, `\`${text.trim()}\` is not a jump host ([user@]host[:port])`);
    return spec;
  });
}

/** `[user@]host[:port]`, an IPv6 address in brackets, or the same as `ssh://`; null when it is none of these. */
export function readJumpHost(text: string): JumpHost | null {
  const match = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^@:[\]/\s]+))(?::(\d{1,5}))?\/?$/.exec(text);
  const host = match?.[2] ?? match?.[3];
  if (match === null || host === undefined) return null;
  const port = match[4] === undefined ? null : Number(match[4]);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  return { user: match[1] ?? null, host, port };
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

/**
 * The hosts to pass through and the target last. Each is resolved by its alias *before* HostName replaces it. As in OpenSSH, the first jump
 * host's own ProxyJump is followed, the later ones' are replaced by the list they stand in.
 *
 * @throws Failure `configInvalid` when the jumps go in a circle.
 */
export function resolveRoute(target: JumpHost, settingsOf: (host: JumpHost) => HostSettings, trail: readonly string[] = []): HostSettings[] {
  const settings = settingsOf(target);
  const name = `${settings.user}@${settings.hostName}:${settings.port}`;
  if (trail.includes(name)) {
    throw new Failure(
      "configInvalid", `ProxyJump goes in a circle: ${[...trail, name].join(" -> ")}.`,
      `Give the jump host a Host block of its own with \`ProxyJump none\`, before the one that catches it.`,
    );
  }
  const [gate, ...others] = settings.jumps;
  if (gate === undefined) return [settings];
  return [...resolveRoute(gate, settingsOf, [...trail, name]), ...others.map(settingsOf), settings];
}
