import { Failure } from "../../model/failure";
import type { SshPlace, Target } from "../../model/target";
import { openContainer } from "./container/open-container";
import { openPod } from "./container/open-pod";
import { openLocal } from "./local";
import type { Host, Reach } from "./reach";
import type { OpenSshOptions } from "./ssh/open-ssh";
import { openSsh } from "./ssh/open-ssh";

export interface OpenTargetOptions extends OpenSshOptions {
  /** For pods: a kubeconfig on the host where kubectl runs. Left out or null: kubectl's own. */
  readonly kubeconfig?: string | null;
}

/** Opens the way to a target, whatever its kind. The caller closes it. Rejects as `openSsh`, `openContainer` and `openPod` do; `unsupported` for a capture. */
export async function openTarget(target: Target, options: OpenTargetOptions): Promise<Reach> {
  const hostOf = async (place: SshPlace | null): Promise<Host> => (place === null ? openLocal() : openSsh({ kind: "ssh", ...place }, options));
  switch (target.kind) {
    case "local":
      return openLocal();
    case "ssh":
      return openSsh(target, options);
    case "container":
      return openContainer(target, await hostOf(target.host), options);
    case "pod":
      return openPod(target, await hostOf(target.host), { ...options, kubeconfig: options.kubeconfig ?? null });
    case "capture":
      throw new Failure("unsupported", `${target.name} is a capture, not a host`, "Open it instead of scanning it.");
  }
}
