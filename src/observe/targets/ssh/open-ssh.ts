import { connect } from "node:net";
import type { Socket } from "node:net";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { Failure } from "../../../model/failure";
import type { Target } from "../../../model/target";
import type { Host } from "../reach";
import { readConfigFile } from "./config-file";
import { prepareHostKeyCheck } from "./host-key-check";
import { resolveHostSettings, resolveRoute, SYSTEM_PATHS } from "./host-settings";
import type { HostSettings } from "./host-settings";
import type { SshPrompts } from "./prompts";
import { ChannelQueue, formatSeconds, runCommand, runScript } from "./run-script";
import { SignIn } from "./sign-in";
import { raceSignal, TimeLimit } from "./time-limit";
import { openVerifiedClient } from "./verified-client";
import type { KeepAlive, VerifiedClient } from "./verified-client";

/** This machine's side of ssh. Passed in by hand: nothing in here reads environment variables. */
export interface OpenSshEnvironment {
  /** The user's home folder, absolute. */
  readonly home: string;
  /** `SSH_AUTH_SOCK`, or null. */
  readonly agentSocket: string | null;
  /** The local user's name; by default the system's. */
  readonly user?: string;
  /** What `${NAME}` in the configuration's paths stands for; by default `HOME` and `USER` alone. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** By default `~/.ssh/config`; null for none. */
  readonly configFile?: string | null;
  /** By default `/etc/ssh/ssh_config`; null for none. */
  readonly systemConfigFile?: string | null;
  /** The user's known_hosts files, whatever the configuration says. New keys go to the first. */
  readonly knownHostsFiles?: readonly string[];
}

export interface OpenSshOptions {
  readonly prompts: SshPrompts;
  readonly signal: AbortSignal;
  /** For the whole way, all jump hosts included; stands still while a person is asked. */
  readonly timeLimitMs: number;
  readonly environment: OpenSshEnvironment;
  /** What was read in the configuration and deliberately not done, or done in silence: for a person. */
  readonly onNotice?: (text: string) => void;
  /** By default 15 s, three times. */
  readonly keepalive?: KeepAlive;
}

const KEEPALIVE: KeepAlive = { intervalMs: 15_000, count: 3 };

/**
 * Connects to a host by ssh, through its jump hosts, each one's key verified.
 *
 * @throws Failure `configInvalid`, `unsupported` (ProxyCommand), `unreachable`, `timeout`, `cancelled`, `hostKeyUnknown`, `hostKeyChanged`,
 *   `hostKeyRevoked`, `authRefused`, `connectionLost`, `fileUnreadable`. Then nothing is left open.
 */
export async function openSsh(target: Target & { readonly kind: "ssh" }, options: OpenSshOptions): Promise<Host> {
  let doing = "reading the ssh configuration";
  const limit = new TimeLimit(options.signal, options.timeLimitMs, () => new Failure(
    "timeout", `${target.host} was not reached within ${formatSeconds(options.timeLimitMs)}: no answer while ${doing}.`,
    "Check the host name, the port, the network (VPN, firewall) and that the host is up; or give it more time.",
  ));
  const clients: VerifiedClient[] = [];
  try {
    limit.signal.throwIfAborted();
    const route = await limit.race(readRoute(target, options.environment));
    const noticed = new Set<string>();
    const onNotice = (text: string): void => {
      if (!noticed.has(text)) options.onNotice?.(text);
      noticed.add(text);
    };
    for (const settings of route) {
      for (const notice of settings.notices) onNotice(notice);
      const previous = clients.at(-1) ?? null;
      clients.push(await openHop(settings, previous, options, limit, onNotice, (what) => { doing = what; }));
    }
  } catch (error) {
    await closeAll(clients);
    throw error;
  } finally {
    limit.dispose();
  }
  return reachOver(target, clients);
}

async function readRoute(target: Target & { readonly kind: "ssh" }, environment: OpenSshEnvironment): Promise<HostSettings[]> {
  const home = environment.home === "" ? homedir() : environment.home;
  const userFile = environment.configFile === undefined ? join(home, ".ssh", "config") : environment.configFile;
  const systemFile = environment.systemConfigFile === undefined ? "/etc/ssh/ssh_config" : environment.systemConfigFile;
  const directives = [
    ...(userFile === null ? [] : await readConfigFile(userFile, home, join(home, ".ssh"))),
    ...(systemFile === null ? [] : await readConfigFile(systemFile, home, "/etc/ssh")),
  ];
  const known = { home, user: environment.user ?? userInfo().username, agentSocket: environment.agentSocket, variables: environment.variables ?? {} };
  return resolveRoute({ user: target.user, host: target.host, port: target.port }, (host) => {
    const settings = resolveHostSettings(directives, host, known, SYSTEM_PATHS);
    return environment.knownHostsFiles === undefined ? settings : { ...settings, userKnownHostsFiles: environment.knownHostsFiles, globalKnownHostsFiles: [] };
  });
}

async function openHop(
  settings: HostSettings, previous: VerifiedClient | null, options: OpenSshOptions, whole: TimeLimit,
  onNotice: (text: string) => void, doing: (what: string) => void,
): Promise<VerifiedClient> {
  const where = describe(settings);
  let now = "";
  const phase = (what: string): void => doing(now = what);
  // ConnectTimeout covers this hop until the host has shown its key; the caller's limit covers everything.
  const limit = new TimeLimit(whole.signal, settings.connectTimeoutMs ?? Number.POSITIVE_INFINITY, () => new Failure(
    "timeout", `${where} did not answer within ${formatSeconds(settings.connectTimeoutMs ?? 0)} (ConnectTimeout) while ${now}.`,
    "Check the host and the network, or raise ConnectTimeout in the ssh configuration.",
  ));
  let stream: Duplex | null = null;
  const ended = new AbortController();
  const signIn = new SignIn(settings, options.prompts, whole, ended.signal);
  try {
    const check = await prepareHostKeyCheck(settings, { prompts: options.prompts, limit: whole, ended: ended.signal, onNotice });
    phase(`connecting to ${where}`);
    stream = previous === null ? await connectTcp(settings, limit.signal) : await forwardThrough(previous, settings, limit.signal);
    phase(`waiting for ${where} to begin ssh`);
    return await openVerifiedClient({
      stream, where, user: settings.user, verify: check.verify, knownTypes: check.knownTypes, signIn, signal: limit.signal,
      keepalive: options.keepalive ?? KEEPALIVE,
      onHostKey: () => {
        limit.pause();
        phase(`signing in to ${where}`);
      },
    });
  } catch (error) {
    ended.abort(error);
    stream?.destroy();
    throw error;
  } finally {
    limit.dispose();
  }
}

/** A TCP connection, or `unreachable` / the signal's Failure. A lookup that hangs is left behind: it holds no descriptor of ours. */
async function connectTcp(settings: HostSettings, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ host: settings.hostName, port: settings.port, family: settings.addressFamily, noDelay: true });
  try {
    await raceSignal(signal, new Promise<void>((resolve, reject) => {
      socket.once("connect", () => resolve());
      socket.once("error", reject);
    }));
    socket.removeAllListeners("error");
    return socket;
  } catch (error) {
    socket.on("error", () => undefined);
    socket.destroy();
    throw error instanceof Failure ? error : unreachable(settings, error as NodeJS.ErrnoException);
  }
}

async function forwardThrough(previous: VerifiedClient, settings: HostSettings, signal: AbortSignal): Promise<Duplex> {
  const opening = previous.forward(settings.hostName, settings.port);
  try {
    return await raceSignal(signal, opening);
  } catch (error) {
    opening.then((late) => late.destroy(), () => undefined);
    if (error instanceof Failure) throw error;
    throw new Failure(
      "unreachable", `${previous.where} could not connect to ${settings.hostName}:${settings.port} (${error instanceof Error ? error.message : String(error)}).`,
      "Check that name and port from the jump host, and that it allows forwarding (AllowTcpForwarding).", { cause: error },
    );
  }
}

function unreachable(settings: HostSettings, error: NodeJS.ErrnoException): Failure {
  const at = `${settings.hostName}:${settings.port}`;
  const options = { cause: error };
  // Several addresses were tried: Node gives one error for each.
  const code = error.code ?? (error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException | undefined)?.code : undefined);
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new Failure("unreachable", `The name ${settings.hostName} has no address (${code}).`, "Check the spelling, the Host block in ~/.ssh/config, and that your network (VPN) knows the name.", options);
    case "ECONNREFUSED":
      return new Failure("unreachable", `${at} refused the connection: no ssh server listens there.`, "Check the port, and that sshd runs on the host.", options);
    case "ETIMEDOUT":
      return new Failure("timeout", `${at} did not answer the connection request.`, "Check the address, the firewall and the VPN.", options);
    default:
      return new Failure("unreachable", `${at} cannot be reached (${code ?? error.message}).`, "Check the address, the network and the VPN.", options);
  }
}

function describe(settings: HostSettings): string {
  const { alias, hostName, port } = settings;
  return `${alias === hostName ? alias : `${alias} (${hostName})`}${port === 22 ? "" : `:${port}`}`;
}

async function closeAll(clients: readonly VerifiedClient[]): Promise<void> {
  for (const client of [...clients].reverse()) await client.close();
}

function reachOver(target: Target, clients: readonly VerifiedClient[]): Host {
  const host = clients.at(-1) as VerifiedClient;
  const queue = new ChannelQueue(host);
  let closing: Promise<void> | null = null;
  return {
    target,
    run: (request) => runScript(host, queue, request),
    command: (request) => runCommand(host, queue, request),
    close: () => (closing ??= closeAll(clients)),
  };
}
