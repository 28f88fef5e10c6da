import { FINDING_KINDS } from "../../model/finding";
import type { FindingKind } from "../../model/finding";
import type { RuleFile } from "./rule-model";
import { kindsOfRule, ruleEntries, rulePage } from "./rule-page";
import type { RuleEntry } from "./rule-page";

/** Kinds that rules have: `unused-ignore` is Leakline's own. */
const TOLD: Readonly<Record<Exclude<FindingKind, "unused-ignore">, string>> = {
  "transaction-leak": "Transactions that some path leaves unfinished",
  "resource-leak": "Resources that some path leaves open",
  "blocking-in-async": "Calls that block an event loop",
  "no-timeout": "Calls that can wait for ever",
  "client-churn": "Clients made anew for each piece of work",
  "pool-config": "Pools without a limit",
};

/** Where the page of a rule stands below the folder of the pages: `go/sql-rows.md`. */
export function pageOfRule(id: string): string {
  return `${id}.md`;
}

/** The documentation of all rules: paths below one folder, with their text. `README.md` lists them by language and by kind. */
export function rulePages(files: readonly RuleFile[]): ReadonlyMap<string, string> {
  const rules = new Map<string, RuleEntry[]>();
  for (const entry of ruleEntries(files)) rules.set(entry.id, [...(rules.get(entry.id) ?? []), entry]);
  const ids = [...rules.keys()].sort();
  const pages = new Map(ids.map((id) => [pageOfRule(id), rulePage(rules.get(id) ?? [])]));
  pages.set("README.md", indexOf(ids.map((id) => [id, rules.get(id) ?? []])));
  return pages;
}

function indexOf(rules: readonly (readonly [id: string, entries: readonly RuleEntry[]])[]): string {
  const lines = [
    "# All rules", "",
    "Each page is made from the rule's own data and its examples, which each build checks. `leakline explain RULE` prints the same; [rules.md](../rules.md) says how to write one of your own.",
    "Made by `npm run docs:rules`.", "",
    "## By language", "",
  ];
  for (const language of [...new Set(rules.map(([id]) => languageOf(id)))]) {
    const own = rules.filter(([id]) => languageOf(id) === language);
    lines.push(`### ${language} (${own.length})`, "", "| rule | finds | libraries |", "|---|---|---|");
    for (const [id, entries] of own) lines.push(`| ${linkTo(id)} | ${nounsOf(entries)} | ${[...new Set(entries.map(({ file }) => file.library))].join(", ")} |`);
    lines.push("");
  }
  lines.push("## By kind", "");
  for (const kind of FINDING_KINDS.filter(isRuleKind)) {
    const ids = rules.filter(([, entries]) => entries.some((entry) => kindsOfRule(entry).includes(kind))).map(([id]) => id);
    lines.push(`### ${TOLD[kind]}: \`${kind}\` (${ids.length})`, "", ids.map(linkTo).join(", "), "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function nounsOf(entries: readonly RuleEntry[]): string {
  const nouns = entries.flatMap(({ resources }) => resources.map(({ noun }) => `${noun} left open`));
  const others = entries.flatMap(kindsOfRule).filter(isRuleKind).filter((kind) => kind !== "resource-leak" && kind !== "transaction-leak").map((kind) => TOLD[kind].toLowerCase());
  return [...new Set([...nouns, ...others])].join("; ");
}

function isRuleKind(kind: FindingKind): kind is keyof typeof TOLD {
  return kind in TOLD;
}

function languageOf(id: string): string {
  return id.slice(0, id.indexOf("/"));
}

function linkTo(id: string): string {
  return `[${id}](${pageOfRule(id)})`;
}
