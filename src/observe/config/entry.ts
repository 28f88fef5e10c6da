/** One setting of a configuration file, whatever its format: where it stands, what it is called, what it says. */
export interface Entry {
  /** Sections and keys down to it: `["spring", "datasource", "url"]`, `["DB_HOST"]`. List items have their place as a number's text. */
  readonly path: readonly string[];
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

export function keyOf(entry: Entry): string {
  return entry.path.join(".");
}
