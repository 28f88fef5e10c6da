import type { Expression, FileFlow, FunctionFlow, LanguageTraits, Place, Step } from "./flow-model";
import type { NameExpression } from "./expressions";
import { eachExpression, eachStep } from "./expressions";

/** A variable of the function under analysis, or of one that encloses it. Two variables of one name in different blocks are two. */
export type VariableId = number;

interface Variable {
  readonly name: string;
  /** Belongs to an enclosing function or to the file: what is stored there outlives this function. */
  readonly outer: boolean;
  readonly parameter: boolean;
}

interface Scope {
  readonly parent: number | null;
  readonly names: Map<string, VariableId>;
  /** Assigning a name that is not known here makes it a local of this scope. */
  readonly takesAssigned: boolean;
}

/**
 * Names to variables. Blocks of a language that declares its locals have a scope each; elsewhere a function has one, with all names that it assigns.
 * A block that is built twice (`finally`, deferred) has the same variables in both copies, so each name in the source means one variable.
 */
export class Variables {
  readonly all: Variable[] = [];
  readonly #scopes: Scope[] = [];
  readonly #scopeOf = new Map<unknown, number>();
  readonly #ofName = new Map<Expression, VariableId>();
  readonly #volatile = new Map<VariableId, Place>();
  readonly #declares: boolean;
  readonly #resultNames = new Map<number, readonly NameExpression[]>();
  #current = -1;

  constructor(file: FileFlow, fn: FunctionFlow, traits: LanguageTraits) {
    this.#declares = traits.blockScopes ?? traits.errorResults;
    // What encloses the function: the file, then its parents. Everything there is outer.
    this.#current = this.#scope(null, !this.#declares);
    for (const { name } of file.globals) this.#new(name, true, false);
    const chain: FunctionFlow[] = [];
    for (let id = fn.parent; id !== null && id !== 0; id = file.functions[id]!.parent) chain.unshift(file.functions[id]!);
    for (const outer of chain) {
      this.#current = this.#scope(this.#current, false);
      for (const name of namesOf(outer, true)) this.#new(name, true, false);
    }
  }

  get current(): number {
    return this.#current;
  }

  /** Runs `inside` with the scope of another place. */
  at<T>(scope: number, inside: () => T): T {
    const was = this.#current;
    this.#current = scope;
    const result = inside();
    this.#current = was;
    return result;
  }

  /** Enters the function's own scope and declares its parameters; gives what `leave` wants. */
  enterFunction(fn: FunctionFlow): number {
    const was = this.#enter(fn, true);
    if (this.#scopes[this.#current]!.names.size === 0) {
      if (fn.receiver !== null) this.#new(fn.receiver, false, true);
      for (const parameter of fn.parameters) if (parameter.name !== "") this.#new(parameter.name, false, true);
      for (const name of fn.resultNames) if (!this.#scopes[this.#current]!.names.has(name)) this.#new(name, false, false);
      if (!this.#declares) {
        for (const name of namesOf(fn, false)) if (!this.#scopes[this.#current]!.names.has(name)) this.#new(name, false, false);
      }
    }
    return was;
  }

  /** Enters the scope of a block, known by any object that stands for it. */
  enterBlock(block: unknown): number {
    if (!this.#declares) return this.#current;
    return this.#enter(block, false);
  }

  leave(was: number): void {
    this.#current = was;
  }

  #enter(key: unknown, isFunction: boolean): number {
    const was = this.#current;
    const known = this.#scopeOf.get(key);
    // An empty list may be shared by many blocks; it declares nothing.
    if (known !== undefined && !(Array.isArray(key) && key.length === 0)) this.#current = known;
    else {
      this.#current = this.#scope(was, isFunction && !this.#declares);
      this.#scopeOf.set(key, this.#current);
    }
    return was;
  }

  #scope(parent: number | null, takesAssigned: boolean): number {
    this.#scopes.push({ parent, names: new Map(), takesAssigned });
    return this.#scopes.length - 1;
  }

  #new(name: string, outer: boolean, parameter: boolean): VariableId {
    this.all.push({ name, outer, parameter });
    this.#scopes[this.#current]!.names.set(name, this.all.length - 1);
    return this.all.length - 1;
  }

  /** The variable that a name has here, or null when nothing here has it. */
  find(name: string): VariableId | null {
    for (let at: number | null = this.#current; at !== null; at = this.#scopes[at]!.parent) {
      const variable = this.#scopes[at]!.names.get(name);
      if (variable !== undefined) return variable;
    }
    return null;
  }

  /** The variable that a name expression means: remembered, so that each copy of it means the same. Names that nothing here declares are outer. */
  of(expression: NameExpression): VariableId {
    const known = this.#ofName.get(expression);
    if (known !== undefined) return known;
    let variable = this.find(expression.name);
    if (variable === null) variable = this.at(0, () => this.#new(expression.name, true, false));
    this.#ofName.set(expression, variable);
    return variable;
  }

  /** As `of`, but only for names that were met; null otherwise. */
  met(expression: NameExpression): VariableId | null {
    return this.#ofName.get(expression) ?? null;
  }

  /** A declaring bind: a new variable, unless this very block already has one of the name. */
  declare(expression: NameExpression): VariableId {
    const known = this.#ofName.get(expression);
    if (known !== undefined) return known;
    const variable = this.#scopes[this.#current]!.names.get(expression.name) ?? this.#new(expression.name, false, false);
    this.#ofName.set(expression, variable);
    return variable;
  }

  /** A name that is bound here without an expression of its own. */
  assigned(name: string): VariableId {
    return this.find(name) ?? this.#new(name, false, false);
  }

  resultNames(fn: FunctionFlow, at: Place): readonly NameExpression[] {
    let names = this.#resultNames.get(fn.id);
    if (names === undefined) {
      names = fn.resultNames.map((name) => ({ is: "name", name, at }));
      const scope = this.#scopeOf.get(fn);
      if (scope !== undefined) {
        for (const name of names) {
          const variable = this.#scopes[scope]!.names.get(name.name);
          if (variable !== undefined) this.#ofName.set(name, variable);
        }
      }
      this.#resultNames.set(fn.id, names);
    }
    return names;
  }

  isOuter(variable: VariableId): boolean {
    return this.all[variable]!.outer;
  }

  isParameter(variable: VariableId): boolean {
    return this.all[variable]!.parameter;
  }

  nameOf(variable: VariableId): string {
    return this.all[variable]!.name;
  }

  /** A closure that is made here, and runs at an unknown time, assigns it: from here on nothing can be known of it. */
  markVolatile(variable: VariableId, at: Place): void {
    const before = this.#volatile.get(variable);
    if (before === undefined || isBefore(at, before)) this.#volatile.set(variable, at);
  }

  /** True where the variable may be assigned behind our back: at this place, or (null) anywhere. */
  isVolatile(variable: VariableId, at: Place | null): boolean {
    const since = this.#volatile.get(variable);
    return since !== undefined && (at === null || !isBefore(at, since));
  }
}

/** The names a function binds itself (closures not entered), without those it declares `global` or `nonlocal`. */
function namesOf(fn: FunctionFlow, withParameters: boolean): Set<string> {
  const names = new Set<string>();
  const elsewhere = new Set<string>();
  if (withParameters) {
    if (fn.receiver !== null) names.add(fn.receiver);
    for (const parameter of fn.parameters) names.add(parameter.name);
    for (const name of fn.resultNames) names.add(name);
  }
  const bind = (target: Expression): void => {
    if (target.is === "name") names.add(target.name);
    else if (target.is === "build") for (const part of target.parts) bind(part.value);
  };
  eachStep(fn.body, (step: Step) => {
    if (step.is === "bind") step.targets.forEach(bind);
    else if (step.is === "loop") step.binds.forEach(bind);
    else if (step.is === "with") step.items.forEach((item) => (item.bind === null ? undefined : bind(item.bind)));
    else if (step.is === "try") step.handlers.forEach((handler) => (handler.bind === null ? undefined : names.add(handler.bind)));
    else if (step.is === "define") names.add(step.name);
    else if (step.is === "switch") for (const one of step.cases) for (const name of one.binds) names.add(name);
    else if (step.is === "scope" && step.kind !== "delete") for (const name of step.names) elsewhere.add(name);
  });
  eachExpression(fn.body, (expression) => {
    if (expression.is === "assign") bind(expression.target);
  });
  for (const name of elsewhere) names.delete(name);
  return names;
}

function isBefore(a: Place, b: Place): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
