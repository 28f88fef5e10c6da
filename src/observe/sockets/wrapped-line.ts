/**
 * What a row looks like after it went through something else: quoted in a mail or a ticket, a table in a chat or a wiki (Markdown, Jira), the
 * output of a container as a log keeps it (`2024-03-01T10:00:00.1Z stdout F ...`), `ts`, or numbered by `cat -n`, `bat` or `grep -n`.
 * Each way of unwrapping, the likeliest first; a reader that knows the rest decides.
 */
export function unwrapped(line: string): readonly string[] {
  const found: string[] = [];
  const add = (text: string): void => {
    if (text !== line && text.trim() !== "" && !found.includes(text)) found.push(text);
  };
  add(line.replace(/^(?:\s*[>|]\s?)+/, ""));
  // Cells, with white space between them again. A cell that was empty stays empty.
  if (/^\s*\|.*\|\s*$/.test(line)) add(line.replace(/^\s*\|+\s*|\s*\|+\s*$/g, "").replace(/\s*\|+\s*/g, "  ").replace(/`|\\(?=[_*])/g, ""));
  if (STAMP.test(line)) add(line.replace(STAMP, ""));
  add(line.replace(/^\s*\d{1,7}(?::|\t|\s?│\s?)(?=\S)/, ""));
  return found;
}

/** The rule below a Markdown table's heading. */
export function isTableRule(line: string): boolean {
  return /^\s*\|(?:\s*:?-{3,}:?\s*\|)+\s*$/.test(line);
}

const STAMP = /^\s*\[?(?:\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?|[A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2})\]?\s+(?:(?:stdout|stderr) [FP] )?/;
