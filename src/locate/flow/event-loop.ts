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
  /** Callee -> index of the argument that runs on the loop later. */
  private readonly schedules: ReadonlyMap<string, number>;
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
    this.schedules = new Map(files.flatMap((file) => file.schedules.map(({ call, argument }) => [call, argument] as const)));
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
        const visit = (value: Expression): void => {
          eachChild(value, visit);
          if (value.is !== "call") return;
          const { callee } = value;
          if ((callee.is !== "name" && callee.is !== "member") || !lastParts.has(callee.name)) return;
          const scope = this.resolver.scope(file, fn);
          const resolution = scope.call(value);
          if (resolution.certainty === "named") return;
          const index = resolution.names.map((name) => this.schedules.get(name)).find((one) => one !== undefined);
          const given = index === undefined ? undefined : value.arguments[index];
          if (given === undefined || given.spread) return;
          // What it would run is what calling it would run.
          const run = scope.call({ is: "call", callee: given.value, arguments: [], at: given.value.at });
          for (const ref of run.targets) found.add(this.resolver.functionOf(ref).function);
        };
        const steps = (list: readonly Step[]): void => {
          for (const step of list) {
            eachExpression(step, visit);
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

/** The full name of each decorator; a name that cannot be resolved stays as it is written, so that it is never mistaken for a known one. */
export function decoratorNames(scope: FunctionScope, fn: FunctionFlow): readonly string[] {
  return fn.decorators.map((decorator) => {
    const known = scope.qualifiedName(decorator);
    if (known !== null) return known;
    if (decorator.is === "call") return scope.call(decorator).names[0] ?? "?";
    return "?";
  });
}
