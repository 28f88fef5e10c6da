import type { MissingFact, NetworkNamespace, Snapshot } from "../../model/snapshot";
import type { KnownProcess } from "./process-facts";
import type { BriefNumbers } from "./script";

/** What a whole look leaves for the brief ones that follow it over the same connection. */
export interface ProbeMemory {
  /** The whole look. */
  readonly whole: Snapshot;
  /** What it said of the host in single words: its system, its machine, who looks. */
  readonly words: ReadonlyMap<string, string>;
  /** The network namespace that the look stands in: an inode. */
  readonly ownNamespace: string | null;
  readonly processes: ReadonlyMap<number, KnownProcess>;
  readonly numbers: BriefNumbers;
  /** What was missing of that which a brief look does not read. */
  readonly missing: readonly MissingFact[];
  /** Too many socket descriptors to look for dead ones; null: they were not. */
  readonly deadTooMany: number | null;
  /** Inodes of sockets that nobody was seen to hold at the last look, brief or whole: what has none at the next one either outlived the look between. */
  readonly withoutHolder: ReadonlySet<number>;
}

/** A brief look with what stays as the whole look before it had it, and that look's moment. */
export function carriedOver(brief: Snapshot, { whole, missing }: ProbeMemory): Snapshot {
  const spaces = new Map(whole.namespaces.map((namespace) => [spaceOf(namespace), namespace]));
  const { namedEndpoints, configured, searchDomains, machineNames, containers } = whole;
  return {
    ...brief,
    hostname: whole.hostname,
    hostNames: whole.hostNames,
    ownAddresses: whole.ownAddresses,
    ...(namedEndpoints === undefined ? {} : { namedEndpoints }), ...(configured === undefined ? {} : { configured }), ...(searchDomains === undefined ? {} : { searchDomains }),
    ...(machineNames === undefined ? {} : { machineNames }), ...(containers === undefined ? {} : { containers }),
    namespaces: brief.namespaces.map((namespace) => {
      const known = spaces.get(spaceOf(namespace));
      if (known === undefined) return namespace;
      const { name, how, runtime, containerId, podUid, ownAddresses, localPortRange } = known;
      return { ...namespace, name, how, runtime, containerId, podUid, ownAddresses, localPortRange: namespace.id === null ? namespace.localPortRange : localPortRange };
    }),
    missing: [...brief.missing, ...missing],
    ...(whole.source.takenAt === null ? {} : { carriedFrom: whole.source.takenAt }),
  };
}

/** Whether the look shows a namespace that the whole one did not. */
export function hasNewNamespace({ namespaces }: Snapshot, { whole }: ProbeMemory): boolean {
  const known = new Set(whole.namespaces.map(spaceOf));
  return namespaces.some((namespace) => !known.has(spaceOf(namespace)));
}

function spaceOf({ id, inode }: NetworkNamespace): string {
  return `${id ?? "-"} ${inode ?? "-"}`;
}
