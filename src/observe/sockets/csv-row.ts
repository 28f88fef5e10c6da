/**
 * The fields of one line of CSV (RFC 4180; the separator as given): quoted fields may hold the separator and doubled quotes. Null when a
 * quote is left open: a field over several lines is not read.
 */
export function readCsvRow(line: string, separator: string): string[] | null {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line.charCodeAt(at) === 34) {
      let field = "";
      let from = at + 1;
      let quote = line.indexOf('"', from);
      while (quote !== -1 && line.charCodeAt(quote + 1) === 34) {
        field += line.slice(from, quote + 1);
        from = quote + 2;
        quote = line.indexOf('"', from);
      }
      if (quote === -1) return null;
      fields.push(field + line.slice(from, quote));
      at = quote + 1;
      if (at < line.length && !line.startsWith(separator, at)) return null;
    } else {
      const end = line.indexOf(separator, at);
      fields.push(end === -1 ? line.slice(at) : line.slice(at, end));
      at = end === -1 ? line.length : end;
    }
    if (at >= line.length) return fields;
    at += separator.length;
  }
}
