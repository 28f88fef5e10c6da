/** A heading of Format-Table: its columns' names in lower case, and where they stand. */
export interface TableHeading {
  readonly names: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * The heading in this line when one of its columns is called `named`, or null. A name never holds a blank here; one that the window broke
 * (`OwningPr`) is known by its beginning among the `properties`.
 */
export function readTableHeading(line: string, named: string, properties: ReadonlySet<string>): TableHeading | null {
  if (line.length > 4000 || !line.toLowerCase().includes(named)) return null;
  const names: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const word of line.matchAll(/\S+/g)) {
    if (!/^[A-Za-z][\w.()-]*(?:…|\.\.\.)?$/.test(word[0])) return null;
    names.push(wholeName(word[0].toLowerCase().replace(/(?:…|\.\.\.)$/, ""), properties));
    starts.push(word.index);
    ends.push(word.index + word[0].length);
  }
  return names.length >= 2 && names.includes(named) ? { names, starts, ends } : null;
}

function wholeName(printed: string, properties: ReadonlySet<string>): string {
  if (properties.has(printed) || printed.length < 6) return printed;
  const whole = [...properties].filter((name) => name.startsWith(printed));
  return whole.length === 1 ? (whole[0] ?? printed) : printed;
}

/**
 * The cells of a row by column name. As many words as columns are taken in order. Otherwise each word belongs to the column that it stands
 * under: an empty cell has no word, a date has several.
 */
export function readTableRow(line: string, heading: TableHeading): Map<string, string> | null {
  const words = [...line.matchAll(/\S+/g)];
  const { names, starts, ends } = heading;
  const cells = new Map<string, string>();
  if (words.length === names.length) {
    for (const [index, name] of names.entries()) cells.set(name, words[index]?.[0] ?? "");
    return cells;
  }
  let column = 0;
  for (const word of words) {
    const from = word.index;
    const to = from + word[0].length;
    let found = -1;
    for (let at = column; at < names.length; at += 1) {
      // Under the name itself; or between this name's beginning and the next one's.
      if (from < (ends[at] ?? 0) && to > (starts[at] ?? 0)) {
        found = at;
        break;
      }
      if (from >= (starts[at] ?? 0) && from < (starts[at + 1] ?? Infinity)) found = at;
    }
    if (found === -1) return null;
    const name = names[found] ?? "";
    const before = cells.get(name);
    cells.set(name, before === undefined ? word[0] : `${before} ${word[0]}`);
    column = found;
  }
  for (const name of names) if (!cells.has(name)) cells.set(name, "");
  return cells;
}
