import * as z from "zod";
import { Failure } from "../model/failure";
import type { Analysis } from "../model/finding";
import { findingIdentity } from "./finding-identity";

const SCHEMA = "leakline.baseline/1";
const BASELINE = z.object({ schema: z.literal(SCHEMA), findings: z.array(z.string()) });

/** The findings that are known and accepted, one identity a line, sorted: it is kept in version control and read in reviews. */
export function writeBaseline(analysis: Analysis): string {
  const occurrences = new Map<string, number>();
  const findings = analysis.findings.map((finding) => findingIdentity(finding, occurrences)).sort();
  return `${JSON.stringify({ schema: SCHEMA, findings }, null, 2)}\n`;
}

export interface AgainstBaseline {
  /** With the findings that the baseline does not know. */
  readonly analysis: Analysis;
  readonly known: number;
  /** In the baseline and found no more: it can be written anew. */
  readonly gone: number;
}

/**
 * Leaves the findings that are new since the baseline was written.
 *
 * @param file how the baseline is named in an error
 * @throws Failure `notUnderstood` for text that is no baseline
 */
export function againstBaseline(analysis: Analysis, text: string, file: string): AgainstBaseline {
  const accepted = new Set(readBaseline(text, file));
  const before = accepted.size;
  const occurrences = new Map<string, number>();
  const findings = analysis.findings.filter((finding) => !accepted.delete(findingIdentity(finding, occurrences)));
  return { analysis: { ...analysis, findings }, known: before - accepted.size, gone: accepted.size };
}

function readBaseline(text: string, file: string): readonly string[] {
  const remedy = "Write it anew with `leakline analyze --write-baseline FILE`.";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Failure("notUnderstood", `${file}: not JSON: ${error instanceof Error ? error.message : "broken"}`, remedy);
  }
  const read = BASELINE.safeParse(json);
  if (read.success) return read.data.findings;
  const [issue] = read.error.issues;
  throw new Failure("notUnderstood", `${file}: not a baseline of Leakline (${issue?.path.join(".") ?? ""}: ${issue?.message ?? "wrong form"})`, remedy);
}
