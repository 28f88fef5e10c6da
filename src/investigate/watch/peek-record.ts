import type { OpenedFile } from "../investigator";
import { isRecord } from "./record/record-header";

/** Looks at a file's first bytes: a record of a watch is read look by look, never as text. The file that comes back is whole, and takes the place of the one handed in. */
export async function peekRecord(file: OpenedFile): Promise<{ readonly record: boolean; readonly file: OpenedFile }> {
  const chunks = file.chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < 32) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    first.push(value);
    length += value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* first;
      for (;;) {
        const { value, done } = await chunks.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      await chunks.return?.();
    }
  }
  return { record: isRecord(Buffer.concat(first)), file: { ...file, chunks: whole() } };
}
