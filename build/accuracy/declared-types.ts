import type { Expression, FileFlow, FunctionFlow, TypeRef } from "../../src/locate/flow/flow-model";
import { argumentsAre, hasLiteral } from "../../src/locate/flow/literal-arguments";
import { holdsFor } from "../../src/locate/rules/rule-model";
import type { OpenCall, ResourceRule, RuleFile } from "../../src/locate/rules/rule-model";
import { stepsOf } from "./steps";

/**
 * A call by whose word alone its receiver becomes what must be ended: only with certain arguments, the word says nothing; and one half of a lock
 * that is somebody else's is told of where the other half stands in the function too, which is what would be taken out.
 */
export function opensReceiver(rule: ResourceRule, { opens, when }: OpenCall): boolean {
  return opens === "receiver" && when.length === 0 && rule.kind === "transaction-leak";
}

/**
 * What declarations say about a value: imports, declared types and signatures as they are written, one step after the other. It shares nothing with the
 * analysis' own resolution on purpose: what is asked of the analysis must not be chosen by what it knows.
 */
export interface Declared {
  /** True when declarations say that this call gives what a rule says must be released. `type` is the variable's own, where it has one. */
  opens(call: Expression & { readonly is: "call" }, fn: FunctionFlow, type: TypeRef | null): boolean;
}

/** What the rules of one language say, by full names. */
export interface RuleNames {
  /** Calls that open, with what they must be given to do so. */
  readonly opens: ReadonlyMap<string, readonly OpenCall[]>;
  readonly resources: ReadonlySet<string>;
  /** Any type of a rule -> itself and what it extends. */
  readonly bases: ReadonlyMap<string, ReadonlySet<string>>;
  readonly gives: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<string, string>;
  readonly same: readonly { readonly path: string; readonly as: string }[];
}

const simple = (name: string): string => name.slice(name.lastIndexOf(".") + 1);
const packageOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf(".")));

export function ruleNames(rules: readonly RuleFile[], language: string): RuleNames {
  const opens = new Map<string, OpenCall[]>();
  const direct = new Map<string, Set<string>>();
  const resources = new Set<string>();
  const gives = new Map<string, string>();
  const fields = new Map<string, string>();
  const same: { path: string; as: string }[] = [];
  for (const file of rules.filter((one) => holdsFor(one, language))) {
    same.push(...file.sameAs);
    for (const type of file.types) {
      direct.set(type.name, new Set([...(direct.get(type.name) ?? []), ...type.extends]));
      for (const { call, result, callback } of type.from) if (result === 0 && callback === undefined) gives.set(call, type.name);
      for (const field of type.fields) fields.set(`${type.name}.${field.name}`, field.type);
      for (const value of type.values) fields.set(value, type.name);
    }
    for (const rule of file.resources) {
      for (const open of rule.opens) {
        if (open.callback !== undefined) continue;
        if (opensReceiver(rule, open)) opens.set(open.call, [...(opens.get(open.call) ?? []), open]);
        if (open.opens !== 0) continue;
        opens.set(open.call, [...(opens.get(open.call) ?? []), open]);
        if (rule.type === null || rule.kind === "transaction-leak" && rule.closedByCall === true) continue;
        resources.add(rule.type);
        gives.set(open.call, rule.type);
        if (!direct.has(rule.type)) direct.set(rule.type, new Set());
      }
    }
  }
  const bases = new Map<string, ReadonlySet<string>>();
  for (const name of direct.keys()) {
    const all = new Set([name]);
    for (const one of all) for (const base of direct.get(one) ?? []) all.add(base);
    bases.set(name, all);
  }
  for (const [name, all] of bases) if ([...all].some((one) => resources.has(one))) resources.add(name);
  return { opens, resources, bases, gives, fields, same };
}

/** The last words of the rules' types: a file that has none of them declares nothing that is asked for. */
export function typeWords(rules: readonly RuleFile[], language: string): ReadonlySet<string> {
  return new Set([...ruleNames(rules, language).bases.keys()].map(simple));
}

/** All that files of one package declare. */
interface PackageDeclarations {
  readonly types: ReadonlySet<string>;
  /** `Type.field` by simple names -> the declared types. */
  readonly fields: ReadonlyMap<string, TypeRef>;
  /** Short name -> functions. */
  readonly functions: ReadonlyMap<string, readonly { readonly flow: FileFlow; readonly fn: FunctionFlow }[]>;
}

export function declarationsOf(flows: readonly FileFlow[]): PackageDeclarations {
  const types = new Set<string>();
  const fields = new Map<string, TypeRef>();
  const functions = new Map<string, { flow: FileFlow; fn: FunctionFlow }[]>();
  for (const flow of flows) {
    for (const type of flow.types) {
      types.add(type.name);
      for (const field of type.fields) if (field.type !== null) fields.set(`${type.name}.${field.name}`, field.type);
      // What an embedded type has, the type has: one step up.
      for (const base of type.bases) fields.set(`${type.name}.${simple(base.name)}`, base);
    }
    for (const fn of flow.functions) {
      const list = functions.get(fn.name) ?? [];
      functions.set(fn.name, list);
      list.push({ flow, fn });
    }
  }
  return { types, fields, functions };
}

/** So many values may be followed from one to the next. */
const FAR = 5;

export function declaredIn(flow: FileFlow, everything: PackageDeclarations, names: RuleNames): Declared {
  const stars = flow.imports.filter(({ local }) => local === "*" || local === ".").map(({ path }) => path);

  /** The names that a written name may stand for, by this file's imports. */
  function meant(name: string): string[] {
    const [first = "", ...rest] = name.split(".");
    const tail = rest.length === 0 ? "" : `.${rest.join(".")}`;
    const imported = flow.imports.filter(({ local }) => local === first).map(({ path, member }) => `${path}${member === null ? "" : `.${member}`}${tail}`);
    if (imported.length > 0) return imported.flatMap(renamed);
    if (everything.types.has(first)) return [];
    return [name, ...["builtins", "globalThis", "java.lang", "kotlin.io", "std", ...stars].map((path) => `${path}.${name}`)].flatMap(renamed);
  }

  /** A library's other names, as its rules know them. */
  function renamed(name: string): string[] {
    return [name, ...names.same.filter(({ path }) => name.startsWith(`${path}.`)).map(({ path, as }) => as + name.slice(path.length))];
  }

  /** A declared type as a rule names it; `.Type` for the package's own; null when it is neither. */
  function known(type: TypeRef | null): string | null {
    if (type === null) return null;
    // Containers, channels and functions hold many, or none.
    if (type.name === "[]" || type.name === "map" || type.name === "chan" || type.name === "func") return null;
    const wrapped = /^(?:java\.util\.|kotlin\.|\.)?(?:Optional|Promise|Task|ValueTask|Future|CompletableFuture|Awaitable|Coroutine|Result|Option|Awaited)$/u.test(type.name);
    if (wrapped && type.element !== null) return known(type.element);
    const written = type.name.replace(/^\./u, "");
    for (const name of [type.name, ...meant(written)].flatMap(renamed)) if (names.bases.has(name)) return name;
    return everything.types.has(simple(written)) ? `.${simple(written)}` : null;
  }

  /** `pool.connect`, `net/http.Get`: all that a callee may be in full. */
  function inFull(callee: Expression, fn: FunctionFlow, far: number): string[] {
    if (far === 0) return [];
    if (callee.is === "name") return shadowed(callee.name, fn) ? [] : meant(callee.name);
    if (callee.is !== "member") return [];
    const { object, name } = callee;
    const written = spelled(object);
    const found: string[] = [];
    if (written !== null && !shadowed(written.split(".")[0]!, fn)) found.push(...meant(`${written}.${name}`));
    const type = typeOf(object, fn, far - 1);
    if (type !== null) for (const base of names.bases.get(type) ?? [type]) found.push(`${base}.${name}`);
    return found;
  }

  function spelled(expression: Expression): string | null {
    if (expression.is === "name") return expression.name;
    if (expression.is !== "member") return null;
    const before = spelled(expression.object);
    return before === null ? null : `${before}.${expression.name}`;
  }

  function chain(fn: FunctionFlow): FunctionFlow[] {
    const found = [fn];
    for (let one = fn; one.parent !== null; ) found.push((one = flow.functions[one.parent]!));
    if (found.at(-1)!.id !== 0 && flow.functions[0] !== undefined) found.push(flow.functions[0]);
    return found;
  }

  function shadowed(name: string, fn: FunctionFlow): boolean {
    return chain(fn).some((one) => one.id !== 0 && (one.parameters.some((parameter) => parameter.name === name) || one.receiver === name || bindsOf(one).has(name)));
  }

  function typeOf(expression: Expression, fn: FunctionFlow, far: number): string | null {
    if (far <= 0) return null;
    switch (expression.is) {
      case "name":
        return typeOfName(expression.name, fn, far);
      case "member": {
        const written = spelled(expression);
        if (written !== null) for (const name of meant(written)) if (names.fields.has(name)) return names.fields.get(name)!;
        const holder = /^(?:this|self|@)$/u.test(spelled(expression.object) ?? "") && fn.owner !== null ? `.${fn.owner}` : typeOf(expression.object, fn, far - 1);
        if (holder === null) return null;
        if (holder.startsWith(".")) {
          const declared = known(everything.fields.get(`${holder.slice(1)}.${expression.name}`) ?? null);
          return declared ?? assigned(holder.slice(1), expression.name, far - 1);
        }
        return names.fields.get(`${holder}.${expression.name}`) ?? null;
      }
      case "call":
        return typeOfCall(expression, fn, far);
      case "await":
        return typeOf(expression.value, fn, far);
      case "same":
        return known(expression.type) ?? typeOf(expression.value, fn, far);
      case "build":
        return known(expression.type);
      default:
        return null;
    }
  }

  function typeOfName(name: string, fn: FunctionFlow, far: number): string | null {
    for (const one of chain(fn)) {
      if (one.receiver === name && one.owner !== null) return `.${one.owner}`;
      const parameter = one.parameters.find((candidate) => candidate.name === name);
      if (parameter !== undefined) return known(parameter.type);
      const binds = bindsOf(one).get(name);
      if (binds === undefined) continue;
      for (const { type, value, first } of binds) {
        const found = known(type) ?? (value === null || !first ? null : typeOf(value, one, far - 1));
        if (found !== null) return found;
      }
      if (one.id !== 0) return null;
    }
    const field = fn.owner === null ? undefined : everything.fields.get(`${fn.owner}.${name}`);
    return known(flow.globals.find((one) => one.name === name)?.type ?? field ?? null);
  }

  /** A field that no declaration types: what a method of this file puts into it. */
  function assigned(owner: string, field: string, far: number): string | null {
    for (const fn of flow.functions.filter((one) => one.owner === owner)) {
      for (const step of stepsOf(fn.body)) {
        if (step.is !== "bind" || step.value === null) continue;
        const target = step.targets[0];
        if (target?.is !== "member" || target.name !== field) continue;
        const found = typeOf(step.value, fn, far - 1);
        if (found !== null) return found;
      }
    }
    return null;
  }

  function typeOfCall(call: Expression & { readonly is: "call" }, fn: FunctionFlow, far: number): string | null {
    const full = inFull(call.callee, fn, far - 1);
    for (const name of full) {
      if (names.gives.has(name)) return names.gives.get(name)!;
      if (names.bases.has(name)) return name;
    }
    const word = call.callee.is === "name" || call.callee.is === "member" ? call.callee.name : "";
    if (call.callee.is === "name" && everything.types.has(word)) return `.${word}`;
    return known(ownResult(call, word, fn, far));
  }

  /** The first result that the package's own functions of this name declare, when all agree. */
  function ownResult(call: Expression & { readonly is: "call" }, word: string, fn: FunctionFlow, far: number): TypeRef | null {
    const all = everything.functions.get(word) ?? [];
    const holder = call.callee.is === "member" ? typeOf(call.callee.object, fn, far - 1) : null;
    if (holder !== null && !holder.startsWith(".")) return null;
    const ofType = holder === null ? [] : all.filter((one) => one.fn.owner === holder.slice(1));
    if (call.callee.is === "member" && holder === null && spelled(call.callee.object) !== null && flow.imports.some(({ local }) => local === spelled(call.callee.is === "member" ? call.callee.object : call.callee))) return null;
    const those = ofType.length > 0 ? ofType : all;
    if (those.some((one) => isGetter(one.fn))) return null;
    const results = those.map((one) => one.fn.results[0] ?? null);
    const [first = null] = results;
    return first !== null && results.every((one) => one?.name === first.name) ? first : null;
  }

  return {
    opens(call, fn, type) {
      const full = inFull(call.callee, fn, FAR);
      const opening = full.flatMap((name) => names.opens.get(name) ?? []);
      if (opening.length > 0) return opening.some((open) => isGivenFor(open, call));
      const word = call.callee.is === "member" || call.callee.is === "name" ? call.callee.name : "";
      if ((everything.functions.get(word) ?? []).some((one) => isGetter(one.fn))) return false;
      const declared = known(type);
      if (declared !== null) return names.resources.has(declared);
      // A call of a library that no rule says opens gives nothing to release, whatever its type.
      if (full.some((name) => names.bases.has(packageOf(name)) && !names.bases.has(name))) return false;
      const given = typeOfCall(call, fn, FAR);
      return given !== null && names.resources.has(given);
    },
  };
}

/** The call is given what a rule asks for: `stream=True`, so many arguments. */
function isGivenFor(open: OpenCall, call: Expression & { readonly is: "call" }): boolean {
  const count = call.arguments.length;
  if (open.text !== undefined && !looksLikeText(call.arguments[open.text]?.value)) return false;
  return argumentsAre(call, open.when) && !open.unless.some(({ argument, equals }) => hasLiteral(call, argument, equals)) && count >= (open.minArguments ?? 0) && count <= (open.maxArguments ?? Number.POSITIVE_INFINITY);
}

/** Written as text, or by a name that says that it is one of a file. */
function looksLikeText(value: Expression | undefined): boolean {
  if (value === undefined) return false;
  if (value.is === "literal") return value.kind === "string";
  if (value.is === "operator") return value.parts.some(looksLikeText);
  return (value.is === "name" || value.is === "member") && /(?:path|file_?name)$/iu.test(value.name);
}

/** `return this.connection`: it opens nothing. */
function isGetter({ body }: FunctionFlow): boolean {
  const [only] = body;
  return body.length === 1 && only?.is === "return" && only.values.every((value) => value.is === "name" || value.is === "member");
}

interface Bound {
  readonly type: TypeRef | null;
  readonly value: Expression | null;
  readonly first: boolean;
}
const bound = new WeakMap<FunctionFlow, ReadonlyMap<string, readonly Bound[]>>();

function bindsOf(fn: FunctionFlow): ReadonlyMap<string, readonly Bound[]> {
  let found = bound.get(fn);
  if (found === undefined) {
    const all = new Map<string, Bound[]>();
    const note = (target: Expression | null | undefined, one: Bound): void => {
      if (target?.is === "name") all.set(target.name, [...(all.get(target.name) ?? []), one]);
    };
    for (const step of stepsOf(fn.body)) {
      if (step.is === "bind") step.targets.forEach((target, index) => note(target, { type: step.type, value: step.value, first: index === 0 }));
      if (step.is === "with") for (const item of step.items) note(item.bind, { type: item.type ?? null, value: item.value, first: true });
      if (step.is === "loop") step.binds.forEach((target, index) => note(target, { type: step.bindTypes?.[index] ?? null, value: null, first: false }));
    }
    bound.set(fn, (found = all));
  }
  return found;
}
