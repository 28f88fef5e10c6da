import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceText } from "../../../src/locate/analyze-files";

const CORPUS = join(import.meta.dirname, "../../corpus");

/** All source files below a folder of test/corpus, as one workspace; a Python file's module is its dotted path, a Go file's its folder. */
export function corpusTexts(folder: string): readonly SourceText[] {
  const root = join(CORPUS, folder);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(py|go)$/u.test(file))
    .sort()
    .map((file) => {
      const name = file.replaceAll("\\", "/");
      const module = name.endsWith(".py")
        ? name.replace(/(\/__init__)?\.py$/u, "").replaceAll("/", ".")
        : `example.test/${name.split("/").slice(0, -1).join("/")}`;
      return { file: name, text: readFileSync(join(root, file), "utf8"), module };
    });
}
