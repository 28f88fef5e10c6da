import type { FileFlow, FunctionFlow } from "../flow/flow-model";
import { readPlainTree } from "../languages/plain-tree";
import type { PlainNode } from "../languages/plain-tree";
import { part } from "../languages/plain-tree";
import { Places } from "../languages/places";
import type { SyntaxNode } from "../parsing/syntax";
import { outlineFlow } from "../prefilter";
import { BoundMethods } from "./bound-methods";
import { loggingLibraries } from "./built-in-libraries";
import { letters } from "./file-statements";
import type { Constant, FileStatements, StatementFunction, WrittenCall } from "./file-statements";
import { readCall } from "./read-calls";
import { argumentText, readText } from "./read-text";
import { levelNamed, recognise } from "./recognise";
import type { KnownImports } from "./recognise";
import { readingOf, shapeOf } from "./shapes";
import { sourceOf } from "./source-names";
import type { ReadFile } from "./source-names";
import type { Text } from "./text";

/** Node types that a function's own names live in. */
const FUNCTION_TYPES =
  /^(?:function_declaration|method_declaration|func_literal|function_definition|lambda\w*|constructor_declaration|arrow_function|function_expression|method_definition|generator_function\w*|anonymous_function\w*|local_function_statement|method|singleton_method|do_block|function_item|closure_expression|secondary_constructor|anonymous_initializer|compact_constructor_declaration|static_initializer)$/u;

/** Names of functions that may hand a message on to one that logs, where the message is a parameter. */
const PASSES_ON = /log|print|write|info|warn|err|debug|trace|msg|message|report|emit|fail|notice|out|say|tell|put|record|verbose|fatal|crit/iu;

/** A call with a shorter text is not kept for what it may pass on. */
const LEAST_PASSED_LETTERS = 4;
const MOST_ARGUMENTS = 8;

/** What a file logs. `flow`: the same file lowered, which knows its functions and imports. Never throws for any text. */
export function readStatements(root: SyntaxNode, text: string, flow: FileFlow): FileStatements {
  const shape = shapeOf(flow.language);
  const functions = flow.functions.map(statementFunction);
  const outlines = outlineFlow(flow, new Set());
  const nothing: FileStatements = { file: flow.file, language: flow.language, module: flow.module, functions, outlines, calls: [], constants: [] };
  if (shape === null) return nothing;
  const file: ReadFile = { language: flow.language, shape, text };
  const places = new Places(text);
  const around = surrounding(flow.functions);
  const imports = knownImports(flow);
  const libraries = loggingLibraries(flow.language);

  const calls: { readonly node: PlainNode; readonly thrown: boolean }[] = [];
  const constants: Constant[] = [];
  const locals = new Map<string, Text[]>();
  const attributes: PlainNode[] = [];
  const methods = new BoundMethods();

  const bind = (name: PlainNode, value: PlainNode, owners: readonly string[], inFunction: boolean): void => {
    const path = sourceOf(file, name).replace(/^\$/u, "").replace(/\s*:.*$/su, "").replace(/^(?:val|var|let|mut)\s+/u, "");
    if (!/^(?:self\.|this\.|@{0,2})?[\p{L}_$][\p{L}\p{N}_$]*$/u.test(path)) return;
    const short = path.replace(/^(?:self\.|this\.|@+)/u, "");
    if (inFunction && short === path) {
      const [line, column] = places.place(name.start, name.end);
      const key = `${around(line, column)} ${path}`;
      const before = locals.get(key) ?? [];
      if (before.length < 6) before.push(readText(file, value));
      locals.set(key, before);
      return;
    }
    const read = readText(file, value);
    if (letters(read) > 0) constants.push({ name: short, owner: owners.at(-1) ?? null, text: read });
  };

  const visit = (node: PlainNode, owners: readonly string[], inFunction: boolean, thrown: boolean, depth: number): void => {
    if (depth > 400) return;
    const { type } = node;
    if (shape.calls.has(type)) calls.push({ node, thrown });
    if (type === "attribute" || type === "attribute_item" || type === "annotation") attributes.push(node);
    const binding = shape.bindings[type];
    if (binding !== undefined) {
      const names = placed(node, binding[0]);
      const given = placed(node, binding[1]);
      const values = given.length === 1 && names.length > 1 && given[0]?.type === "tuple" ? given[0].children : given;
      names.forEach((name, at) => {
        const value = values[at];
        if (value === undefined || value === name) return;
        bind(name, value, owners, inFunction);
        methods.bind(file, name, value);
      });
    }
    // Python: a method handed in by a parameter's default.
    const [ownName, byDefault] = type === "default_parameter" ? [part(node, "name"), part(node, "value")] : [null, null];
    if (ownName !== null && byDefault !== null) methods.bind(file, ownName, byDefault);
    const ownerAt = shape.owners[type];
    const owner = ownerAt === undefined ? null : part(node, ownerAt);
    const inner = owner === null ? owners : [...owners, sourceOf(file, owner)];
    const inside = inFunction || FUNCTION_TYPES.test(type) || (type === "block" && flow.language === "ruby");
    const throws = shape.throws.has(type);
    for (const child of node.children) visit(child, inner, inside, throws || (thrown && shape.wrappers.has(type)), depth + 1);
  };
  const tree = readPlainTree(root, text, readingOf(shape));
  visit(tree.root, [], false, false, 0);
  for (const error of tree.errors) visit(error, [], true, false, 0);

  const inline = (read: Text, fn: number, depth: number): Text => {
    if (depth > 5) return read;
    switch (read.is) {
      case "literal":
      case "value":
        return read;
      case "name": {
        if (read.path.includes(".")) return read;
        for (let at: number | null = fn; at !== null; at = functions[at]?.parent ?? null) {
          if (functions[at]?.parameters.includes(read.path) === true) return read;
          const values = locals.get(`${at} ${read.path}`);
          if (values === undefined) continue;
          // The variable's name is what a person knows the value by.
          const holding = values.filter((value) => letters(value) > 0);
          if (holding.length === 0) return { is: "value", name: read.path };
          const others: Text[] = holding.length === values.length ? [] : [{ is: "value", name: read.path }];
          return { is: "either", of: [...holding.map((value) => inline(value, fn, depth + 1)), ...others] };
        }
        return read;
      }
      case "joined":
        return { is: "joined", parts: read.parts.map((one) => inline(one, fn, depth + 1)) };
      case "either":
        return { is: "either", of: read.of.map((one) => inline(one, fn, depth + 1)) };
      case "formatted":
        return { ...read, format: inline(read.format, fn, depth + 1), arguments: read.arguments.map((one) => inline(one, fn, depth + 1)) };
    }
  };

  const written: WrittenCall[] = [];
  const seen = new Set<string>();
  const keep = (node: PlainNode, call: Omit<WrittenCall, "line" | "column" | "endLine" | "function">): void => {
    const [line, column, endLine] = places.place(node.start, node.end);
    const key = `${node.start} ${node.end} ${call.kind}`;
    if (seen.has(key)) return;
    seen.add(key);
    const fn = around(line, column);
    written.push({
      ...call, line, column, endLine, function: fn, message: call.message === null ? null : inline(call.message, fn, 0),
      arguments: call.arguments.map(({ name, text: read }) => ({ name, text: inline(read, fn, 0) })),
    });
  };
  for (const { node, thrown } of calls) {
    const call = readCall(file, node);
    if (call === null) continue;
    const found = recognise(file, methods.called(call), libraries, imports, thrown);
    const passed = found !== null && (found.sure || found.exceptions) ? [] : call.arguments.slice(0, MOST_ARGUMENTS).map((argument) => ({ name: argument.name, text: argumentText(file, argument) }));
    const base = { callee: call.name, receiver: call.receiver, arguments: passed };
    if (found !== null) keep(node, { ...base, kind: found.exceptions ? "exception" : "log", library: found.library, level: found.level, message: found.message, keys: found.keys });
    else if (passed.some(({ text: read }) => letters(read) >= LEAST_PASSED_LETTERS || (PASSES_ON.test(call.name) && mentionsName(read)) || (read.is === "name" && /^(?:\w+\.)*[A-Z][A-Z0-9_]{2,}$/u.test(read.path)))) {
      keep(node, { ...base, kind: "other", library: "", level: null, message: null, keys: [] });
    }
  }
  for (const node of attributes) {
    const found = attributeStatement(file, node);
    if (found !== null) keep(node, { callee: found.name, receiver: "", arguments: [], kind: found.exceptions ? "exception" : "log", library: found.library, level: found.level, message: found.message, keys: [] });
  }
  return { ...nothing, calls: written, constants };
}

function mentionsName(read: Text): boolean {
  switch (read.is) {
    case "name":
      return !read.path.includes(".");
    case "joined":
      return read.parts.some(mentionsName);
    case "formatted":
      return mentionsName(read.format) || ((read.style === "blanks" || read.style === "glued") && read.arguments.some(mentionsName));
    default:
      return false;
  }
}

/** A message in an attribute: `[LoggerMessage(Level = LogLevel.Error, Message = "...")]`, JBoss's `@Message("...")`, thiserror's `#[error("...")]`. */
function attributeStatement(file: ReadFile, node: PlainNode): { readonly name: string; readonly exceptions: boolean; readonly library: string; readonly level: ReturnType<typeof levelNamed>; readonly message: Text } | null {
  const source = sourceOf(file, node);
  if (file.language === "csharp" && /^LoggerMessage\b/u.test(source)) {
    const strings = node.children.flatMap(({ children }) => children).filter((child) => child.children.some(({ type }) => file.shape.strings.has(type)));
    const named = strings.find((child) => /^Message\b/u.test(sourceOf(file, child))) ?? strings.at(-1);
    const string = named?.children.find(({ type }) => file.shape.strings.has(type));
    if (string === undefined) return null;
    const level = /LogLevel\.(\w+)/u.exec(source)?.[1];
    return { name: "LoggerMessage", exceptions: false, library: "Microsoft.Extensions.Logging", level: level === undefined ? null : levelNamed(level), message: { is: "formatted", style: "named", format: readText(file, string), arguments: [] } };
  }
  if (file.language === "java" && /^@Message\b/u.test(source)) {
    const string = deepString(file, node);
    if (string === null) return null;
    return { name: "Message", exceptions: false, library: "org.jboss.logging", level: null, message: { is: "formatted", style: /MESSAGE_FORMAT/u.test(source) ? "named" : /\{\d*\}/u.test(source) ? "named" : "printf", format: readText(file, string), arguments: [] } };
  }
  if (file.language === "rust" && /^(?:#\[)?error\s*\(/u.test(source)) {
    const literal = /"(?:[^"\\]|\\.)*"/u.exec(source)?.[0];
    if (literal === undefined) return null;
    return { name: "error", exceptions: true, library: "thiserror", level: null, message: { is: "formatted", style: "named", format: { is: "literal", text: literal.slice(1, -1) }, arguments: [] } };
  }
  return null;
}

/** The last string in an attribute: after ids and formats comes the text. */
function deepString(file: ReadFile, node: PlainNode): PlainNode | null {
  for (const child of [...node.children].reverse()) {
    if (file.shape.strings.has(child.type)) return child;
    const found = deepString(file, child);
    if (found !== null) return found;
  }
  return null;
}

function statementFunction(fn: FunctionFlow): StatementFunction {
  return {
    symbol: fn.symbol, name: fn.name, owner: fn.owner, parent: fn.parent, parameters: fn.parameters.map(({ name }) => name.replace(/^\$/u, "")), variadic: fn.parameters.at(-1)?.variadic === true,
    line: fn.place[0], endLine: fn.place[2],
  };
}

/** Finds the innermost function around a place. */
function surrounding(functions: readonly FunctionFlow[]): (line: number, column: number) => number {
  return (line, column) => {
    let best = 0;
    for (const { id, place } of functions) {
      const [fromLine, fromColumn, toLine, toColumn] = place;
      if (line < fromLine || line > toLine || (line === fromLine && column < fromColumn) || (line === toLine && column >= toColumn)) continue;
      const [bestLine, bestColumn] = functions[best]?.place ?? [0, 0];
      if (fromLine > bestLine || (fromLine === bestLine && fromColumn >= bestColumn)) best = id;
    }
    return best;
  };
}

function knownImports(flow: FileFlow): KnownImports {
  const byLocal = new Map<string, string>();
  const paths = new Set<string>();
  for (const { local, path, member } of flow.imports) {
    const whole = member === null || member === "*" ? path : `${path}.${member}`;
    paths.add(path.replaceAll("\\", ".")).add(whole.replaceAll("\\", "."));
    byLocal.set(local.split(".")[0] ?? local, whole);
    // Go's import without a name is known by its last part.
    if (local === "") byLocal.set(path.slice(path.lastIndexOf("/") + 1), path);
  }
  return { byLocal, paths: [...paths] };
}

/** Children by a field's name, `#0` / `#-1` by place, or `#variable`: Kotlin's declared name. Lists (Go, Python) are opened. */
function placed(node: PlainNode, where: string): PlainNode[] {
  if (where === "#variable") return node.children.filter(({ type }) => type === "variable_declaration").slice(0, 1);
  if (where.startsWith("#")) {
    const child = node.children.at(Number(where.slice(1)));
    return child === undefined ? [] : [child];
  }
  return node.children.filter(({ role }) => role === where).flatMap((child) => (child.type === "expression_list" || child.type === "pattern_list" ? child.children : [child]));
}
