import type { Process, ProgramIdentity } from "../../../model/process";

/** The process with these words of its program added, each once. */
export function withIdentity(process: Process, identity: readonly ProgramIdentity[]): Process {
  const known = process.identity ?? [];
  const added = identity.filter((one) => !known.some((other) => other.kind === one.kind && other.value === one.value));
  return added.length === 0 ? process : { ...process, identity: [...known, ...added] };
}
