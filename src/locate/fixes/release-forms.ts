import type { FileFlow, Step } from "../flow/flow-model";
import type { ResourceRule } from "../rules/rule-model";
import type { Edit } from "./edit";
import { TextLines } from "./edit";
import type { OpeningPlace } from "./opening-place";
import { leavesBlock } from "./opening-place";

export interface FixInput {
  readonly text: string;
  readonly flow: FileFlow;
  readonly place: OpeningPlace;
  readonly rule: ResourceRule;
}

/** Ways of a language to release something on every way out; a way gives its edits, or null where it does not fit. */
export type ReleaseForm = (input: FixInput) => readonly Edit[] | null;

/**
 * Go: the rule's own `defer ...` behind the error check. Not in a loop, where deferred calls pile up until the function ends.
 */
export const deferRelease: ReleaseForm = ({ text, place, rule }) => {
  const snippet = rule.fix === null ? null : /^defer (\w+)((?:\.\w+)*\(.*\)|\.\w[^\n]*)$/.exec(rule.fix.trim());
  // What wraps it may have another name for its end, or none.
  if (snippet === null || place.inLoop || place.wrapped) return null;
  const lines = new TextLines(text);
  const [next] = place.after;
  const check = next !== undefined && next.is === "if" && testsOneOf(next.condition, place.others) ? next : null;
  // An error that nobody tests here may be tested later: what was opened may then be nil.
  if (check === null && place.others.length > 0) return null;
  const [, , line, column] = (check ?? place.step).at;
  if (!lines.endsLine(line, column)) return null;
  const at = lines.lineStart(line) + lines.line(line).length;
  return [{ start: at, end: at, text: `${lines.newline}${lines.indent(place.step.at[0])}defer ${place.variable}${snippet[2] ?? ""}` }];
};

function testsOneOf(condition: unknown, names: readonly string[]): boolean {
  const one = condition as { readonly is: string; readonly operator?: string; readonly left?: { readonly is: string; readonly name?: string }; readonly right?: { readonly is: string; readonly kind?: string } };
  return one.is === "compare" && one.operator === "!=" && one.left?.is === "name" && names.includes(one.left.name ?? "") && one.right?.is === "literal" && one.right.kind === "null";
}

/** Python: the rest of the block goes into `with ... as x:`; what is no context manager is wrapped by `contextlib.closing`. */
export const withBlock: ReleaseForm = (input) => {
  const { text, flow, place, rule } = input;
  const { step } = place;
  if (step.value === null || step.value.is !== "call" || place.others.length > 0 || place.wrapped) return null;
  const closing = !rule.contextManager && rule.closes.some(({ call, on }) => on === "receiver" && call.endsWith(".close"));
  if (!rule.contextManager && !closing) return null;
  const region = restOfBlock(input);
  if (region === null) return null;
  const { lines, first, last } = region;
  const call = text.slice(lines.offset(step.value.at[0], step.value.at[1]), lines.offset(step.value.at[2], step.value.at[3]));
  const unit = indentUnit(lines, first, last);
  const edits: Edit[] = [{
    start: lines.offset(step.at[0], step.at[1]), end: lines.offset(step.at[2], step.at[3]),
    text: `with ${closing ? `contextlib.closing(${call})` : call} as ${place.variable}:`,
  }];
  for (let line = first; line <= last; line += 1) if (lines.line(line).trim() !== "") edits.push({ start: lines.lineStart(line), end: lines.lineStart(line), text: unit });
  if (closing && !flow.imports.some(({ local, path, member }) => local === "contextlib" && path === "contextlib" && member === null)) {
    const before = importLine(lines);
    edits.push({ start: lines.lineStart(before), end: lines.lineStart(before), text: `import contextlib${lines.newline}` });
  }
  return edits;
};

/** What a rule opens is released by its language's own block: the rule says so, or its fix is such a block. */
function fitsBlock({ contextManager, fix }: ResourceRule): boolean {
  return contextManager || (fix !== null && /^try \(|\.use \{/.test(fix));
}

/** Java: the rest of the block goes into `try (T x = ...) { }`. A stream around a stream closes it: the solver, which proves each fix, knows. */
export const tryWithResources: ReleaseForm = (input) => {
  const { text, place, rule } = input;
  const { step } = place;
  if (!fitsBlock(rule) || !step.declares || place.others.length > 0) return null;
  const region = restOfBlock(input);
  if (region === null) return null;
  const { lines, first, last } = region;
  const declaration = text.slice(lines.offset(step.at[0], step.at[1]), lines.offset(step.at[2], step.at[3])).replace(/;\s*$/, "");
  if (!/^[\w.<>,[\]?@ \t\r\n]+\s+\w+\s*=/.test(declaration)) return null;
  const indent = lines.indent(step.at[0]);
  const unit = indentUnit(lines, first, last);
  const line = lines.line(step.at[2]);
  const semicolon = line.indexOf(";", step.at[3] - 1);
  const edits: Edit[] = [{ start: lines.offset(step.at[0], step.at[1]), end: lines.lineStart(step.at[2]) + (semicolon === -1 ? step.at[3] - 1 : semicolon + 1), text: `try (${declaration}) {` }];
  for (let one = first; one <= last; one += 1) if (lines.line(one).trim() !== "") edits.push({ start: lines.lineStart(one), end: lines.lineStart(one), text: unit });
  const end = lines.lineStart(last) + lines.line(last).length;
  edits.push({ start: end, end, text: `${lines.newline}${indent}}` });
  return edits;
};

/**
 * Kotlin: the rest of the block goes into `....use { x -> }`. A `return` in it still leaves the function, as `use` is inline; `break` and
 * `continue` would not before Kotlin 2.2.
 */
export const useBlock: ReleaseForm = (input) => {
  const { text, place, rule } = input;
  const { step } = place;
  if (!fitsBlock(rule) || !step.declares || step.value === null || step.value.is !== "call" || place.others.length > 0) return null;
  const region = restOfBlock(input);
  if (region === null) return null;
  const { lines, first, last } = region;
  for (let line = first; line <= last; line += 1) if (/\b(?:break|continue)\b/.test(lines.line(line))) return null;
  const declaration = text.slice(lines.offset(step.at[0], step.at[1]), lines.offset(step.at[2], step.at[3]));
  const value = /^val\s+\w+\s*(?::[^=]+)?=\s*([\s\S]+)$/.exec(declaration)?.[1]?.trimEnd();
  if (value === undefined) return null;
  const unit = indentUnit(lines, first, last);
  const edits: Edit[] = [{ start: lines.offset(step.at[0], step.at[1]), end: lines.offset(step.at[2], step.at[3]), text: `${value}.use { ${place.variable} ->` }];
  for (let line = first; line <= last; line += 1) if (lines.line(line).trim() !== "") edits.push({ start: lines.lineStart(line), end: lines.lineStart(line), text: unit });
  const end = lines.lineStart(last) + lines.line(last).length;
  edits.push({ start: end, end, text: `${lines.newline}${lines.indent(step.at[0])}}` });
  return edits;
};

/** C#: `using` before the declaration releases at the end of the block. */
export const usingDeclaration: ReleaseForm = ({ text, place, rule }) => {
  const { step } = place;
  if (!rule.contextManager || !step.declares || leavesBlock(place.after, place.variable)) return null;
  const lines = new TextLines(text);
  const [line] = step.at;
  const column = lines.indent(line).length + 1;
  if (!lines.beginsLine(line, step.at[1]) || !/^(?:var\b|[A-Z_])/.test(lines.line(line).slice(column - 1))) return null;
  return [{ start: lines.offset(line, column), end: lines.offset(line, column), text: "using " }];
};

interface Region {
  readonly lines: TextLines;
  readonly first: number;
  readonly last: number;
}

/** The lines of the statements behind the opening one, when they can be indented as a whole without changing what they mean. */
function restOfBlock({ text, place }: FixInput): Region | null {
  const { step, after, variable } = place;
  const end = after.at(-1);
  if (end === undefined || leavesBlock(after, variable)) return null;
  const lines = new TextLines(text);
  const first = step.at[2] + 1;
  const last = endLine(after);
  if (!lines.beginsLine(step.at[0], step.at[1]) || !lines.endsLine(step.at[2], step.at[3])) return null;
  if ((after[0]?.at[0] ?? 0) < first) return null;
  for (let line = first; line <= last; line += 1) {
    // Text of several lines would be indented too.
    if (/"""|'''|`/.test(lines.line(line)) || /\\$/.test(lines.line(line))) return null;
  }
  return { lines, first, last };
}

function endLine(steps: readonly Step[]): number {
  return Math.max(...steps.map(({ at }) => at[2]));
}

/** One level of indentation as this text has it: what the first nested line adds, else the least that any line of the text has. */
function indentUnit(lines: TextLines, first: number, last: number): string {
  const base = lines.indent(first);
  for (let line = first; line <= last; line += 1) {
    const indent = lines.indent(line);
    if (lines.line(line).trim() !== "" && indent.length > base.length && indent.startsWith(base)) return indent.slice(base.length);
  }
  if (base.startsWith("\t")) return "\t";
  // A lone blank begins the lines of a comment.
  const least = Math.min(...lines.text.split("\n").flatMap((line) => /^( {2,})[^\s*]/.exec(line)?.[1]?.length ?? []));
  return " ".repeat(Number.isFinite(least) ? Math.min(least, 8) : 4);
}

/** Before the first import of a Python file, behind its docstring and `from __future__`. */
function importLine(lines: TextLines): number {
  const texts = lines.text.split("\n");
  const index = texts.findIndex((line) => /^(?:import|from)\s+(?!__future__)/.test(line));
  return index === -1 ? 1 : index + 1;
}
