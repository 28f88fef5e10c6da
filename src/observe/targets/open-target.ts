import { Failure } from "../../model/failure";
import type { SshPlace, Target } from "../../model/target";
import { openContainer } from "./container/open-container";
import { openPod } from "./container/open-pod";
import { elevated } from "./elevated";
import type { Elevation } from "./elevated";
import { openLocal } from "./local";
import { runLocalAsRoot } from "./local-as-root";
import { openSshTarget } from "./open-ssh-target";
import type { SshClient } from "./open-ssh-target";
import type { Host, Reach } from "./reach";
import type { OpenSshOptions } from "./ssh/open-ssh";

/** How the user wishes a target to be reached. Comes from the user's own settings or command line, never from a workspace. */
export interface TargetAccess {
  /** Which program speaks ssh; by default `auto`. */
  readonly sshClient?: SshClient;
  /** By default `none`. For this machine and for ssh hosts; what a container's client may do is that client's business. */
  readonly elevation?: Elevation;
  /** For pods: a kubeconfig on the host where kubectl runs. Left out or null: kubectl's own. */
  readonly kubeconfig?: string | null;
}

export type OpenTargetOptions = OpenSshOptions & TargetAccess;

/** Opens the way to a target, whatever its kind. The caller closes it. Rejects as `openSshTarget`, `openContainer` and `openPod` do; `unsupported` for a capture. */
export async function openTarget(target: Target, options: OpenTargetOptions): Promise<Reach> {
  const viaSsh = (place: SshPlace): Promise<Host> => openSshTarget({ kind: "ssh", ...place }, options.sshClient ?? "auto", options);
  const hostOf = async (place: SshPlace | null): Promise<Host> => (place === null ? openLocal() : viaSsh(place));
  switch (target.kind) {
    case "local":
      return asWished(openLocal(), options);
    case "ssh":
      return asWished(await viaSsh(target), options);
    case "container":
      return openContainer(target, await hostOf(target.host), options);
    case "pod":
      return openPod(target, await hostOf(target.host), { ...options, kubeconfig: options.kubeconfig ?? null });
    case "capture":
      throw new Failure("unsupported", `${target.name} is a capture, not a host`, "Open it instead of scanning it.");
  }
}

/** The host with the rights that the user allows. Root needs nobody's leave. */
function asWished(host: Host, options: OpenTargetOptions): Reach {
  const tool = options.elevation ?? "none";
  const { target } = host;
  if (tool === "none" || (target.kind === "ssh" ? target.user === "root" : process.getuid?.() === 0)) return host;
  return elevated(host, tool, (request) => (target.kind === "ssh" ? host.run({ ...request, shell: tool }) : runLocalAsRoot(tool, request, options.environment.variables ?? {})));
}
