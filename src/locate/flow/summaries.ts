import type { PathStep } from "../../model/finding";
import type { ResourceRule, RuleFile } from "../rules/rule-model";
import type { RuleIndex } from "../rules/rule-index";
import { buildControlFlow } from "./control-flow";
import { TooLarge } from "./flow-graph";
import type { ControlFlow } from "./flow-graph";
import type { CallExpression } from "./expressions";
import { calledName, eachExpression, eachStep, lastPart, withoutCasts } from "./expressions";
import type { Expression, FileFlow, FunctionFlow, LanguageTraits, Parameter, Step } from "./flow-model";
import { stand } from "./conclusions";
import { freeNames } from "./free-names";
import type { Ground } from "./conclusions";
import { NamedAnswers, Questions } from "./questions";
import type { Answer } from "./questions";
import type { CallResolution, Certainty, FunctionRef, FunctionScope, WorkspaceResolver } from "./resolution";
import type { Outcome, Surroundings } from "./walk-model";
import { RECEIVER } from "./walk-model";
import { walk } from "./typestate";
import type { Wrapping } from "./wrapping";

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
  /** Some way of the function ends well and gives nothing that is open. */
  readonly mayGiveNothing: boolean;
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
const NO_OPENS: readonly OpensForCaller[] = [];
const GRAPHS_KEPT = 48;

/** A graph, what it rests on, and the revision in which it was drawn. */
interface KeptGraph {
  readonly graph: ControlFlow | null;
  readonly grounds: readonly Ground[];
  since: number;
}

/**
 * What the functions of the workspace do with what opens and closes: asked for when a walk needs it, and remembered. A question that comes
 * back to itself (recursion) is answered with "keeps": silence.
 */
export class Summaries {
  readonly #questions: Questions;
  readonly #effects = new NamedAnswers();
  readonly #givers = new NamedAnswers();
  readonly #leaves = new WeakMap<FunctionRef, Answer>();
  readonly #opens = new Map<FunctionRef, readonly OpensForCaller[]>();
  readonly #graphs = new Map<FunctionFlow, KeptGraph>();
  /** Numbers for functions and rules, in names of questions: several rules may have one name. */
  readonly #numbers = new WeakMap<FunctionRef | ResourceRule, number>();
  #lastNumber = 0;
  gaveUp = 0;

  constructor(
    readonly resolver: WorkspaceResolver,
    readonly languages: ReadonlyMap<string, LanguageRules>,
  ) {
    this.#questions = new Questions(resolver.ledger);
  }

  /** After all that is wanted has been asked in the present revision: lets go of answers that nobody asked for. */
  sweep(): void {
    this.#effects.sweep(this.resolver.ledger.revision);
    this.#givers.sweep(this.resolver.ledger.revision);
  }

  // --- graphs and names

  resolve(file: FileFlow, fn: FunctionFlow, call: CallExpression, scope?: FunctionScope): CallResolution {
    return (scope ?? this.resolver.scope(file, fn)).call(call);
  }

  /** null: too large, given up. */
  graph(file: FileFlow, fn: FunctionFlow): ControlFlow | null {
    const { ledger } = this.resolver;
    const known = this.#graphs.get(fn);
    if (known !== undefined && (known.since === ledger.revision || stand(known.grounds, known.since))) {
      known.since = ledger.revision;
      ledger.restsOnAll(known.grounds);
      return known.graph;
    }
    const cuts = this.#questions.cuts;
    const { value: graph, grounds } = ledger.note(() => this.#draw(file, fn));
    ledger.restsOnAll(grounds);
    // Drawn while one of its own calls was being asked about, it may be another than alone.
    if (this.#questions.cuts === cuts) {
      this.#graphs.delete(fn);
      if (this.#graphs.size >= GRAPHS_KEPT) this.#graphs.delete(this.#graphs.keys().next().value!);
      this.#graphs.set(fn, { graph, grounds, since: ledger.revision });
    }
    return graph;
  }

  #draw(file: FileFlow, fn: FunctionFlow): ControlFlow | null {
    this.resolver.scope(file, fn);
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
      runs: (names) => language.rules.runs(names),
      functionHere: (id) => this.resolver.ref(file.file, id),
      calledIn: (id, name) => freeNames(file, id).get(name)?.calls ?? [],
      givesBack: (call, argument) => this.#givesBack(this.resolve(file, graph.inner.get(call) ?? fn, call).targets, call.arguments.indexOf(argument)),
      wraps: (built, part) => (language.traits.errorResults ? this.#fieldOf(scope, built, part) : null),
      closingNames: language.closingNames,
      keepsWhatItYields: decorators.some((decorator) => /(^|\.)(async)?contextmanager$/.test(decorator)) || (decorators.length === 0 && lendsByYield(fn)),
      yieldWaits: decorators.some((decorator) => language.traits.coroutineDecorators.includes(decorator)),
    };
  }

  /** All that these functions do with this parameter, where they come back, is to give it back first. */
  #givesBack(targets: readonly FunctionRef[], index: number): boolean {
    return targets.length > 0 && targets.every((target) => this.#questions.ask<string, boolean>(this.#givers, `${this.#numberOf(this.resolver.ref(target.file, target.id))} ${index}`, false, () => this.#findGivesBack(target, index)));
  }

  #findGivesBack(target: FunctionRef, index: number): boolean {
    const { function: fn } = this.resolver.functionOf(target);
    const parameter = fn.parameters[index];
    if (parameter === undefined || parameter.variadic || parameter.name === "" || parameter.name === "_" || fn.isGenerator || fn.isAbstract === true || fn.isAsync) return false;
    const isIt = (value: Expression | undefined): boolean => value !== undefined && withoutCasts(value).is === "name" && (withoutCasts(value) as { readonly name: string }).name === parameter.name;
    let returns = 0;
    let mentions = 0;
    let others = false;
    eachStep(fn.body, (step) => {
      if (step.is !== "return") return;
      if (isIt(step.values[0])) returns++;
      else others = true;
    });
    eachExpression(fn.body, (expression) => {
      if (expression.is === "name" && expression.name === parameter.name) mentions++;
      if (expression.is === "closure") others = true;
    });
    return returns > 0 && !others && mentions === returns;
  }

  /** The field of a workspace type that a part of what is built goes to: by its name, or by its place. */
  #fieldOf(scope: FunctionScope, built: Expression & { readonly is: "build" }, part: number): Omit<Wrapping, "asMember"> | null {
    const type = scope.typeOf(built)?.type.name ?? null;
    const fields = type === null ? null : this.resolver.fieldsOf(type);
    const name = built.parts[part]!.name;
    const field = name === null ? fields?.[part] : fields?.find((one) => one.name === name);
    if (type === null || field === undefined) return null;
    return { type, field: field.name, isEmbedded: field.isEmbedded };
  }

  /** Some method of the type closes what lies in this field. */
  closesItself(wrapping: Wrapping, rule: ResourceRule): boolean {
    if (wrapping.isEmbedded) return true;
    return this.resolver.methodsOfType(wrapping.type).some((ref) => this.effect(ref, { index: RECEIVER, name: null }, rule, false).some(({ status }) => status === "closed"));
  }

  // --- parameters

  /** What a function does with an open object that it is given as an argument. */
  effect(target: FunctionRef, argument: { readonly index: number; readonly name: string | null }, rule: ResourceRule, asMember: boolean): readonly Outcome[] {
    const question = `${this.#numberOf(this.resolver.ref(target.file, target.id))} ${argument.name ?? ""} ${argument.index} ${this.#numberOf(rule)}${asMember ? " member" : ""}`;
    return this.#questions.ask(this.#effects, question, KEEPS, () => this.#findEffect(target, argument, rule, asMember));
  }

  #findEffect(target: FunctionRef, argument: { readonly index: number; readonly name: string | null }, rule: ResourceRule, asMember: boolean): readonly Outcome[] {
    const { file, function: fn } = this.resolver.functionOf(target);
    const parameter = argument.index === RECEIVER ? (fn.receiver === null ? UNNAMED : { ...UNNAMED, name: fn.receiver }) : argument.name === null ? fn.parameters[argument.index] : fn.parameters.find((one) => one.name === argument.name);
    if (parameter === undefined || parameter.variadic || fn.isGenerator) return KEEPS;
    if (parameter.name === "" || parameter.name === "_") return [{ status: "open", result: null }];
    const graph = this.graph(file, fn);
    if (graph === null) return KEEPS;
    const result = walk(graph, rule, { is: "parameter", name: parameter.name, asMember }, this.surroundings(file, fn, graph));
    if (!result.gaveUp) return result.outcomes;
    this.gaveUp++;
    return KEEPS;
  }

  #numberOf(one: FunctionRef | ResourceRule): number {
    let number = this.#numbers.get(one);
    if (number === undefined) this.#numbers.set(one, (number = ++this.#lastNumber));
    return number;
  }

  // --- results

  opensForCaller(target: FunctionRef): readonly OpensForCaller[] {
    return this.#opens.get(target) ?? NO_OPENS;
  }

  /** Forgets what functions open: it is found anew, round by round. */
  forgetOpens(): void {
    this.#opens.clear();
  }

  /** True when this is news. */
  addOpens(target: FunctionRef, opens: OpensForCaller): boolean {
    const known = this.#opens.get(target) ?? [];
    if (known.some((one) => one.rule.rule === opens.rule.rule && one.opens === opens.opens && one.asMember === opens.asMember)) return false;
    this.#opens.set(target, [...known, opens]);
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
    const ref = this.resolver.ref(target.file, target.id);
    return this.#questions.ask<FunctionRef, "ends" | "throws" | null>(this.#leaves, ref, null, () => this.#findLeaves(ref));
  }

  #findLeaves(target: FunctionRef): "ends" | "throws" | null {
    const { file, function: fn } = this.resolver.functionOf(target);
    const language = this.languages.get(file.language);
    if (language === undefined || fn.isGenerator || !mayNeverReturn(fn, language.traits)) return null;
    const graph = this.graph(file, fn);
    if (graph === null) return null;
    const reached = new Set<number>([graph.entry]);
    for (const id of reached) for (const edge of graph.nodes[id]!.edges) reached.add(edge.to);
    const ways = new Set([...reached].map((id) => graph.nodes[id]!.event).flatMap((event) => (event.is === "exit" ? [event.way] : [])));
    return ways.has("returned") || ways.size === 0 ? null : ways.has("ended") ? "ends" : "throws";
  }
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

/**
 * A generator that gives one thing, by one yield in no loop, and has something to do afterwards: a dependency of FastAPI, a context manager that
 * is decorated elsewhere. What is raised where the thing is used is raised at the yield, and so is the end of a generator that nobody asks again.
 */
function lendsByYield({ isGenerator, body }: FunctionFlow): boolean {
  if (!isGenerator) return false;
  let yields = 0;
  eachExpression(body, (part) => {
    if (part.is === "yield") yields++;
  });
  const isYield = (step: Step): boolean => step.is === "do" && withoutCasts(step.value).is === "yield";
  const plainly = (steps: readonly Step[]): boolean =>
    steps.some((step, i) => (isYield(step) && i < steps.length - 1) || (step.is === "try" && plainly(step.body)) || (step.is === "with" && plainly(step.body)));
  return yields === 1 && plainly(body);
}
