import * as z from "zod";
import { Failure } from "../model/failure";
import type { Analysis, Finding } from "../model/finding";
import { SHAPE_LENGTH, findingIdentity, findingShape } from "./finding-identity";

const SCHEMA = "leakline.baseline/1";
const BASELINE = z.object({ schema: z.literal(SCHEMA), findings: z.array(z.string()) });

/** The findings that are known and accepted, one a line, sorted: it is kept in version control and read in reviews. */
export function writeBaseline(analysis: Analysis): string {
  const occurrences = new Map<string, number>();
  const findings = analysis.findings.map((finding) => `${findingIdentity(finding, occurrences)} ${findingShape(finding)}`).sort();
  return `${JSON.stringify({ schema: SCHEMA, findings }, null, 2)}\n`;
}

export interface AgainstBaseline {
  /** With the findings that the baseline does not know. */
  readonly analysis: Analysis;
  readonly known: number;
  /** In the baseline and found no more: it can be written anew. */
  readonly gone: number;
}

/** One line of a baseline. */
interface Known {
  /** Rule, file and function. */
  readonly base: string;
  /** null: written before shapes were kept. */
  readonly shape: string | null;
}

/** From the surest to the least sure: which line of a baseline a finding is. Lines may have moved in each. */
const SAME: readonly ((known: Known, finding: Finding, shape: string) => boolean)[] = [
  (known, finding, shape) => known.base === baseOf(finding) && known.shape === shape,
  // The function was changed around it.
  (known, finding) => known.base === baseOf(finding),
  // The function was renamed, or the file moved: what it says is the same to the line.
  (known, { rule, file }, shape) => known.shape === shape && known.base.startsWith(`${rule}:${file}:`),
  (known, { rule, symbol }, shape) => known.shape === shape && known.base.startsWith(`${rule}:`) && known.base.endsWith(`:${symbol}`),
];

/**
 * Leaves the findings that are new since the baseline was written. Each of its lines stands for one finding.
 *
 * @param file how the baseline is named in an error
 * @throws Failure `notUnderstood` for text that is no baseline
 */
export function againstBaseline(analysis: Analysis, text: string, file: string): AgainstBaseline {
  const left = new Set(readBaseline(text, file).map(knownOf));
  const before = left.size;
  let fresh = analysis.findings.map((finding) => ({ finding, shape: findingShape(finding) }));
  for (const same of SAME) {
    const byRule = byRuleOf(left);
    fresh = fresh.filter(({ finding, shape }) => {
      const known = byRule.get(finding.rule)?.find((one) => left.has(one) && same(one, finding, shape));
      return known === undefined || !left.delete(known);
    });
  }
  return { analysis: { ...analysis, findings: fresh.map(({ finding }) => finding) }, known: before - left.size, gone: left.size };
}

function byRuleOf(known: Iterable<Known>): ReadonlyMap<string, readonly Known[]> {
  const groups = new Map<string, Known[]>();
  for (const one of known) {
    const rule = one.base.slice(0, one.base.indexOf(":"));
    const group = groups.get(rule);
    if (group === undefined) groups.set(rule, [one]);
    else group.push(one);
  }
  return groups;
}

function baseOf({ rule, file, symbol }: Finding): string {
  return `${rule}:${file}:${symbol}`;
}

function knownOf(line: string): Known {
  const [, identity = line, shape = null] = /^(.*) ([0-9a-f]+)$/su.exec(line) ?? [];
  const hasShape = shape?.length === SHAPE_LENGTH;
  return { base: (hasShape ? identity : line).replace(/:\d+$/u, ""), shape: hasShape ? shape : null };
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
