import type { Comparison } from "../model/comparison";

export const COMPARISON_SCHEMA = "leakline.comparison/1";

/** `leakline.comparison/1`: a comparison as one JSON document, fields as in the model. */
export function writeComparison(comparison: Comparison): string {
  return `${JSON.stringify({ schema: COMPARISON_SCHEMA, ...comparison }, null, 1)}\n`;
}
