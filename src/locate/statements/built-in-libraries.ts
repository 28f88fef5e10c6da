import { parse } from "yaml";
import { z } from "zod";
import { Failure } from "../../model/failure";
import { LOGGING_FILE } from "./library-model";
import type { LoggingFile, LoggingLibrary } from "./library-model";
import csharp from "./libraries/csharp.yaml";
import go from "./libraries/go.yaml";
import java from "./libraries/java.yaml";
import javascript from "./libraries/javascript.yaml";
import php from "./libraries/php.yaml";
import python from "./libraries/python.yaml";
import ruby from "./libraries/ruby.yaml";
import rust from "./libraries/rust.yaml";

const FILES: readonly (readonly [name: string, text: string])[] = [
  ["csharp.yaml", csharp], ["go.yaml", go], ["java.yaml", java], ["javascript.yaml", javascript], ["php.yaml", php], ["python.yaml", python], ["ruby.yaml", ruby], ["rust.yaml", rust],
];

/** Reads one file of logging libraries. Throws Failure `ruleInvalid` that names the place for text of another shape. */
export function readLoggingFile(text: string, name: string): LoggingFile {
  const read = LOGGING_FILE.safeParse(text.startsWith("{") ? JSON.parse(text) : parse(text, { merge: true }));
  if (read.success) return read.data;
  throw new Failure("ruleInvalid", `${name}: ${z.prettifyError(read.error)}`, "See library-model.ts for what a file of logging libraries holds.");
}

let loaded: ReadonlyMap<string, readonly LoggingLibrary[]> | null = null;

/** What logs, by language id. */
export function loggingLibraries(language: string): readonly LoggingLibrary[] {
  if (loaded === null) {
    const found = new Map<string, LoggingLibrary[]>();
    for (const [name, text] of FILES) {
      const file = readLoggingFile(text, `src/locate/statements/libraries/${name}`);
      for (const id of [file.language, ...file.alsoFor]) found.set(id, [...(found.get(id) ?? []), ...file.libraries]);
    }
    loaded = found;
  }
  return loaded.get(language) ?? [];
}
