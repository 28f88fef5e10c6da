import { Failure } from "../../model/failure";

/**
 * A command was run, but the script in it never began: no such shell, an account without one, a sudo that refuses, a device with a language
 * of its own. Carries what was said instead, so that whoever knows another way can judge.
 */
export class ShellNotStarted extends Failure {
  /** @param said standard output and standard error, one line, without control characters: a host's words for a person. */
  constructor(where: string, readonly said: string) {
    super(
      "toolMissing", `${where} did not run \`sh\`${said === "" ? "" : `; it said: ${said.slice(0, 200)}`}.`,
      "Leakline needs an account with a POSIX shell: check that `ssh HOST sh -c true` works.",
    );
  }
}
