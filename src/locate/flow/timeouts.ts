import type { Confidence, Finding } from "../../model/finding";
import { indexRules } from "../rules/rule-index";
import type { Ruled, RuleIndex } from "../rules/rule-index";
import type { ChurnRule, RuleFile, TimeoutRule } from "../rules/rule-model";
import { eachBody, eachChild, eachExpression } from "./bindings";
import { CalledNames } from "./called-names";
import { decoratorNames, EventLoop } from "./event-loop";
import type { Argument, Expression, FileFlow, FunctionFlow, LanguageTraits, Place, Step } from "./flow-model";
import { Conclusion } from "./conclusions";
import { withoutCasts } from "./expressions";
import type { CallResolution, FunctionScope } from "./resolution";
import type { IndexedWorkspace } from "./resolver";
import { argumentsAre } from "./literal-arguments";
import type { LiveFile } from "./workspace-parts";

export interface TimeoutInput {
  readonly resolver: IndexedWorkspace;
  readonly rules: readonly RuleFile[];
  /** By language id. */
  readonly traits: ReadonlyMap<string, LanguageTraits>;
}

/**
 * Calls and clients without a time limit (`no-timeout`), and clients with a pool of their own that are made anew for each piece of work
 * (`client-churn`). A literal null is no limit; an argument that is spread (`**options`) may bring one, so it is silent.
 */
export function findNoTimeout(input: TimeoutInput): readonly Finding[] {
  return timeoutSearches(input).flatMap((search) => search.run());
}

/** One for each language. Each may be run again after the workspace has changed. */
export function timeoutSearches(input: TimeoutInput): readonly TimeoutSearch[] {
  return [...input.traits.values()].map((traits) => new TimeoutSearch(input, traits));
}

/** Where an expression stands. */
interface Standing {
  readonly scope: FunctionScope & { readonly file: LiveFile };
  readonly inLoop: boolean;
  /** Bound to a plain local name, entered by `with`, or used on the spot: it ends with this function. */
  readonly stays: boolean;
  /** Last part of the name that the whole expression is bound to: `client` of `s.client = &http.Client{}`; null when it is not bound. */
  readonly boundTo: string | null;
  /** Full name of the type that it is cast to; null when it is not cast. */
  readonly castTo: string | null;
}

class TimeoutSearch {
  private readonly rules: RuleIndex;
  private readonly loop: EventLoop;
  /** Last parts of the callees of all rules: a call by another name is not resolved at all. */
  private readonly lastParts = new Set<string>();
  private readonly handlerParameters: ReadonlySet<string>;
  private readonly handlerDecorators: readonly string[];
  private readonly handlerTypes: ReadonlySet<string>;
  private findings: Finding[] = [];
  private readonly byFile = new WeakMap<LiveFile, Conclusion<readonly Finding[]>>();
  private readonly libraries: readonly string[];
  private readonly called: CalledNames;
  /** Names of constants, members and options in each function of a file, by id, for the files that were asked about. */
  private readonly mentioned = new WeakMap<FileFlow["functions"], readonly ReadonlySet<string>[]>();

  constructor(
    private readonly input: TimeoutInput,
    private readonly traits: LanguageTraits,
  ) {
    this.rules = indexRules(input.rules, traits.id);
    this.loop = EventLoop.of(input.resolver, input.rules, traits);
    this.called = new CalledNames(input.resolver, new Set(this.rules.files.flatMap((file) => file.timeouts.flatMap((rule) => rule.satisfiedBy))));
    for (const file of this.rules.files) {
      for (const name of [...file.timeouts.flatMap((rule) => [...rule.calls, ...(rule.builds === null ? [] : [rule.builds])]), ...file.churn.flatMap((rule) => rule.makes)]) {
        this.lastParts.add(name.slice(name.lastIndexOf(".") + 1));
      }
    }
    this.handlerParameters = new Set(this.rules.files.flatMap((file) => file.handlers.parameters));
    this.handlerDecorators = this.rules.files.flatMap((file) => file.handlers.decorators);
    this.handlerTypes = new Set(this.rules.files.flatMap((file) => file.handlers.types));
    this.libraries = this.rules.files.filter((file) => file.timeouts.length > 0 || file.churn.length > 0).flatMap((file) => file.imports);
  }

  run(): readonly Finding[] {
    if (this.lastParts.size === 0) return [];
    const { files, ledger } = this.input.resolver;
    return files.flatMap((file) => {
      if (file.language !== this.traits.id) return [];
      let known = this.byFile.get(file);
      if (known === undefined) this.byFile.set(file, (known = new Conclusion(ledger, () => this.inFile(file))));
      return known.get();
    });
  }

  private inFile(file: LiveFile): readonly Finding[] {
    this.input.resolver.wholeFile(file);
    if (!file.imports.some((one) => this.libraries.some((library) => isBelow(one.path, library) || (one.member !== null && isBelow(`${one.path}.${one.member}`, library))))) return [];
    this.findings = [];
    const often = this.runInTurns(file);
    for (const fn of file.functions) this.inFunction(file, fn, often.has(fn.id));
    return this.findings;
  }

  /** Functions without a name that run in each turn of a loop: called where they stand, in one, or handed to what calls them for each element. */
  private runInTurns(file: LiveFile): ReadonlySet<number> {
    const found = new Set<number>();
    const callsEach = this.traits.promises === true ? /^(?:forEach|map|flatMap)$/u : /^(?:forEach|ForEach|forEachOrdered)$/u;
    const visit = (value: Expression, inLoop: boolean): void => {
      if (value.is === "call") {
        const callee = withoutCasts(value.callee);
        if (callee.is === "closure" && inLoop) found.add(callee.function);
        if (callee.is === "member" && callsEach.test(callee.name)) for (const argument of value.arguments) if (argument.value.is === "closure") found.add(argument.value.function);
      }
      eachChild(value, (child) => visit(child, inLoop));
    };
    const steps = (list: readonly Step[], inLoop: boolean): void => {
      for (const step of list) {
        eachExpression(step, (value) => visit(value, inLoop));
        eachBody(step, (body) => steps(body, inLoop || step.is === "loop"));
      }
    };
    // Closures stand after what they stand in, so that one in another is met when the outer one is known.
    for (const fn of file.functions) steps(fn.body, found.has(fn.id));
    return found;
  }

  private inFunction(file: LiveFile, fn: FunctionFlow, inTurns: boolean): void {
    const scope = this.input.resolver.scope(file, fn);
    const expression = (value: Expression, standing: Standing): void => {
      if (value.is === "call") this.atCall(value, standing);
      else if (value.is === "build") this.atBuild(value, standing);
      const inner = value.is === "await" ? standing : value.is === "same" ? { ...standing, castTo: (value.type === null ? null : scope.typeOf(value)?.type.name) ?? standing.castTo } : { ...standing, boundTo: null, castTo: null, stays: value.is === "member" || (value.is === "call" && value.callee.is === "member") };
      if (value.is === "call") {
        expression(value.callee, { ...standing, stays: true, boundTo: null, castTo: null });
        for (const argument of value.arguments) expression(argument.value, { ...standing, stays: false, boundTo: null, castTo: null });
      } else if (value.is === "build") {
        for (const part of value.parts) expression(part.value, { ...standing, boundTo: part.name, castTo: null });
      } else eachChild(value, (child) => expression(child, inner));
    };
    const steps = (list: readonly Step[], inLoop: boolean): void => {
      for (const step of list) {
        const local = (step.is === "bind" && step.targets.every((target) => target.is === "name" && this.isLocal(scope, target.name))) || step.is === "with" || step.is === "do";
        const [target] = step.is === "bind" && step.targets.length > 0 ? step.targets : [];
        const boundTo = target?.is === "name" || target?.is === "member" ? target.name : null;
        eachExpression(step, (value) => expression(value, { scope, inLoop, stays: local, boundTo, castTo: null }));
        eachBody(step, (body) => steps(body, inLoop || step.is === "loop"));
      }
    };
    steps(fn.body, inTurns);
  }

  /** False for names of the file's top level: what is bound to them outlives the function. */
  private isLocal(scope: FunctionScope, name: string): boolean {
    if (scope.function.id === 0) return false;
    return !scope.function.body.some((step) => step.is === "scope" && step.kind !== "delete" && step.names.includes(name));
  }

  // ------------------------------------------------------------------------------------------------------------ calls

  private atCall(call: Expression & { readonly is: "call" }, standing: Standing): void {
    const last = call.callee.is === "member" || call.callee.is === "name" ? call.callee.name : null;
    // A local name may stand for anything (`from requests import get as fetch`), so only members are left out by their name.
    if (last !== null && call.callee.is === "member" && !this.lastParts.has(last)) return;
    const resolution = standing.scope.call(call);
    if (resolution.names.length === 0) return;
    const told = new Set<string>();
    for (const ruled of [...this.rules.timeouts(resolution.names), ...resolution.names.flatMap((name) => this.rules.timeoutsOfType(name))]) {
      if (told.has(ruled.rule.rule)) continue;
      if (ruled.rule.cast !== undefined && (standing.castTo === null || !ruled.rule.cast.includes(standing.castTo))) continue;
      if (ruled.rule.when !== undefined && !argumentsAre(call, ruled.rule.when)) continue;
      if (ruled.rule.unless?.some((one) => argumentsAre(call, [one])) === true) continue;
      told.add(ruled.rule.rule);
      if (this.isOverridden(call, resolution, standing.scope)) continue;
      if (this.limitOf(call.arguments, ruled.rule) !== "missing") continue;
      if (this.isSatisfiedElsewhere(standing.scope, ruled.rule)) continue;
      if (ruled.rule.builds !== null && this.isLimitedLater(standing, ruled.rule)) continue;
      this.report(standing.scope, call.at, ruled, ruled.rule.kind ?? "no-timeout", resolution.certainty, missing(nameOf(call.callee, resolution), ruled.rule), missing("it", ruled.rule));
    }
    if (resolution.certainty !== "named") this.atMaking(call, resolution.names, standing);
  }

  private limitOf(given: readonly Argument[], rule: TimeoutRule): "missing" | "given" | "unknown" {
    if (given.some((argument) => argument.spread)) return "unknown";
    for (const argument of given) {
      if (argument.name !== null && rule.arguments.includes(argument.name)) return isNull(argument.value) ? "missing" : "given";
    }
    const positional = given.filter((argument) => argument.name === null);
    let found: "missing" | "given" | "unknown" | null = null;
    for (const position of rule.positions) {
      const argument = positional[position];
      if (argument === undefined) continue;
      const here = isNull(argument.value) ? "missing" : this.limitInside(argument.value, rule);
      if (here !== "missing") return here;
      found = here;
    }
    return found ?? (rule.limitedByDefault ? "given" : "missing");
  }

  /** Options written on the spot are looked into; whatever else stands there may bring a limit. */
  private limitInside(value: Expression, rule: TimeoutRule): "missing" | "given" | "unknown" {
    if (this.traits.promises !== true && this.traits.optionLiterals !== true) return "given";
    // Where options may stand in several places, what cannot be options leaves the question to the next one.
    const cannotBeOptions = rule.positions.length > 1 && (value.is === "literal" || (value.is === "build" && value.parts.length > 0 && value.parts.every((part) => part.name === null && !part.spread)));
    if (value.is === "closure" || cannotBeOptions) return rule.limitedByDefault ? "given" : "missing";
    if (value.is !== "build" || value.tuple) return "given";
    if (value.parts.some((part) => part.spread || part.name === null)) return "unknown";
    const found = value.parts.find((part) => part.name !== null && rule.arguments.includes(part.name));
    return found === undefined ? (rule.limitedByDefault ? "given" : "missing") : isNull(found.value) ? "missing" : "given";
  }

  /** A workspace class that has its own `request` or `get`, or an instance whose method was replaced, may set a limit inside. */
  private isOverridden(call: Expression & { readonly is: "call" }, resolution: CallResolution, scope: FunctionScope): boolean {
    if (resolution.targets.length > 0) return true;
    if (call.callee.is !== "member") return false;
    const replaced = new Set([call.callee.name, "request", "send"]);
    const type = scope.typeOf(call.callee.object)?.type.name;
    if (type === undefined) return false;
    for (const fn of scope.file.functions) {
      const inner = this.input.resolver.scope(scope.file, fn);
      if (this.input.resolver.memberAssignments(scope.file, fn).some(({ name, object }) => replaced.has(name) && inner.typeOf(object)?.type.name === type)) return true;
    }
    return resolution.names.length > 1 && this.hasOwn(scope, call.callee.object, replaced);
  }

  /** True when the object's own workspace class has a method of one of these names. */
  private hasOwn(scope: FunctionScope, object: Expression, methods: ReadonlySet<string>): boolean {
    for (const method of methods) {
      const probe: Expression & { readonly is: "call" } = { is: "call", callee: { is: "member", object, name: method, at: object.at }, arguments: [], at: object.at };
      if (scope.call(probe).targets.length > 0) return true;
    }
    return false;
  }

  private isSatisfiedElsewhere(scope: FunctionScope & { readonly file: LiveFile }, rule: TimeoutRule): boolean {
    return this.called.anyOf(scope.file, rule.satisfiedBy) || (rule.mentions !== undefined && this.isMentioned(scope, rule));
  }

  /**
   * A constant of this name is used, or an option has it as its key: in the function of the call itself (what stands around it, and within it), in a
   * constructor or at the file's top level, or in one that makes no such call and is tied to this one by who calls whom. What another call of the rule is
   * given says nothing of this one.
   */
  private isMentioned(scope: FunctionScope & { readonly file: LiveFile }, rule: TimeoutRule): boolean {
    const { file } = scope;
    let words = this.mentioned.get(file.functions);
    if (words === undefined) this.mentioned.set(file.functions, (words = file.functions.map((fn) => wordsOf(fn.body))));
    const mentioning = file.functions.filter((fn) => rule.mentions!.some((name) => words[fn.id]!.has(name)));
    if (mentioning.length === 0) return false;
    const called = [...rule.calls, ...(rule.builds === null ? [] : [rule.builds])].map((name) => name.slice(name.lastIndexOf(".") + 1));
    const tied = new Set<FunctionFlow>([scope.function]);
    for (const one of tied) {
      for (const other of file.functions) {
        if (tied.has(other) || other.id === 0) continue;
        const nests = other.parent === one.id || one.parent === other.id;
        if (nests || (other.name !== "" && words[one.id]!.has(other.name)) || (one.name !== "" && words[other.id]!.has(one.name))) tied.add(other);
      }
    }
    const constructors = this.traits.constructors ?? [];
    return mentioning.some((fn) => {
      if (fn === scope.function || fn.id === 0 || fn.parent === scope.function.id || scope.function.parent === fn.id) return true;
      return (tied.has(fn) || constructors.includes(fn.name)) && !called.some((name) => words[fn.id]!.has(name));
    });
  }

  // ------------------------------------------------------------------------------------------------------------ what is built

  private atBuild(build: Expression & { readonly is: "build" }, standing: Standing): void {
    if (build.type === null) return;
    const written = build.type.name;
    if (!this.lastParts.has(written.slice(written.lastIndexOf(".") + 1))) return;
    const type = standing.scope.typeOf(build)?.type.name;
    if (type === undefined) return;
    for (const ruled of this.rules.timeoutsOfType(type)) {
      // Fields by position are all given.
      if (build.parts.some((part) => part.name === null || part.spread)) continue;
      if (this.limitOf(build.parts, ruled.rule) !== "missing") continue;
      if (this.isLimitedLater(standing, ruled.rule) || this.isSatisfiedElsewhere(standing.scope, ruled.rule)) continue;
      this.report(standing.scope, build.at, ruled, "no-timeout", "typed", `${type} without ${ruled.rule.arguments.join(" or ")}`, "no time limit is given here");
    }
    this.atMaking(build, [type], standing);
  }

  /** `client.Timeout = t` anywhere in the file, for the name that it is bound to; for what is not bound, on any value of the type. */
  private isLimitedLater({ scope, boundTo }: Standing, rule: TimeoutRule): boolean {
    return scope.file.functions.some((fn) => {
      const assignments = this.input.resolver.memberAssignments(scope.file, fn).filter((assignment) => rule.arguments.includes(assignment.name));
      if (assignments.length === 0) return false;
      const inner = this.input.resolver.scope(scope.file, fn);
      return assignments.some(({ object }) => {
        if (boundTo !== null && (object.is === "name" || object.is === "member")) {
          // Another function's own variable of the same name is another client.
          const another = object.is === "name" && fn !== scope.function && this.input.resolver.bindsName(scope.file, fn, object.name);
          return object.name === boundTo && !another;
        }
        const type = inner.typeOf(object);
        return type === null || type.type.name === rule.builds;
      });
    });
  }

  // ------------------------------------------------------------------------------------------------------------ churn

  private atMaking(made: Expression & { readonly is: "call" | "build" }, names: readonly string[], standing: Standing): void {
    if (!standing.stays || standing.scope.function.id === 0) return;
    for (const ruled of this.rules.churns(names)) {
      const fields = made.is === "build" ? made.parts : made.arguments.flatMap((one) => (one.value.is === "build" && this.traits.promises === true ? one.value.parts : [one]));
      if (ruled.rule.withFields.length > 0 && !fields.some((field) => field.name !== null && ruled.rule.withFields.includes(field.name))) continue;
      const often = standing.inLoop ? "in each turn of a loop" : this.isHandler(standing.scope) ? "for each request" : null;
      const why = often ?? (ruled.rule.anywhere === true && !this.runsOnce(standing.scope) ? "each time that the function runs" : null);
      if (why === null) continue;
      this.report(standing.scope, made.at, often === null ? { ...ruled, rule: { ...ruled.rule, confidence: "low" } } : ruled, "client-churn", "typed", `${names[0] ?? "a client"} is made anew ${why}`, `made anew ${why}`);
      return;
    }
  }

  /** The program's beginning, and what makes an object that keeps what it makes. */
  private runsOnce({ function: fn }: FunctionScope): boolean {
    return /^(?:main|configure\w*|setup|startup)$/iu.test(fn.name) || fn.name === fn.owner?.split(".").at(-1) || (this.traits.constructors ?? []).includes(fn.name);
  }

  private isHandler(scope: Standing["scope"]): boolean {
    const { file, function: fn } = scope;
    if (this.loop.reason(file, fn) === "handler") return true;
    if (this.input.resolver.parameterTypes(file, fn).some((type) => this.handlerParameters.has(type))) return true;
    if (fn.owner !== null && this.input.resolver.ancestry(file, fn.owner).some((type) => this.handlerTypes.has(type))) return !fn.name.startsWith("_");
    return fn.decorators.length > 0 && decoratorNames(scope, fn).some((name) => this.handlerDecorators.some((known) => known === name || (known.endsWith(".*") && name.startsWith(known.slice(0, -1)))));
  }

  // ------------------------------------------------------------------------------------------------------------ findings

  private report(
    scope: FunctionScope, at: Place, ruled: Ruled<TimeoutRule> | Ruled<ChurnRule>, kind: "no-timeout" | "pool-config" | "client-churn",
    certainty: CallResolution["certainty"], message: string, label: string,
  ): void {
    const { rule, file } = ruled;
    this.findings.push({
      rule: rule.rule,
      kind,
      confidence: certainty === "named" || this.loop.isOffLoop(scope.file) ? "low" : scope.file.hasSyntaxErrors ? lowered(rule.confidence) : rule.confidence,
      language: this.traits.id,
      file: scope.file.file,
      range: { start: { line: at[0], column: at[1] }, end: { line: at[2], column: at[3] } },
      symbol: scope.function.symbol,
      message,
      grade: "call",
      path: [{ file: scope.file.file, line: at[0], column: at[1], label }],
      library: file.library,
      service: rule.service,
      advice: rule.advice,
    });
  }
}

function nameOf(callee: Expression, resolution: CallResolution): string {
  if (resolution.certainty === "exact" && resolution.names[0] !== undefined) return resolution.names[0];
  const written = (value: Expression): string => (value.is === "name" ? value.name : value.is === "member" ? `${written(value.object)}.${value.name}` : "...");
  return written(callee);
}

function missing(what: string, rule: TimeoutRule): string {
  if (rule.kind === "pool-config") return `${what} is made without ${(rule.arguments.length > 0 ? rule.arguments : rule.satisfiedBy.map((name) => name.slice(name.lastIndexOf(".") + 1))).join(" or ")}`;
  return what === "it" ? "no time limit is given here" : `${what} has no time limit`;
}

function isNull(value: Expression): boolean {
  return value.is === "literal" && value.kind === "null";
}

function isBelow(name: string, path: string): boolean {
  return name === path || name.startsWith(`${path}.`) || name.startsWith(`${path}/`);
}

function lowered(confidence: Confidence): Confidence {
  return confidence === "high" ? "medium" : "low";
}

/** Names of constants, members, types and options in a function. */
function wordsOf(body: readonly Step[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: Expression): void => {
    if (value.is === "name" || value.is === "member") found.add(value.name.slice(Math.max(value.name.lastIndexOf("\\"), value.name.lastIndexOf(".")) + 1));
    else if (value.is === "build") {
      for (const part of value.parts) if (part.name !== null) found.add(part.name);
      if (value.type !== null) found.add(value.type.name.slice(value.type.name.lastIndexOf(".") + 1));
    }
    eachChild(value, visit);
  };
  const steps = (list: readonly Step[]): void => {
    for (const step of list) {
      eachExpression(step, visit);
      eachBody(step, steps);
    }
  };
  steps(body);
  return found;
}
