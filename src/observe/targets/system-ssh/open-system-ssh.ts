import { userInfo } from "node:os";
import { join } from "node:path";
import { Failure } from "../../../model/failure";
import type { Target } from "../../../model/target";
import { scriptChannelOf } from "../child-channel";
import { startProgram } from "../local-program";
import type { LocalProgram } from "../local-program";
import type { Host, RunResult } from "../reach";
import { runOverChannel } from "../run-over-channel";
import type { ChannelWork } from "../run-over-channel";
import { shellCommandLine, shellInput } from "../shells";
import type { OpenSshOptions } from "../ssh/open-ssh";
import type { HostSettings } from "../ssh/host-settings";
import { quoteCommand } from "../ssh/quote-command";
import { readRoute } from "../ssh/read-route";
import type { OpenSshEnvironment } from "../ssh/read-route";
import { formatSeconds, TimeLimit } from "../time-limit";
import { AskpassServer } from "./askpass-server";
import { PromptBridge } from "./prompt-bridge";
import { sshArguments } from "./ssh-arguments";
import { explainSshWords, saysConnectionBroke, SSH_FAILED } from "./ssh-words";

/** How long a killed ssh may take to be gone. */
const GONE_MS = 2000;

/**
 * Reaches a host through the system's own `ssh`: what that can do, this can (FIDO keys, certificates, Kerberos, shared connections, smart cards).
 * Nothing is connected yet: each run is one `ssh`, over the user's shared connection where one stands.
 *
 * @throws Failure `toolMissing` without an ssh; `configInvalid`; `unsupported` where a jump host's key would be taken in silence.
 */
export async function openSystemSsh(target: Target & { readonly kind: "ssh" }, options: OpenSshOptions): Promise<Host> {
  options.signal.throwIfAborted();
  if (!(await hasSystemSsh(options.environment))) {
    throw new Failure("toolMissing", "There is no `ssh` program on this machine's PATH.", "Install OpenSSH's client, or use the built-in one (--ssh builtin, or the setting leakline.ssh.client).");
  }
  const route = await readRoute(target, options.environment);
  const settings = route.at(-1) as HostSettings;
  // Options on the command line do not reach the ssh that ProxyJump starts.
  const silent = route.slice(0, -1).find((hop) => hop.hostKeysTakenInSilence);
  if (silent !== undefined) {
    throw new Failure("unsupported", `The jump host ${silent.alias} has StrictHostKeyChecking no: the system's ssh would take any key from it without a word.`, `Set StrictHostKeyChecking ask for ${silent.alias} in the ssh configuration.`);
  }
  if (settings.hostKeysTakenInSilence) options.onNotice?.(`\`StrictHostKeyChecking no\` for ${settings.alias} is treated as \`ask\`: an unknown host key is never accepted in silence.`);
  const running = new Set<AbortController>();
  const start = async (command: string, work: ChannelWork): Promise<RunResult> => {
    const closing = new AbortController();
    running.add(closing);
    try {
      return await runOnce(target, settings, options, command, { ...work, signal: AbortSignal.any([work.signal, closing.signal]) });
    } finally {
      running.delete(closing);
    }
  };
  return {
    target,
    run: (request) => start(shellCommandLine(request.shell ?? "sh"), { ...request, input: shellInput(request.shell ?? "sh", request.script), guarded: true }),
    command: (request) => start(quoteCommand(request.argv), { ...request, guarded: false }),
    async close() {
      for (const each of running) each.abort();
      await Promise.resolve();
    },
  };
}

/** Is there an `ssh` to be started? */
export async function hasSystemSsh(environment: OpenSshEnvironment): Promise<boolean> {
  const program = startSsh(["-V"], environment, {});
  program.stdout.resume();
  program.stderr.resume();
  program.stdin.end();
  const timer = setTimeout(() => program.kill(), 5000);
  const { exitCode } = await program.ended;
  clearTimeout(timer);
  return exitCode === 0;
}

function startSsh(args: readonly string[], environment: OpenSshEnvironment, more: Readonly<Record<string, string>>): LocalProgram {
  const variables = environment.variables ?? {};
  // LC_ALL: the words for errors of the system (strerror) are read by a program.
  const env = { ...variables, PATH: variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", ...(environment.agentSocket === null ? {} : { SSH_AUTH_SOCK: environment.agentSocket }), ...more };
  return startProgram("ssh", args, { cwd: environment.home, env });
}

async function runOnce(
  target: Target & { readonly kind: "ssh" }, settings: HostSettings, options: OpenSshOptions, command: string, request: ChannelWork,
): Promise<RunResult> {
  const { environment } = options;
  const where = `${settings.alias === settings.hostName ? settings.alias : `${settings.alias} (${settings.hostName})`}${settings.port === 22 ? "" : `:${settings.port}`}`;
  const limit = new TimeLimit(request.signal, request.timeLimitMs, () => new Failure(
    "timeout", `${where} was not reached and read within ${formatSeconds(request.timeLimitMs)} by the system's ssh.`, "Check the host, the network and its load; or give it more time.",
  ));
  const canAsk = process.platform !== "win32";
  const bridge = new PromptBridge(options.prompts, limit, settings, options.onNotice ?? (() => undefined));
  let askpass: AskpassServer | null = null;
  let program: LocalProgram | null = null;
  try {
    limit.signal.throwIfAborted();
    if (canAsk) askpass = await AskpassServer.start(process.execPath, bridge.answer);
    const args = sshArguments(target, { command, settings, canAsk, ...filesOf(environment, settings) });
    const ssh = program = startSsh(args, environment, askpass?.env ?? {});
    bridge.onGivenUp = () => ssh.kill();
    let begun = false;
    const channel = scriptChannelOf(ssh, () => begun);
    const result = await runOverChannel(channel, {
      where,
      begun: () => {
        begun = true;
        bridge.signedIn();
      },
      explain: (end, stderr, hasBegun) => {
        if (bridge.failure !== null) return bridge.failure;
        if (end !== null && end.exitCode === SSH_FAILED && (!request.guarded || !hasBegun || saysConnectionBroke(stderr))) return explainSshWords(where, stderr);
        if (end !== null && end.exitSignal !== null && !hasBegun) return explainSshWords(where, stderr);
        return null;
      },
    }, request, limit);
    bridge.signedIn();
    return result;
  } catch (error) {
    if (error instanceof Failure && error.reason === "authRefused") bridge.refused();
    throw error;
  } finally {
    limit.dispose();
    if (program !== null) {
      program.kill();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([program.ended, new Promise<void>((resolve) => { timer = setTimeout(resolve, GONE_MS); })]);
      clearTimeout(timer);
    }
    await askpass?.stop();
  }
}

/** OpenSSH finds its files by the account, not by HOME: where ours are others, it is told. */
function filesOf(environment: OpenSshEnvironment, settings: HostSettings): { readonly configFile?: string | null; readonly knownHostsFiles?: readonly string[] } {
  const elsewhere = environment.home !== "" && environment.home !== userInfo().homedir;
  const configFile = environment.configFile !== undefined ? environment.configFile : elsewhere ? join(environment.home, ".ssh", "config") : undefined;
  return {
    ...(configFile === undefined ? {} : { configFile }),
    ...(elsewhere || environment.knownHostsFiles !== undefined ? { knownHostsFiles: settings.userKnownHostsFiles } : {}),
  };
}
