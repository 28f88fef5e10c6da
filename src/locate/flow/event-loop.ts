import type { RuleFile } from "../rules/rule-model";
import { eachBody, eachChild, eachExpression } from "./bindings";
import type { Expression, FileFlow, FunctionFlow, LanguageTraits, Step } from "./flow-model";
import type { FunctionScope } from "./resolution";
import type { IndexedWorkspace } from "./resolver";

/** How a function comes to run on an event loop. */
export type LoopReason = "coroutine" | "handler";

/** Decorators that change neither when nor where a function runs. */
const PLAIN_DECORATORS = new Set(["staticmethod", "classmethod", "property", "abstractmethod", "abc.abstractmethod", "override", "typing.override", "functools.wraps", "cached_property", "functools.cached_property"]);

/** Which functions run on an event loop, and which run elsewhere when they are called. One for each language. */
export class EventLoop {
  private readonly coroutines: ReadonlySet<string>;
  private readonly offloads: ReadonlySet<string>;
  private readonly evented: ReadonlyMap<string, ReadonlySet<string>>;
  /** By the callee. */
  private readonly schedules: ReadonlyMap<string, RuleFile["schedules"][number]>;
  private readonly results: ReadonlySet<string>;
  private readonly scheduled: ReadonlySet<FunctionFlow>;

  constructor(
    private readonly resolver: IndexedWorkspace,
    rules: readonly RuleFile[],
    traits: LanguageTraits,
  ) {
    const files = rules.filter((file) => file.language === traits.id);
    this.coroutines = new Set(traits.coroutineDecorators);
    this.offloads = new Set(files.flatMap((file) => file.offloads));
    const evented = new Map<string, Set<string>>();
    for (const file of files) {
      for (const { type, methods } of file.evented) {
        const known = evented.get(type) ?? new Set<string>();
        for (const method of methods) known.add(method);
        evented.set(type, known);
      }
    }
    this.evented = evented;
    this.schedules = new Map(files.flatMap((file) => file.schedules.map((schedule) => [schedule.call, schedule] as const)));
    this.results = new Set(files.flatMap((file) => file.eventedResults ?? []));
    this.scheduled = this.findScheduled(traits.id);
  }

  /** Functions that are given to the loop to run later: `ioloop.add_callback(self.poll)`. */
  private findScheduled(language: string): ReadonlySet<FunctionFlow> {
    const found = new Set<FunctionFlow>();
    if (this.schedules.size === 0) return found;
    const lastParts = new Set([...this.schedules.keys()].map((name) => name.slice(name.lastIndexOf(".") + 1)));
    for (const file of this.resolver.files) {
      if (file.language !== language) continue;
      for (const fn of file.functions) {
        // `above`: the calls made on what this one gives, in the same chain.
        const visit = (value: Expression, above: readonly string[]): void => {
          const callee = value.is === "call" ? value.callee : null;
          eachChild(value, (child) => visit(child, child === callee ? above : value.is === "member" ? [...above, value.name] : []));
          if (value.is !== "call" || callee === null) return;
          if ((callee.is !== "name" && callee.is !== "member") || !lastParts.has(callee.name)) return;
          const scope = this.resolver.scope(file, fn);
          const resolution = scope.call(value);
          if (resolution.certainty === "named") return;
          const schedule = resolution.names.map((name) => this.schedules.get(name)).find((one) => one !== undefined);
          const given = schedule === undefined ? undefined : value.arguments[schedule.argument];
          if (schedule === undefined || given === undefined || given.spread) return;
          if (schedule.unlessChained !== undefined && [...above, ...chainBelow(callee)].some((name) => schedule.unlessChained?.includes(name))) return;
          // What it would run is what calling it would run.
          const run = scope.call({ is: "call", callee: given.value, arguments: [], at: given.value.at });
          for (const ref of run.targets) found.add(this.resolver.functionOf(ref).function);
          // An object of a class made on the spot: its methods run.
          if (given.value.is === "build") for (const { value: method } of given.value.parts) if (method.is === "closure") found.add(file.functions[method.function]!);
        };
        const steps = (list: readonly Step[]): void => {
          for (const step of list) {
            eachExpression(step, (value) => visit(value, []));
            eachBody(step, steps);
          }
        };
        steps(fn.body);
      }
    }
    return found;
  }

  /** True when the language or its libraries can have functions on an event loop at all. */
  private mayRun(fn: FunctionFlow): boolean {
    if (fn.id === 0) return false;
    if (this.scheduled.has(fn)) return true;
    if (this.results.size > 0 && fn.results.length > 0 && fn.isAbstract !== true) return true;
    return fn.isAsync || fn.decorators.length > 0 || (fn.owner !== null && this.evented.size > 0);
  }

  /** Why a function runs on the event loop; null when it does not, or not by itself. */
  reason(file: FileFlow, fn: FunctionFlow): LoopReason | null {
    if (!this.mayRun(fn)) return null;
    const scope = this.resolver.scope(file, fn);
    if (fn.decorators.length > 0) {
      const names = decoratorNames(scope, fn);
      if (names.some((name) => this.offloads.has(name))) return null;
      if (names.some((name) => this.coroutines.has(name))) return "coroutine";
    }
    if (fn.isAsync) return "coroutine";
    if (this.scheduled.has(fn) && !fn.isGenerator) return "handler";
    if (fn.owner !== null && fn.receiver !== null && !fn.isGenerator && this.evented.size > 0) {
      for (const type of this.resolver.ancestry(file, fn.owner)) {
        const methods = this.evented.get(type);
        if (methods !== undefined && (methods.has(fn.name) || methods.has("*"))) return "handler";
      }
    }
    if (this.results.size > 0 && fn.results.length > 0 && this.resolver.resultTypes(file, fn).some((type) => this.results.has(type))) return "handler";
    return null;
  }

  /** True when calling the function does not run its body here: a decorator sends it to an executor. */
  runsElsewhere(file: FileFlow, fn: FunctionFlow): boolean {
    if (fn.decorators.length === 0) return false;
    return decoratorNames(this.resolver.scope(file, fn), fn).some((name) => this.offloads.has(name));
  }

  /** True when a decorator that is not known may have changed what the call gives: then only an unawaited call surely runs the body. */
  isWrapped(file: FileFlow, fn: FunctionFlow): boolean {
    if (fn.decorators.length === 0) return false;
    return decoratorNames(this.resolver.scope(file, fn), fn).some((name) => !PLAIN_DECORATORS.has(name));
  }
}

/** The calls that what a call is made on comes from: `a().b().c` gives b and a. */
function chainBelow(callee: Expression): readonly string[] {
  const names: string[] = [];
  for (let at = callee; at.is === "member" && at.object.is === "call"; ) {
    at = at.object.callee;
    if (at.is === "member" || at.is === "name") names.push(at.name);
  }
  return names;
}

/** The full name of each decorator; a name that cannot be resolved stays as it is written, so that it is never mistaken for a known one. */
export function decoratorNames(scope: FunctionScope, fn: FunctionFlow): readonly string[] {
  return fn.decorators.map((decorator) => {
    const known = scope.qualifiedName(decorator);
    if (known !== null) return known;
    if (decorator.is === "call") return scope.call(decorator).names[0] ?? "?";
    return "?";
  });
}
