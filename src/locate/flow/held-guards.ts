import type { Finding, PathStep } from "../../model/finding";
import { calleeMatches } from "../rules/rule-index";
import type { BlockingRule, RuleFile } from "../rules/rule-model";
import { eachBody, eachChild, eachExpression } from "./bindings";
import type { BlockingInput } from "./blocking";
import { Conclusion } from "./conclusions";
import { EventLoop } from "./event-loop";
import type { Expression, FileFlow, FunctionFlow, LanguageTraits, Place, Step } from "./flow-model";
import type { FunctionRef, FunctionScope } from "./resolution";
import type { IndexedWorkspace } from "./resolver";
import type { LiveFile } from "./workspace-parts";

type Call = Expression & { readonly is: "call" };

/** A guard that is alive: of a lock, a borrowed cell, an entry of a sharded map. */
interface Guard {
  readonly call: Call;
  /** The lock's own call, where a function of the workspace gives the guard. Absent: `call` is that. */
  readonly taken?: Call;
  readonly rule: BlockingRule;
  readonly file: RuleFile;
  readonly guessed: boolean;
  /** The variable is the guard itself, which may be moved out of it; false: it only lives as long as the variable does. */
  readonly itself: boolean;
}

type Held = ReadonlyMap<string, Guard>;

/** What a function that gives a guard is called: each call is not resolved for that. */
const GIVES_GUARD = /lock|guard|borrow|read|write|state|inner|get|mut/iu;
/** Through so many functions of the workspace a guard is followed to its lock. */
const MOST_HANDED = 2;
/** Behind the name of a guard that another variable of the same name hides. */
const SHADOWED = "~hidden";

/**
 * Guards that are alive where a function awaits: whoever wants the lock meanwhile blocks its thread, and with it the task that would give the
 * lock back. A guard ends with the block that its variable stands in, when it is moved (`drop(guard)` moves it), and where another takes its place.
 * A guard without a variable lives to the end of its statement; the subject of a `match`, as long as the `match`.
 */
export function findHeldGuards(input: BlockingInput): readonly Finding[] {
  return guardSearches(input).flatMap((search) => search.run());
}

/** One for each language with rules of guards. Each may be run again after the workspace has changed. */
export function guardSearches(input: BlockingInput): readonly GuardSearch[] {
  return [...input.traits.values()].flatMap((traits) => {
    const rules = input.rules.filter((file) => file.language === traits.id).flatMap((file) => file.blocking.filter((rule) => rule.held === true).map((rule) => ({ file, rule })));
    return rules.length === 0 ? [] : [new GuardSearch(input, traits, rules)];
  });
}

class GuardSearch {
  private readonly names: ReadonlySet<string>;
  private readonly loop: EventLoop;
  private findings: Finding[] = [];
  private readonly byFile = new WeakMap<LiveFile, Conclusion<readonly Finding[]>>();

  constructor(
    private readonly input: BlockingInput,
    private readonly traits: LanguageTraits,
    private readonly rules: readonly { readonly file: RuleFile; readonly rule: BlockingRule }[],
  ) {
    this.loop = EventLoop.of(input.resolver, input.rules, traits);
    this.names = new Set(rules.flatMap(({ rule }) => rule.calls.map((call) => call.slice(call.lastIndexOf(".") + 1))));
  }

  run(): readonly Finding[] {
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
    this.findings = [];
    for (const fn of file.functions) {
      if (!fn.isAsync || this.loop.reason(file, fn) === null) continue;
      new Walk(this.input.resolver, this.input.resolver.scope(file, fn), this.names, this.rules, (guard, at) => this.report(file, fn, guard, at)).steps(fn.body, new Map());
    }
    return this.findings;
  }

  private report(file: FileFlow, fn: FunctionFlow, guard: Guard, at: Place): void {
    const [line, column, endLine, endColumn] = guard.call.at;
    const { rule, file: library } = guard;
    const { callee } = guard.taken ?? guard.call;
    const name = rule.calls.find((call) => callee.is === "member" && call.endsWith(`.${callee.name}`)) ?? rule.rule;
    const path: PathStep[] = [
      { file: file.file, line, column, label: "the guard is taken here" },
      { file: file.file, line: at[0], column: at[1], label: "and still held where the function awaits" },
    ];
    this.findings.push({
      rule: rule.rule, kind: "blocking-in-async", confidence: guard.guessed || file.hasSyntaxErrors ? "low" : rule.confidence, language: this.traits.id, file: file.file,
      range: { start: { line, column }, end: { line: endLine, column: endColumn } }, symbol: fn.symbol, message: `the guard of ${name} is held while ${fn.symbol} awaits`,
      grade: "path", path, library: library.library, service: rule.service, advice: rule.advice,
    });
  }
}

class Walk {
  private readonly told = new Set<Call>();

  constructor(
    private readonly resolver: IndexedWorkspace,
    private readonly scope: FunctionScope,
    private readonly names: ReadonlySet<string>,
    private readonly rules: readonly { readonly file: RuleFile; readonly rule: BlockingRule }[],
    private readonly report: (guard: Guard, at: Place) => void,
    private readonly depth = 0,
  ) {}

  /** What is held after a list of steps; null: nobody comes there. What the list declares ends with it. */
  steps(list: readonly Step[], before: Held, isBlock = true): Held | null {
    let held: Held | null = before;
    const declared = new Map<string, Guard | undefined>();
    const declare = (name: string): void => {
      for (const one of [name, `${name}${SHADOWED}`]) declared.set(one, before.get(one));
    };
    for (const step of list) {
      if (held === null) {
        // A label may be jumped to.
        if (step.is !== "label") continue;
        held = new Map();
      }
      if (step.is === "bind" && step.declares) for (const target of step.targets) if (target.is === "name" && !declared.has(target.name)) declare(target.name);
      held = this.step(step, held);
    }
    if (held === null || !isBlock || declared.size === 0) return held;
    const after = new Map(held);
    for (const [name, outer] of declared) {
      if (outer === undefined) after.delete(name);
      else after.set(name, outer);
    }
    return after;
  }

  private step(step: Step, before: Held): Held | null {
    let held = before;
    const own: Expression[] = [];
    eachExpression(step, (value) => own.push(value));
    const isSubject = step.is === "bind" && step.targets.length === 1 && step.targets[0]!.is === "name" && step.targets[0]!.name.startsWith("~m");
    for (const value of own) held = this.evaluate(value, held);
    switch (step.is) {
      case "bind":
        return this.bind(step, held, isSubject);
      case "return":
      case "throw":
      case "break":
      case "continue":
      case "goto":
        return null;
      case "if":
        return join([this.steps(step.then, held), this.steps(step.else, held)]);
      case "block":
        return this.steps(step.body, held);
      case "switch": {
        const after = step.cases.map((one) => this.steps(one.body, held));
        return join(step.cases.some((one) => one.tests.length === 0) || step.waits ? after : [held, ...after]);
      }
      case "loop": {
        let inside = held;
        const guard = step.iterates === null ? null : this.guardWithin(step.iterates);
        if (guard !== null) inside = new Map([...held, ["~iterated", guard]]);
        const after = join([held, this.steps(step.body, inside)]);
        if (after === null || !after.has("~iterated")) return after;
        return new Map([...after].filter(([name]) => name !== "~iterated"));
      }
      default: {
        let after: Held | null = held;
        eachBody(step, (body) => {
          after = join([after, this.steps(body, held)]);
        });
        return after;
      }
    }
  }

  private bind(step: Step & { readonly is: "bind" }, held: Held, isSubject: boolean): Held {
    const [target] = step.targets;
    if (target?.is !== "name" || step.value === null) return held;
    const after = new Map(held);
    const value = stripped(step.value);
    const shadowed = held.get(target.name);
    // A name that is declared anew hides the guard, which lives on to the end of the block.
    if (step.declares && shadowed?.itself === true && !(value.is === "name" && value.name === target.name)) after.set(`${target.name}${SHADOWED}`, shadowed);
    after.delete(target.name);
    if (value.is === "name") {
      const moved = held.get(value.name);
      if (moved?.itself === true) {
        after.delete(value.name);
        after.set(target.name, moved);
      }
      return after;
    }
    const guard = this.guardOf(value);
    if (guard !== null) after.set(target.name, guard);
    else if (isSubject) {
      const inner = this.guardWithin(step.value);
      if (inner !== null) after.set(target.name, { ...inner, itself: false });
    }
    return after;
  }

  /** Awaits in an expression, and what it moves. */
  private evaluate(value: Expression, held: Held): Held {
    const awaits: (Expression & { readonly is: "await" })[] = [];
    const moved = new Set<string>();
    const visit = (at: Expression): void => {
      if (at.is === "await") awaits.push(at);
      const given = at.is === "call" ? at.arguments : at.is === "build" ? at.parts : [];
      for (const { value: argument } of given) if (argument.is === "name") moved.add(argument.name);
      eachChild(at, visit);
    };
    visit(value);
    const rest = moved.size === 0 || ![...held.keys()].some((name) => moved.has(name)) ? held : new Map([...held].filter(([name]) => !moved.has(name)));
    for (const at of awaits) {
      // `?` of a guard that was not bound: it ended with its statement.
      for (const [name, guard] of rest) if (!name.startsWith("~q") && at.at[0] >= guard.call.at[0]) this.tell(guard, at.at);
      const inside = this.guardWithin(at.value);
      if (inside !== null) this.tell(inside, at.at);
    }
    return rest;
  }

  private tell(guard: Guard, at: Place): void {
    if (this.told.has(guard.call)) return;
    this.told.add(guard.call);
    this.report(guard, at);
  }

  private guardOf(value: Expression): Guard | null {
    if (value.is !== "call" || (value.callee.is !== "member" && value.callee.is !== "name")) return null;
    if (!this.names.has(value.callee.name) && !GIVES_GUARD.test(value.callee.name)) return null;
    const { names, certainty, targets } = this.scope.call(value);
    if (targets.length > 0) return this.guardOfTargets(value, targets);
    for (const { file, rule } of this.rules) {
      if (names.some((name) => rule.calls.some((call) => calleeMatches(call, name)))) return { call: value, rule, file, guessed: certainty === "named", itself: true };
    }
    return null;
  }

  /** A function of the workspace that gives the guard which it has taken. */
  private guardOfTargets(call: Call, targets: readonly FunctionRef[]): Guard | null {
    if (targets.length !== 1 || this.depth > MOST_HANDED) return null;
    const { file, function: fn } = this.resolver.functionOf(targets[0]!);
    const inner = new Walk(this.resolver, this.resolver.scope(file, fn), this.names, this.rules, () => undefined, this.depth + 1);
    for (const step of fn.body) {
      if (step.is !== "return") continue;
      const [value] = step.values;
      const guard = value === undefined ? null : inner.guardOf(stripped(value));
      if (guard !== null) return { ...guard, call, taken: guard.taken ?? guard.call };
    }
    return null;
  }

  private guardWithin(value: Expression): Guard | null {
    let found: Guard | null = null;
    const visit = (at: Expression): void => {
      found ??= this.guardOf(at);
      if (found === null) eachChild(at, visit);
    };
    visit(value);
    return found;
  }
}

function stripped(value: Expression): Expression {
  let at = value;
  while (at.is === "same" && at.copies !== true) at = at.value;
  return at;
}

function join(ways: readonly (Held | null)[]): Held | null {
  let all: Map<string, Guard> | null = null;
  for (const way of ways) {
    if (way === null) continue;
    if (all === null) all = new Map(way);
    else for (const [name, guard] of way) all.set(name, guard);
  }
  return all;
}
