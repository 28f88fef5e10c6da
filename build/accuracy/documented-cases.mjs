// Cases after the examples in the peers' own documentation, in our own words: a folder of test/corpus/peers for each peer.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../set-up.mjs";
import { score } from "./annotated-cases.mjs";
import { leaklineOn } from "./beside-on-cases.mjs";

const LANGUAGE_OF = { cs: "csharp", go: "go", java: "java", js: "javascript", ts: "javascript", py: "python" };

/** `[{ peer, file, text, language }]`: `peer` is the name of the folder, `file` below test/corpus. */
export function documentedFiles() {
  const folder = join(ROOT, "test/corpus/peers");
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort().flatMap((name) => {
    const language = LANGUAGE_OF[/\.(\w+)$/u.exec(name)?.[1] ?? ""];
    const file = `peers/${name.replaceAll("\\", "/")}`;
    return language === undefined ? [] : [{ peer: file.split("/")[1], file, text: readFileSync(join(folder, name), "utf8"), language }];
  });
}

/** The folder of a peer's cases, where it is not the peer's name. */
const FOLDERS = { "PMD CloseResource": "pmd", SpotBugs: "spotbugs", "eslint-plugin-n no-sync": "eslint-plugin-n" };

/** The cases after this peer's documentation. */
export const documentedFor = (documented, { name }) => documented.filter(({ peer }) => peer === (FOLDERS[name] ?? name));

/** Those whose own tool does not run here: analyzers of the C# compiler want one. */
const NOT_RUN = { asyncfixer: "AsyncFixer", meziantou: "Meziantou.Analyzer" };

/** Rows of Leakline's alone, `theirs` undefined. */
export function leaklineAlone(documented, { locate, engine, rules }) {
  return Object.entries(NOT_RUN).map(([folder, peer]) => {
    const own = documented.filter((one) => one.peer === folder);
    return { peer, version: "not run: no .NET compiler here", ours: score(own, locate.expectationsIn, leaklineOn(own, { locate, engine, rules }), /./u, { exact: true }) };
  });
}
