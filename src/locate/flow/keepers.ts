import type { ResourceRule } from "../rules/rule-model";
import type { CallExpression } from "./expressions";
import { calledName, eachExpression, eachStep, lastPart, partsOf, withoutCasts } from "./expressions";
import type { Expression, FileFlow, FunctionFlow, LanguageTraits } from "./flow-model";
import type { FunctionRef, FunctionScope, WorkspaceResolver } from "./resolution";
import { constructorNames } from "./resolving/scope-calls";
import type { Kept } from "./walk-model";

/** What ends an object of the workspace's own, by its name. */
const ENDS = /^(?:a?close|dispose|release|shutdown|stop|end|quit|terminate|disconnect|destroy|free|finish|teardown|__a?exit__|\[Symbol\.(?:asyncD|d)ispose\])(?:Async|All|Now|Connection|Session)?$/iu;
const ENDS_TRANSACTION = /^(?:commit|rollback|abort|complete|save)/iu;
/** Methods by which the runtime ends an object that nobody holds any more. */
const FINALIZERS = new Set(["__del__", "finalize", "~"]);
/** Calls of a constructor that build no object of their own. */
const OWN_CONSTRUCTION = new Set(["super", "this", "base", "__init__", "constructor", "<init>", "initialize", "__construct"]);

/** A function gives an object of a type of the workspace that keeps a resource and has a method which ends it. */
export interface Keeper {
  /** The resource as its keeper: opened by the call that gives the keeper, closed by the keeper's own methods. */
  readonly rule: ResourceRule;
  /** Which result of the function it is. */
  readonly result: number;
}

/**
 * Who keeps a resource for others (ADR 0252): a type of the workspace in whose field a constructor or a factory puts it, and which has a method
 * that ends it there (`Close` that closes `c.conn`). Whoever makes such an object has to end it, as he would the resource.
 */
export class Keepers {
  readonly #rules = new Map<ResourceRule, Map<string, ResourceRule | null>>();

  constructor(
    readonly resolver: WorkspaceResolver,
    readonly traitsOf: (language: string) => LanguageTraits | undefined,
  ) {}

  /** null: nobody keeps it, or who does is not known to end it. */
  find(file: FileFlow, fn: FunctionFlow, kept: Kept, rule: ResourceRule): Keeper | null {
    const traits = this.traitsOf(file.language);
    // Where objects are built of their fields, what wraps is followed as such (`wrapping.ts`).
    if (traits === undefined || traits.errorResults || traits.destroysAtOnce === true || rule.closedWithParent || rule.closedByCall === true || rule.beside === true || rule.inLoop === true) return null;
    const scope = this.resolver.scope(file, fn);
    const put = this.#putInto(scope, fn, kept, traits);
    if (put === null) return null;
    const own = this.#ruleOf(put.type, put.field, rule, file.language);
    return own === null ? null : { rule: own, result: put.result };
  }

  /** The type and its field, and in which result the function gives the object. */
  #putInto(scope: FunctionScope, fn: FunctionFlow, { by, as }: Kept, traits: LanguageTraits): { readonly type: string; readonly field: string; readonly result: number } | null {
    if ("field" in as && by.is === "name" && by.name === (fn.receiver ?? traits.implicitReceiver)) {
      if (!isConstructor(fn, traits) || showsItself(scope.file, fn, traits)) return null;
      const [type] = this.resolver.ancestry(scope.file, fn.owner!);
      return type === undefined ? null : { type, field: as.field, result: 0 };
    }
    const result = resultThatIs(fn, by);
    if (result === null) return null;
    if ("field" in as) {
      // `const unit = new Unit(); unit.client = await pool.connect(); return unit`
      const type = scope.typeOf(by)?.type.name;
      return type === undefined ? null : { type, field: as.field, result };
    }
    if (by.is !== "call") return null;
    const { targets, results } = scope.call(by);
    const [target] = targets;
    if (target === undefined || targets.length > 1) return null;
    const made = this.resolver.functionOf(target);
    const type = results[0]?.name;
    const parameter = as.name === null ? made.function.parameters[as.argument] : made.function.parameters.find(({ name }) => name === as.name);
    if (type === undefined || parameter === undefined || !isConstructor(made.function, traits) || showsItself(made.file, made.function, traits)) return null;
    const field = fieldOf(made.function, parameter.name, traits);
    return field === null ? null : { type, field, result };
  }

  #ruleOf(type: string, field: string, rule: ResourceRule, language: string): ResourceRule | null {
    let known = this.#rules.get(rule);
    if (known === undefined) this.#rules.set(rule, (known = new Map()));
    const methods = this.resolver.allMethodsOf(type, language).map((ref) => this.#method(ref, field, rule));
    const ending = endingMethods(methods);
    const names = [...new Set(ending.map(({ name }) => name))].sort();
    const key = `${type} ${field} ${names.join()}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const isFinalized = methods.some(({ name, mentions }) => (FINALIZERS.has(name) || name.startsWith("~")) && mentions);
    const ends = names.filter((name) => ENDS.test(name) || (rule.kind === "transaction-leak" && ENDS_TRANSACTION.test(name)));
    const made = isFinalized || ends.length === 0 ? null : keeperRule(rule, type, names, ends, language);
    known.set(key, made);
    return made;
  }

  #method(ref: FunctionRef, field: string, rule: ResourceRule): Method {
    const { file, function: fn } = this.resolver.functionOf(ref);
    const traits = this.traitsOf(file.language);
    const closes = new Set(rule.closes.map(({ call }) => lastPart(call)));
    const receiver = fn.receiver ?? traits?.implicitReceiver ?? null;
    const isField = (expression: Expression): boolean => {
      const at = withoutCasts(expression);
      if (at.is === "member" && at.object.is === "name" && at.object.name === receiver) return at.name === field;
      return traits?.implicitReceiver !== undefined && at.is === "name" && at.name === field && !fn.parameters.some(({ name }) => name === field);
    };
    let mentions = false;
    let releases = false;
    const calls = new Set<string>();
    const inBody = (body: FunctionFlow["body"]): void =>
      eachExpression(body, (expression) => {
        if (isField(expression)) mentions = true;
        if (expression.is !== "call") return;
        const callee = withoutCasts(expression.callee);
        if (callee.is === "member" && (closes.has(callee.name) || ENDS.test(callee.name)) && holdsField(callee.object, isField)) releases = true;
        if (callee.is === "member" ? callee.object.is === "name" && callee.object.name === receiver : traits?.implicitReceiver !== undefined && callee.is === "name") calls.add(calledName(expression) ?? "");
      });
    inBody(fn.body);
    for (const inner of file.functions) if (inner.parent === fn.id) inBody(inner.body);
    return { name: fn.name, mentions, releases, calls };
  }
}

interface Method {
  readonly name: string;
  /** It speaks of the field. */
  readonly mentions: boolean;
  /** It closes what is in the field. */
  readonly releases: boolean;
  /** Its object's own methods that it calls. */
  readonly calls: ReadonlySet<string>;
}

/** Those that close what is in the field, themselves or through another; one that is named so counts when it speaks of the field. */
function endingMethods(methods: readonly Method[]): readonly Method[] {
  const ending = new Set(methods.filter(({ name, mentions, releases }) => releases || (mentions && ENDS.test(name))));
  for (let before = -1; before !== ending.size; ) {
    before = ending.size;
    for (const method of methods) if ([...ending].some(({ name }) => method.calls.has(name))) ending.add(method);
  }
  return [...ending].filter(({ name }) => !OWN_CONSTRUCTION.has(name));
}

/** The keeper looks after the resource: what ends the one ends the other. Its own kind of open and closed is the resource's; told with medium confidence at most. */
function keeperRule(rule: ResourceRule, type: string, names: readonly string[], ends: readonly string[], language: string): ResourceRule {
  const short = lastPart(type);
  const withs = language === "python" ? names.some((name) => /^__a?exit__$/u.test(name)) : true;
  return {
    rule: rule.rule, kind: rule.kind, noun: `${rule.noun} in ${short}`, type, member: null, opens: [],
    closes: [...rule.closes.filter(({ on, when }) => on === "receiver" && when === undefined), ...names.map((name) => ({ call: `${type}.${name}`, on: "receiver" as const }))],
    contextManager: withs, opensWithoutContext: true, closedWithParent: false, exhaustedBy: [], closedByReading: [],
    ...(rule.keptBy === undefined ? {} : { keptBy: rule.keptBy }),
    confidence: rule.confidence === "high" ? "medium" : rule.confidence, collected: rule.collected, service: rule.service,
    advice: `${short} keeps the ${rule.noun}, and ends it in ${ends.map((name) => `\`${name}\``).join(" or ")}. ${rule.advice}`, fix: null, kept: true,
  };
}

/** It runs when a type is called: what the fields begin with as well. */
export function isConstructor({ name, owner }: FunctionFlow, traits: LanguageTraits): boolean {
  return owner !== null && (name === "<fields>" || constructorNames(traits).includes(name));
}

/** The object is shown to others while it is made (`registry.add(this)`, `atexit.register(self.close)`): they may end it. */
function showsItself(file: FileFlow, fn: FunctionFlow, traits: LanguageTraits): boolean {
  const receiver = fn.receiver ?? traits.implicitReceiver;
  let shows = false;
  const isSelf = (value: Expression): boolean => {
    const at = withoutCasts(value);
    return at.is === "name" ? at.name === receiver : at.is === "member" && at.object.is === "name" && at.object.name === receiver && ENDS.test(at.name);
  };
  eachExpression(fn.body, (expression) => {
    if (expression.is === "call" && !OWN_CONSTRUCTION.has(calledName(expression) ?? "") && expression.arguments.some(({ value }) => isSelf(value))) shows = true;
  });
  for (const inner of file.functions) {
    if (inner.parent !== fn.id) continue;
    eachExpression(inner.body, (expression) => {
      if (expression.is === "call" && ENDS.test(calledName(expression) ?? "")) shows = true;
    });
  }
  return shows;
}

/** The field that a constructor puts its parameter into. */
function fieldOf(fn: FunctionFlow, parameter: string, traits: LanguageTraits): string | null {
  const receiver = fn.receiver ?? traits.implicitReceiver;
  let field: string | null = null;
  eachStep(fn.body, (step) => {
    const [target] = step.is === "bind" ? step.targets : [];
    if (step.is !== "bind" || step.value === null || target === undefined || step.targets.length > 1) return;
    const value = withoutCasts(step.value);
    if (value.is === "name" && value.name === parameter && target.is === "member" && target.object.is === "name" && target.object.name === receiver) field = target.name;
  });
  return field;
}

/** Which result of the function this is: it stands in a `return`, or in a variable that does. */
function resultThatIs(fn: FunctionFlow, by: Expression): number | null {
  const names = new Set<string>(by.is === "name" ? [by.name] : []);
  eachStep(fn.body, (step) => {
    const [target] = step.is === "bind" ? step.targets : [];
    if (step.is === "bind" && step.value !== null && target?.is === "name" && isIt(step.value, by)) names.add(target.name);
  });
  let found: number | null = null;
  eachStep(fn.body, (step) => {
    if (step.is !== "return") return;
    const [first] = step.values;
    const values = step.values.length === 1 && first!.is === "build" && first!.tuple ? first!.parts.map(({ value }) => value) : step.values;
    values.forEach((value, i) => {
      const at = withoutCasts(value);
      if (isIt(value, by) || (at.is === "name" && names.has(at.name))) found ??= i;
    });
  });
  return found;
}

function isIt(value: Expression, by: Expression): boolean {
  let at = withoutCasts(value);
  while (at.is === "await" || (at.is === "operator" && at.parts.length === 1)) at = withoutCasts(at.is === "await" ? at.value : at.parts[0]!);
  return at === by;
}

/** `s.resp.Body` of the field `resp`. */
function holdsField(expression: Expression, isField: (expression: Expression) => boolean): boolean {
  return isField(expression) || partsOf(expression).some((part) => (expression.is === "member" || expression.is === "same" || expression.is === "call" || expression.is === "index") && holdsField(part, isField));
}

/** True for a call that builds an object by the name of its type, and not one that goes on with building its own. */
export function buildsAnew(call: CallExpression): boolean {
  return !OWN_CONSTRUCTION.has(calledName(call) ?? "");
}
