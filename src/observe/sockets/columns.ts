/** Whether a column holds a whole number that no tool's counter outgrows. */
export function isCount(text: string | undefined): boolean {
  if (text === undefined || text.length > 15) return false;
  const first = text.charCodeAt(0);
  return first >= 48 && first <= 57 && /^\d+$/.test(text);
}

/** Whether an address stands in the line: a heading or a title with one has swallowed the row that followed it. */
export function holdsAddress(line: string): boolean {
  return /\d{1,3}(?:\.\d{1,3}){3}|(?:^|[\s\[])[0-9a-f]{0,4}:[0-9a-f:]*:/i.test(line);
}

const END = String.raw`(?:(?:\d{1,3}\.){3}\d{1,3}(?:%[^\s:]+)?|\*|\[?[0-9a-f]{0,4}:[0-9a-f:.]*(?:%[^\s\]]+)?\]?(?:%[^\s:]+)?)[:.](?:\d{1,5}|\*)`;
const TWO_ENDS = new RegExp(String.raw`(?:^|\s)${END}(?:\s+|->)${END}(?:\s|$)`, "i");

/** Whether two addresses with a port each stand side by side in the line: only a row of a socket table has that. */
export function holdsTwoEnds(line: string): boolean {
  return TWO_ENDS.test(line);
}
