import { resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../model/failure";
import type { ExampleResult, RuleFileTrial } from "../../investigate/rule-examples";
import { invalidRules } from "../../locate/rules/load-rules";
import { ruleEntries, rulePage } from "../../locate/rules/rule-page";
import { writeRuleSchema } from "../../locate/rules/schema";
import type { CommandRoom } from "../command-room";

/** `explain RULE`, `rules`, `rules test`, `rules schema`: what rules say, and whether their examples hold. */
export function addRuleCommands(program: Command, room: CommandRoom): void {
  program
    .command("explain")
    .description("what a rule looks for, why, and how to mend it, from its own data and examples")
    .argument("<rule>", "a rule's name, as findings carry it (go/sql-transaction)")
    .addOption(room.workspace())
    .action(async (rule: string, options: { workspace?: string }) =>
      room.withInvestigator({}, async (investigator) => {
        const { builtIn, own } = await investigator.rules(options.workspace ?? room.cwd);
        const entries = ruleEntries([...builtIn, ...own]);
        const asked = entries.filter(({ id }) => id === rule);
        if (asked.length === 0) throw new Failure("notFound", `${rule}: no such rule${nearest(rule, entries.map(({ id }) => id))}`, "`leakline rules` lists them all.");
        await room.say([rulePage(asked)]);
      }),
    );

  const rules = program.command("rules").description("all rules, one a line; `rules test` runs the examples of your own, `rules schema` prints the JSON Schema of rule files");
  rules
    .command("list", { isDefault: true })
    .description("all rules in force, with language and library")
    .addOption(room.workspace())
    .action(async (options: { workspace?: string }) =>
      room.withInvestigator({}, async (investigator) => {
        const { builtIn, own } = await investigator.rules(options.workspace ?? room.cwd);
        const lines = ruleEntries([...builtIn, ...own]).map(({ id, file }) => `${id.padEnd(36)} ${file.language.padEnd(12)} ${file.library}\n`);
        await room.say([...new Set(lines)].sort());
      }),
    );
  rules
    .command("test")
    .description("run the examples of rule files: those named, else .leakline/rules/*.yaml")
    .argument("[file...]", "rule files")
    .addOption(room.workspace())
    .action(async (files: string[], options: { workspace?: string }) =>
      room.withInvestigator({}, async (investigator) => {
        const root = options.workspace ?? room.cwd;
        const named = files.length > 0 ? files.map((file) => resolve(room.cwd, file)) : await room.workspaceRuleFiles(root);
        if (named.length === 0) throw new Failure("notFound", `${root}: no rule file in .leakline/rules`, "Name the files, or put them there.");
        const trials = await investigator.tryRules(named);
        const examples = trials.flatMap((trial) => trial.examples);
        const wrong = trials.filter(({ problems }) => problems.length > 0);
        await room.say(trials.map(linesOf));
        const failed = examples.filter(isFailed).length;
        await room.say([`${examples.length - failed} examples hold, ${failed} do not${wrong.length === 0 ? "" : `; ${wrong.length} of ${trials.length} rule files cannot be used`}\n`]);
        // What is wrong with a file weighs more than an example that does not hold: nothing is known of its examples.
        if (wrong.length > 0) throw invalidRules(wrong);
        if (examples.length === 0) throw new Failure("ruleInvalid", `${named.join(", ")}: no example`, "Give each rule at least one example with `ruleid:` and one with `ok:`.");
        room.found(failed > 0);
      }),
    );
  rules
    .command("schema")
    .description("the JSON Schema of a rule file, for completion in an editor")
    .action(async () => room.say([writeRuleSchema()]));
}

function isFailed({ broken, disagreements }: Pick<ExampleResult, "broken" | "disagreements">): boolean {
  return broken !== null || disagreements.length > 0;
}

function linesOf({ file, problems, examples, unproven }: RuleFileTrial): string {
  return [
    ...problems.map(({ line, column, text }) => `FAILED ${file}:${line}:${column}: ${text}\n`),
    ...examples.map((result) => exampleLines(file, result)),
    ...(examples.length === 0 ? [] : unproven.map(({ rule, lacks }) => `note   ${rule}: no example says \`${lacks}:\` of it\n`)),
  ].join("");
}

function exampleLines(file: string, { library, example, line: first, broken, disagreements }: ExampleResult): string {
  const head = `${isFailed({ broken, disagreements }) ? "FAILED" : "ok    "} ${library}: ${example}`;
  // Where the example stands in the file: what an editor jumps to.
  const place = (line: number | null): string => (first === null ? "" : ` (${file}:${first + (line ?? 1) - 1})`);
  if (broken !== null) return `${head}: ${broken.line === null ? "" : `line ${broken.line}: `}${broken.text}${place(broken.line)}\n`;
  return [head, ...disagreements.map(({ line, rule, is }) => `         line ${line}: ${rule} ${is === "missed" ? "should be found here, and is not" : "is found here, and should not be"}${place(line)}`)].join("\n") + "\n";
}

/** `; did you mean go/sql-rows?` where one name is close. */
function nearest(asked: string, ids: readonly string[]): string {
  const words = (id: string): Set<string> => new Set(id.toLowerCase().split(/[^a-z0-9]+/));
  const wanted = words(asked);
  const scored = [...new Set(ids)].map((id) => ({ id, score: [...words(id)].filter((word) => wanted.has(word)).length })).filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  return scored.length === 0 ? "" : `; did you mean ${scored.slice(0, 3).map(({ id }) => id).join(", ")}?`;
}
