/**
 * Cuts what a program said into words and what stands between them, and takes out what is surely variable: numbers, hexadecimal, addresses,
 * UUIDs, times, and any name with a digit in it. `order 4711 of 10.0.0.7 refused` becomes `order <*> of <*> refused`.
 */

/** Longer messages are told apart by their beginning. UTF-16 code units. */
export const LONGEST_MESSAGE = 600;
export const VARIABLE = "<*>";

const WORD = 1;
const DIGIT = 2;
/** Letters that are hexadecimal digits as well. */
const HEX = 4;
const JOINS = 8;

/** What each ASCII character can be part of; all others are letters. */
const KINDS = new Uint8Array(128);
for (let code = 48; code < 58; code += 1) KINDS[code] = WORD | DIGIT | HEX;
for (let code = 65; code < 91; code += 1) KINDS[code] = code < 71 ? WORD | HEX : WORD;
for (let code = 97; code < 123; code += 1) KINDS[code] = code < 103 ? WORD | HEX : WORD;
KINDS[95] = WORD;
for (const join of ".:-") KINDS[join.charCodeAt(0)] = JOINS;

function kindOf(code: number): number {
  return code < 128 ? (KINDS[code] ?? 0) : WORD;
}

/** Where the piece that begins at `start` ends, and what it is: the sign is negative for a variable. 0: at the end of the text. */
function endOfPiece(text: string, start: number, limit: number): number {
  if (start >= limit) return 0;
  if ((kindOf(text.charCodeAt(start)) & WORD) === 0) {
    let end = start + 1;
    while (end < limit && (kindOf(text.charCodeAt(end)) & WORD) === 0) end += 1;
    return end;
  }
  let all = HEX;
  let any = 0;
  let end = start;
  for (; end < limit; end += 1) {
    const kind = kindOf(text.charCodeAt(end));
    if ((kind & WORD) === 0) break;
    any |= kind;
    all &= kind;
  }
  if ((any & DIGIT) === 0 && (all & HEX) === 0) return end;
  // Runs of digits and hexadecimal letters that are joined by a dot, a colon or a dash are one value: addresses, UUIDs, times, versions.
  const first = end;
  let digits = (any & DIGIT) !== 0;
  for (let joined = end; joined < limit && (kindOf(text.charCodeAt(joined)) & JOINS) !== 0; ) {
    let next = joined + 1;
    if (text.charCodeAt(joined) === 58 && text.charCodeAt(next) === 58) next += 1;
    all = HEX;
    any = 0;
    let at = next;
    for (; at < limit; at += 1) {
      const kind = kindOf(text.charCodeAt(at));
      if ((kind & WORD) === 0) break;
      any |= kind;
      all &= kind;
    }
    if (at === next || ((any & DIGIT) === 0 && (all & HEX) === 0)) break;
    digits ||= (any & DIGIT) !== 0;
    end = joined = at;
  }
  if (digits) return -end;
  // Letters alone, however hexadecimal: a word, unless it is too long for one.
  return first - start >= 8 ? -first : first;
}

/** The pieces with variables as `<*>`, and the variables in their order. */
export function maskMessage(text: string): { readonly pieces: string[]; readonly values: string[] } {
  const pieces: string[] = [];
  const values: string[] = [];
  const limit = Math.min(text.length, LONGEST_MESSAGE);
  for (let start = 0, end = endOfPiece(text, 0, limit); end !== 0; start = Math.abs(end), end = endOfPiece(text, start, limit)) {
    const piece = text.slice(start, Math.abs(end));
    if (end < 0) values.push(piece);
    pieces.push(end < 0 ? VARIABLE : piece);
  }
  return { pieces, values };
}

/** A number of 53 bits that is the same for messages which differ in their variables alone; two others share one once in 10^15. */
export function maskedHash(text: string): number {
  const limit = Math.min(text.length, LONGEST_MESSAGE);
  let low = 0x811c9dc5;
  let high = 0x2f0b4c47;
  let start = 0;
  for (;;) {
    const end = endOfPiece(text, start, limit);
    if (end === 0) break;
    if (end < 0) {
      low = Math.imul(low ^ 0x1f3, 0x01000193);
      high = Math.imul(high ^ 0x2e5, 0x5bd1e995);
      start = -end;
      continue;
    }
    for (let at = start; at < end; at += 1) {
      const code = text.charCodeAt(at);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x5bd1e995);
      high ^= high >>> 15;
    }
    start = end;
  }
  return ((high >>> 0) & 0x1fffff) * 0x100000000 + (low >>> 0);
}
