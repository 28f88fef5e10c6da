import { resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../../model/failure";
import type { ExampleResult } from "../../investigate/rule-examples";
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
        const results = await investigator.tryRules(named, files.length > 0 ? null : root);
        await room.say(results.map(lineOf));
        const failed = results.filter(isFailed).length;
        await room.say([`${results.length - failed} examples hold, ${failed} do not\n`]);
        if (results.length === 0) throw new Failure("ruleInvalid", `${named.join(", ")}: no example`, "Give each rule at least one example with `ruleid:` and one with `ok:`.");
        room.found(failed > 0);
      }),
    );
  rules
    .command("schema")
    .description("the JSON Schema of a rule file, for completion in an editor")
    .action(async () => room.say([writeRuleSchema()]));
}

function isFailed({ broken, disagreements }: ExampleResult): boolean {
  return broken !== null || disagreements.length > 0;
}

function lineOf(result: ExampleResult): string {
  const head = `${isFailed(result) ? "FAILED" : "ok    "} ${result.library}: ${result.example}`;
  if (result.broken !== null) return `${head}: ${result.broken}\n`;
  return [head, ...result.disagreements.map(({ line, rule, is }) => `         line ${line}: ${rule} ${is === "missed" ? "should be found here, and is not" : "is found here, and should not be"}`)].join("\n") + "\n";
}

/** `; did you mean go/sql-rows?` where one name is close. */
function nearest(asked: string, ids: readonly string[]): string {
  const words = (id: string): Set<string> => new Set(id.toLowerCase().split(/[^a-z0-9]+/));
  const wanted = words(asked);
  const scored = [...new Set(ids)].map((id) => ({ id, score: [...words(id)].filter((word) => wanted.has(word)).length })).filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  return scored.length === 0 ? "" : `; did you mean ${scored.slice(0, 3).map(({ id }) => id).join(", ")}?`;
}
