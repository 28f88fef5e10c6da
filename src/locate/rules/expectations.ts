/** What annotations in code say: `ruleid: R` or `ok: R` (several, by commas) in a comment speaks of the next line that is no annotation. */
export interface Expectation {
  /** From 1. */
  readonly line: number;
  readonly rule: string;
  /** `todo...`: a known miss or a known false alarm. */
  readonly says: "ruleid" | "ok" | "todoruleid" | "todook";
}

const ANNOTATION = /^\s*(?:\/\/|#|--|\/\*|\{\/\*)\s*(ruleid|ok|todoruleid|todook):\s*(.+?)\s*(?:\*\/\}?)?\s*$/u;

export function expectationsIn(text: string): readonly Expectation[] {
  const expectations: Expectation[] = [];
  let waiting: Omit<Expectation, "line">[] = [];
  text.split("\n").forEach((line, i) => {
    const found = ANNOTATION.exec(line);
    if (found !== null) {
      for (const rule of (found[2] as string).split(/\s*,\s*/u)) waiting.push({ rule, says: found[1] as Expectation["says"] });
      return;
    }
    for (const one of waiting) expectations.push({ ...one, line: i + 1 });
    waiting = [];
  });
  return expectations;
}

export interface Disagreement {
  readonly line: number;
  readonly rule: string;
  /** `missed`: the example says that the rule finds it, and it does not; `false-alarm`: the reverse. */
  readonly is: "missed" | "false-alarm";
}

/**
 * Where findings and annotations differ, for rules that an annotation speaks of. Known misses and known false alarms (`todo...`) may be
 * mended or not.
 */
export function disagreements(expectations: readonly Expectation[], findings: readonly { readonly line: number; readonly rule: string }[]): Disagreement[] {
  const spoken = new Set(expectations.map(({ rule }) => rule));
  const key = ({ line, rule }: { readonly line: number; readonly rule: string }): string => `${line} ${rule}`;
  const wanted = new Set(expectations.filter(({ says }) => says === "ruleid").map(key));
  const open = new Set(expectations.filter(({ says }) => says.startsWith("todo")).map(key));
  const found = new Set(findings.map(key));
  return [
    ...expectations.filter((one) => one.says === "ruleid" && !found.has(key(one))).map(({ line, rule }) => ({ line, rule, is: "missed" as const })),
    ...findings.filter((one) => spoken.has(one.rule) && !wanted.has(key(one)) && !open.has(key(one))).map(({ line, rule }) => ({ line, rule, is: "false-alarm" as const })),
  ].sort((a, b) => a.line - b.line);
}
