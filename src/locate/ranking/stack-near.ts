import type { Finding } from "../../model/finding";
import type { SuspectReason } from "../../model/suspect";
import { WEIGHTS } from "./weights";

/** A function of the workspace that stacks pass through: traces in the logs beside the leak moments of a diagnosis, or threads that wait in a dump. */
export interface StackedFunction {
  /** Index into the diagnoses. */
  readonly diagnosis: number;
  readonly file: string;
  /** As the trace writes it; empty: it does not say. */
  readonly symbol: string;
  /** Lines of its frames, from 1. */
  readonly lines: readonly number[];
  /** Where the stacks stand, for a person: `/var/log/shop.log`. */
  readonly from: string;
  /** Leak moments with such a trace beside them, of all; null: a dump, which belongs to no moment. */
  readonly moments: { readonly with: number; readonly of: number } | null;
  /** Threads of a dump that wait below it; 0 for traces. */
  readonly waiting: number;
}

/**
 * What stacks say of a finding: for it, when they pass through its very line, or its function. A trace is written for an error, which may be anybody's: it
 * settles what stands equal, and never outweighs a path through the code.
 */
export function weighStacks(finding: Finding, functions: readonly StackedFunction[]): SuspectReason[] {
  const weights = WEIGHTS.stack;
  let best: SuspectReason | null = null;
  for (const one of functions) {
    const line = lineThrough(finding, one);
    if (line === null && !isFunctionOf(finding, one)) continue;
    const share = one.moments === null ? 1 : one.moments.with / Math.max(1, one.moments.of);
    const points = Math.round((line === null ? weights.function : weights.line) * share);
    if (points === 0 || (best !== null && points <= best.points)) continue;
    const where = line === null ? "this function" : `this line (${one.file}:${line})`;
    const text = one.moments === null
      ? `${one.waiting} ${one.waiting === 1 ? "thread waits" : "threads wait"} below ${where} in the dump in ${one.from}`
      : `a stack trace through ${where} stands beside ${one.moments.with} of ${one.moments.of} leak moments, in ${one.from}`;
    best = { factor: "stack", points, text };
  }
  return best === null ? [] : [best];
}

/** A line of a frame that is the finding's own, or a step of its path; null: none. */
function lineThrough(finding: Finding, { file, lines }: StackedFunction): number | null {
  const { start, end } = finding.range;
  for (const line of lines) {
    if (finding.file === file && line >= start.line && line <= end.line) return line;
    if (finding.path.some((step) => step.file === file && step.line === line)) return line;
  }
  return null;
}

/** `main.(*Orders).Refund`, `com.shop.Orders.refund`, `Orders#refund` and `Orders.Refund`: the same file, and the same last name. */
function isFunctionOf(finding: Finding, { file, symbol }: StackedFunction): boolean {
  return finding.file === file && lastName(symbol) !== "" && lastName(symbol) === lastName(finding.symbol);
}

function lastName(symbol: string): string {
  return /([\p{L}\p{N}_$]+)\W*$/u.exec(symbol.replace(/\.func\d+(?:\.\d+)*$/u, ""))?.[1] ?? "";
}
