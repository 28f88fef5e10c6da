import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A program of this machine, asked for the place of its library. Fails saying what is missing: real code is part of these tests. */
function ask(command: string, args: readonly string[], why: string): string {
  try {
    return execFileSync(command, args, { encoding: "utf8" }).trim();
  } catch (error) {
    throw new Error(`${command} is needed for this test (${why}) and did not run: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The folder of Go's standard library. */
export function goLibrary(): string {
  return join(ask("go", ["env", "GOROOT"], "its standard library is lowered"), "src");
}

/** The folder of Python's standard library. */
export function pythonLibrary(): string {
  return ask("python3", ["-c", "import sysconfig; print(sysconfig.get_paths()['stdlib'])"], "its standard library is lowered");
}

export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** All files with that ending under a folder. Throws when there is none. */
export function sourcesUnder(folder: string, ending: string): SourceText[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
  if (files.length === 0) throw new Error(`no ${ending} files under ${folder}: the standard library is needed for this test`);
  return files.map((file) => ({ file, text: readFileSync(file, "utf8") }));
}
