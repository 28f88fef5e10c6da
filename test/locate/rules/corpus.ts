import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceText } from "../../../src/locate/analyze-files";

const CORPUS = join(import.meta.dirname, "../../corpus");

/** All source files below a folder of test/corpus, as one workspace; a Go file's module is its folder, another's its dotted path. */
export function corpusTexts(folder: string): readonly SourceText[] {
  const root = join(CORPUS, folder);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(py|go|ts|cs|kt|rs|java|php|rb)$/u.test(file))
    .sort()
    .map((file) => {
      const name = file.replaceAll("\\", "/");
      const module = name.endsWith(".go")
        ? `example.test/${name.split("/").slice(0, -1).join("/")}`
        : name.replace(/(\/__init__)?\.\w+$/u, "").replaceAll("/", ".");
      return { file: name, text: readFileSync(join(root, file), "utf8"), module };
    });
}
