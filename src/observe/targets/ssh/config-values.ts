import { join } from "node:path";
import { invalid } from "./config-file";
import type { ConfigDirective } from "./config-file";

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

const TIME_UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** TIME FORMATS of sshd_config(5): `90`, `1m30s`; null for `none` or nothing. */
export function secondsOf(directive: ConfigDirective | undefined): number | null {
  const text = directive?.args[0].toLowerCase() ?? "none";
  if (directive === undefined || text === "none") return null;
  if (!/^(?:\d{1,9}[smhdw]?)+$/.test(text)) throw invalid(directive.file, directive.line, `${directive.keyword} is a time (30, 1m30s), not \`${text}\``);
  return [...text.matchAll(/(\d+)([smhdw]?)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (TIME_UNITS[unit ?? ""] ?? 1), 0);
}

export type Tokens = Readonly<Record<string, string>>;

/** TOKENS of ssh_config(5): `%h`, `%%`, ... One that is not known here is an error, not a guess. */
export function replaceTokens(value: string, tokens: Tokens, from: ConfigDirective | undefined): string {
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
export function replaceVariables(value: string, environment: SshEnvironment, from: ConfigDirective | undefined): string {
  return value.replace(/\$\{(\w+)\}/g, (all, name: string) => {
    const replacement = environment.variables[name] ?? (name === "HOME" ? environment.home : name === "USER" ? environment.user : undefined);
    if (replacement !== undefined || from === undefined) return replacement ?? all;
    throw invalid(from.file, from.line, `the variable ${name} is not set`);
  });
}

export function absolute(path: string, home: string): string {
  return path === "~" || path.startsWith("~/") || path.startsWith("~\\") ? join(home, path.slice(1)) : path;
}
