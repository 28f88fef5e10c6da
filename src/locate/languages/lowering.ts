import type { Expression, FileFlow, FunctionFlow, Import, Parameter, Place, Step, TypeDeclaration, TypeRef } from "../flow/flow-model";
import { readIgnores } from "./ignores";
import type { LowerInput } from "./language";
import { readPlainTree } from "./plain-tree";
import type { PlainNode, Reading } from "./plain-tree";
import { Places } from "./places";

/**
 * Syntax nested deeper than this (statements and expressions together) is cut: the place becomes an `opaque` "nesting" and what was
 * inside is lowered after it, flat. Chains that programs build long (operators, else-if) do not nest; the rest does not come from
 * people, and must not overflow the stack of whoever reads the flow.
 */
export const MAX_DEPTH = 500;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A function on its way: `body` and the rest are filled while its syntax is lowered. */
export type OpenFunction = Mutable<Omit<FunctionFlow, "parameters" | "results" | "resultNames" | "decorators" | "body">> & {
  parameters: Parameter[];
  results: (TypeRef | null)[];
  resultNames: string[];
  decorators: Expression[];
  body: Step[];
};

/** What the lowering of one file shares, whatever the language: places, functions in source order, and what was not understood. */
export abstract class Lowering {
  readonly places: Places;
  readonly functions: OpenFunction[] = [];
  readonly imports: Import[] = [];
  readonly types: TypeDeclaration[] = [];
  readonly globals: { name: string; type: TypeRef | null }[] = [];
  readonly opaque: Record<string, number> = {};
  hasSyntaxErrors = false;
  depth = 0;
  /** How many ERROR nodes we are inside of. */
  inError = 0;
  readonly #postponed: (() => void)[] = [];
  /** What the parser could not place and nobody has lowered yet, in source order. */
  #errors: PlainNode[] = [];

  constructor(readonly text: string) {
    this.places = new Places(text);
  }

  abstract lower(root: PlainNode): void;

  /** Postpones a statement or expression that stands too deep, with what it takes to lower it as if it were met where it stands. */
  protected abstract later(node: PlainNode): void;

  textOf(node: PlainNode): string {
    return this.text.slice(node.start, node.end);
  }

  at(node: PlainNode): Place {
    return this.places.place(node.start, node.end);
  }

  between(start: number, end: number): Place {
    return this.places.place(start, end);
  }

  /** Fragments inside what the parser could not place are no syntax that we do not know. */
  countOpaque(nodeType: string): void {
    if (this.inError > 0) return;
    this.opaque[nodeType] = (this.opaque[nodeType] ?? 0) + 1;
  }

  /** Takes the next id: called when a function's syntax is met, before its body, so that ids follow the source. */
  openFunction(name: string, symbol: string, parent: number | null, place: Place, namePlace: Place): OpenFunction {
    const fn: OpenFunction = {
      id: this.functions.length, name, symbol, owner: null, receiver: null, parameters: [], results: [], resultNames: [],
      isAsync: false, isGenerator: false, decorators: [], parent, place, namePlace, body: [],
    };
    this.functions.push(fn);
    return fn;
  }

  /** A leaf is no deeper than its parent, and a callee (`a.b` of `a.b()`) stays with its call as long as it can. */
  tooDeep(node: PlainNode, memberType: string): boolean {
    if (this.depth <= MAX_DEPTH || node.children.length === 0) return false;
    return node.type !== memberType || this.depth > MAX_DEPTH + 50;
  }

  /** Syntax that its language file does not know: its parts from left to right, so that no call in it is lost. */
  opaqueExpression(node: PlainNode, lower: (child: PlainNode) => Expression): Expression {
    const isError = node.type === "ERROR";
    if (isError) {
      this.tookError(node);
      this.inError++;
    } else this.countOpaque(node.type);
    const parts = node.children.map(lower);
    if (isError) this.inError--;
    return { is: "opaque", nodeType: node.type, parts, at: this.at(node) };
  }

  /** What stands in the place of an operand or a condition that the text lacks. */
  missing(node: PlainNode): Expression {
    this.hasSyntaxErrors = true;
    return { is: "opaque", nodeType: "MISSING", parts: [], at: this.between(node.start, node.start) };
  }

  /** What stands in the place of an expression that is too deep. */
  cutExpression(node: PlainNode): Expression {
    this.later(node);
    return { is: "opaque", nodeType: "nesting", parts: [], at: this.at(node) };
  }

  /** What stands in the place of a statement that is too deep. */
  cutStep(node: PlainNode): Step {
    this.later(node);
    return { is: "opaque", nodeType: "nesting", body: [], at: this.at(node) };
  }

  /** Keeps deep syntax for later; it comes behind the steps of `fn`. `lower` finds the state of the lowering as it was left; it restores what it needs. */
  postpone(node: PlainNode, fn: OpenFunction, lower: (body: Step[]) => void): void {
    this.countOpaque("nesting");
    this.#postponed.push(() => {
      const body: Step[] = [];
      lower(body);
      fn.body.push({ is: "opaque", nodeType: "nesting", body, at: this.at(node) });
    });
  }

  /** Lowers what was postponed, and what that postpones in turn. */
  lowerPostponed(): void {
    for (let next = this.#postponed.shift(); next !== undefined; next = this.#postponed.shift()) {
      this.depth = 0;
      this.inError = 0;
      next();
    }
  }

  /** To be called with the tree's errors before its lowering begins. */
  expectErrors(errors: readonly PlainNode[]): void {
    this.#errors = [...errors];
  }

  /** Says that an ERROR node is lowered where it stands. */
  tookError(node: PlainNode): void {
    this.hasSyntaxErrors = true;
    const at = this.#errors.indexOf(node);
    if (at >= 0) this.#errors.splice(at, 1);
  }

  /**
   * The ERROR nodes inside a statement that its lowering did not come across: the parser puts them anywhere, also where the
   * grammar has no place. They are to be lowered after the statement, so that no call in broken text is lost.
   */
  leftErrors(statement: PlainNode): PlainNode[] {
    if (this.#errors.length === 0) return [];
    const left = this.#errors.filter((error) => error.start >= statement.start && error.end <= statement.end);
    // One inside another comes with it.
    return left.filter((error) => !left.some((outer) => outer !== error && outer.start <= error.start && outer.end >= error.end));
  }

  name(node: PlainNode): Expression {
    return { is: "name", name: this.textOf(node), at: this.at(node) };
  }
}

/** The flow of a whole file, lowered by `lowering`. `commentOpeners`: where `leakline-ignore` may stand. */
export function flowOf(input: LowerInput, language: string, reading: Reading, commentOpeners: readonly string[], lowering: Lowering): FileFlow {
  const tree = readPlainTree(input.root, input.text, reading);
  lowering.expectErrors(tree.errors);
  lowering.lower(tree.root);
  return {
    file: input.file,
    language,
    module: input.module,
    imports: lowering.imports,
    types: lowering.types,
    globals: lowering.globals,
    functions: lowering.functions,
    opaque: lowering.opaque,
    nodes: tree.nodes,
    hasSyntaxErrors: lowering.hasSyntaxErrors || input.root.hasError,
    ignores: commentOpeners.flatMap((opener) => readIgnores(input.text, opener)),
  };
}

/** `a && b && c ...` as a balanced tree: `and` and `or` associate, and a chain of thousands must not nest thousands deep. `whole`: the place of all of it, where the operands do not stand in the order of their evaluation. */
export function logicChain(operator: "and" | "or", operands: readonly Expression[], whole: Place | null = null): Expression {
  const join = (from: number, to: number): Expression => {
    if (to - from === 1) return operands[from]!;
    const middle = to - from === 2 ? from + 1 : to - from <= 8 ? to - 1 : (from + to) >> 1;
    const left = join(from, middle);
    const right = join(middle, to);
    return { is: "logic", operator, left, right, at: whole ?? [left.at[0], left.at[1], right.at[2], right.at[3]] };
  };
  return join(0, operands.length);
}
