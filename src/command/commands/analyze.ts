import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { Failure } from "../../model/failure";
import type { Analysis } from "../../model/finding";
import type { Investigator } from "../../investigate/investigator";
import { ruleEntries, rulePage } from "../../locate/rules/rule-page";
import type { RuleEntry } from "../../locate/rules/rule-page";
import { writeAnalysis } from "../../protocol/investigation-file";
import { againstBaseline, writeBaseline } from "../../report/baseline";
import { githubAnnotations } from "../../report/github";
import { sarifOfAnalysis } from "../../report/sarif";
import { textOfAnalysis } from "../../report/text";
import type { CommandRoom } from "../command-room";

const FORMATS = ["text", "json", "sarif", "github"] as const;

interface AnalyzeOptions {
  readonly format: (typeof FORMATS)[number];
  readonly rules?: string[];
  readonly engine: "wasm" | "native";
  readonly rule?: string[];
  readonly withoutRule?: string[];
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly fix: boolean;
}

/** `analyze`: the code paths that can leak or block, new ones only against a baseline, mended where that is safe. */
export function addAnalyzeCommand(program: Command, room: CommandRoom): void {
  program
    .command("analyze")
    .description("find the code paths that can leak or block")
    .argument("[dir]", "folder", ".")
    .addOption(new Option("--format <format>", "how to report").choices(FORMATS).default("text"))
    .addOption(new Option("--rules <file>", "additional rules (repeatable)").argParser((file: string, before: string[] | undefined) => [...(before ?? []), file]))
    .option("--baseline <file>", "leave out the findings that this file knows: only new ones are told, and only they make the exit status 1")
    .option("--write-baseline <file>", "write the findings of now as the baseline, and end with 0")
    .option("--fix", "mend in place what can be mended safely: each fix is proven to parse, to remove its finding and to bring no other", false)
    .addOption(room.engine())
    .addOption(room.memory())
    .addOption(room.rule())
    .addOption(room.withoutRule())
    .action(async (dir: string, options: AnalyzeOptions) =>
      room.withInvestigator(options, async (investigator) => {
        const root = resolve(room.cwd, dir);
        const look = (): Promise<Analysis> => investigator.analyze(root, { signal: room.signal, onProgress: room.onProgress });
        let analysis = await look();
        if (options.fix) {
          const { fixed, files } = await investigator.fix(root, analysis, room.signal);
          room.tell(`mended ${fixed.length} of ${analysis.findings.length} findings in ${files.length} files${fixed.map(({ file, range, rule }) => `\n  ${file}:${range.start.line}  ${rule}`).join("")}`);
          if (fixed.length > 0) analysis = await look();
        }
        if (options.writeBaseline !== undefined) {
          await write(resolve(room.cwd, options.writeBaseline), options.writeBaseline, writeBaseline(analysis));
          room.tell(`wrote ${analysis.findings.length} findings to ${options.writeBaseline}`);
          return;
        }
        if (options.baseline !== undefined) {
          const compared = againstBaseline(analysis, await read(resolve(room.cwd, options.baseline), options.baseline), options.baseline);
          analysis = compared.analysis;
          room.tell(`${compared.known} findings are in the baseline${compared.gone === 0 ? "" : `; ${compared.gone} of it are found no more (write it anew to be held to that)`}`);
        }
        const pages = options.format === "sarif" ? await rulesOf(investigator, root) : [];
        await room.say([textOf(analysis, options.format, room.version, pages)]);
        room.found(analysis.findings.length > 0);
      }),
    );
}

async function rulesOf(investigator: Investigator, root: string): Promise<readonly RuleEntry[]> {
  const { builtIn, own } = await investigator.rules(root);
  return ruleEntries([...builtIn, ...own]);
}

function textOf(analysis: Analysis, format: AnalyzeOptions["format"], version: string, rules: readonly RuleEntry[]): string {
  switch (format) {
    case "json":
      return writeAnalysis(analysis);
    case "sarif":
      return sarifOfAnalysis(analysis, version, (asked) => rulePage(rules.filter(({ id }) => id === asked)) || null);
    case "github":
      return githubAnnotations(analysis);
    case "text":
      return textOfAnalysis(analysis);
  }
}

async function read(path: string, shownName: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Failure("fileUnreadable", `${shownName}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : "cannot be read"}`, "Write it with `leakline analyze --write-baseline FILE`.", { cause: error });
  }
}

async function write(path: string, shownName: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new Failure("fileUnreadable", `${shownName}: cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown reason"})`, "Name a file in a folder that you may write to.", { cause: error });
  }
}
