/** Whether a column holds a whole number that no tool's counter outgrows. */
export function isCount(text: string | undefined): boolean {
  if (text === undefined || text.length > 15) return false;
  const first = text.charCodeAt(0);
  return first >= 48 && first <= 57 && /^\d+$/.test(text);
}
