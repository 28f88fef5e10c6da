/**
 * IPv6 text to its eight 16-bit groups (RFC 4291 section 2.2), a dotted tail included; null when it is no address.
 */
export function readIpv6(text: string): number[] | null {
  const double = text.indexOf("::");
  if (double === -1) {
    const groups = readGroups(text, true);
    return groups !== null && groups.length === 8 ? groups : null;
  }
  const head = readGroups(text.slice(0, double), false);
  const tail = readGroups(text.slice(double + 2), true);
  if (head === null || tail === null || head.length + tail.length > 7) return null;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function readGroups(text: string, dottedTail: boolean): number[] | null {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (dottedTail && index === parts.length - 1 && part.includes(".")) {
      const v4 = readIpv4(part);
      if (v4 === null) return null;
      groups.push(v4 >>> 16, v4 & 0xffff);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

/** Dotted IPv4 to its 32 bits as an unsigned number, or null. */
export function readIpv4(text: string): number | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return null;
  let bits = 0;
  for (let index = 1; index <= 4; index += 1) {
    const octet = Number(match[index]);
    if (octet > 255) return null;
    bits = bits * 256 + octet;
  }
  return bits;
}

/** 32 bits to dotted text. */
export function formatIpv4(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/**
 * Eight groups to canonical text (RFC 5952: lower case, the longest run of zeros folded, the first of equal ones), with v4-mapped addresses
 * (`::ffff:a.b.c.d`) folded to IPv4, as the model wants them.
 */
export function formatIpv6(groups: readonly number[]): string {
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return formatIpv4((((groups[6] ?? 0) << 16) | (groups[7] ?? 0)) >>> 0);
  }
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (bestStart === -1) return hex(groups);
  return `${hex(groups.slice(0, bestStart))}::${hex(groups.slice(bestStart + bestLength))}`;
}

/** Canonical text of an address, or null when it is neither IPv4 nor IPv6. */
export function canonicalAddress(text: string): string | null {
  if (text.includes(":")) {
    const groups = readIpv6(text);
    return groups === null ? null : formatIpv6(groups);
  }
  const bits = readIpv4(text);
  return bits === null ? null : formatIpv4(bits);
}

/** The same address with the bytes of each 32-bit word reversed: what /proc/net/tcp means on a machine of the other byte order. */
export function swapWords(address: string): string {
  if (!address.includes(":")) {
    const bits = readIpv4(address);
    return bits === null ? address : formatIpv4(swap32(bits));
  }
  const groups = readIpv6(address);
  if (groups === null) return address;
  const swapped: number[] = [];
  for (let word = 0; word < 4; word += 1) {
    const bits = swap32((((groups[2 * word] ?? 0) << 16) | (groups[2 * word + 1] ?? 0)) >>> 0);
    swapped.push(bits >>> 16, bits & 0xffff);
  }
  return formatIpv6(swapped);
}

/** Reverses the four bytes of an unsigned 32-bit number. */
export function swap32(bits: number): number {
  return ((bits >>> 24) | ((bits >>> 8) & 0xff00) | ((bits << 8) & 0xff0000) | (bits << 24)) >>> 0;
}
