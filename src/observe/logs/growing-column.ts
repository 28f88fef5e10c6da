/** A column of figures that grows. `of(size)` makes its array. */
export class GrowingColumn<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array> {
  readonly #of: (size: number) => T;
  #values: T;
  #size = 0;

  constructor(of: (size: number) => T) {
    this.#of = of;
    this.#values = of(1024);
  }

  push(value: number): void {
    if (this.#size === this.#values.length) {
      const larger = this.#of(this.#size * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#size] = value;
    this.#size += 1;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  get size(): number {
    return this.#size;
  }

  /** The values so far: a view, good until the next push. */
  view(): T {
    return this.#values.subarray(0, this.#size) as T;
  }
}
