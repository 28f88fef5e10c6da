import type { Snapshot } from "../../../model/snapshot";

/**
 * Reads the sections that one part of the script (`parts/*.sh`) prints. A new family is one part, one file here and one line in `registry.ts`;
 * what the socket tables and the descriptors need of each other stands in `probe.ts` itself.
 */
export interface SectionFamily {
  /** Names of its sections: the first word after the nonce in a marker line. No two families share one. */
  readonly sections: readonly string[];
  /** A marker of one of its sections, with the words after its name. */
  begin?(section: string, words: readonly string[]): void;
  /** A line of one of its sections, as printed. Data from a host: what is not as it should be is left out or kept as skipped, never thrown at. */
  read(section: string, line: string): void;
  /** Called once after the last line, in the registry's order: the snapshot so far, with what this family adds to it. */
  complete(snapshot: Snapshot): Snapshot;
}
