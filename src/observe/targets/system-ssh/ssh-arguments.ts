import type { Target } from "../../../model/target";
import type { HostSettings } from "../ssh/host-settings";

export interface SshArgumentOptions {
  /** One word or several, as the host's login shell reads it. */
  readonly command: string;
  /** What the configuration says of the target, as read here. */
  readonly settings: Pick<HostSettings, "strictHostKeyChecking" | "keepalive">;
  /** Instead of the user's and the system's files; null: none at all; left out: OpenSSH's own choice. */
  readonly configFile?: string | null;
  /** Instead of the configuration's; left out: OpenSSH's own choice. */
  readonly knownHostsFiles?: readonly string[];
  /** False: nobody can be asked, so ssh must not try. */
  readonly canAsk: boolean;
}

/**
 * The arguments for `ssh`: an argument vector, no shell, and `--` before the host, which may begin with anything.
 *
 * What stands here wins over the user's files: nothing is forwarded (agent, X11, ports, Kerberos credentials), no local command is run after
 * connecting, an existing shared connection is used but none is left behind, and an unknown host key is never taken in silence.
 */
export function sshArguments(target: Target & { readonly kind: "ssh" }, options: SshArgumentOptions): string[] {
  const { settings } = options;
  const fixed: Readonly<Record<string, string>> = {
    ForwardAgent: "no", ForwardX11: "no", ForwardX11Trusted: "no", ClearAllForwardings: "yes", GSSAPIDelegateCredentials: "no", Tunnel: "no",
    PermitLocalCommand: "no", RemoteCommand: "none", ControlMaster: "no", VisualHostKey: "no",
    // The words by which a failure is told from another are errors and notices.
    LogLevel: "INFO",
    StrictHostKeyChecking: settings.strictHostKeyChecking,
    ServerAliveInterval: String(Math.ceil(settings.keepalive.intervalMs / 1000)), ServerAliveCountMax: String(settings.keepalive.count),
    ...(options.canAsk ? {} : { BatchMode: "yes" }),
    ...(options.knownHostsFiles === undefined ? {} : { UserKnownHostsFile: options.knownHostsFiles.map(quoted).join(" ") || "none", GlobalKnownHostsFile: "none" }),
  };
  return [
    "-T",
    ...(options.configFile === undefined ? [] : ["-F", options.configFile ?? "none"]),
    ...Object.entries(fixed).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...(target.user === null ? [] : ["-l", target.user]),
    ...(target.port === null ? [] : ["-p", String(target.port)]),
    "--", target.host, options.command,
  ];
}

function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}
