/** Cuts a stream of text chunks into lines, without their line feeds, holding no more than the line that has not ended yet. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    let start = 0;
    let end = text.indexOf("\n");
    if (end !== -1 && this.#rest !== "") {
      this.#onLine(this.#rest + text.slice(0, end));
      this.#rest = "";
      start = end + 1;
      end = text.indexOf("\n", start);
    }
    while (end !== -1) {
      this.#onLine(text.slice(start, end));
      start = end + 1;
      end = text.indexOf("\n", start);
    }
    this.#rest += text.slice(start);
  }

  /** The last line when it has no end, or an empty text; gone after that. */
  takeRest(): string {
    const rest = this.#rest;
    this.#rest = "";
    return rest;
  }
}
