import type { Case, Expression, FileFlow, FunctionFlow, Handler, LanguageTraits, Place, Step } from "../../../src/locate/flow/flow-model";
import { Ledger } from "../../../src/locate/flow/conclusions";
import { LiveFile } from "../../../src/locate/flow/workspace-parts";
import type { CallResolution, FunctionScope, WorkspaceResolver } from "../../../src/locate/flow/resolution";
import { loadRules } from "../../../src/locate/rules/load-rules";
import type { RuleFile } from "../../../src/locate/rules/rule-model";

/** A small language for flows, so that the analysis is tested apart from any lowering. Each step and expression gets a line of its own. */
let line = 0;
const at = (): Place => [++line, 1, line, 10];

export const name = (text: string): Expression => ({ is: "name", name: text, at: at() });
export const NULL = (): Expression => ({ is: "literal", kind: "null", text: "null", at: at() });
export const TRUE = (): Expression => ({ is: "literal", kind: "true", text: "true", at: at() });
export const FALSE = (): Expression => ({ is: "literal", kind: "false", text: "false", at: at() });
export const not = (value: Expression): Expression => ({ is: "not", value, at: at() });
export const and = (left: Expression, right: Expression): Expression => ({ is: "logic", operator: "and", left, right, at: at() });
export const or = (left: Expression, right: Expression): Expression => ({ is: "logic", operator: "or", left, right, at: at() });
export const isNull = (value: Expression): Expression => ({ is: "compare", operator: "==", left: value, right: NULL(), at: at() });
export const isSet = (value: Expression): Expression => ({ is: "compare", operator: "!=", left: value, right: NULL(), at: at() });
export const conditional = (condition: Expression, then: Expression, other: Expression): Expression => ({ is: "conditional", condition, then, else: other, at: at() });
export const awaiting = (value: Expression): Expression => ({ is: "await", value, at: at() });
export const yielding = (value: Expression | null): Expression => ({ is: "yield", value, from: false, at: at() });

/** `call("f", a)`, `call("x.close")`. */
export function call(path: string, ...given: readonly Expression[]): Expression & { readonly is: "call" } {
  const parts = path.split(".");
  let callee: Expression = name(parts[0]!);
  for (const part of parts.slice(1)) callee = { is: "member", object: callee, name: part, at: at() };
  return { is: "call", callee, arguments: given.map((value) => ({ name: null, spread: false, value })), at: at() };
}

/** A named point of the program: `a()`. */
export const point = (text: string): Step => run(call(text));
export const run = (value: Expression): Step => ({ is: "do", value, at: at() });
export const bind = (target: string | readonly string[], value: Expression | null, declares = false): Step => ({
  is: "bind", targets: (typeof target === "string" ? [target] : target).map(name), value, declares, type: null, at: at(),
});
export const when = (condition: Expression, then: readonly Step[], other: readonly Step[] = []): Step => ({ is: "if", condition, then, else: other, at: at() });
export const loop = (condition: Expression | null, body: readonly Step[], more: Partial<Step & { readonly is: "loop" }> = {}): Step => ({
  is: "loop", label: null, iterates: null, binds: [], condition, body, update: [], otherwise: [], isAsync: false, at: at(), ...more,
});
export const each = (iterates: Expression, target: string, body: readonly Step[], otherwise: readonly Step[] = []): Step => loop(null, body, { iterates, binds: [name(target)], otherwise });
export const returns = (...values: readonly Expression[]): Step => ({ is: "return", values, at: at() });
export const throws = (value: Expression | null = null): Step => ({ is: "throw", value, at: at() });
export const leave = (label: string | null = null): Step => ({ is: "break", label, at: at() });
export const again = (label: string | null = null): Step => ({ is: "continue", label, at: at() });
export const handler = (catches: readonly string[], body: readonly Step[]): Handler => ({ catches, catchesAll: catches.length === 0, bind: null, body, at: at() });
export const attempt = (body: readonly Step[], handlers: readonly Handler[], last: readonly Step[] = [], otherwise: readonly Step[] = []): Step => ({
  is: "try", body, handlers, otherwise, finally: last, at: at(),
});
export const using = (value: Expression, target: string | null, body: readonly Step[]): Step => ({
  is: "with", items: [{ value, bind: target === null ? null : name(target) }], isAsync: false, body, at: at(),
});
export const defers = (value: Expression): Step => ({ is: "defer", call: value, at: at() });
export const spawns = (value: Expression): Step => ({ is: "spawn", call: value, at: at() });
export const label = (text: string): Step => ({ is: "label", name: text, at: at() });
export const goto = (text: string): Step => ({ is: "goto", label: text, at: at() });
export const asserts = (condition: Expression): Step => ({ is: "assert", condition, at: at() });
export const choose = (subject: Expression | null, cases: readonly { readonly tests: readonly Expression[]; readonly body: readonly Step[]; readonly falls?: boolean }[], waits = false): Step => ({
  is: "switch", label: null, subject, bind: null, waits, at: at(),
  cases: cases.map(({ tests, body, falls }): Case => ({ tests, guard: null, binds: [], body, fallsThrough: falls === true, at: at() })),
});

export interface FunctionOptions {
  readonly parameters?: readonly string[];
  readonly resultNames?: readonly string[];
  readonly isGenerator?: boolean;
}

/** A file under construction: closures and functions get their ids here. */
export class FileBuilder {
  readonly #functions: FunctionFlow[] = [functionFlow(0, "<module>", [], {}, null)];

  closure(body: readonly Step[], options: FunctionOptions = {}, parent = 1): Expression {
    const id = this.#functions.length;
    this.#functions.push(functionFlow(id, "<closure>", body, options, parent));
    return { is: "closure", function: id, at: at() };
  }

  /** Adds a function; closures of it must be made before, with its coming id as their parent. */
  add(text: string, body: readonly Step[], options: FunctionOptions = {}): FunctionFlow {
    const fn = functionFlow(this.#functions.length, text, body, options, null);
    this.#functions.push(fn);
    return fn;
  }

  file(): FileFlow {
    return {
      file: "made.up", language: "made", module: "made", imports: [], types: [], globals: [], functions: this.#functions, opaque: {}, nodes: 0, hasSyntaxErrors: false, ignores: [],
    };
  }
}

function functionFlow(id: number, text: string, body: readonly Step[], options: FunctionOptions, parent: number | null): FunctionFlow {
  return {
    id, name: text, symbol: text, owner: null, receiver: null,
    parameters: (options.parameters ?? []).map((one) => ({ name: one, type: null, variadic: false, initial: null })),
    results: [], resultNames: options.resultNames ?? [], isAsync: false, isGenerator: options.isGenerator ?? false, decorators: [], parent,
    place: [++line, 1, ++line, 2], namePlace: [line, 1, line, 2], body,
  };
}

/** Calls raise, as in Python, or errors come back, as in Go. */
export function traits(kind: "raises" | "returns"): LanguageTraits {
  return {
    id: "made", callsRaise: kind === "raises", errorResults: kind === "returns", coroutineDecorators: [], freesUnreachable: false,
    neverReturn: [{ call: "exit", raises: false }, { call: "quit", raises: true }, { call: "panic", raises: true }],
  };
}

/** Every plain name is a library's function of that name; functions of the file are targets. */
export function stubResolver(file: FileFlow): WorkspaceResolver {
  const ledger = new Ledger();
  const live = new LiveFile(ledger, file);
  const resolve = (expression: Expression & { readonly is: "call" }): CallResolution => {
    const callee = expression.callee;
    const text = callee.is === "name" ? callee.name : callee.is === "member" ? `T.${callee.name}` : "";
    const target = callee.is === "name" ? file.functions.find((fn) => fn.name === text && fn.id !== 0) : undefined;
    return {
      names: text === "" ? [] : [text], certainty: "exact", targets: target === undefined ? [] : [live.refs[target.id]!],
      unknown: target === undefined && callee.is !== "member", results: [],
    };
  };
  return {
    ledger,
    files: [live],
    lineage: (type: string) => [type],
    fieldsOf: () => null,
    ancestry: (_file, owner) => [owner],
    methodsOfType: () => [],
    allMethodsOf: () => [],
    ref: (_file, id) => live.refs[id]!,
    functionOf: (ref) => ({ file, function: file.functions[ref.id]! }),
    scope: (inFile, fn): FunctionScope => ({ file: inFile, function: fn, call: resolve, typeOf: () => null, qualifiedName: (one) => (one.is === "name" ? one.name : null) }),
  };
}

/** `open()` gives an object that `.close()` closes; `tryOpen()` gives it with an error; `borrow(x)` keeps nothing. */
const WRITTEN = loadRules(`
library: made
language: ruby
imports: made
resources:
  - rule: ruby/object
    noun: object
    type: T
    opens: [open, { call: tryOpen, error: 1 }]
    closes: close
    contextManager: true
    advice: Close it.
borrows: [borrow]
`, "made.yaml");

/** The same for the language that these tests make up. */
export const RULES: RuleFile = { ...WRITTEN, language: "made", resources: WRITTEN.resources.map((rule) => ({ ...rule, rule: "made/object" })) };
