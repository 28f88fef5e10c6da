import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Failure } from "../../../model/failure";
import type { Target } from "../../../model/target";
import type { Host } from "../reach";
import { prepareHostKeyCheck } from "./host-key-check";
import type { HostSettings } from "./host-settings";
import type { KeepAlive } from "./keep-alive";
import type { SshPrompts } from "./prompts";
import { openProxyCommand, ProxyConnection } from "./proxy-command";
import { readRoute } from "./read-route";
import type { OpenSshEnvironment } from "./read-route";
import { ChannelQueue, runCommand, runScript } from "./run-script";
import { SignIn } from "./sign-in";
import { formatSeconds, raceSignal, TimeLimit } from "../time-limit";
import { openVerifiedClient } from "./verified-client";
import type { VerifiedClient } from "./verified-client";

export interface OpenSshOptions {
  readonly prompts: SshPrompts;
  readonly signal: AbortSignal;
  /** For the whole way, all jump hosts included; stands still while a person is asked. */
  readonly timeLimitMs: number;
  readonly environment: OpenSshEnvironment;
  /** What was read in the configuration and deliberately not done, or done in silence: for a person. */
  readonly onNotice?: (text: string) => void;
  /** Instead of what the configuration says (ServerAliveInterval, ServerAliveCountMax; without a word there 15 s, three times). */
  readonly keepalive?: KeepAlive;
}

/**
 * Connects to a host by ssh, through its jump hosts, each one's key verified.
 *
 * @throws Failure `configInvalid`, `unreachable`, `timeout`, `cancelled`, `hostKeyUnknown`, `hostKeyChanged`,
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
    phase(settings.proxyCommand === null || previous !== null ? `connecting to ${where}` : `waiting for the ProxyCommand of ${where}`);
    if (previous !== null) stream = await forwardThrough(previous, settings, limit.signal);
    else if (settings.proxyCommand === null) stream = await connectTcp(settings, limit.signal);
    else stream = openProxyCommand(settings.proxyCommand, settings, { home: options.environment.home, variables: options.environment.variables ?? {} });
    phase(`waiting for ${where} to begin ssh`);
    return await openVerifiedClient({
      stream, where, user: settings.user, verify: check.verify, knownTypes: check.knownTypes, signIn, signal: limit.signal,
      keepalive: options.keepalive ?? settings.keepalive,
      onHostKey: () => {
        limit.pause();
        phase(`signing in to ${where}`);
      },
    });
  } catch (error) {
    ended.abort(error);
    stream?.destroy();
    throw stream instanceof ProxyConnection ? proxyFailure(error, stream, settings) : error;
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

/** A ProxyCommand that failed looks like a host that hung up: its own words say more. */
function proxyFailure(error: unknown, proxy: ProxyConnection, settings: HostSettings): unknown {
  if (!(error instanceof Failure) || proxy.words === "" || (error.reason !== "connectionLost" && error.reason !== "timeout")) return error;
  const place = settings.proxyCommand === null ? "" : ` (${settings.proxyCommand.file}:${settings.proxyCommand.line})`;
  return new Failure(
    error.reason === "timeout" ? "timeout" : "unreachable", `The ProxyCommand of ${describe(settings)}${place} did not bring a connection; it said: ${proxy.words.slice(-300)}.`,
    `Check that \`ssh ${settings.alias}\` works from this machine.`, { cause: error },
  );
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
