export const FINDING_KINDS = [
  "transaction-leak", "resource-leak", "blocking-in-async", "no-timeout", "client-churn", "pool-config", "unused-ignore",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export type Confidence = "high" | "medium" | "low";

/** Lines and columns count from 1; columns in UTF-16 code units, as editors count. `end` is exclusive. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** One step of the leak path. `file` is relative to the workspace, with `/`. */
export interface PathStep {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly label: string;
}

/** A place in code that can leak or block, with its witness. */
export interface Finding {
  /** `go/sql-transaction`, `python/blocking-http`, ... */
  readonly rule: string;
  readonly kind: FindingKind;
  readonly confidence: Confidence;
  readonly language: string;
  readonly file: string;
  /** Starts at the call that opens or, for blocking, at the call inside the coroutine. */
  readonly range: Range;
  /** The function it stands in: `MainController.update`, `handler.get`. */
  readonly symbol: string;
  readonly message: string;
  /** How sure the path is: `path` left open on this path; `raise` left open if the named call raises; `call` needs no path (blocking, no timeout). */
  readonly grade: "path" | "raise" | "call";
  /** Opened here, branched here, left here. For blocking: down, call by call, to the library call. Never empty. */
  readonly path: readonly PathStep[];
  /** It is left open by a function that it was handed on to: nothing that is put where it is opened would mend it. Absent: false. */
  readonly handedOn?: true;
  /** The library the rule speaks of: `database/sql`, `requests`. */
  readonly library: string;
  /** The kind of service that the call speaks to (`database`, `mysql`, `http`, ...), or null. */
  readonly service: string | null;
  readonly advice: string;
}

/** Figures of one analysis. `files` seen, `parsed` really parsed this time, `bytes` of all files seen. */
export interface AnalysisStats {
  readonly files: number;
  readonly parsed: number;
  readonly bytes: number;
  readonly ms: number;
  readonly cached: number;
  readonly engine: "wasm" | "native";
  /** Syntax that a language file did not know, by language and node type. */
  readonly opaque: Readonly<Record<string, number>>;
  /** Files that were given up, with the reason (`over 3 s`, `not UTF-8`, ...). */
  readonly givenUp: readonly { readonly file: string; readonly reason: string }[];
}

export interface Analysis {
  readonly findings: readonly Finding[];
  readonly stats: AnalysisStats;
}
