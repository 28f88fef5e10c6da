import type { Place } from "../../src/locate/flow/flow-model";
import type { Release } from "./releases";

/** A change of one text: UTF-16 offsets, end exclusive. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What stands where a statement, or a value, was. */
const NOTHING: Readonly<Record<string, { readonly step: string; readonly value: string }>> = {
  csharp: { step: ";", value: "0" },
  go: { step: "", value: "error(nil)" },
  java: { step: ";", value: "null" },
  javascript: { step: ";", value: "undefined" },
  kotlin: { step: "Unit", value: "Unit" },
  php: { step: ";", value: "null" },
  python: { step: "pass", value: "None" },
  ruby: { step: "nil", value: "nil" },
  rust: { step: "()", value: "()" },
};

/** How to take a release away, or null where its form cannot be taken away without more. */
export function removal(release: Release, text: string, starts: readonly number[]): Edit[] | null {
  const [from, to] = span(release.at, starts);
  const nothing = NOTHING[release.language];
  if (nothing === undefined) return null;
  if (release.form === "with") return withoutBlock(release, text, starts);
  const what = text.slice(from, to);
  // Nothing of the text around may go with it.
  if (!what.includes(release.stands === "value" && release.words.endsWith(")") ? release.variable : release.words.replace(/^.*\.|\(.*$/gu, ""))) return null;
  return [{ from, to, text: keepLines(what, release.stands === "step" ? nothing.step : nothing.value) }];
}

/** The same number of lines, so that all places after it stay. */
function keepLines(before: string, after: string): string {
  return after + "\n".repeat([...before.matchAll(/\n/gu)].length);
}

function withoutBlock(release: Release, text: string, starts: readonly number[]): Edit[] | null {
  const { item, language, variable } = release;
  if (item === undefined) return null;
  const [from, to] = span(release.at, starts);
  const [valueFrom, valueTo] = span(item.value, starts);
  const [bindFrom, bindTo] = span(item.bind, starts);
  const [bodyFrom] = span(item.body, starts);
  const value = text.slice(valueFrom, valueTo);
  switch (language) {
    case "python": {
      if (!item.only || bindFrom < valueTo) return null;
      const head = text.slice(from, bodyFrom);
      const isAsync = head.startsWith("async");
      const colon = text.indexOf(":", bindTo);
      if (colon < 0 || colon > bodyFrom || text.slice(bindTo, colon).trim().replace(")", "") !== "") return null;
      const line = text.lastIndexOf("\n", from - 1) + 1;
      const indent = text.slice(line, from);
      if (indent.trim() !== "") return null;
      const closing = /^(?:contextlib\.)?a?closing\(/u.exec(value);
      const bare = closing === null ? value : value.slice(closing[0].length, -1);
      return [{ from, to: colon + 1, text: `${variable} = ${isAsync ? "await " : ""}${bare.includes("\n") ? `(${bare})` : bare}\n${indent}if True:` }];
    }
    case "java": {
      // try (A a = f(); B b = g()) {: the last one becomes a variable of the block.
      const open = text.indexOf("{", valueTo);
      const head = text.slice(from, open);
      if (!head.startsWith("try") || open < 0) return null;
      const start = Math.max(from + head.lastIndexOf("(", 0), text.lastIndexOf(";", bindFrom), text.indexOf("(", from));
      if (start < from || start >= bindFrom) return null;
      const declaration = text.slice(start + 1, valueTo).trim();
      const end = matching(text, open);
      const handled = /^\s*(?:catch|finally)\b/u.test(text.slice(end + 1, end + 400));
      const close = text.lastIndexOf(")", open);
      if (item.only) return [{ from, to: open + 1, text: keepLines(head, `${handled ? "try " : ""}{ ${declaration.replaceAll("\n", " ")};`) }];
      return [{ from: start, to: open + 1, text: keepLines(text.slice(start, open + 1), `) { ${declaration.replaceAll("\n", " ")};`) }].filter(() => close > start);
    }
    case "csharp": {
      const using = /^(?:await\s+)?using\s+(?!\()/u.exec(text.slice(from, to));
      if (using !== null) return [{ from, to: from + using[0].length, text: "" }];
      const block = /^(?:await\s+)?using\s*\(/u.exec(text.slice(from, to));
      if (block === null || !item.only) return null;
      const close = text.indexOf(")", valueTo);
      if (close < 0 || close > bodyFrom) return null;
      return [{ from, to: from + block[0].length, text: "" }, { from: close, to: close + 1, text: ";" }];
    }
    case "kotlin": {
      const between = text.slice(valueTo, bodyFrom);
      const use = /^(\s*\??\.)use(\s*\{)/u.exec(between);
      if (use === null) return null;
      return [{ from: valueTo + use[1]!.length, to: valueTo + use[1]!.length + 3, text: "let" }];
    }
    case "javascript": {
      const using = /^(?:await\s+)?using\s+/u.exec(text.slice(from, to));
      return using === null ? null : [{ from, to: from + using[0].length, text: "const " }];
    }
    default:
      return null;
  }
}

/** The bracket that closes the one at `open`; strings and comments are not looked at, so the end of the text at worst. */
function matching(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return text.length;
}

/** Offsets at which the lines begin. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function span(place: Place, starts: readonly number[]): readonly [number, number] {
  return [(starts[place[0] - 1] ?? 0) + place[1] - 1, (starts[place[2] - 1] ?? 0) + place[3] - 1];
}

/** A text with edits that do not overlap; and, for a line of the text before, the line that it became. */
export function edited(text: string, edits: readonly Edit[]): { readonly text: string; lineOf(line: number): number } {
  const sorted = [...edits].sort((a, b) => a.from - b.from);
  const starts = lineStarts(text);
  let result = "";
  let done = 0;
  const grown: { readonly at: number; readonly lines: number }[] = [];
  for (const edit of sorted) {
    if (edit.from < done) throw new Error("edits overlap");
    result += text.slice(done, edit.from) + edit.text;
    done = edit.to;
    grown.push({ at: edit.to, lines: edit.text.split("\n").length - text.slice(edit.from, edit.to).split("\n").length });
  }
  result += text.slice(done);
  return { text: result, lineOf: (line) => line + grown.filter(({ at }) => at <= (starts[line - 1] ?? 0)).reduce((sum, { lines }) => sum + lines, 0) };
}

/** Releases in rounds: in one round at most one a function, so that mutants do not speak for one another. */
export function inRounds(releases: readonly Release[]): Release[][] {
  const rounds: Release[][] = [];
  const taken = new Map<string, number>();
  for (const one of releases) {
    const key = `${one.file}\n${one.symbol}`;
    const round = taken.get(key) ?? 0;
    taken.set(key, round + 1);
    (rounds[round] ??= []).push(one);
  }
  return rounds;
}
