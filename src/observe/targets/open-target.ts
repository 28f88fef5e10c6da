import { Failure } from "../../model/failure";
import type { Target } from "../../model/target";
import { openLocal } from "./local";
import { openSshTarget } from "./open-ssh-target";
import type { SshClient } from "./open-ssh-target";
import type { Reach } from "./reach";
import type { OpenSshOptions } from "./ssh/open-ssh";

export interface OpenTargetOptions extends OpenSshOptions {
  /** Which program speaks ssh; by default `auto`. */
  readonly sshClient?: SshClient;
}

/** Opens the way to a target, whatever its kind. The caller closes it. Rejects as `openSsh` does; `unsupported` for a capture. */
export async function openTarget(target: Target, options: OpenTargetOptions): Promise<Reach> {
  switch (target.kind) {
    case "local":
      return openLocal();
    case "ssh":
      return openSshTarget(target, options.sshClient ?? "auto", options);
    case "capture":
      throw new Failure("unsupported", `${target.name} is a capture, not a host`, "Open it instead of scanning it.");
  }
}
