// docs/accuracy.md, from what build/accuracy.mjs measured.
const table = (head, rows) => [`| ${head.join(" | ")} |`, `|${head.map(() => "---").join("|")}|`, ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");

export function accuracyPage({ alone, rows, documentedRows, todo, packages, peers, findings, random, high, mutation, share }) {
  const cell = ({ culprits, found, innocents, flagged }) => [`${found} of ${culprits} (${share(found, culprits)})`, `${flagged} of ${innocents}`];
  const had = packages.filter((one) => one.missing === undefined);
  const languages = [...new Set(had.map(({ language }) => language))];
  const ofLanguage = (name) => peers.filter((peer) => peer.missing === undefined && peer.casesOnly !== true && (peer.language === "*" || peer.language === name));
  const kinds = (list) => {
    const count = (test) => list.filter(test).length;
    return `${count(({ kind }) => kind === "resource-leak" || kind === "transaction-leak")} / ${count(({ kind }) => kind === "blocking-in-async")} / ${count(({ kind }) => !["resource-leak", "transaction-leak", "blocking-in-async"].includes(kind))}`;
  };
  const judgedRow = (name, { right, wrong, unsure, unread, before }) => [name, right + wrong + unsure, before, right, wrong, unsure, share(right, right + wrong + unsure), unread];
  return `# How accurate

Made by \`npm run accuracy\` (and \`npm run mutation\`) from what the registries serve. What a tool said of a version of a package is kept until the
tool, its rules or the package changes; Leakline's own findings are of one build. What is read by hand stands in
\`build/accuracy/judgements.json\`, by package, place and rule. No source of others is kept here.

## On annotated cases of our own

Each peer on its own ground: the calls in \`test/corpus\` and in the rules' examples that are annotated for a rule of the peer's kind (the known
misses and known false alarms among them, ${todo.todoruleid.length} \`todoruleid\` and ${todo.todook.length} \`todook\` in all). Peers that compile get the cases that compile with the language's own library.

${table(["peer", "version", "culprits it finds", "innocents it flags", "Leakline finds", "Leakline flags"], rows.map((row) => (row.failed !== undefined ? [row.peer, row.version, `does not run: ${row.failed.slice(0, 80)}`, "", "", ""] : [row.peer, row.version, ...cell(row.theirs), ...cell(row.ours)])))}

## On cases after the peers' own documentation

The corpus above is made from what Leakline is for, which favours it. These cases are written, in our own words, after the examples that each peer's
own pages, list of rules and tests give (\`test/corpus/peers\`, a folder a peer, culprits and innocents); the same script asks both. A culprit here is what
leaves something open, waits without a limit or stops an event loop: a row of rowserrcheck whose error only nobody asks for is an innocent, and so is what
\`no-sync\` says of the root of a file.

${table(["documentation of", "version", "culprits it finds", "innocents it flags", "Leakline finds", "Leakline flags"], documentedRows.map((row) => (row.failed !== undefined ? [row.peer, row.version, `does not run: ${row.failed.slice(0, 80)}`, "", "", ""] : [row.peer, row.version, ...(row.theirs === undefined ? ["", ""] : cell(row.theirs)), ...cell(row.ours)])))}

## On real packages

${had.length} packages. Of Leakline: leaks / blocking / time limits and the rest. Of peers: all that they say with the rules of this kind; in brackets what stands on a line
of which Leakline says something too. SpotBugs reads the classes that were published beside the sources, semgrep has rules of the same kinds in its public
syntax for each of the languages, noctx speaks of calls without a context and rowserrcheck of errors that nobody asks for.

${languages.map((language) => {
    const these = ofLanguage(language);
    return `### ${language}\n\n${table(["package", "version", "Leakline", ...these.map(({ name }) => name)], had.filter((one) => one.language === language).map((one) => {
      const lines = new Set(one.findings.map(({ file, range }) => `${file}:${range.start.line}`));
      return [one.key, one.version, kinds(one.findings), ...these.map(({ name }) => {
        const said = one.said[name];
        if (said === undefined) return "";
        if (said.failed !== undefined) return said.failed === "not asked" ? "not asked" : `does not run here: ${said.failed.replaceAll("|", "/").slice(0, 60)}`;
        return `${said.findings.length} (${said.findings.filter(({ file, line }) => lines.has(`${file}:${line}`)).length})`;
      })];
    }))}`;
  }).join("\n\n")}
${packages.some((one) => one.missing !== undefined) ? `\nNot to be had: ${packages.filter((one) => one.missing !== undefined).map(({ key }) => key).join(", ")}.\n` : ""}
## Where a peer speaks and Leakline does not

Of what a peer says on these packages, what has no finding of Leakline's within two lines; fifteen of each peer are drawn by a seed and read. "True": the resource does stay open, or the event
loop does stand still, and Leakline says nothing of it there. rowserrcheck and noctx speak of errors that nobody asks for and of contexts that nobody gives, not of leaks.

${table(["peer", "packages", "said", "of it alone", "read", "true", "what these are"], alone)}

## Read by hand

Drawn by a seed from the ${findings.length} findings outside tests and examples; "right": the path is there and the resource stays open (or the loop stands still) on it;
"unsure" counts against. Seeds are new whenever something was mended after a sample; a finding that an earlier draw had shown keeps the judgement that it got then.

${table(["sample", "read", "judged in an earlier draw", "right", "wrong", "unsure", "right of those read", "not read"], [judgedRow("random, of all", random), judgedRow("random, of `high`", high)])}

${mutation}`;
}
