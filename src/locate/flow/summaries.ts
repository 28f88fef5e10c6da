import type { PathStep } from "../../model/finding";
import type { ResourceRule, RuleFile } from "../rules/rule-model";
import type { RuleIndex } from "../rules/rule-index";
import { buildControlFlow, TooLarge } from "./control-flow";
import type { ControlFlow } from "./control-flow";
import type { CallExpression } from "./expressions";
import { calledName, eachStep, lastPart, withoutCasts } from "./expressions";
import type { FileFlow, FunctionFlow, LanguageTraits, Parameter } from "./flow-model";
import type { CallResolution, Certainty, FunctionRef, FunctionScope, WorkspaceResolver } from "./resolution";
import type { Outcome, Surroundings } from "./typestate";
import { RECEIVER, walk } from "./typestate";

/** A workspace function gives its caller something open, or opens what its caller gives it. */
export interface OpensForCaller {
  readonly rule: ResourceRule;
  readonly ruleFile: RuleFile;
  readonly opens: number | "receiver" | `argument:${number}`;
  /** The result that is null when it is open. */
  readonly error: number | null;
  readonly errorMember: string | null;
  readonly asMember: boolean;
  readonly inTuple: boolean;
  /** The call must be awaited (the function is a coroutine). */
  readonly awaited: boolean;
  readonly certainty: Certainty;
  /** The opening call in the function, then what that calls, down to the library. */
  readonly through: readonly PathStep[];
}

/** What a language brings: its traits, and the rules that speak of it. */
export interface LanguageRules {
  readonly traits: LanguageTraits;
  readonly rules: RuleIndex;
  /** Last parts of all closing calls. */
  readonly closingNames: ReadonlySet<string>;
}

const UNNAMED: Parameter = { name: "", type: null, variadic: false, initial: null };
const KEEPS: readonly Outcome[] = [{ status: "escaped", result: null }];
const GRAPHS_KEPT = 48;

/**
 * What the functions of the workspace do with what opens and closes: asked for when a walk needs it, and remembered. A question that comes
 * back to itself (recursion) is answered with "keeps": silence.
 */
export class Summaries {
  readonly #effects = new Map<string, readonly Outcome[]>();
  readonly #leaves = new Map<string, "ends" | "throws" | null>();
  readonly #opens = new Map<string, OpensForCaller[]>();
  readonly #graphs = new Map<FunctionFlow, ControlFlow | null>();
  readonly #resolutions = new WeakMap<CallExpression, CallResolution>();
  gaveUp = 0;

  constructor(
    readonly resolver: WorkspaceResolver,
    readonly languages: ReadonlyMap<string, LanguageRules>,
  ) {}

  // --- graphs and names

  resolve(file: FileFlow, fn: FunctionFlow, call: CallExpression, scope?: FunctionScope): CallResolution {
    let resolution = this.#resolutions.get(call);
    if (resolution === undefined) {
      resolution = (scope ?? this.resolver.scope(file, fn)).call(call);
      this.#resolutions.set(call, resolution);
    }
    return resolution;
  }

  /** null: too large, given up. */
  graph(file: FileFlow, fn: FunctionFlow): ControlFlow | null {
    const known = this.#graphs.get(fn);
    if (known !== undefined) return known;
    const language = this.languages.get(file.language);
    if (language === undefined) return null;
    const readMembers = new Set<string>();
    for (const ruleFile of language.rules.files) for (const rule of ruleFile.resources) for (const name of rule.closedByReading) readMembers.add(lastPart(name));
    let graph: ControlFlow | null = null;
    try {
      graph = buildControlFlow(file, fn, {
        traits: language.traits,
        names: (call, within) => this.resolve(file, within, call).names,
        leaves: (call, within) => this.#callLeaves(file, within, call),
        ...(language.traits.promises === true ? { callsBack: (call: CallExpression, within: FunctionFlow) => this.#callsBack(language.rules, file, within, call) } : {}),
        readMembers,
      });
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      this.gaveUp++;
    }
    if (this.#graphs.size >= GRAPHS_KEPT) this.#graphs.delete(this.#graphs.keys().next().value!);
    this.#graphs.set(fn, graph);
    return graph;
  }

  #callsBack(rules: RuleIndex, file: FileFlow, fn: FunctionFlow, call: CallExpression): number | "last" | null {
    if (!call.arguments.some(({ value }) => value.is === "closure" || value.is === "name")) return null;
    return rules.opens(this.resolve(file, fn, call).names).find(({ open }) => open.callback !== undefined)?.open.callback?.argument ?? null;
  }

  surroundings(file: FileFlow, fn: FunctionFlow, graph: ControlFlow): Surroundings {
    const language = this.languages.get(file.language)!;
    const scope = this.resolver.scope(file, fn);
    const decorators = fn.decorators.map((decorator) => scope.qualifiedName(withoutCasts(decorator)) ?? "");
    return {
      traits: language.traits,
      resolve: (call) => this.resolve(file, graph.inner.get(call) ?? fn, call),
      effectOn: (target, argument, rule, asMember) => this.effect(target, argument, rule, asMember),
      borrows: (names) => language.rules.borrows(names),
      neverRaises: (names) => language.rules.neverRaises(names),
      passes: (names) => language.rules.passes(names),
      closingNames: language.closingNames,
      keepsWhatItYields: decorators.some((decorator) => /(^|\.)(async)?contextmanager$/.test(decorator)),
      yieldWaits: decorators.some((decorator) => language.traits.coroutineDecorators.includes(decorator)),
    };
  }

  // --- parameters

  /** What a function does with an open object that it is given as an argument. */
  effect(target: FunctionRef, argument: { readonly index: number; readonly name: string | null }, rule: ResourceRule, asMember: boolean): readonly Outcome[] {
    const { file, function: fn } = this.resolver.functionOf(target);
    const parameter = argument.index === RECEIVER ? (fn.receiver === null ? UNNAMED : { ...UNNAMED, name: fn.receiver }) : argument.name === null ? fn.parameters[argument.index] : fn.parameters.find((one) => one.name === argument.name);
    if (parameter === undefined || parameter.variadic || fn.isGenerator) return KEEPS;
    if (parameter.name === "" || parameter.name === "_") return [{ status: "open", result: null }];
    const key = `${target.file}#${target.id}(${parameter.name}):${rule.rule}${asMember ? ":member" : ""}`;
    const known = this.#effects.get(key);
    if (known !== undefined) return known;
    this.#effects.set(key, KEEPS);
    const graph = this.graph(file, fn);
    let outcomes = KEEPS;
    if (graph !== null) {
      const result = walk(graph, rule, { is: "parameter", name: parameter.name, asMember }, this.surroundings(file, fn, graph));
      if (result.gaveUp) this.gaveUp++;
      else outcomes = result.outcomes;
    }
    this.#effects.set(key, outcomes);
    return outcomes;
  }

  // --- results

  opensForCaller(target: FunctionRef): readonly OpensForCaller[] {
    return this.#opens.get(refKey(target)) ?? [];
  }

  /** True when this is news. */
  addOpens(target: FunctionRef, opens: OpensForCaller): boolean {
    const key = refKey(target);
    const known = this.#opens.get(key) ?? [];
    if (known.some((one) => one.rule.rule === opens.rule.rule && one.opens === opens.opens && one.asMember === opens.asMember)) return false;
    this.#opens.set(key, [...known, opens]);
    return true;
  }

  // --- functions that do not come back

  #callLeaves(file: FileFlow, fn: FunctionFlow, call: CallExpression): "ends" | "throws" | null {
    if (calledName(call) === null) return null;
    const { targets } = this.resolve(file, fn, call);
    if (targets.length === 0) return null;
    let common: "ends" | "throws" | null = null;
    for (const target of targets) {
      const leaves = this.#functionLeaves(target);
      if (leaves === null || (common !== null && common !== leaves)) return null;
      common = leaves;
    }
    return common;
  }

  #functionLeaves(target: FunctionRef): "ends" | "throws" | null {
    const key = refKey(target);
    const known = this.#leaves.get(key);
    if (known !== undefined) return known;
    this.#leaves.set(key, null);
    const { file, function: fn } = this.resolver.functionOf(target);
    const language = this.languages.get(file.language);
    if (language === undefined || fn.isGenerator || !mayNeverReturn(fn, language.traits)) return null;
    const graph = this.graph(file, fn);
    if (graph === null) return null;
    const reached = new Set<number>([graph.entry]);
    for (const id of reached) for (const edge of graph.nodes[id]!.edges) reached.add(edge.to);
    const ways = new Set([...reached].map((id) => graph.nodes[id]!.event).flatMap((event) => (event.is === "exit" ? [event.way] : [])));
    const leaves = ways.has("returned") || ways.size === 0 ? null : ways.has("ended") ? "ends" : "throws";
    this.#leaves.set(key, leaves);
    return leaves;
  }
}

function refKey(target: FunctionRef): string {
  return `${target.file}#${target.id}`;
}

/** Cheap: no return anywhere, and the last thing done may be the last. A method that only says that it is not implemented is a place to fill, and no end. */
function mayNeverReturn({ body, results }: FunctionFlow, traits: LanguageTraits): boolean {
  const last = body.at(-1);
  if (last === undefined) return false;
  if (last.is === "throw") {
    const thrown = last.value === null ? null : withoutCasts(last.value);
    const type = thrown === null ? null : thrown.is === "call" ? calledName(thrown) : thrown.is === "name" ? thrown.name : null;
    if (type !== null && /NotImplemented|Unsupported|Abstract/.test(type)) return false;
    // Nothing but a throw where a value is promised: filled in by a subclass, or when it is built.
    if (traits.overloads === true && body.length === 1 && results.some((result) => result !== null)) return false;
  } else if (last.is === "do") {
    const call = withoutCasts(last.value);
    if (call.is !== "call") return false;
    const name = calledName(call);
    if (!traits.neverReturn.some((one) => lastPart(one.call) === name)) return false;
  } else if (last.is !== "loop" || last.condition !== null || last.iterates !== null) return false;
  let returns = false;
  eachStep(body, (step) => {
    if (step.is === "return") returns = true;
  });
  return !returns;
}
