import type { LogStatement } from "../../model/log";
import { callEdges } from "./call-graph";
import { lettersOf } from "./file-statements";
import type { Constant, FileStatements, StatementFunction, WrittenCall } from "./file-statements";
import { expand, merged } from "./text";
import type { FormatStyle, NameMeaning, Piece, Text } from "./text";

/** A statement with all that matching needs. Plain data. */
export interface IndexedStatement extends LogStatement {
  readonly endLine: number;
  readonly kind: "log" | "exception";
  /** Index into the workspace's functions: the one it stands in, closures included. */
  readonly function: number;
  /** All messages that it can write. */
  readonly ways: readonly (readonly Piece[])[];
  /** Keys of the fields that it writes beside the message. */
  readonly keys: readonly string[];
  /** The logging call that really writes it, when this one hands its message to a function of the workspace; innermost last. */
  readonly through: readonly { readonly file: string; readonly line: number; readonly endLine: number }[];
}

export interface IndexedFunction {
  readonly file: string;
  readonly language: string;
  readonly module: string;
  readonly symbol: string;
  readonly name: string;
  readonly owner: string | null;
  readonly line: number;
  readonly endLine: number;
}

/** What a workspace can log, and who calls whom. Plain data: it crosses threads. */
export interface WorkspaceStatements {
  readonly statements: readonly IndexedStatement[];
  readonly functions: readonly IndexedFunction[];
  /** Pairs of indices into `functions`: caller, callee, caller, callee ... */
  readonly calls: Int32Array;
  /** All source files, relative to the root, with `/`. */
  readonly files: readonly string[];
  /** Files that could not be read, with the reason. */
  readonly givenUp: readonly { readonly file: string; readonly reason: string }[];
}

/** A function that passes its parameter on to a logging call. */
interface Wrapper {
  readonly file: FileStatements;
  readonly fn: StatementFunction;
  readonly parameter: number;
  readonly call: WrittenCall;
  readonly ways: readonly (readonly Piece[])[];
  readonly library: string;
  readonly level: LogStatement["level"];
  readonly through: IndexedStatement["through"];
}

/** A text of its own with so many letters makes the logging call the statement, and not its callers. */
const OWN_LETTERS = 6;
/** Wrappers of wrappers are followed so far. */
const DEEPEST_WRAPPER = 4;

/** From what each file says to what the workspace can log: constants looked up across files, wrappers followed to their callers. */
export function workspaceStatements(files: readonly FileStatements[], givenUp: WorkspaceStatements["givenUp"] = [], allFiles: readonly string[] = files.map(({ file }) => file)): WorkspaceStatements {
  const constants = new Map<string, { readonly file: FileStatements; readonly constant: Constant }[]>();
  const offsets = new Map<FileStatements, number>();
  const functions: IndexedFunction[] = [];
  for (const file of files) {
    offsets.set(file, functions.length);
    for (const { symbol, name, owner, line, endLine } of file.functions) functions.push({ file: file.file, language: file.language, module: file.module, symbol, name, owner, line, endLine });
    for (const constant of file.constants) push(constants, `${family(file.language)} ${constant.name}`, { file, constant });
  }

  const constantOf = (path: string, file: FileStatements): Text | null => {
    const parts = path.split(".").filter((part) => part !== "this" && part !== "self" && part !== "cls" && part !== "static" && part !== "Companion");
    const name = (parts.at(-1) ?? "").replace(/^@+/u, "");
    const qualifier = parts.at(-2);
    const all = constants.get(`${family(file.language)} ${name}`);
    if (all === undefined) return null;
    const fitting = qualifier === undefined ? all : all.filter(({ file: at, constant: { owner } }) => owner === qualifier || stem(at.file) === qualifier || lastPart(at.module) === qualifier || (parts.length === 2 && at === file));
    const near = [fitting.filter((one) => one.file === file), fitting.filter((one) => folder(one.file.file) === folder(file.file)), fitting].find((some) => some.length > 0) ?? [];
    if (near.length === 0) return null;
    const different = new Set(near.map(({ constant }) => JSON.stringify(constant.text)));
    if (different.size === 1) return (near[0] as { constant: Constant }).constant.text;
    return near.every((one) => one.file === file) && different.size <= 4 ? { is: "either", of: near.map(({ constant }) => constant.text) } : null;
  };

  /** What names mean where a call stands; notes the function whose parameters were met. */
  const meaningIn = (file: FileStatements, call: WrittenCall, met: { fn: StatementFunction | null }): ((path: string) => NameMeaning) => (path) => {
    if (!path.includes(".")) {
      for (let at: number | null = call.function; at !== null; at = file.functions[at]?.parent ?? null) {
        const fn = file.functions[at];
        const index = fn?.parameters.indexOf(path) ?? -1;
        if (fn === undefined || index < 0) continue;
        if (fn.name.startsWith("<") || (met.fn !== null && met.fn !== fn)) return null;
        met.fn = fn;
        return { parameter: index };
      }
    }
    const text = constantOf(path, file);
    return text === null ? null : { text };
  };

  const found: IndexedStatement[] = [];
  const foundAt = new Map<string, number>();
  const add = (file: FileStatements, call: WrittenCall, kind: "log" | "exception", library: string, level: LogStatement["level"], ways: readonly (readonly Piece[])[], through: IndexedStatement["through"]): void => {
    const template = templateOf(ways);
    const key = `${file.file} ${call.line} ${call.column} ${call.callee} ${kind}`;
    const statement: IndexedStatement = {
      file: file.file, line: call.line, column: call.column, endLine: call.endLine, symbol: namedSymbol(file, call.function), language: file.language, library, level, template, kind,
      function: (offsets.get(file) ?? 0) + call.function, ways: ways.map((way) => way.map(plainPiece)), keys: call.keys, through,
    };
    const before = foundAt.get(key);
    if (before === undefined) {
      foundAt.set(key, found.length);
      found.push(statement);
      return;
    }
    // The same call by another way: through a second wrapper of that name. Or a wrapper says better what a name only suggested.
    const old = found[before] as IndexedStatement;
    if (old.through.length === 0 && through.length > 0) found[before] = statement;
    else if (old.ways.length < 8) {
      const more = through.filter((one) => !old.through.some(({ file: at, line }) => at === one.file && line === one.line));
      found[before] = { ...old, ways: distinct([...old.ways, ...statement.ways]), through: [...old.through, ...more] };
    }
  };

  let wrappers: Wrapper[] = [];
  const noteWrapper = (file: FileStatements, call: WrittenCall, fn: StatementFunction | null, ways: readonly (readonly Piece[])[], library: string, level: LogStatement["level"], through: IndexedStatement["through"]): boolean => {
    if (fn === null) return false;
    const parameters = new Set(ways.flatMap((way) => way.flatMap((piece) => (typeof piece === "string" || piece.parameter === undefined ? [] : [piece.parameter]))));
    const own = Math.max(0, ...ways.map((way) => way.reduce((sum, piece) => sum + (typeof piece === "string" ? lettersOf(piece) : 0), 0)));
    if (parameters.size === 0 || own >= OWN_LETTERS) return false;
    for (const parameter of parameters) {
      wrappers.push({ file, fn, parameter, call, ways: ways.filter((way) => way.some((piece) => typeof piece !== "string" && piece.parameter === parameter)), library, level, through: [{ file: file.file, line: call.line, endLine: call.endLine }, ...through] });
    }
    return true;
  };

  const byCallee = new Map<string, { readonly file: FileStatements; readonly call: WrittenCall }[]>();
  for (const file of files) {
    for (const call of file.calls) {
      if (call.arguments.length > 0) push(byCallee, call.callee, { file, call });
      if (call.message === null || call.kind === "other") continue;
      const met = { fn: null };
      const ways = expand(call.message, meaningIn(file, call, met));
      if (call.kind === "log") noteWrapper(file, call, met.fn, ways, call.library, call.level, []);
      add(file, call, call.kind, call.library, call.level, ways, []);
    }
  }
  for (let depth = 0; depth < DEEPEST_WRAPPER && wrappers.length > 0; depth++) {
    const round = wrappers;
    wrappers = [];
    for (const wrapper of round) {
      for (const { file, call } of byCallee.get(wrapper.fn.name) ?? []) {
        if (!mayMean(call, file, wrapper)) continue;
        const given = call.arguments.find(({ name }) => name === wrapper.fn.parameters[wrapper.parameter]) ?? call.arguments[wrapper.parameter];
        if (given === undefined) continue;
        const met = { fn: null };
        const meaning = meaningIn(file, call, met);
        const rest = call.arguments.slice(wrapper.parameter + 1).map(({ text }) => text);
        const ways = distinct(wrapper.ways.flatMap((way) => substitute(way, wrapper.parameter, (style) => expand(style === null ? given.text : { is: "formatted", style, format: given.text, arguments: rest }, meaning), call, meaning)));
        const level = wrapper.level ?? call.level;
        noteWrapper(file, call, met.fn, ways, wrapper.library, level, wrapper.through);
        if (ways.some((way) => way.some((piece) => typeof piece === "string" && lettersOf(piece) > 0))) add(file, call, "log", wrapper.library, level, ways, wrapper.through);
      }
    }
  }
  found.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column));
  return { statements: found, functions, calls: callEdges(files, (file) => offsets.get(file) ?? 0), files: allFiles, givenUp };
}

/** A wrapper's message with a caller's text where its parameter stood; its other parameters become what the caller gives for them. */
function substitute(
  way: readonly Piece[], parameter: number, textFor: (style: FormatStyle | null) => readonly (readonly Piece[])[], call: WrittenCall, meaning: (path: string) => NameMeaning,
): readonly (readonly Piece[])[] {
  let ways: Piece[][] = [[]];
  for (const piece of way) {
    let branches: readonly (readonly Piece[])[] = [[piece]];
    if (typeof piece !== "string" && piece.parameter !== undefined) {
      const other = call.arguments[piece.parameter];
      if (piece.parameter === parameter) branches = textFor(piece.formatOf ?? null);
      else branches = other === undefined ? [[{ name: piece.name }]] : expand(other.text, meaning);
    }
    if (ways.length * branches.length > 8) branches = branches.slice(0, 1);
    ways = ways.flatMap((before) => branches.map((branch) => [...before, ...branch]));
  }
  return ways.map(merged);
}

/** Whether a call by that name can mean the wrapper. Liberal: what it does not mean is told apart by the text. */
function mayMean(call: WrittenCall, file: FileStatements, { fn, file: at, call: inner }: Wrapper): boolean {
  if (family(file.language) !== family(at.language) || (call === inner && file === at)) return false;
  const last = call.receiver.split(".").at(-1)?.replace(/\(\)$/u, "") ?? "";
  if (fn.owner !== null) return call.receiver !== "" || file === at || file.language === "ruby" || file.language === "kotlin" || file.language === "java" || file.language === "csharp";
  if (call.receiver === "") return file === at || !sharesFolder(file.language) || folder(file.file) === folder(at.file);
  return last === lastPart(at.module) || last === stem(at.file) || last === folder(at.file).split("/").at(-1) || (last === "exports" && file === at);
}

function sharesFolder(language: string): boolean {
  return language === "go";
}

/** Java and Kotlin call one another. */
function family(language: string): string {
  return language === "kotlin" ? "java" : language;
}

/** The message as one line of text, variable parts as `<*>`: of several, the one that says most. */
export function templateOf(ways: readonly (readonly Piece[])[]): string {
  let best = "";
  let most = -1;
  for (const way of ways) {
    const said = way.reduce((sum, piece) => sum + (typeof piece === "string" ? lettersOf(piece) : 0), 0);
    if (said <= most) continue;
    most = said;
    best = way.map((piece) => (typeof piece === "string" ? piece : "<*>")).join("");
  }
  return best.trim().replace(/(?:<\*>){2,}/gu, "<*>").replace(/\r?\n/gu, "\\n").slice(0, 500);
}

function plainPiece(piece: Piece): Piece {
  return typeof piece === "string" || piece.parameter === undefined ? piece : { name: piece.name };
}

function distinct(ways: readonly (readonly Piece[])[]): readonly (readonly Piece[])[] {
  return [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()].slice(0, 8);
}

/** A closure goes by the function that it stands in. */
function namedSymbol(file: FileStatements, id: number): string {
  for (let at: number | null = id; at !== null; at = file.functions[at]?.parent ?? null) {
    const fn = file.functions[at];
    if (fn === undefined) break;
    if (!fn.name.startsWith("<") || fn.parent === null) return fn.symbol;
  }
  return "<module>";
}

function folder(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "" : file.slice(0, slash);
}

function stem(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1).replace(/\..*$/u, "");
}

function lastPart(module: string): string {
  return module.replace(/\/v\d+$/u, "").split(/[./]/u).at(-1) ?? module;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
