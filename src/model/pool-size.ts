import type { Process } from "./process";
import type { ServiceKind } from "./service";

/** How many connections a pool of the workspace's code may open at most, and where that is said. */
export interface PoolSize {
  /** Relative to the workspace. */
  readonly file: string;
  readonly line: number;
  /** Language of the code; null: a configuration file, of whatever runs there. */
  readonly language: string | null;
  /** What the pool is part of: `database/sql`, `SQLAlchemy`, `HikariCP`. */
  readonly library: string;
  /** What it speaks to; `database` where the product is not told there. */
  readonly service: ServiceKind;
  /** null: not known, and `unknown` says why. */
  readonly size: number | null;
  readonly unknown: string | null;
  /** `host`: so many to each host, else so many altogether. */
  readonly per: "pool" | "host";
  /** As a person would say it: `SetMaxOpenConns(20)`, `Pool without max: 10 by default`. Never a connection string: those carry passwords. */
  readonly text: string;
}

/** What may be known of a process: a capture gives its name alone. */
export type PoolOwner = Pick<Process, "pid" | "name" | "exe" | "commandLine" | "cwd"> & { readonly identity?: Process["identity"] };

/** The pools that the code which this process runs may open. */
export type PoolsOf = (process: PoolOwner) => readonly PoolSize[];
