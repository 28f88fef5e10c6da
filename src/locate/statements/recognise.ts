import type { LogLevel } from "../../model/log";
import { LOG_LEVELS } from "../../model/log";
import type { PlainNode } from "../languages/plain-tree";
import { part } from "../languages/plain-tree";
import { holdsText } from "./file-statements";
import type { LoggingCall, LoggingLibrary } from "./library-model";
import type { GivenArgument, ReadCall } from "./read-calls";
import { readCall } from "./read-calls";
import { argumentText } from "./read-text";
import { sourceOf } from "./source-names";
import type { ReadFile } from "./source-names";
import type { Text } from "./text";

/** A logging call that was recognised. */
export interface Recognised {
  readonly library: string;
  readonly exceptions: boolean;
  readonly level: LogLevel | null;
  readonly message: Text;
  readonly keys: readonly string[];
  /** An import, and not only the receiver's name, says so. */
  readonly sure: boolean;
}

interface ReadyLibrary {
  readonly library: LoggingLibrary;
  readonly receivers: RegExp | null;
  readonly byName: ReadonlyMap<string, readonly LoggingCall[]>;
  /** Calls of any name. */
  readonly any: readonly LoggingCall[];
}

const ready = new Map<readonly LoggingLibrary[], readonly ReadyLibrary[]>();

/** What a file knows of the outside: local names of imports and their paths. */
export interface KnownImports {
  /** Local name -> path. */
  readonly byLocal: ReadonlyMap<string, string>;
  readonly paths: readonly string[];
}

/** Which library a call belongs to and what its message is; null: none of those that are known. */
export function recognise(file: ReadFile, call: ReadCall, libraries: readonly LoggingLibrary[], imports: KnownImports, thrown: boolean): Recognised | null {
  const all = prepared(libraries);
  // What the imports and the name tell goes before what the imports alone, and that before what only a name suggests.
  let weaker: Recognised | null = null;
  for (const byImport of [true, false]) {
    for (const one of all) {
      const known = one.byName.get(call.name);
      if (known === undefined && one.any.length === 0) continue;
      const brought = one.library.imports.length > 0 && one.library.imports.some((name) => imports.paths.some((path) => brings(path, name)));
      if (brought !== byImport) continue;
      for (const candidate of known === undefined ? one.any : [...known, ...one.any]) {
        const fit = fits(one, candidate, call, imports, brought, thrown, file.language === "go");
        if (fit === false || (fit === "by import" && weaker !== null)) continue;
        const found = read(file, one.library, candidate, call, brought);
        if (found === null) continue;
        if (fit === true) return found;
        weaker = found;
      }
    }
    if (weaker !== null) return weaker;
  }
  return null;
}

function prepared(libraries: readonly LoggingLibrary[]): readonly ReadyLibrary[] {
  let all = ready.get(libraries);
  if (all === undefined) {
    all = libraries.map((library) => {
      const byName = new Map<string, LoggingCall[]>();
      for (const call of library.calls) for (const name of Object.keys(call.names)) byName.set(name, [...(byName.get(name) ?? []), call]);
      return { library, receivers: library.receivers === undefined ? null : new RegExp(library.receivers, "u"), byName, any: library.calls.filter(({ names }) => "*" in names) };
    });
    ready.set(libraries, all);
  }
  return all;
}

function brings(path: string, name: string): boolean {
  return path === name || (path.startsWith(name) && /^[./]/u.test(path.slice(name.length)));
}

const EXCEPTION_NAME = /(?:Error|Exception|Failure|Fault|Problem|Timeout|Interrupt|Rejection)$/u;

function fits({ library, receivers }: ReadyLibrary, known: LoggingCall, call: ReadCall, imports: KnownImports, brought: boolean, thrown: boolean, isPackage: boolean): boolean | "by import" {
  if (known.where !== undefined && !new RegExp(known.where.is, "u").test(call.arguments[known.where.argument]?.source ?? "")) return false;
  switch (known.on) {
    case "nothing":
      return call.receiver === "" && !call.constructs && (library.imports.length === 0 || brought || library.receivers !== undefined);
    case "constructor":
      return (call.constructs || /^[A-Z]/u.test(call.name)) && (thrown || EXCEPTION_NAME.test(call.name));
    case "attribute":
      return false;
    case "module": {
      const path = imports.byLocal.get(call.receiver.split(".")[0] ?? "");
      return path !== undefined && library.imports.some((name) => brings(path, name));
    }
    case "chain":
      return known.chain !== undefined && call.receiver.split(".").some((step) => step.endsWith("()") && step.slice(0, -2) in (known.chain ?? {}));
    case "any":
    case "object": {
      const named = receivers !== null && [call.receiver, ...call.receiver.split(".")].some((step) => receivers.test(step));
      if (known.on === "object" && call.receiver === "") return false;
      if (known.requires === "receiver") return named || (brought && call.receiver === "" && imports.byLocal.has(call.name));
      // A name that the library's module gives is one of its loggers, whatever it is called here; the module itself is none.
      const path = imports.byLocal.get(call.receiver.split(".")[0] ?? "");
      if (path !== undefined && !call.receiver.includes(".") && (isPackage || library.imports.includes(path))) return named;
      if (path !== undefined && library.imports.some((name) => brings(path, name))) return true;
      if (receivers === null) return library.imports.length === 0 || brought;
      return named || (brought && library.anyReceiver ? "by import" : false);
    }
  }
}

/** A level as an argument says it: `Level.WARNING`, `slog.LevelError`, `'info'`, `logging.INFO`. */
export function levelNamed(source: string): LogLevel | null {
  const word = /(\w+)\W*$/u.exec(source)?.[1]?.toLowerCase().replace(/^log_?|^level_?|level$/gu, "") ?? "";
  const named: Readonly<Record<string, LogLevel>> = {
    warn: "warning", severe: "error", fatal: "critical", crit: "critical", emerg: "critical", emergency: "critical", alert: "critical", panic: "critical", dpanic: "critical", information: "info", fine: "debug", finer: "debug",
    finest: "trace", config: "info", verbose: "trace", err: "error", exception: "error", silly: "trace", informational: "info",
  };
  return (LOG_LEVELS as readonly string[]).includes(word) ? (word as LogLevel) : (named[word] ?? null);
}

function read(file: ReadFile, library: LoggingLibrary, known: LoggingCall, call: ReadCall, sure: boolean): Recognised | null {
  let level = known.names[call.name] ?? null;
  if (known.level !== undefined) level ??= levelNamed(call.arguments[known.level]?.source ?? "");
  if (known.chain !== undefined) {
    for (const step of call.receiver.split(".")) level ??= step.endsWith("()") ? (known.chain[step.slice(0, -2)] ?? null) : null;
  }
  const found = messageOf(file, known, call);
  if (found === null) return null;
  return { library: library.library, exceptions: library.exceptions, level, message: found.message, keys: keysOf(file, call, found.rest), sure };
}

function messageOf(file: ReadFile, known: LoggingCall, call: ReadCall): { readonly message: Text; readonly rest: readonly GivenArgument[] } | null {
  const texts = new Map<GivenArgument, Text>();
  const textOf = (argument: GivenArgument): Text => {
    let text = texts.get(argument);
    if (text === undefined) texts.set(argument, (text = argumentText(file, argument)));
    return text;
  };
  if (known.key !== undefined) {
    const at = call.arguments.findIndex((argument) => {
      const text = textOf(argument);
      return text.is === "literal" && text.text === known.key;
    });
    const value = at < 0 ? undefined : call.arguments[at + 1];
    return value === undefined ? null : { message: textOf(value), rest: call.arguments.filter((_, index) => index !== at && index !== at + 1) };
  }
  const byName = known.keyword === undefined ? undefined : call.arguments.find(({ name }) => name === known.keyword);
  const placed = call.arguments.filter(({ name }) => name === null || file.language === "php" || file.language === "csharp");
  if (byName !== undefined) return { message: styled(known, textOf(byName), placed.map(textOf)), rest: call.arguments.filter((argument) => argument !== byName) };
  if (known.message === "all") {
    const parts = placed.slice(known.from).map(textOf);
    const [first, ...rest] = parts;
    return first === undefined ? null : { message: { is: "formatted", style: known.style, format: first, arguments: rest }, rest: [] };
  }
  const level = known.level === undefined ? undefined : call.arguments[known.level];
  const candidates = placed.filter((argument) => (argument.name === null || !known.skip.includes(argument.name)) && (argument !== level || typeof known.message === "number"));
  let at: number;
  if (typeof known.message === "number") at = known.message;
  else {
    const holds = candidates.map((argument) => {
      const text = textOf(argument);
      return holdsText(text) || (text.is === "name" && /^(?:\w+\.)*[A-Z][A-Z0-9_]{2,}$/u.test(text.path) && !/marker/iu.test(text.path));
    });
    at = known.message === "first-text" ? holds.indexOf(true) : holds.lastIndexOf(true);
    // Nothing holds text: a variable, which is the last argument where an object or a marker may go before it.
    if (at < 0) at = known.message === "first-text" ? 0 : candidates.length - 1;
  }
  const message = candidates[at];
  if (message === undefined) return null;
  const rest = candidates.slice(at + 1);
  return { message: styled(known, textOf(message), rest.map(textOf)), rest: [...candidates.slice(0, at), ...rest, ...call.arguments.filter(({ name }) => name !== null)] };
}

function styled({ style }: LoggingCall, message: Text, rest: readonly Text[]): Text {
  return style === "plain" ? message : { is: "formatted", style, format: message, arguments: rest };
}

const MOST_KEYS = 16;

/** Keys of structured fields: `zap.String("k", v)`, `"k", v`, `{k: v}`, `k=v`, `.Str("k", v)` of a chain. */
function keysOf(file: ReadFile, call: ReadCall, rest: readonly GivenArgument[]): string[] {
  const keys = new Set<string>();
  const literal = (node: PlainNode | null | undefined): string | null => {
    if (node === null || node === undefined) return null;
    const text = argumentText(file, { name: null, node, source: "" });
    return text.is === "literal" && /^[\w.@:-]{1,60}$/u.test(text.text) ? text.text : null;
  };
  const add = (key: string | null): void => {
    if (key !== null && keys.size < MOST_KEYS) keys.add(key);
  };
  const inside = (node: PlainNode, depth: number): void => {
    if (depth > 4) return;
    const key = part(node, "key") ?? (node.type === "array_element_initializer" ? (node.children[0] ?? null) : null);
    if (key !== null) return add(literal(key) ?? (/^[\w$]{1,60}$/u.test(sourceOf(file, key).replace(/:$/u, "")) ? sourceOf(file, key).replace(/:$/u, "") : null));
    if (node.type === "shorthand_property_identifier") return add(sourceOf(file, node));
    if (file.shape.calls.has(node.type)) {
      const inner = readCall(file, node);
      if (inner === null) return;
      add(literal(inner.arguments[0]?.node));
      for (const { node: given } of inner.arguments) if (given !== null && !file.shape.strings.has(given.type)) inside(given, depth + 1);
      if (inner.receiverNode !== null) inside(inner.receiverNode, depth + 1);
      return;
    }
    if (file.shape.strings.has(node.type)) return;
    for (const child of node.children) inside(child, depth + 1);
  };
  rest.forEach((argument, at) => {
    if (argument.name !== null) add(argument.name);
    if (argument.node === null) return;
    if (argument.name !== null) return void argument.node.children.forEach((child) => inside(child, 1));
    if (at % 2 === 0 && file.shape.strings.has(argument.node.type)) return add(literal(argument.node));
    inside(argument.node, 0);
  });
  for (let node = call.receiverNode, steps = 0; node !== null && steps < 20; steps++) {
    if (!file.shape.calls.has(node.type)) break;
    const inner = readCall(file, node);
    if (inner === null) break;
    add(literal(inner.arguments[0]?.node));
    for (const { node: given, name } of inner.arguments) {
      if (name !== null) add(name);
      else if (given !== null && !file.shape.strings.has(given.type)) inside(given, 0);
    }
    node = inner.receiverNode;
  }
  return [...keys];
}
