import type { Diagnosis } from "../../model/diagnosis";
import type { Snapshot } from "../../model/snapshot";
import type { KnownProcess } from "./code-of-process";

/** All that is known of the process that a diagnosis is about; null when it is about none. */
export function processOf(diagnosis: Diagnosis, snapshots: readonly Snapshot[]): KnownProcess | null {
  const { process } = diagnosis;
  if (process === null) return null;
  const snapshot = snapshots[diagnosis.snapshot];
  const known = snapshot?.processes.find((one) => one.pid === process.pid);
  if (known === undefined) return { name: process.name, exe: null, commandLine: process.commandLine, cwd: null };
  const home = known.namespace === null ? undefined : snapshot?.namespaces.find((one) => one.inode === known.namespace && one.runtime !== null && one.name !== null);
  if (home === undefined || home.name === null) return known;
  return { ...known, identity: [...(known.identity ?? []), { kind: "container", value: home.name, from: home.how ?? `${home.runtime ?? ""} container` }] };
}
