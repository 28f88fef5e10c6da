/** Whole numbers and texts in as few bytes as they need: LEB128, and zigzag for those that may be negative. Numbers up to 2^53 either way. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;

  uint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  int(value: number): void {
    this.uint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.uint(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What was written since the last time. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads what a ByteWriter wrote. Throws RangeError where the bytes end too early or make no number. */
export class ByteReader {
  #place = 0;

  constructor(readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.#place >= this.bytes.length;
  }

  uint(): number {
    let value = 0;
    for (let weight = 1; weight <= 2 ** 49; weight *= 0x80) {
      const byte = this.bytes[this.#place];
      if (byte === undefined) throw new RangeError("the bytes end in the middle of a number");
      this.#place += 1;
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number that is too long");
  }

  int(): number {
    const value = this.uint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  /** A count of things that need at least one byte each. */
  count(): number {
    const count = this.uint();
    if (count > this.bytes.length) throw new RangeError("more entries than there are bytes");
    return count;
  }

  text(): string {
    const length = this.count();
    if (this.#place + length > this.bytes.length) throw new RangeError("the bytes end in the middle of a text");
    const text = new TextDecoder().decode(this.bytes.subarray(this.#place, this.#place + length));
    this.#place += length;
    return text;
  }
}
