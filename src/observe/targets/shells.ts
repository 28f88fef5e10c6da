/** What reads a script on the target. Closed: every word of these commands stands in this file, nothing is ever added to them. */
export type Shell = "sh" | "sudo" | "doas";

/**
 * `-n`: sudo and doas never ask; whether they let us is the target's own rules' business. The absolute path keeps a `sh` in the user's own PATH
 * from being run as root.
 */
const COMMANDS: Readonly<Record<Shell, readonly [string, ...string[]]>> = {
  sh: ["sh", "-s"],
  sudo: ["sudo", "-n", "/bin/sh", "-s"],
  doas: ["doas", "-n", "/bin/sh", "-s"],
};

export function shellCommand(shell: Shell): readonly [string, ...string[]] {
  return COMMANDS[shell];
}

/** The same for an ssh server, whose login shell takes it apart again: no word in it needs quoting. */
export function shellCommandLine(shell: Shell): string {
  return COMMANDS[shell].join(" ");
}
