import type { Writable } from "node:stream";
import type { Failure } from "../model/failure";
import { printable } from "../report/text";

/** Where the command speaks. stdout is for the answer alone; everything else goes to stderr. */
export interface Output {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** True when a person watches stderr: then progress is shown. */
  readonly interactive: boolean;
}

/** Writes chunks with back-pressure. A reader that went away (`| head`) ends it silently: resolves false. */
export async function writeAll(stream: Writable, chunks: Iterable<string>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const iterator = chunks[Symbol.iterator]();
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EPIPE") resolve(false);
      else reject(error);
    };
    stream.once("error", onError);
    const pump = (): void => {
      for (;;) {
        const next = iterator.next();
        if (next.done === true) {
          // An empty write's callback comes after all that was written before it has left.
          stream.write("", (error) => {
            // Told by the error event, which comes after this.
            if (error !== undefined && error !== null) return;
            stream.off("error", onError);
            resolve(true);
          });
          return;
        }
        if (!stream.write(next.value)) {
          stream.once("drain", pump);
          return;
        }
      }
    };
    pump();
  });
}

/** One line: what, where, what to do. */
export function failureLine(failure: Failure): string {
  const message = oneLine(failure.message, "; ").replace(/\.$/, "");
  return `leakline: ${message}${message.endsWith("?") ? "" : "."} ${oneLine(failure.remedy, " ")}\n`;
}

/** One line of progress that overwrites itself on a terminal; nothing on a pipe. */
export function progressLine(output: Output): { show(text: string): void; clear(): void } {
  let shown = false;
  return {
    show(text) {
      if (!output.interactive) return;
      output.stderr.write(`\r\u001b[2K${printable(text).slice(0, 100)}`);
      shown = true;
    },
    clear() {
      if (shown) output.stderr.write("\r\u001b[2K");
      shown = false;
    },
  };
}

/** Several lines (the mistakes of a rule file) in one, without control characters. */
function oneLine(text: string, between: string): string {
  return text.split("\n").map(printable).join(between);
}
