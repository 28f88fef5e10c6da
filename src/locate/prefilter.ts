import type { Argument, Expression, FileFlow, FunctionFlow, Import, Place, Step, TypeRef } from "./flow/flow-model";
import { implicitNamespaces, namespaceOf, namespacesAround, usingsOf } from "./languages/csharp-usings";
import { phpImports, phpModule } from "./languages/php-imports";
import { holdsFor } from "./rules/rule-model";
import { constantsIn, definedIn, wordsIn } from "./languages/ruby-names";
import type { RuleFile } from "./rules/rule-model";

/**
 * What a cheap look at a file's bytes tells, without a parser: enough to decide whether parsing it can matter. Names are kept as 32-bit
 * hashes, sorted: two names with one hash cost a needless parse, never a missed one.
 */
export interface FileScan {
  /** What the text itself says that others import it by (a package declaration); null where the language or the file says nothing. */
  readonly module: string | null;
  /** Import paths as written: `net/http`, `requests`, `..db`. */
  readonly imports: readonly string[];
  /** Names that a definition gives: `func F`, `func (r T) M`, `def f`, `class C`, `type T`. */
  readonly defines: Uint32Array;
  /** Names that stand right before a `(`. */
  readonly calls: Uint32Array;
  /** The text says that a program wrote it. */
  readonly generated: boolean;
  /** Holds a `leakline-ignore`, which is looked at even where nothing else is of interest: it may silence nothing. */
  readonly ignores: boolean;
}

/** FNV-1a over UTF-8 bytes, 32 bits. */
export function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (unit < 128) hash = Math.imul(hash ^ unit, 0x01000193);
    else return hashBytes(new TextEncoder().encode(name));
  }
  return hash >>> 0;
}

function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

const DEFINING_WORDS = new Set(["func", "fun", "def", "class", "type", "function", "interface", "struct", "record", "enum", "trait", "fn"].map(nameHash));
/** Words after which a name before a `(` is called, and not declared: `return f(x)`, `new T(x)`. */
const CALLING_WORDS = new Set(["return", "new", "throw", "else", "case", "assert", "yield", "do", "await", "in", "instanceof"].map(nameHash));
/** Languages that write a function's type before its name: `Connection open(String url) {`. */
const TYPE_FIRST = new Set(["csharp", "java"]);

const PART_OF_NAME = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  return byte >= 128 || /\w/.test(letter) ? 1 : 0;
});
const OPEN = 0x28;
const CLOSE = 0x29;
const BLANK = 0x20;
const TAB = 0x09;

/** One pass over the bytes; comments and strings are not told apart, which only adds names. */
export function scanNames(bytes: Uint8Array, typeFirst = false): { readonly defines: Uint32Array; readonly calls: Uint32Array } {
  const defines = new Set<number>();
  const calls = new Set<number>();
  const end = bytes.length;
  let defining = false;
  // A type may have just ended: a word that is none of `CALLING_WORDS`, `>` or `]`.
  let afterType = false;
  for (let at = 0; at < end; ) {
    const byte = bytes[at] as number;
    if (PART_OF_NAME[byte] === 0) {
      // `func (r *T) Name(`: the receiver stands between the word and the name.
      if (defining && byte === OPEN) {
        let close = at;
        while (close < end && bytes[close] !== CLOSE && bytes[close] !== 0x0a) close++;
        at = close + 1;
        continue;
      }
      if (byte !== BLANK && byte !== TAB) {
        defining = false;
        afterType = byte === 0x3e || byte === 0x5d;
      }
      at++;
      continue;
    }
    let hash = 0x811c9dc5;
    do {
      hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
      at++;
    } while (at < end && PART_OF_NAME[bytes[at] as number] === 1);
    hash >>>= 0;
    if (defining) {
      defines.add(hash);
      defining = false;
    } else if (DEFINING_WORDS.has(hash)) {
      defining = true;
      afterType = true;
      continue;
    }
    let next = at;
    while (next < end && (bytes[next] === BLANK || bytes[next] === TAB)) next++;
    if (bytes[next] === OPEN) {
      calls.add(hash);
      if (typeFirst && afterType) defines.add(hash);
    }
    // `Name[T](`: an explicit instantiation.
    else if (bytes[next] === 0x5b) {
      let close = next + 1;
      while (close < end && close - next < 80 && bytes[close] !== 0x5d && bytes[close] !== 0x0a) close++;
      if (bytes[close] === 0x5d && bytes[close + 1] === OPEN) calls.add(hash);
    }
    afterType = !CALLING_WORDS.has(hash);
  }
  return { defines: Uint32Array.from(defines).sort(), calls: Uint32Array.from(calls).sort() };
}

interface WrittenImports {
  readonly modules: readonly string[];
  /** Names brought in one by one, which may be called by another name here (`from a import b as c`), or by nobody but those who import from here. */
  readonly members: readonly string[];
}

/** Where a language writes what it imports, for the text scan alone. Not listed: every quoted text of the first 4,000 characters. */
const IMPORT_READERS: Readonly<Record<string, (text: string) => WrittenImports>> = {
  go: (text) => {
    const body = /^(?:func|type|var|const)\b/m.exec(text)?.index ?? text.length;
    return { modules: [...text.slice(0, body).matchAll(/"([^"\n]+)"|`([^`\n]+)`/g)].map((match) => match[1] ?? match[2] ?? ""), members: [] };
  },
  python: (text) => {
    const found: string[] = [];
    const brought: string[] = [];
    for (const match of text.matchAll(/(?:^|[;:])[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import\b[ \t]*(\([^)]*\)|[^\n#;]*)|import[ \t]+([^\n#;]+))/gm)) {
      const [, from, members, modules] = match;
      if (from !== undefined) {
        found.push(from);
        for (const [, member] of (members ?? "").matchAll(/(\w+|\*)(?:[ \t]+as[ \t]+\w+)?/g)) {
          brought.push(member ?? "");
          // `b` of `from a import b` may be a module.
          found.push(from.endsWith(".") ? `${from}${member}` : `${from}.${member}`);
        }
      } else {
        for (const part of (modules ?? "").split(",")) {
          const name = /^\s*([\w.]+)/.exec(part)?.[1];
          if (name !== undefined) found.push(name);
        }
      }
    }
    // Functions that nobody has to import, and that rules speak of.
    if (/(?<![\w.])(?:open|input)\s*\(/.test(text)) found.push("builtins");
    return { modules: found, members: brought };
  },
  javascript: javascriptImports,
  php: (text) => ({ modules: phpImports(text), members: [] }),
  rust: rustImports,
  kotlin: (text) => {
    const written = [...text.matchAll(/(?<=^|;)[ \t]*import[ \t]+([\w$.`]+(?:\.\*)?)/gm)].map((match) => (match[1] ?? "").replaceAll("`", ""));
    for (const [name] of text.matchAll(/\b(?:java|javax|jakarta|org|com|io|redis|okhttp3)\.[a-z][\w.]*\.[A-Z]\w*/g)) written.push(name);
    // What every file sees without an import.
    return { modules: [...new Set([...written, "kotlin", "kotlin.io", "java.lang"])], members: written.map((name) => name.slice(name.lastIndexOf(".") + 1)) };
  },
  ruby: (text) => ({ modules: constantsIn(text), members: [] }),
  java: (text) => {
    const written = [...text.matchAll(/(?<=^|;)[ \t]*import[ \t]+(?:static[ \t]+)?([\w$.]+(?:\.\*)?)[ \t]*;/gm)].map((match) => match[1] ?? "");
    // A package may be named in full where something of it is used.
    for (const [name] of text.matchAll(/\b(?:java|javax|jakarta|org|com|io|redis|okhttp3)\.[a-z][\w.]*\.[A-Z]\w*/g)) written.push(name);
    return { modules: [...new Set(written)], members: [] };
  },
  csharp: (text) => {
    const module = namespaceOf(text);
    const namespaces = [...usingsOf(text).filter(({ alias }) => alias === null).map(({ path }) => path), ...(module === null ? [] : namespacesAround(module)), ...implicitNamespaces(text)];
    const named = [...text.matchAll(/(?<![\w.])(?:System|Microsoft|Npgsql|MySql|MySqlConnector|Oracle|StackExchange|RabbitMQ|MongoDB|Azure|Grpc)(?:\.[A-Z]\w*)+/g)].map(([name]) => name);
    const aliases = usingsOf(text).filter(({ alias }) => alias !== null).map(({ path }) => path);
    return { modules: [...new Set([...namespaces.map((name) => `${name}.*`), ...named, ...aliases])], members: [] };
  },
};

/** `node:fs` is `fs`; what is everybody's is `globalThis`'s. */
function javascriptImports(text: string): WrittenImports {
  const modules: string[] = [];
  const members: string[] = [];
  for (const [, brought, path] of text.matchAll(/\b(?:import|export)\b([^"';()=]{0,2000}?)["']([^"'\n]+)["']/g)) {
    if (path === undefined) continue;
    modules.push(path.replace(/^node:/, ""));
    for (const [, member] of (brought ?? "").matchAll(/(?:^|[{,\s])([\w$]+)(?:\s+as\s+[\w$]+)?(?=\s*[,}]|$)/g)) if (member !== undefined) members.push(member);
  }
  for (const [, path] of text.matchAll(/\b(?:require|import)\s*\(\s*["'`]([^"'`\n]+)["'`]/g)) modules.push((path ?? "").replace(/^node:/, ""));
  if (/\b(?:fetch|WebSocket|EventSource|Atomics)\b/.test(text)) modules.push("globalThis");
  return { modules, members };
}

/** All paths of a text in Rust, with dots: those of `use` trees, and those that stand where something is used. */
function rustImports(text: string): WrittenImports {
  const modules = new Set<string>();
  const members = new Set<string>();
  for (const [, tree] of text.matchAll(/\buse\s+(?:::)?([^;"']{1,4000});/g)) {
    for (const path of usePaths(tree ?? "")) {
      modules.add(path);
      members.add(path.slice(path.lastIndexOf(".") + 1));
    }
  }
  for (const [path] of text.matchAll(/(?<![\w:.])(?:r#)?[a-z_]\w*(?:::\w+)+/g)) modules.add(path.replaceAll("::", "."));
  for (const [, name] of text.matchAll(/\bmod\s+(\w+)\s*;/g)) modules.add(`self.${name}`);
  return { modules: [...modules], members: [...members] };
}

/** `a::{b, c::{d as e}}` is `a.b` and `a.c.d`. */
function usePaths(tree: string): string[] {
  const paths: string[] = [];
  const outer: string[] = [];
  let prefix = "";
  let here = "";
  const end = (): void => {
    const written = here.replace(/\s+as\s+\w+\s*$/, "").replace(/\s+/g, "");
    if (written !== "") paths.push((prefix + written).replaceAll("::", ".").replace(/\.(?:self|\*)$/, ""));
    here = "";
  };
  for (const sign of tree) {
    if (sign === "{") {
      outer.push(prefix);
      prefix += here.replace(/\s+/g, "");
      here = "";
    } else if (sign === "," || sign === "}") {
      end();
      if (sign === "}") prefix = outer.pop() ?? "";
    } else here += sign;
    if (paths.length > 500) break;
  }
  end();
  return paths;
}

/** Longer parameter lists and result types than these are not looked through. */
const LONGEST_PARAMETERS = 300;
const LONGEST_RESULT = 120;

/** Names that a text in JavaScript may define: methods (`name(...) {`), functions in variables and properties, besides what a word says. */
function javascriptDefines(text: string): number[] {
  const names: number[] = [];
  for (const match of text.matchAll(/(?<![\w$])([\w$]{1,80})\s{0,3}([(=:])/g)) {
    const [whole, name = "", sign] = match;
    let at = match.index + whole.length;
    if (sign !== "(") {
      while (at < text.length && text.charCodeAt(at) <= 32) at++;
      if (/^(?:async\b|function\b|class\b|\(|[\w$]{1,60}\s?=>)/.test(text.slice(at, at + 80))) names.push(nameHash(name));
      continue;
    }
    const end = Math.min(text.length, at + LONGEST_PARAMETERS);
    let nested = 1;
    for (; at < end && nested > 0; at++) {
      const c = text.charCodeAt(at);
      if (c === 40) nested++;
      else if (c === 41) nested--;
      else if (c === 59) break;
    }
    if (nested === 0 && /^\s*(?::[^={;]*)?\{/.test(text.slice(at, at + LONGEST_RESULT))) names.push(nameHash(name));
  }
  return names;
}

/** A bundler or a minifier wrote it: few lines for its length. */
function isMinified(text: string): boolean {
  if (text.length < 5_000) return false;
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return text.length / lines > 220;
}

/** What a text says of its own module: Java's package, the namespace of C# and PHP. */
const MODULE_READERS: Readonly<Record<string, (text: string) => string | null>> = {
  csharp: namespaceOf,
  java: (text) => /^[ \t]*(?:@\w+[ \t]*)*package[ \t]+([\w$.]+)[ \t]*;/m.exec(text)?.[1] ?? null,
  kotlin: (text) => /^[ \t]*package[ \t]+([\w$.`]+)/m.exec(text)?.[1]?.replaceAll("`", "") ?? null,
  php: phpModule,
};

/** Languages whose module names have dots. */
const DOTTED = new Set(["csharp", "python", "java", "kotlin", "php", "rust", "ruby"]);

const ANY_IMPORTS = (text: string): WrittenImports => ({ modules: [...text.slice(0, 4000).matchAll(/["']([^"'\n]+)["']/g)].map((match) => match[1] ?? ""), members: [] });

/** The module that a file itself declares (Java's `package`), for languages in which it does; null: the folder decides. */
export function declaredModule(language: string, text: string): string | null {
  return MODULE_READERS[language]?.(text) ?? null;
}

/** All that can be told of a file without a parser. `generatedMarks`: texts in the first 2,000 characters that say that a program wrote it. */
export function scanFile(language: string, bytes: Uint8Array, text: string, generatedMarks: readonly string[]): FileScan {
  const head = text.slice(0, 2000);
  if (generatedMarks.some((mark) => head.includes(mark)) || (language === "javascript" && isMinified(text))) return { generated: true, ignores: false, module: null, imports: [], defines: new Uint32Array(), calls: new Uint32Array() };
  const { modules, members } = (IMPORT_READERS[language] ?? ANY_IMPORTS)(text);
  if (language === "ruby") {
    const hashes = (names: Iterable<string>): Uint32Array => Uint32Array.from(new Set([...names].map(nameHash))).sort();
    return { generated: false, module: null, ignores: text.includes("leakline-ignore"), imports: modules, defines: hashes(definedIn(text)), calls: hashes(wordsIn(text)) };
  }
  const { defines: words, calls } = scanNames(bytes, TYPE_FIRST.has(language));
  const defines = language === "javascript" ? Uint32Array.from(new Set([...words, ...javascriptDefines(text)])).sort() : words;
  return {
    generated: false,
    module: declaredModule(language, text),
    ignores: text.includes("leakline-ignore"),
    imports: [...new Set(modules)],
    defines,
    calls: members.length === 0 ? calls : Uint32Array.from(new Set([...calls, ...members.map(nameHash)])).sort(),
  };
}

/** True when an import as written may bring the module in: the module itself, one below it, or (Python binds the top) one above it. */
function importBrings(language: string, written: string, module: string): boolean {
  if (written === module) return true;
  // `.../ent`: a package that is generated into the workspace, wherever that keeps it.
  if (module.startsWith(".../")) return written.endsWith(module.slice(3));
  const separator = DOTTED.has(language) ? "." : "/";
  return written.startsWith(module + separator) || (language === "python" && module.startsWith(written + separator));
}

/** The imports that make a language's rules apply: with the other names of the same library. Rules that only describe say nothing here. */
export function ruleImports(rules: readonly RuleFile[], language: string): readonly string[] {
  const found = new Set<string>();
  for (const file of rules) {
    if (!holdsFor(file, language)) continue;
    if (file.resources.length + file.blocking.length + file.timeouts.length + file.churn.length === 0) continue;
    for (const name of file.imports) found.add(name);
    for (const { path } of file.sameAs) found.add(path);
  }
  return [...found];
}

export function importsAny(language: string, scan: FileScan, modules: readonly string[]): boolean {
  return scan.imports.some((written) => modules.some((module) => importBrings(language, written, module)));
}

/** How a call names its callee: by its bare name; through a module (`db.connect`, or `connect` brought in by name); on some object. */
export type CallForm = "plain" | "qualified" | "method";

export interface CallOutline {
  readonly name: number;
  readonly form: CallForm;
  /** For a qualified one, the module as the imports tell it; else empty. */
  readonly module: string;
  /** It is given something that may be open: any argument that is not a literal. */
  readonly handsOver: boolean;
}

/** A lowered function, reduced to what decides which other files matter. */
export interface FunctionOutline {
  /** Names by which others call it: its own, and its class's for a constructor; an inner function goes by the outermost one's. */
  readonly names: readonly number[];
  readonly isMethod: boolean;
  readonly calls: readonly CallOutline[];
  /** It calls something that may open, block or make something by a rule. */
  readonly direct: boolean;
}

/** The last names of all calls that open, block or make something by a language's rules; `*`: any call may be one. */
export function ruledNames(rules: readonly RuleFile[], language: string): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (call: string): void => void names.add(lastName(call));
  for (const file of rules) {
    if (!holdsFor(file, language)) continue;
    for (const resource of file.resources) {
      // Closing calls do not count: a function that only closes is reached from the code that opened.
      // What opens by what it is declared to give is found from the call that gives it there.
      for (const { call } of resource.opens) if (!call.startsWith("*")) add(call);
    }
    for (const { calls } of file.blocking) calls.forEach(add);
    for (const { calls, builds } of file.timeouts) [...calls, ...(builds === null ? [] : [builds])].forEach(add);
    for (const { makes } of file.churn) makes.forEach(add);
  }
  return names;
}

/** The last names of all calls that close something by a language's rules. */
export function closingNames(rules: readonly RuleFile[], language: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of rules) {
    if (!holdsFor(file, language)) continue;
    for (const resource of file.resources) for (const { call } of resource.closes) names.add(lastName(call));
  }
  return names;
}

/** Outlines of a flow's functions. `ruled`: last names of the rules' calls (`ruledNames`); a `*` among them makes every call count. */
export function outlineFlow(flow: FileFlow, ruled: ReadonlySet<string>): FunctionOutline[] {
  const imports = new Map(flow.imports.map((brought) => [brought.local, brought]));
  const any = ruled.has("*");
  const functions = flow.functions.map((fn): FunctionOutline => {
    const calls = new Map<string, CallOutline>();
    let direct = false;
    for (const { callee, handsOver } of callsIn(fn.body)) {
      direct ||= any || ruled.has(callee.name);
      const { name, form, module } = formOf(callee, imports, flow.language);
      const key = `${form} ${module} ${name}`;
      const before = calls.get(key);
      if (before === undefined || (handsOver && !before.handsOver)) calls.set(key, { name: nameHash(name), form, module, handsOver });
    }
    const outer = outermost(fn, flow);
    const names = new Set([outer.name]);
    if (!fn.name.startsWith("<")) names.add(fn.name);
    const constructs = ["__init__", "__new__", "__enter__", "__aenter__", "<init>", "constructor", "__construct", "<fields>", "initialize"].includes(fn.name) && fn.owner !== null;
    if (constructs) names.add(lastName(fn.owner ?? ""));
    return { names: [...names].map(nameHash), isMethod: outer.owner !== null && !constructs, calls: [...calls.values()], direct };
  });
  // A name that is brought in can be imported from here, by the name it has here: as if a function handed it on.
  for (const { local, path, member } of flow.imports) {
    if (member === null) continue;
    functions.push({ names: [nameHash(local)], isMethod: false, calls: [{ name: nameHash(member), form: "qualified", module: path, handsOver: true }], direct: false });
  }
  return functions;
}

/** The function at the top level (or method) that a nested one stands in. */
function outermost(fn: FunctionFlow, flow: FileFlow): FunctionFlow {
  let outer = fn;
  while (outer.parent !== null && outer.parent !== 0) {
    const parent = flow.functions[outer.parent];
    if (parent === undefined) return outer;
    outer = parent;
  }
  return outer;
}

type Callee = Expression & { readonly is: "name" | "member" };

function formOf(callee: Callee, imports: ReadonlyMap<string, Import>, language: string): { readonly name: string; readonly form: CallForm; readonly module: string } {
  const { name } = callee;
  if (callee.is === "name") {
    const brought = imports.get(callee.name);
    return brought !== undefined && brought.member !== null ? { name: brought.member, form: "qualified", module: brought.path } : { name, form: "plain", module: "" };
  }
  const inner: string[] = [];
  let object = callee.object;
  for (; object.is === "member"; object = object.object) inner.unshift(object.name);
  const brought = object.is === "name" ? imports.get(object.name) : undefined;
  if (brought === undefined) return { name, form: "method", module: "" };
  // A file is a module, and what is in it is asked of the file.
  if (language === "javascript") return { name, form: "qualified", module: brought.path };
  const separator = DOTTED.has(language) ? "." : "/";
  return { name, form: "qualified", module: [brought.path, ...(brought.member === null ? [] : [brought.member]), ...inner].join(separator) };
}

/** Every call in these steps, the calls in nested expressions included; what closures do is in their own functions. */
function* callsIn(steps: readonly Step[]): Generator<{ readonly callee: Callee; readonly handsOver: boolean }> {
  // Plain data all the way down: walked by shape, so that a new kind of step or expression is not forgotten here.
  const stack: unknown[] = [...steps];
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      // A place is four numbers.
      if (typeof value[0] !== "number") for (const part of value as unknown[]) stack.push(part);
      continue;
    }
    const node = value as Partial<Expression> & Record<string, unknown>;
    if (node.is === "call") {
      const callee = node.callee as Expression;
      if (callee.is === "name" || callee.is === "member") {
        yield { callee, handsOver: (node.arguments as readonly Argument[]).some(({ value: given }) => given.is !== "literal") };
      }
    } else if (node.is === "build" && typeof node.type === "object" && node.type !== null) {
      // `http.Client{...}`, a literal that a rule may speak of.
      const { name } = node.type as TypeRef;
      yield { callee: { is: "name", name: lastName(name), at: node.at as Place }, handsOver: false };
    }
    for (const part of Object.values(node)) if (typeof part === "object" && part !== null) stack.push(part);
  }
}

function lastName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("/")) + 1);
}
