import { createHash } from "node:crypto";
import type { Finding } from "../model/finding";

/**
 * What a finding is about, as text that stays when lines move: rule, file, function, and the how-manieth of its rule in that function it
 * is. Counts on in `occurrences`, so findings must come in their order.
 */
export function findingIdentity(finding: Finding, occurrences: Map<string, number>): string {
  const base = `${finding.rule}:${finding.file}:${finding.symbol}`;
  const turn = occurrences.get(base) ?? 0;
  occurrences.set(base, turn + 1);
  return `${base}:${turn}`;
}

/**
 * What a finding says, without where: its steps' words, and how many lines they are from the opening. The same after its function was renamed
 * or its file moved; two leaks that differ in anything but that have different shapes.
 */
export function findingShape({ rule, file, range, path }: Finding): string {
  const hash = createHash("sha256").update(rule);
  for (const step of path) hash.update(`\0${step.file === file ? step.line - range.start.line : ""}:${step.column} ${step.label}`);
  return hash.digest("hex").slice(0, SHAPE_LENGTH);
}

export const SHAPE_LENGTH = 12;
