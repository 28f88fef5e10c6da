import { Failure } from "../../model/failure";
import type { Target } from "../../model/target";
import { openLocal } from "./local";
import type { Reach } from "./reach";
import type { OpenSshOptions } from "./ssh/open-ssh";
import { openSsh } from "./ssh/open-ssh";

/** Opens the way to a target, whatever its kind. The caller closes it. Rejects as `openSsh` does; `unsupported` for a capture. */
export async function openTarget(target: Target, options: OpenSshOptions): Promise<Reach> {
  switch (target.kind) {
    case "local":
      return openLocal();
    case "ssh":
      return openSsh(target, options);
    case "capture":
      throw new Failure("unsupported", `${target.name} is a capture, not a host`, "Open it instead of scanning it.");
  }
}
