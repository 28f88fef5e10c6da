import type { RuleFile } from "../rules/rule-model";
import type { FileFlow, FunctionFlow, LanguageTraits } from "./flow-model";
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
  }

  /** True when the language or its libraries can have functions on an event loop at all. */
  private mayRun(fn: FunctionFlow): boolean {
    if (fn.id === 0) return false;
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
