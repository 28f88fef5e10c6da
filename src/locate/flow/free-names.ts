import type { Expression, FileFlow, FunctionFlow, Step } from "./flow-model";
import { eachStep, partsOf, partsOfStep } from "./expressions";

/** How a closure uses a name that is not its own. `only`: nothing but method calls on it (`calls`), member reads and tests. */
export interface FreeUse {
  readonly only: boolean;
  readonly assigned: boolean;
  readonly calls: readonly string[];
}

interface Use {
  only: boolean;
  assigned: boolean;
  calls: string[];
}

const known = new WeakMap<FileFlow["functions"], Map<number, ReadonlyMap<string, FreeUse>>>();

/** The free names of a function of the file, with those of the functions inside it. */
export function freeNames(file: FileFlow, id: number): ReadonlyMap<string, FreeUse> {
  let inFile = known.get(file.functions);
  if (inFile === undefined) known.set(file.functions, (inFile = new Map()));
  let names = inFile.get(id);
  if (names === undefined) {
    // In case of recursion: nothing, for the inner visit.
    inFile.set(id, new Map());
    names = collect(file, file.functions[id]!);
    inFile.set(id, names);
  }
  return names;
}

function collect(file: FileFlow, fn: FunctionFlow): ReadonlyMap<string, FreeUse> {
  const own = new Set<string>();
  const outer = new Set<string>();
  const assigned = new Set<string>();
  const uses = new Map<string, Use>();
  if (fn.receiver !== null) own.add(fn.receiver);
  for (const parameter of fn.parameters) own.add(parameter.name);
  for (const name of fn.resultNames) own.add(name);
  const declares = { any: false };

  const use = (name: string): Use => {
    let entry = uses.get(name);
    if (entry === undefined) uses.set(name, (entry = { only: true, assigned: false, calls: [] }));
    return entry;
  };
  const bindTarget = (target: Expression, declaring: boolean): void => {
    if (target.is === "name") (declaring ? own : assigned).add(target.name);
    else if (target.is === "build") for (const part of target.parts) bindTarget(part.value, declaring);
    else visit(target, false);
  };
  /** `light`: only looked at, not handed on. */
  const visit = (expression: Expression, light: boolean): void => {
    switch (expression.is) {
      case "name":
        if (!light) use(expression.name).only = false;
        else use(expression.name);
        return;
      case "member":
        if (expression.object.is === "name") {
          const entry = use(expression.object.name);
          // A member that is handed on (`conn.close`, `resp.Body`) may be what closes it.
          if (!light) entry.only = false;
        } else visit(expression.object, light);
        return;
      case "call": {
        if (expression.callee.is === "member") {
          const root = rootName(expression.callee.object);
          if (root !== null) use(root).calls.push(expression.callee.name);
          else visit(expression.callee.object, true);
        } else visit(expression.callee, true);
        for (const argument of expression.arguments) visit(argument.value, false);
        return;
      }
      case "compare":
      case "not":
      case "operator":
        for (const part of partsOf(expression)) visit(part, true);
        return;
      case "closure":
        for (const [name, inner] of freeNames(file, expression.function)) {
          const entry = use(name);
          entry.only &&= inner.only;
          entry.calls.push(...inner.calls);
          if (inner.assigned) assigned.add(name);
        }
        return;
      case "assign":
        visit(expression.value, false);
        bindTarget(expression.target, false);
        return;
      default:
        for (const part of partsOf(expression)) visit(part, false);
    }
  };
  eachStep(fn.body, (step: Step) => {
    switch (step.is) {
      case "bind":
        if (step.declares) declares.any = true;
        if (step.value !== null) visit(step.value, false);
        for (const target of step.targets) bindTarget(target, step.declares);
        return;
      case "loop":
        for (const target of step.binds) bindTarget(target, true);
        if (step.iterates !== null) visit(step.iterates, true);
        if (step.condition !== null) visit(step.condition, true);
        return;
      case "if":
        visit(step.condition, true);
        return;
      case "scope":
        if (step.kind !== "delete") for (const name of step.names) outer.add(name);
        return;
      case "with":
        for (const item of step.items) {
          visit(item.value, false);
          if (item.bind !== null) bindTarget(item.bind, true);
        }
        return;
      case "try":
        for (const handler of step.handlers) if (handler.bind !== null) own.add(handler.bind);
        return;
      case "define":
        own.add(step.name);
        for (const [name, inner] of freeNames(file, step.function)) {
          const entry = use(name);
          entry.only &&= inner.only;
          entry.calls.push(...inner.calls);
        }
        return;
      case "switch":
        if (step.bind !== null) own.add(step.bind);
        for (const one of step.cases) for (const name of one.binds) own.add(name);
        break;
      default:
    }
    partsOfStep(step, (expression) => visit(expression, false), () => undefined);
  });
  // Where locals are not declared, an assignment makes one, unless the function says that the name is another's.
  const declaring = file.functions.some((one) => one.resultNames.length > 0) || declares.any || file.globals.some(({ name }) => assigned.has(name)) || fileDeclares(file);
  for (const name of assigned) {
    if (declaring || outer.has(name)) use(name).assigned = true;
    else own.add(name);
  }
  for (const name of own) if (!outer.has(name)) uses.delete(name);
  for (const entry of uses.values()) if (entry.assigned) entry.only = false;
  return uses;
}

function rootName(expression: Expression): string | null {
  let at = expression;
  for (;;) {
    if (at.is === "name") return at.name;
    if (at.is === "member") at = at.object;
    else if (at.is === "same") at = at.value;
    else return null;
  }
}

const declaringFiles = new WeakMap<FileFlow["functions"], boolean>();

/** Some bind in the file declares: then every local of the language is declared. */
export function fileDeclares({ functions }: Pick<FileFlow, "functions">): boolean {
  let found = declaringFiles.get(functions);
  if (found === undefined) {
    found = functions.some((fn) => {
      let any = false;
      eachStep(fn.body, (step) => {
        if (step.is === "bind" && step.declares) any = true;
      });
      return any;
    });
    declaringFiles.set(functions, found);
  }
  return found;
}
