// The section of docs/accuracy.md on releases taken away, from what build/mutation.mjs kept of each package.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const HEADING = "## Releases taken away";
const NAMES = { csharp: "C#", go: "Go", java: "Java", javascript: "JavaScript, TypeScript", kotlin: "Kotlin", php: "PHP", python: "Python", ruby: "Ruby", rust: "Rust" };
const share = (part, whole) => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(0)} %`);

/** What runs kept, a package each: `{ key, version, language, candidates, declared, outcomes, notSilent }`. */
export function keptResults(cache) {
  const folder = join(cache, "results");
  return readdirSync(folder).filter((name) => /^mutants-.+\.json$/u.test(name)).sort().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

/** What of a release was missed, in words that several may share. */
const kindOf = ({ release }) => `${release.openings.map(({ callee }) => callee).filter((one, index, all) => all.indexOf(one) === index).join(", ")} / ${release.form === "with" ? "block" : release.words.replace(/^.*?([^.(]+)(?:\(.*)?$/u, "$1")}`;

export function mutationSection(results) {
  const row = (name, list) => {
    const outcomes = list.flatMap((one) => one.outcomes);
    const caught = outcomes.filter((one) => one.caught).length;
    const loud = list.reduce((total, one) => total + one.notSilent.length, 0);
    const packages = list.filter((one) => one.outcomes.length > 0).length;
    return `| ${[name, packages, outcomes.length, caught, share(caught, outcomes.length), loud, list.reduce((total, one) => total + one.candidates - one.declared, 0)].join(" | ")} |`;
  };
  const languages = [...new Set(results.map((one) => one.language))].sort();
  const missed = languages.flatMap((language) => {
    const counts = new Map();
    for (const outcome of results.filter((one) => one.language === language).flatMap((one) => one.outcomes)) if (!outcome.caught) counts.set(kindOf(outcome), (counts.get(kindOf(outcome)) ?? 0) + 1);
    const most = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 6);
    return most.length === 0 ? [] : [`- ${NAMES[language] ?? language}: ${most.map(([kind, count]) => `\`${kind}\` ${count}`).join(", ")}`];
  });
  return `${HEADING}

Made by \`npm run mutation\`. One release (a deferred close, a rollback, a \`finally\`, a \`with\`, a \`using\`) is taken out of real code and the finding is required; put back, silence is.
A candidate counts when declarations say that it must be released: the opening call by its imported name, the variable's or the receiver's declared type, or the declared result of a
function of the package's own, followed without Leakline's resolution (ADR 0194). What only looks so by its words is not asked about ("by words only"). At most 60 of a package, four of a function.

| language | packages | mutants | caught | share | not silent before | by words only |
|---|---|---|---|---|---|---|
${[...languages.map((language) => row(NAMES[language] ?? language, results.filter((one) => one.language === language))), row("all", results)].join("\n")}

What was missed most (opening call / release):

${missed.join("\n")}
`;
}

/** A page with this section in the place of its own. */
export function withSection(page, section) {
  const from = page.indexOf(HEADING);
  const before = from < 0 ? `${page.trimEnd()}\n\n` : page.slice(0, from);
  const next = from < 0 ? -1 : page.indexOf("\n## ", from + 1);
  return before + section + (next < 0 ? "" : page.slice(next));
}
