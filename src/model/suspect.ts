import type { Cause } from "./diagnosis";
import type { FindingKind } from "./finding";

export const RANKING_FACTORS = [
  "explains-cause", "speaks-to-service", "in-process", "path-certainty", "confidence", "log-line", "stack", "recent-change",
] as const;
export type RankingFactor = (typeof RANKING_FACTORS)[number];

export interface SuspectReason {
  readonly factor: RankingFactor;
  /** Positive speaks for it, negative against. */
  readonly points: number;
  readonly text: string;
}

/** A finding in the light of a diagnosis. */
export interface Suspect {
  /** From 1. */
  readonly rank: number;
  /** 0 to 100. */
  readonly score: number;
  readonly cause: Cause;
  readonly kind: FindingKind;
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly symbol: string;
  readonly reasons: readonly SuspectReason[];
  /** Indices into the investigation's findings and diagnoses. */
  readonly finding: number;
  readonly diagnosis: number;
}
