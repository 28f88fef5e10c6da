import type { FindingKind } from "../../model/finding";
import { expectationsIn } from "./expectations";
import { ruleIds } from "./rule-names";
import type { BlockingRule, ChurnRule, OpenCall, ResourceRule, RuleFile, TimeoutRule } from "./rule-model";

/** A rule with the file it stands in. */
export interface RuleEntry {
  readonly id: string;
  readonly file: RuleFile;
  readonly resources: readonly ResourceRule[];
  readonly blocking: readonly BlockingRule[];
  readonly timeouts: readonly TimeoutRule[];
  readonly churn: readonly ChurnRule[];
}

/** All rules by id; several entries of one file (or of several libraries) may share an id: they are one rule with several ways to it. */
export function ruleEntries(files: readonly RuleFile[]): RuleEntry[] {
  return files.flatMap((file) => {
    const ids = [...new Set(ruleIds(file))];
    const of = <T extends { readonly rule: string }>(rules: readonly T[], id: string): readonly T[] => rules.filter(({ rule }) => rule === id);
    return ids.map((id) => ({ id, file, resources: of(file.resources, id), blocking: of(file.blocking, id), timeouts: of(file.timeouts, id), churn: of(file.churn, id) }));
  });
}

/**
 * One rule in Markdown, from its own data and its checked examples: what it looks for, what releases it, what to do. `entries`: the parts of
 * the rule, one for each library that has it; they share an id.
 */
export function rulePage(entries: readonly RuleEntry[]): string {
  const [first] = entries;
  if (first === undefined) return "";
  const lines = [`# ${first.id}`, "", headOf(entries), ""];
  for (const entry of entries) {
    if (entries.length > 1) lines.push(`## ${entry.file.library}`, "");
    lines.push(...sectionsOf(entry));
  }
  const comment = ["python", "ruby"].includes(first.file.language) ? "#" : "//";
  lines.push("To silence one finding, with the reason:", "", ...fence(first.file.language, `${comment} leakline-ignore: ${first.id} -- why it is right here`));
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Kinds of finding that a rule can give. */
export function kindsOfRule({ resources, blocking, timeouts, churn }: RuleEntry): FindingKind[] {
  return [...new Set<FindingKind>([
    ...resources.map(({ kind }) => kind), ...(blocking.length > 0 ? ["blocking-in-async" as const] : []), ...timeouts.map(({ kind }) => kind ?? "no-timeout"), ...(churn.length > 0 ? ["client-churn" as const] : []),
  ])];
}

function headOf(entries: readonly RuleEntry[]): string {
  const kinds = [...new Set(entries.flatMap(kindsOfRule))].join(", ");
  const libraries = [...new Set(entries.map(({ file }) => file.library))].join(", ");
  const languages = [...new Set(entries.flatMap(({ file }) => [file.language, ...(file.alsoFor ?? [])]))].join(", ");
  return `${kinds} · ${languages} · ${libraries}`;
}

function sectionsOf({ id, file, resources, blocking, timeouts, churn }: RuleEntry): string[] {
  const lines: string[] = [];
  const told = new Set<string>();
  const advise = ({ advice, fix }: { readonly advice: string; readonly fix: string | null }): void => {
    if (!told.has(advice)) lines.push(advice.trim(), "");
    told.add(advice);
    if (fix !== null && !told.has(fix)) lines.push("What usually mends it:", "", ...fence(file.language, fix), "");
    told.add(fix ?? "");
  };
  for (const rule of resources) {
    lines.push(`Finds a ${rule.noun} that some path through the code leaves open.`, "");
    advise(rule);
    lines.push(`- Opened by: ${rule.opens.map(openingOf).join(", ")}`);
    if (rule.closes.length > 0) lines.push(`- Released by: ${rule.closes.map(({ call, on }) => `${code(call)}${on === "receiver" ? "" : ` (${on.replace(":", " ")})`}`).join(", ")}`);
    if (rule.member !== null) lines.push(`- What must be released is its ${code(rule.member)}.`);
    if (rule.exhaustedBy.length > 0) lines.push(`- Read to its end by ${rule.exhaustedBy.map(code).join(", ")}, it is released too.`);
    if (rule.closedByReading.length > 0) lines.push(`- Reading ${rule.closedByReading.map(code).join(", ")} releases it.`);
    if (rule.closedByCall === true) lines.push("- Calling it releases it.");
    if (rule.contextManager) lines.push("- The language's own scoped form (`with`, `using`, try-with-resources) releases it.");
    if (rule.closedWithParent) lines.push("- It goes with what it was opened on.");
    if (rule.collected) lines.push("- The collector releases what is unreachable, some time later.");
    lines.push(...confidenceOf(rule.confidence), "");
  }
  for (const rule of blocking) {
    lines.push("Finds calls that block, reached from code that runs on an event loop.", "");
    advise(rule);
    lines.push(`- Blocks: ${rule.calls.map(code).join(", ")}`);
    if (rule.except.length > 0) lines.push(`- Does not: ${rule.except.map(code).join(", ")}`);
    if (rule.unlessCalled.length > 0) lines.push(`- Silent where the file calls ${rule.unlessCalled.map(code).join(", ")}.`);
    lines.push(...confidenceOf(rule.confidence), "");
  }
  for (const rule of timeouts) {
    lines.push(rule.kind === "pool-config" ? "Finds pools that lack a limit." : "Finds calls that can wait for ever.", "");
    advise(rule);
    const what = [...rule.calls.map(code), ...(rule.builds === null ? [] : [`${code(rule.builds)}, built`])];
    lines.push(`- Looked at: ${what.join(", ")}`, `- Limited by: ${[...rule.arguments.map(code), ...rule.satisfiedBy.map((call) => `a call of ${code(call)}`), ...(rule.mentions ?? []).map((name) => `${code(name)} anywhere in the file`)].join(", ")}`);
    lines.push(...confidenceOf(rule.confidence), "");
  }
  for (const rule of churn) {
    lines.push("Finds clients with connections of their own that are made where work is done: in a handler, a coroutine, a loop.", "");
    advise(rule);
    lines.push(`- Made by: ${rule.makes.map(code).join(", ")}`, ...confidenceOf(rule.confidence), "");
  }
  const shown = file.examples.filter((example) => expectationsIn(example.code).some(({ rule }) => rule === id));
  if (shown.length > 0) lines.push("Examples, checked with each build (`ruleid`: the next line is found; `ok`: it is not):", "");
  for (const example of shown) lines.push(`**${example.name}**`, "", ...fence(file.language, example.code), "");
  return lines;
}

function openingOf(open: OpenCall): string {
  const what = open.opens === "receiver" ? " (its receiver)" : typeof open.opens === "string" ? ` (${open.opens.replace(":", " ")})` : "";
  const only = [...open.when.map(({ argument, equals }) => `with ${argument} = ${equals}`), ...open.unless.map(({ argument, equals }) => `unless ${argument} = ${equals}`)];
  return `${code(open.call)}${what}${only.length === 0 ? "" : ` ${only.join(", ")}`}`;
}

function confidenceOf(confidence: string): string[] {
  return confidence === "high" ? [] : [`- Never told with more than ${confidence} confidence.`];
}

function code(text: string): string {
  return `\`${text}\``;
}

function fence(language: string, text: string): string[] {
  return [`\`\`\`${language}`, text.trimEnd(), "```"];
}
