import type { Case, Expression, Place, Step } from "../flow/flow-model";
import type { OpenFunction } from "./lowering";
import { positional } from "./operators";
import { part } from "./plain-tree";
import type { PlainNode } from "./plain-tree";
import { segmentsOf } from "./rust-paths";

/** What the reading of a macro's tokens needs of the file that is being lowered. */
export interface MacroHost {
  readonly text: string;
  at(node: PlainNode): Place;
  between(start: number, end: number): Place;
  textOf(node: PlainNode): string;
  push(step: Step): void;
  collect(build: () => void): Step[];
  temporary(kind: "q" | "m" | "v" | "p" | "d"): string;
  path(segments: readonly string[], at: Place): Expression;
  call(segments: readonly string[], values: readonly Expression[], calleeAt: Place, at: Place): Expression;
  method(object: Expression, name: string, values: readonly Expression[], calleeAt: Place, at: Place): Expression;
  question(value: Expression, at: Place): Expression;
  leafOf(node: PlainNode): Expression;
  openClosure(start: number, end: number, isAsync: boolean): OpenFunction;
  inClosure(fn: OpenFunction, build: () => void): void;
  jump(isBreak: boolean, label: string | null, at: Place): void;
}

/** Macros that never come back, by the standard library. */
const PANICS: ReadonlySet<string> = new Set(["panic", "todo", "unimplemented", "unreachable"]);
/** Macros that leave the function with an error: anyhow, eyre, color-eyre. */
const BAILS: ReadonlySet<string> = new Set(["bail", "throw"]);
const ASSERTS: ReadonlySet<string> = new Set(["assert", "debug_assert"]);
/** Macros that look at their arguments and keep nothing: formatting, logging, comparing. */
const BORROWING: ReadonlySet<string> = new Set([
  "println", "print", "eprintln", "eprint", "write", "writeln", "format", "format_args", "info", "warn", "error", "debug", "trace", "log", "event", "span", "info_span", "debug_span", "error_span", "trace_span", "warn_span",
  "assert_eq", "assert_ne", "debug_assert_eq", "debug_assert_ne", "matches", "concat", "stringify", "line", "file", "env", "option_env", "include_str", "include_bytes", "cfg", "anyhow", "eyre", "format_err",
]);
/** `tokio::join!`, `futures::try_join!`: waits for all of what it is given. */
const JOINS: ReadonlySet<string> = new Set(["join", "try_join"]);
const SELECTS: ReadonlySet<string> = new Set(["select", "select_biased"]);

/**
 * A macro, as far as its tokens are plain expressions: what they call is called. The parser gives no tree for them, so that a small reader of
 * tokens stands in; what it does not know it steps over, without counting it as unknown: a macro may mean anything by its tokens.
 */
export function lowerMacro(node: PlainNode, host: MacroHost): Expression {
  const name = part(node, "name");
  const tree = node.children.find((child) => child.type === "token_tree") ?? null;
  const at = host.at(node);
  const segments = name === null ? [] : segmentsOf(host.textOf(name));
  return expandMacro(segments, tree, at, host, 0);
}

function expandMacro(segments: readonly string[], tree: PlainNode | null, at: Place, host: MacroHost, depth: number): Expression {
  const name = segments.at(-1) ?? "";
  const nothing: Expression = { is: "build", holds: false, type: null, tuple: true, parts: [], at };
  if (tree === null) return nothing;
  const reader = new TokenReader(tokensOf(tree, host), host, depth + 1);
  if (SELECTS.has(name)) {
    reader.select(at);
    return nothing;
  }
  if (name === "macro_rules" || name === "thread_local" || name === "quote" || name === "parse_quote") return nothing;
  const values = reader.list();
  const parts = values.map(positional);
  if (PANICS.has(name)) {
    for (const value of values) if (value.is !== "literal") host.push({ is: "do", value, at: value.at });
    host.push({ is: "throw", value: null, at });
    return nothing;
  }
  if (BAILS.has(name)) {
    host.push({ is: "return", values: [{ is: "literal", kind: "null", text: "Err", at }], at });
    return nothing;
  }
  if (name === "ensure" && values[0] !== undefined) {
    host.push({ is: "if", condition: values[0], then: [], else: [{ is: "return", values: [{ is: "literal", kind: "null", text: "Err", at }], at }], at });
    return nothing;
  }
  if (ASSERTS.has(name) && values[0] !== undefined) {
    host.push({ is: "assert", condition: values[0], at });
    return nothing;
  }
  if (JOINS.has(name)) {
    const all: Expression = { is: "await", value: { is: "build", holds: true, type: null, tuple: true, parts, at }, at };
    return name === "try_join" ? host.question(all, at) : all;
  }
  if ((name === "dbg" || name === "pin" || name === "ready") && values.length === 1) return { is: "same", value: values[0]!, type: null, at };
  return { is: "build", holds: !BORROWING.has(name), type: null, tuple: false, parts, at };
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** A literal, or a tree in brackets. */
  readonly node: PlainNode | null;
}

const GAP = /\/\/[^\n]*|\/\*[^]*?\*\/|'[A-Za-z_]\w*|[A-Za-z_][\w]*|::|=>|->|\.\.=|\.\.\.|\.\.|==|!=|<=|>=|&&|\|\||<<|>>|[-+*/%^&|]=|[^\s]/g;
const LITERALS: ReadonlySet<string> = new Set(["string_literal", "raw_string_literal", "char_literal", "integer_literal", "float_literal", "boolean_literal", "negative_literal"]);

/** The tokens inside a tree's brackets. The parser names only some of them: the others are read off the text between. */
function tokensOf(tree: PlainNode, host: MacroHost): Token[] {
  const tokens: Token[] = [];
  let from = tree.start + 1;
  const gap = (to: number): void => {
    if (to <= from) return;
    for (const found of host.text.slice(from, to).matchAll(GAP)) {
      if (found[0].startsWith("//") || found[0].startsWith("/*")) continue;
      tokens.push({ text: found[0], start: from + found.index, end: from + found.index + found[0].length, node: null });
    }
  };
  for (const child of tree.children) {
    if (child.start < from) continue;
    gap(child.start);
    const isTree = child.type === "token_tree" || child.type === "token_repetition";
    tokens.push({ text: isTree ? host.text.charAt(child.start) : host.textOf(child), start: child.start, end: child.end, node: isTree || LITERALS.has(child.type) ? child : null });
    from = child.end;
  }
  gap(tree.end - 1);
  return tokens;
}

/** Expressions nested deeper than this in tokens are stepped over. */
const DEEPEST = 60;
const UNARY: ReadonlySet<string> = new Set(["&", "&&", "*", "!", "-", "mut", "move", "%", "?", "ref", "#", "unsafe", "dyn"]);
const BINARY: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "^", "&", "|", "&&", "||", "==", "!=", "<", ">", "<=", ">=", "<<", ">>", "..", "..=", ":", "in"]);
const ASSIGNING: ReadonlySet<string> = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="]);
const WORD = /^(?:r#)?[A-Za-z_]\w*$/;

class TokenReader {
  #at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly host: MacroHost,
    private readonly depth: number,
  ) {}

  #peek(ahead = 0): string {
    return this.tokens[this.#at + ahead]?.text ?? "";
  }

  #inside(tree: PlainNode): TokenReader {
    return new TokenReader(tokensOf(tree, this.host), this.host, this.depth + 1);
  }

  #place(from: number): Place {
    const first = this.tokens[from] ?? this.tokens.at(-1);
    const last = this.tokens[Math.max(from, this.#at - 1)] ?? first;
    return first === undefined ? this.host.between(0, 0) : this.host.between(first.start, last?.end ?? first.end);
  }

  /** Expressions with commas or semicolons between them; `name = value` gives the value. */
  list(): Expression[] {
    const values: Expression[] = [];
    while (this.#at < this.tokens.length) {
      const before = this.#at;
      if (this.#peek() === "," || this.#peek() === ";" || this.#peek() === "=>") {
        this.#at++;
        continue;
      }
      if (WORD.test(this.#peek()) && this.#peek(1) === "=" && this.tokens[this.#at]?.node === null) this.#at += 2;
      const value = this.expression();
      if (value !== null) values.push(value);
      if (this.#at === before) this.#at++;
    }
    return values;
  }

  /** Statements of a block. */
  statements(): void {
    const { host } = this;
    while (this.#at < this.tokens.length) {
      const before = this.#at;
      if (this.#peek() === ";" || this.#peek() === ",") {
        this.#at++;
        continue;
      }
      if (this.#peek() === "let") this.#let();
      else {
        const value = this.expression();
        if (value !== null && value.is !== "literal" && !(value.is === "build" && value.parts.length === 0)) host.push({ is: "do", value, at: value.at });
      }
      if (this.#at === before) this.#at++;
    }
  }

  #let(): void {
    const from = this.#at++;
    const names = this.#patternUntil(new Set(["=", ";"]));
    if (this.#peek() !== "=") return;
    this.#at++;
    const value = this.expression();
    if (this.#peek() === "else") {
      this.#at++;
      const tree = this.tokens[this.#at]?.node;
      if (tree?.type === "token_tree") {
        this.#at++;
        const steps = this.host.collect(() => this.#inside(tree).statements());
        const at = this.host.at(tree);
        this.host.push({ is: "if", condition: { is: "operator", parts: [], at }, then: steps, else: [], at });
      }
    }
    this.#bind(names, value, this.#place(from));
  }

  #bind(names: readonly Token[], value: Expression | null, at: Place): void {
    const [first] = names;
    if (first === undefined) {
      if (value !== null) this.host.push({ is: "do", value, at });
      return;
    }
    const targets = names.map((token): Expression => ({ is: "name", name: token.text.replace(/^r#/, ""), at: this.host.between(token.start, token.end) }));
    const target: Expression = targets.length === 1 ? targets[0]! : { is: "build", holds: false, type: null, tuple: true, parts: targets.map(positional), at };
    this.host.push({ is: "bind", targets: [target], value, declares: true, type: null, at });
  }

  /** The names that a pattern binds, up to one of these tokens. Types after a colon bind nothing. */
  #patternUntil(ends: ReadonlySet<string>): Token[] {
    const names: Token[] = [];
    let inType = false;
    while (this.#at < this.tokens.length && !ends.has(this.#peek())) {
      const token = this.tokens[this.#at]!;
      if (token.text === ":") inType = true;
      else if (!inType) this.#patternNames(token, this.#peek(1), this.#peek(-1), names);
      this.#at++;
    }
    return names;
  }

  #patternNames(token: Token, next: string, before: string, into: Token[]): void {
    if (token.node?.type === "token_tree") {
      const inner = tokensOf(token.node, this.host);
      if (this.depth < DEEPEST) inner.forEach((one, i) => this.#patternNames(one, inner[i + 1]?.text ?? "", inner[i - 1]?.text ?? "", into));
      return;
    }
    if (token.node !== null || !/^(?:r#)?[a-z_]\w*$/.test(token.text) || token.text === "_" || token.text === "mut" || token.text === "ref") return;
    if (next === "::" || next === "(" || next === "{" || next === ":" || before === "::" || before === ".") return;
    into.push(token);
  }

  /** One expression; null when nothing here is one. Stops before `,`, `;`, `=>` and what it does not know. */
  expression(noStruct = false): Expression | null {
    if (this.depth > DEEPEST) {
      this.#at = this.tokens.length;
      return null;
    }
    const from = this.#at;
    let left = this.#operand(noStruct);
    for (;;) {
      const operator = this.#peek();
      if (left !== null && operator === "as") {
        this.#at++;
        while (WORD.test(this.#peek()) || this.#peek() === "::" || this.#peek() === "*" || this.#peek() === "&") this.#at++;
        continue;
      }
      if (left !== null && ASSIGNING.has(operator) && (left.is === "name" || left.is === "member" || left.is === "index" || left.is === "same")) {
        this.#at++;
        const value = this.expression(noStruct);
        const at = this.#place(from);
        this.host.push({ is: "bind", targets: [left], value: operator === "=" ? value : { is: "operator", parts: [left, ...(value === null ? [] : [value])], at }, declares: false, type: null, at });
        return { is: "build", holds: false, type: null, tuple: true, parts: [], at };
      }
      if (left === null || !BINARY.has(operator) || (operator === ":" && this.#peek(1) === "?")) return left;
      this.#at++;
      const right = this.#operand(noStruct);
      const at = this.#place(from);
      const [a, b]: [Expression, Expression | null] = [left, right];
      if (b !== null && (operator === "&&" || operator === "||")) left = { is: "logic", operator: operator === "&&" ? "and" : "or", left: a, right: b, at };
      else if (b !== null && (operator === "==" || operator === "!=")) left = { is: "compare", operator, left: a, right: b, at };
      else left = { is: "operator", parts: b === null ? [a] : [...(a.is === "operator" ? a.parts : [a]), b], at };
    }
  }

  #operand(noStruct: boolean): Expression | null {
    const from = this.#at;
    const signs: string[] = [];
    while (UNARY.has(this.#peek()) && this.tokens[this.#at]?.node === null) {
      signs.push(this.#peek());
      this.#at++;
    }
    let value = this.#primary(noStruct);
    if (value === null) return null;
    value = this.#postfix(value, from);
    const at = this.#place(from);
    for (const sign of signs.reverse()) {
      if (sign === "!") value = { is: "not", value, at };
      else if (sign === "-") value = { is: "operator", parts: [value], at };
      else if (sign === "&" || sign === "*" || sign === "&&") value = { is: "same", value, type: null, at };
    }
    return value;
  }

  #postfix(value: Expression, from: number): Expression {
    const { host } = this;
    for (;;) {
      const next = this.#peek();
      const tree = this.tokens[this.#at]?.node ?? null;
      if (next === "?") {
        this.#at++;
        value = host.question(value, this.#place(from));
      } else if (next === "." && this.#peek(1) === "await") {
        this.#at += 2;
        value = { is: "await", value, at: this.#place(from) };
      } else if (next === "." && (WORD.test(this.#peek(1)) || /^\d/.test(this.#peek(1)))) {
        const name = this.#peek(1).replace(/^r#/, "");
        this.#at += 2;
        const calleeAt = this.#place(from);
        this.#turbofish();
        const list = this.tokens[this.#at]?.node ?? null;
        if (list?.type === "token_tree" && this.#peek() === "(") {
          this.#at++;
          value = host.method(value, name, this.#inside(list).list(), calleeAt, this.#place(from));
        } else value = { is: "member", object: value, name, at: calleeAt };
      } else if (next === "(" && tree?.type === "token_tree" && value.is !== "literal") {
        this.#at++;
        value = { is: "call", callee: value, arguments: this.#inside(tree).list().map(positional), at: this.#place(from) };
      } else if (next === "[" && tree?.type === "token_tree") {
        this.#at++;
        value = { is: "index", object: value, parts: this.#inside(tree).list(), at: this.#place(from) };
      } else return value;
    }
  }

  /** `::<T, U>` */
  #turbofish(): void {
    if (this.#peek() !== "::" || this.#peek(1) !== "<") return;
    this.#at += 2;
    for (let open = 1; open > 0 && this.#at < this.tokens.length; this.#at++) {
      const text = this.#peek();
      if (text === "<") open++;
      else if (text === ">") open--;
      else if (text === ">>") open -= 2;
    }
  }

  #primary(noStruct: boolean): Expression | null {
    const { host } = this;
    const from = this.#at;
    const token = this.tokens[from];
    if (token === undefined) return null;
    const nothing = (): Expression => ({ is: "build", holds: false, type: null, tuple: true, parts: [], at: this.#place(from) });
    if (token.node !== null) {
      if (token.node.type !== "token_tree") {
        this.#at++;
        return token.node.type === "token_repetition" ? null : host.leafOf(token.node);
      }
      this.#at++;
      const inside = this.#inside(token.node);
      if (token.text === "{") {
        const steps = host.collect(() => inside.statements());
        host.push({ is: "block", body: steps, at: this.#place(from) });
        return nothing();
      }
      const values = inside.list();
      if (token.text === "(" && values.length === 1) return values[0]!;
      return { is: "build", holds: true, type: null, tuple: token.text === "(", parts: values.map(positional), at: this.#place(from) };
    }
    switch (token.text) {
      case "|":
      case "||":
        return this.#closure(false);
      case "async": {
        this.#at++;
        while (this.#peek() === "move") this.#at++;
        if (this.#peek() === "|" || this.#peek() === "||") return this.#closure(true);
        const tree = this.tokens[this.#at]?.node ?? null;
        if (tree?.type !== "token_tree") return null;
        this.#at++;
        const fn = host.openClosure(token.start, tree.end, true);
        host.inClosure(fn, () => this.#inside(tree).statements());
        return { is: "closure", function: fn.id, at: this.#place(from) };
      }
      case "return": {
        this.#at++;
        const value = this.expression();
        host.push({ is: "return", values: value === null ? [] : [value], at: this.#place(from) });
        return nothing();
      }
      case "break":
      case "continue": {
        this.#at++;
        const label = this.#peek().startsWith("'") ? this.#peek() : null;
        if (label !== null) this.#at++;
        if (token.text === "break") this.expression();
        host.jump(token.text === "break", label, this.#place(from));
        return nothing();
      }
      case "if":
      case "while":
        this.#conditional(token.text === "while");
        return nothing();
      case "match":
        this.#match();
        return nothing();
      case "loop":
      case "for":
        this.#loop(token.text === "for");
        return nothing();
    }
    if (!WORD.test(token.text)) return null;
    return this.#path(noStruct);
  }

  #path(noStruct: boolean): Expression | null {
    const { host } = this;
    const from = this.#at;
    const segments = [this.#peek().replace(/^r#/, "")];
    this.#at++;
    for (;;) {
      if (this.#peek() === "::" && this.#peek(1) === "<") this.#turbofish();
      else if (this.#peek() === "::" && WORD.test(this.#peek(1))) {
        segments.push(this.#peek(1).replace(/^r#/, ""));
        this.#at += 2;
      } else break;
    }
    const at = this.#place(from);
    const tree = this.tokens[this.#at]?.node ?? null;
    if (this.#peek() === "!" && this.tokens[this.#at + 1]?.node?.type === "token_tree") {
      const inner = this.tokens[this.#at + 1]!.node;
      this.#at += 2;
      return expandMacro(segments, inner, this.#place(from), host, this.depth);
    }
    if (this.#peek() === "(" && tree?.type === "token_tree") {
      this.#at++;
      return host.call(segments, this.#inside(tree).list(), at, this.#place(from));
    }
    if (this.#peek() === "{" && tree?.type === "token_tree" && !noStruct && /^[A-Z]/.test(segments.at(-1)!)) {
      this.#at++;
      return { is: "build", holds: true, type: null, tuple: false, parts: this.#inside(tree).list().map(positional), at: this.#place(from) };
    }
    if (segments.length === 1 && segments[0] === "None") return { is: "literal", kind: "null", text: "None", at };
    return host.path(segments, at);
  }

  #closure(isAsync: boolean): Expression {
    const { host } = this;
    const from = this.#at;
    const start = this.tokens[from]!.start;
    const parameters: Token[] = [];
    if (this.#peek() === "||") this.#at++;
    else {
      this.#at++;
      parameters.push(...this.#patternUntil(new Set(["|"])));
      this.#at++;
    }
    const fn = host.openClosure(start, this.tokens.at(-1)!.end, isAsync);
    for (const parameter of parameters) fn.parameters.push({ name: parameter.text, type: null, variadic: false, initial: null });
    host.inClosure(fn, () => {
      const value = this.expression();
      if (value !== null) host.push({ is: "return", values: [value], at: value.at });
    });
    return { is: "closure", function: fn.id, at: this.#place(from) };
  }

  /** The block that comes next, as steps; null when none does. */
  #blockSteps(before: () => void = () => undefined): Step[] | null {
    const tree = this.tokens[this.#at]?.node ?? null;
    if (tree?.type !== "token_tree" || this.#peek() !== "{") return null;
    this.#at++;
    return this.host.collect(() => {
      before();
      this.#inside(tree).statements();
    });
  }

  #conditional(isLoop: boolean): void {
    const { host } = this;
    const from = this.#at++;
    let names: Token[] = [];
    if (this.#peek() === "let") {
      this.#at++;
      names = this.#patternUntil(new Set(["="]));
      this.#at++;
    }
    const isLet = names.length > 0 || this.#peek(-1) === "=";
    let value: Expression | null = null;
    const before = host.collect(() => {
      value = this.expression(true);
    });
    const at = this.#place(from);
    const condition: Expression = isLet || value === null ? { is: "operator", parts: value === null ? [] : [value], at } : value;
    const then = this.#blockSteps(() => this.#bind(names, null, at)) ?? [];
    if (isLoop) {
      const label = host.temporary("d");
      const leave: Step = { is: "if", condition, then, else: [{ is: "break", label, at }], at };
      host.push({ is: "loop", label, iterates: null, binds: [], condition: null, body: [...before, leave], update: [], otherwise: [], isAsync: false, at });
      return;
    }
    let otherwise: Step[] = [];
    if (this.#peek() === "else") {
      this.#at++;
      otherwise = this.#peek() === "if" ? host.collect(() => this.#conditional(false)) : this.#blockSteps() ?? [];
    }
    for (const step of before) host.push(step);
    host.push({ is: "if", condition, then, else: otherwise, at });
  }

  #loop(isFor: boolean): void {
    const { host } = this;
    const from = this.#at++;
    let names: Token[] = [];
    let iterates: Expression | null = null;
    if (isFor) {
      names = this.#patternUntil(new Set(["in"]));
      this.#at++;
      iterates = this.expression(true);
    }
    const at = this.#place(from);
    const body = this.#blockSteps() ?? [];
    const binds = names.map((token): Expression => ({ is: "name", name: token.text, at: host.between(token.start, token.end) }));
    host.push({ is: "loop", label: host.temporary("d"), iterates, binds, condition: null, body, update: [], otherwise: [], isAsync: false, at });
  }

  #match(): void {
    const { host } = this;
    const from = this.#at++;
    const subject = this.expression(true);
    const at = this.#place(from);
    const tree = this.tokens[this.#at]?.node ?? null;
    if (subject !== null) host.push({ is: "do", value: subject, at });
    if (tree?.type !== "token_tree") return;
    this.#at++;
    const cases = this.#inside(tree).#arms(false);
    host.push({ is: "switch", label: null, subject: null, bind: null, cases, waits: false, at });
  }

  /** `tokio::select! { pattern = future => body, ... }`: waits for one of the futures. */
  select(at: Place): void {
    if (this.#peek() === "biased") this.#at += 2;
    this.host.push({ is: "switch", label: null, subject: null, bind: null, cases: this.#arms(true), waits: true, at });
  }

  #arms(isSelect: boolean): Case[] {
    const { host } = this;
    const cases: Case[] = [];
    while (this.#at < this.tokens.length) {
      const from = this.#at;
      if (this.#peek() === "," || this.#peek() === ";") {
        this.#at++;
        continue;
      }
      const isElse = isSelect && (this.#peek() === "else" || this.#peek() === "complete" || this.#peek() === "default");
      if (isElse) this.#at++;
      const names = isElse ? [] : this.#patternUntil(new Set([isSelect ? "=" : "=>", "if"]));
      const tests: Expression[] = [];
      let guard: Expression | null = null;
      if (isSelect && this.#peek() === "=") {
        this.#at++;
        const future = this.expression();
        if (future !== null) tests.push({ is: "await", value: future, at: future.at });
        if (this.#peek() === "," && this.#peek(1) === "if") this.#at++;
      }
      if (this.#peek() === "if") {
        this.#at++;
        guard = this.expression();
      }
      if (!isSelect && cases.length > 0 && this.#at < this.tokens.length) tests.push({ is: "operator", parts: [], at: this.#place(from) });
      while (this.#at < this.tokens.length && this.#peek() !== "=>") this.#at++;
      this.#at++;
      const at = this.#place(from);
      const body = host.collect(() => {
        this.#bind(names, null, at);
        const steps = this.#blockSteps();
        if (steps !== null) host.push({ is: "block", body: steps, at });
        else {
          const value = this.expression();
          if (value !== null && value.is !== "literal") host.push({ is: "do", value, at: value.at });
        }
      });
      if (!isSelect && tests.length === 0) tests.push({ is: "operator", parts: [], at });
      cases.push({ tests: isElse ? [] : tests, guard, binds: [], body, fallsThrough: false, at });
      if (this.#at === from) this.#at++;
    }
    return cases;
  }
}
