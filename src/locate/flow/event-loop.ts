import { holdsFor } from "../rules/rule-model";
import type { RuleFile } from "../rules/rule-model";
import { eachBody, eachChild, eachExpression } from "./bindings";
import { Conclusion } from "./conclusions";
import { eachExpression as eachExpressionIn } from "./expressions";
import type { Expression, FileFlow, FunctionFlow, LanguageTraits, Step } from "./flow-model";
import type { FunctionScope } from "./resolution";
import type { IndexedWorkspace } from "./resolver";
import type { LiveFile, WorkspaceFunction } from "./workspace-parts";

/** How a function comes to run on an event loop. */
export type LoopReason = "coroutine" | "handler";

/** Decorators that change neither when nor where a function runs. */
const PLAIN_DECORATORS = new Set(["staticmethod", "classmethod", "property", "abstractmethod", "abc.abstractmethod", "override", "typing.override", "functools.wraps", "cached_property", "functools.cached_property"]);

const known = new WeakMap<IndexedWorkspace, Map<string, EventLoop>>();

/** Which functions run on an event loop, and which run elsewhere when they are called. One for each language. */
export class EventLoop {
  private readonly coroutines: ReadonlySet<string>;
  private readonly offloads: ReadonlySet<string>;
  private readonly evented: ReadonlyMap<string, ReadonlySet<string>>;
  /** By the callee. */
  private readonly schedules: ReadonlyMap<string, RuleFile["schedules"][number]>;
  private readonly results: ReadonlySet<string>;
  private readonly libraries: readonly string[];
  private readonly eventedDecorators: ReadonlySet<string>;
  private readonly eventedParameters: ReadonlySet<string>;
  private readonly signatures: readonly (readonly string[])[];
  private readonly offLoop: { readonly files: RegExp; readonly imports: ReadonlySet<string>; readonly functions: RegExp } | null;
  private readonly offLoopFiles = new WeakMap<FileFlow["imports"], boolean>();
  private readonly scheduledIn = new WeakMap<FileFlow, Conclusion<readonly WorkspaceFunction[]>>();
  private readonly allScheduled: Conclusion<ReadonlySet<WorkspaceFunction>>;
  private readonly isScheduled = new WeakMap<WorkspaceFunction, Conclusion<boolean>>();

  /** The one of a workspace for a language, with the rules that the first who asks for it has. */
  static of(resolver: IndexedWorkspace, rules: readonly RuleFile[], traits: LanguageTraits): EventLoop {
    return EventLoop.one(resolver, rules, traits, false);
  }

  /** The same for functions that run in greenlets. */
  static ofGreenlets(resolver: IndexedWorkspace, rules: readonly RuleFile[], traits: LanguageTraits): EventLoop {
    return EventLoop.one(resolver, rules, traits, true);
  }

  private static one(resolver: IndexedWorkspace, rules: readonly RuleFile[], traits: LanguageTraits, greenlets: boolean): EventLoop {
    let loops = known.get(resolver);
    if (loops === undefined) known.set(resolver, (loops = new Map()));
    const key = greenlets ? `${traits.id} greenlets` : traits.id;
    let loop = loops.get(key);
    if (loop === undefined) loops.set(key, (loop = new EventLoop(resolver, rules, traits, greenlets)));
    return loop;
  }

  private constructor(
    private readonly resolver: IndexedWorkspace,
    rules: readonly RuleFile[],
    private readonly traits: LanguageTraits,
    private readonly greenlets: boolean,
  ) {
    const files = rules.filter((file) => holdsFor(file, traits.id) && (file.greenlets !== undefined) === greenlets);
    this.libraries = files.flatMap((file) => file.imports);
    this.eventedDecorators = new Set(files.flatMap((file) => file.eventedBy?.decorators ?? []));
    this.eventedParameters = new Set(files.flatMap((file) => file.eventedBy?.parameters ?? []));
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
    this.signatures = files.flatMap((file) => file.handlers.signatures ?? []);
    const { offLoop } = traits;
    this.offLoop = offLoop === undefined ? null : { files: new RegExp(offLoop.files, "i"), imports: new Set(offLoop.imports), functions: new RegExp(offLoop.functions, "i") };
    this.scheduledNames = new Set([...this.schedules.keys()].map((name) => name.slice(name.lastIndexOf(".") + 1)));
    this.allScheduled = new Conclusion(resolver.ledger, () => this.findScheduled());
  }

  private readonly scheduledNames: ReadonlySet<string>;
  /** By the function that hands them over. */
  private readonly handedAtOnce = new WeakMap<FunctionFlow, ReadonlySet<number>>();

  /** Functions that are given to the loop to run later: `ioloop.add_callback(self.poll)`. */
  private findScheduled(): ReadonlySet<WorkspaceFunction> {
    const all = new Set<WorkspaceFunction>();
    if (this.schedules.size === 0) return all;
    for (const file of this.resolver.files) {
      if (file.language !== this.traits.id) continue;
      if (this.greenlets) {
        // Few workspaces have any: the others are not gone through.
        this.resolver.ledger.restsOn(file.importsPart);
        if (!file.imports.some(({ path }) => this.libraries.some((library) => path === library || path.startsWith(`${library}.`)))) continue;
      }
      let conclusion = this.scheduledIn.get(file);
      if (conclusion === undefined) this.scheduledIn.set(file, (conclusion = new Conclusion(this.resolver.ledger, () => [...this.findScheduledIn(file)])));
      for (const ref of conclusion.get()) all.add(ref);
    }
    return all;
  }

  private isHandedToTheLoop(ref: WorkspaceFunction): boolean {
    if (this.schedules.size === 0) return false;
    let conclusion = this.isScheduled.get(ref);
    if (conclusion === undefined) this.isScheduled.set(ref, (conclusion = new Conclusion(this.resolver.ledger, () => this.allScheduled.get().has(ref))));
    return conclusion.get();
  }

  private findScheduledIn(file: LiveFile): ReadonlySet<WorkspaceFunction> {
    const found = new Set<WorkspaceFunction>();
    const lastParts = this.scheduledNames;
    this.resolver.wholeFile(file);
    {
      for (const fn of file.functions) {
        // `above`: the calls made on what this one gives, in the same chain.
        const visit = (value: Expression, above: readonly string[]): void => {
          const callee = value.is === "call" ? value.callee : null;
          // An extension of the language is a function of what it is called on: `flowOn(flow(...), io)`.
          const extended = value.is === "call" && value.callee.is === "name" ? value.arguments[0]?.value : undefined;
          const chained = value.is === "call" && value.callee.is === "name" ? value.callee.name : "";
          eachChild(value, (child) => visit(child, child === callee ? above : child === extended ? [...above, chained] : value.is === "member" ? [...above, value.name] : []));
          if (value.is !== "call" || callee === null) return;
          if ((callee.is !== "name" && callee.is !== "member") || !lastParts.has(callee.name.slice(callee.name.lastIndexOf("\\") + 1))) return;
          const scope = this.resolver.scope(file, fn);
          const resolution = scope.call(value);
          if (resolution.certainty === "named") return;
          const schedule = resolution.names.map((name) => this.schedules.get(name)).find((one) => one !== undefined);
          if (schedule === undefined) return;
          if (schedule.unlessChained !== undefined && [...above, ...chainBelow(callee)].some((name) => schedule.unlessChained?.includes(name))) return;
          const given = schedule.argument === "any" ? value.arguments : value.arguments.slice(schedule.argument, schedule.argument + 1);
          for (const one of given) {
            if (one.spread) continue;
            // Options may name the function (`route({ handler })`); of an object of a class made on the spot, the methods run.
            const inside = one.value.is === "build" ? one.value.parts.map((part) => part.value).filter((part) => part.is === "closure" || schedule.argument === "any") : [];
            const callable = this.traits.callableValues === true ? callableOf(one.value) : null;
            for (const function_ of callable === null ? [one.value, ...inside] : [callable]) {
              if (function_.is === "build" || function_.is === "literal") continue;
              if (function_ !== one.value && function_.is === "closure") {
                found.add(this.resolver.ref(file.file, function_.function));
                continue;
              }
              // What it would run is what calling it would run.
              const run = scope.call({ is: "call", callee: function_, arguments: [], at: function_.at });
              for (const ref of run.targets) found.add(this.resolver.ref(ref.file, ref.id));
            }
          }
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
  private mayRun(fn: FunctionFlow, isScheduled: boolean): boolean {
    if (fn.id === 0) return false;
    if (isScheduled) return true;
    if (this.greenlets) return false;
    if (this.eventedParameters.size > 0 && fn.parameters.some(({ type }) => type !== null)) return true;
    if (this.results.size > 0 && fn.results.length > 0 && fn.isAbstract !== true) return true;
    if (this.traits.promises === true && ((fn.parent !== null && fn.parent !== 0) || this.hasSignature(fn))) return true;
    if (this.traits.runsAtOnce !== undefined && fn.parent !== null && fn.parent !== 0) return true;
    return fn.isAsync || fn.decorators.length > 0 || (fn.owner !== null && this.evented.size > 0);
  }

  /** A function without a name that is handed to what runs it at once, for each element: `for_each(|one| ...)`. */
  private runsWhereItStands(file: LiveFile, fn: FunctionFlow): boolean {
    const atOnce = this.traits.runsAtOnce;
    if (atOnce === undefined || fn.parent === null || fn.parent === 0 || fn.parent === fn.id) return false;
    const outer = file.functions[fn.parent];
    if (outer === undefined) return false;
    let handed = this.handedAtOnce.get(outer);
    if (handed === undefined) {
      const found = new Set<number>();
      eachExpressionIn(outer.body, (value) => {
        if (value.is === "call" && value.callee.is === "member" && atOnce.includes(value.callee.name)) for (const { value: given } of value.arguments) if (given.is === "closure") found.add(given.function);
      });
      this.handedAtOnce.set(outer, (handed = found));
    }
    return handed.has(fn.id);
  }

  /** Its first parameters have the names by which handlers of requests are known. */
  private hasSignature(fn: FunctionFlow): boolean {
    return this.signatures.some((names) => names.length <= fn.parameters.length && names.every((name, i) => new RegExp(`^_?(?:${name})$`, "i").test(fn.parameters[i]!.name)));
  }

  /** Nobody waits for what runs in this file. */
  isOffLoop(file: FileFlow): boolean {
    if (this.offLoop === null) return false;
    let is = this.offLoopFiles.get(file.imports);
    if (is === undefined) {
      const { files, imports } = this.offLoop;
      is = files.test(file.file) || file.imports.some((one) => imports.has(one.path) || (one.path === "worker_threads" && (one.member === "parentPort" || one.member === "workerData")));
      this.offLoopFiles.set(file.imports, is);
    }
    return is;
  }

  /** Why a function runs on the event loop; null when it does not, or not by itself. */
  reason(file: LiveFile, fn: FunctionFlow): LoopReason | null {
    const isScheduled = fn.id !== 0 && this.isHandedToTheLoop(file.refs[fn.id]!);
    if (!this.mayRun(fn, isScheduled)) return null;
    // A coroutine that a greenlet would run is none of its own.
    if (this.greenlets) return fn.isAsync || fn.isGenerator ? null : "handler";
    const scope = this.resolver.scope(file, fn);
    if (fn.decorators.length > 0) {
      const names = decoratorNames(scope, fn);
      if (names.some((name) => this.offloads.has(name))) return null;
      if (names.some((name) => this.coroutines.has(name))) return "coroutine";
      if (!fn.isAsync && names.some((name) => this.eventedDecorators.has(name))) return "handler";
    }
    if (this.isOffLoop(file)) return null;
    if (isScheduled && this.traits.promises === true) return "handler";
    if (this.hasSignature(fn)) return "handler";
    if (fn.isAsync) {
      if (this.offLoop === null || !this.offLoop.functions.test(fn.name)) return "coroutine";
      return null;
    }
    if (this.traits.promises === true && fn.parent !== null && fn.parent !== 0 && fn.parent !== fn.id) {
      // A function literal of one that runs there runs there too, now or later.
      const outer = file.functions[fn.parent];
      if (outer !== undefined) return this.reason(file, outer);
    }
    if (isScheduled && !fn.isGenerator) return "handler";
    if (this.runsWhereItStands(file, fn)) return this.reason(file, file.functions[fn.parent!]!);
    if (fn.owner !== null && fn.receiver !== null && !fn.isGenerator && this.evented.size > 0) {
      for (const type of this.resolver.ancestry(file, fn.owner)) {
        const methods = this.evented.get(type);
        if (methods !== undefined && (methods.has(fn.name) || methods.has("*"))) return "handler";
      }
    }
    if (this.eventedParameters.size > 0 && fn.isAbstract !== true && this.resolver.parameterTypes(file, fn).some((type) => this.eventedParameters.has(type))) return "handler";
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

/** What a value calls that stands for a function: `[$this, 'poll']`, `$this->poll(...)`, `'poll'`; null: it is none of these. */
function callableOf(value: Expression): Expression | null {
  if (value.is === "literal") return value.kind === "string" && /^["']?\\?[a-z_]\w*["']?$/iu.test(value.text) ? { is: "name", name: value.text.replaceAll(/["'\\]/gu, ""), at: value.at } : null;
  if (value.is !== "build" || value.tuple || value.parts.some((part) => part.name !== null || part.spread)) return null;
  const [first, second] = value.parts;
  if (first === undefined) return null;
  if (value.parts.length === 1) return first.value.is === "member" || first.value.is === "name" ? first.value : null;
  if (value.parts.length !== 2 || second!.value.is !== "literal" || second!.value.kind !== "string") return null;
  const object = first.value.is === "member" && first.value.name === "class" ? first.value.object : first.value;
  return { is: "member", object, name: second!.value.text.replaceAll(/["']/gu, ""), at: value.at };
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
