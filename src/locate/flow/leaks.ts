import type { Confidence, Finding } from "../../model/finding";
import type { OpenCall, OpenCallback, ResourceRule, RuleFile } from "../rules/rule-model";
import { calleeMatches, indexRules } from "../rules/rule-index";
import type { CallExpression } from "./expressions";
import { calledName, eachExpression, eachStep, inWords, lastPart, withoutCasts, withoutSteps } from "./expressions";
import type { Expression, FileFlow, FunctionFlow, LanguageTraits } from "./flow-model";
import { same, stand } from "./conclusions";
import type { Ground } from "./conclusions";
import type { CallResolution, Certainty, FunctionRef, FunctionScope, WorkspaceResolver } from "./resolution";
import { isUndoneWithContext, neverEnds, UNDONE_ADVICE } from "./request-context";
import { Summaries } from "./summaries";
import type { LanguageRules, OpensForCaller } from "./summaries";
import type { HandedOn, Leak } from "./walk-model";
import { argumentsAre, hasLiteral } from "./literal-arguments";
import { isText } from "./text-values";
import { walk } from "./typestate";
import { buildsAnew, isConstructor, Keepers } from "./keepers";
import { callbacksOf, handedOnFinding, handing, leftBehind } from "./handed-on";
import { decisions, toFinding } from "./witness";
import type { LiveFile, WorkspaceFunction } from "./workspace-parts";
import { isWrapped, wrappedRule } from "./wrapping";

export interface LeakInput {
  readonly resolver: WorkspaceResolver;
  /** Of all languages. */
  readonly rules: readonly RuleFile[];
  /** By language id. */
  readonly traits: ReadonlyMap<string, LanguageTraits>;
  readonly signal?: { readonly aborted: boolean };
}

export interface LeakStats {
  /** Functions that hold an opening call and were looked at. */
  readonly functions: number;
  /** Opening calls followed. */
  readonly openings: number;
  /** Functions and openings that were given up: too large, or too many states. */
  readonly gaveUp: number;
}

export interface LeakResult {
  readonly findings: readonly Finding[];
  readonly stats: LeakStats;
}

/** A function is looked at again when a function that it calls turns out to open something; at most this often. */
const MAX_VISITS = 6;
const LEVELS: Readonly<Record<Confidence, number>> = { low: 1, medium: 2, high: 3 };
const NAMES: readonly Confidence[] = ["low", "low", "medium", "high"];

/**
 * All openings of the workspace that are left open on some way, in order of file and place. Pure. Stops early, with what it has, when the
 * signal is aborted.
 */
export function findLeaks(input: LeakInput): readonly Finding[] {
  return findLeaksWithStats(input).findings;
}

export function findLeaksWithStats(input: LeakInput): LeakResult {
  return new LeakSearch(input).run();
}

type Variables = readonly { readonly name: string; readonly parameter: boolean; readonly outer: boolean }[];

interface Site {
  readonly call: CallExpression;
  readonly rule: ResourceRule;
  readonly ruleFile: RuleFile;
  readonly open: Pick<OpenCall, "opens" | "error" | "errorMember" | "callback" | "heldByContext">;
  readonly asMember: boolean;
  readonly inTuple: boolean;
  readonly certainty: Certainty;
  readonly mayGiveNothing: boolean;
  readonly through: OpensForCaller["through"];
}

/** A function, with what came out when it was looked at: the first time, then again when one that it calls turned out to open something. */
interface Candidate {
  readonly file: LiveFile;
  readonly fn: FunctionFlow;
  readonly ref: WorkspaceFunction;
  /** Last names of all that it calls. */
  readonly called: ReadonlySet<string>;
  /** Its place among all. */
  order: number;
  /** How often it was looked at in this search. */
  visits: number;
  readonly kept: Visit[];
  /** What the function of its name brought before its file changed: where that is the same, who rests on it stands. */
  readonly before: readonly Visit[];
}

/** One look at a function: what it saw and what came of it. */
interface Visit {
  readonly grounds: readonly Ground[];
  since: number;
  /** Of the names that it calls, those that were known to open something. */
  readonly openers: readonly string[];
  /** What the functions that it calls were known to open. */
  readonly read: readonly (readonly [FunctionRef, readonly OpensForCaller[]])[];
  readonly findings: readonly Finding[];
  readonly opens: readonly OpensForCaller[];
}

/**
 * The search for what is left open. It may be run again after the workspace has changed: it goes the same way as from the start, and what
 * stood then and still stands is not looked at again.
 */
export class LeakSearch {
  readonly #summaries: Summaries;
  readonly #keepers: Keepers;
  readonly #languages = new Map<string, LanguageRules>();
  /** By language: last parts of opening calls. */
  readonly #openNames = new Map<string, Set<string>>();
  /** By language: last parts of the types whose objects open something when they are called. */
  readonly #callableTypes = new Map<string, Set<string>>();
  /** By language: last parts of the types that a call opens by being declared to give them. */
  readonly #givenTypes = new Map<string, Set<string>>();
  readonly #candidates = new Map<LiveFile, { readonly of: FileFlow["functions"]; readonly imports: FileFlow["imports"]; readonly candidates: readonly Candidate[] }>();
  /** Last parts of calls that are handed a function for each connection: they may stand at the top of a file. */
  readonly #serving = new Set<string>();
  /** Who calls, by the last part of what is called. */
  readonly #callers = new Map<string, Set<Candidate>>();
  /** Names of workspace functions that open something for their callers. */
  readonly #openers = new Set<string>();
  /** What the look that is being taken has read, and what it has brought. */
  #read: (readonly [FunctionRef, readonly OpensForCaller[]])[] = [];
  #brought: OpensForCaller[] = [];
  #before: readonly OpensForCaller[] = [];
  #openings = 0;
  #gaveUp = 0;

  constructor(readonly input: LeakInput) {
    for (const [id, traits] of input.traits) {
      const rules = indexRules(input.rules, id);
      const closing = new Set<string>();
      const names = new Set<string>();
      for (const file of rules.files) {
        for (const rule of file.resources) {
          for (const open of rule.opens) {
            names.add(lastPart(open.call));
            if (open.callback?.each === true) this.#serving.add(lastPart(open.call));
          }
          for (const close of rule.closes) if (close.on === "receiver" && close.when === undefined) closing.add(lastPart(close.call));
        }
      }
      this.#languages.set(id, { traits, rules, closingNames: closing });
      this.#openNames.set(id, names);
      this.#givenTypes.set(id, givenTypes(rules.files));
      this.#callableTypes.set(id, new Set(rules.files.flatMap((file) => file.resources.flatMap((rule) => rule.opens.filter(({ call }) => call.endsWith(".__call__")).map(({ call }) => lastPart(call.slice(0, -".__call__".length)))))));
    }
    this.#summaries = new Summaries(input.resolver, this.#languages);
    this.#keepers = new Keepers(input.resolver, (language) => input.traits.get(language));
    this.#nameExtending(input.resolver.files);
    input.resolver.files.forEach((file) => this.#nameOpeners(file));
  }

  /** What opens something in this file, and goes by a name of the file's own. */
  #nameOpeners(file: FileFlow): void {
    this.#nameGiving(file);
    this.#nameCallable(file);
  }

  /** `SessionLocal = sessionmaker(engine)`: what is made so opens something when it is called, whatever it is named. */
  #nameCallable(file: FileFlow): void {
    const callable = this.#callableTypes.get(file.language);
    if (callable === undefined || callable.size === 0) return;
    const names = this.#openNames.get(file.language)!;
    const add = (target: Expression | undefined): void => {
      if (target?.is === "name" || target?.is === "member") names.add(target.name);
    };
    for (const fn of file.functions) {
      for (const { name, type } of fn.parameters) if (type !== null && callable.has(lastPart(type.name))) names.add(name);
      eachStep(fn.body, (step) => {
        if (step.is !== "bind") return;
        if (step.type !== null && callable.has(lastPart(step.type.name))) step.targets.forEach(add);
        const value = step.value === null ? null : withoutCasts(step.value);
        if (value?.is === "call" && namesOf(value, file).some((name) => callable.has(name))) add(step.targets[0]);
      });
    }
    for (const { fields } of file.types) for (const { name, type } of fields) if (type && callable.has(lastPart(type.name))) names.add(name);
  }

  /** `client.List(ctx)` opens a stream by what the generated client declares it to give. */
  #nameGiving(file: FileFlow): void {
    const given = this.#givenTypes.get(file.language);
    if (given === undefined || given.size === 0) return;
    const own = new Set(file.types.filter(({ bases }) => bases.some(({ name }) => given.has(lastPart(name)))).map(({ name }) => name));
    for (const { name, owner, results } of file.functions) {
      const first = owner === null ? null : results[0];
      if (first && (given.has(lastPart(first.name)) || own.has(lastPart(first.name)))) this.#openNames.get(file.language)!.add(name);
    }
  }

  /** `new ShopContext()` opens what `new DbContext()` opens: classes of the workspace go by their own names. */
  #nameExtending(files: readonly FileFlow[]): void {
    const types = files.flatMap((file) => (this.#openNames.has(file.language) ? file.types.map((type) => ({ language: file.language, name: lastPart(type.name), bases: type.bases.map((base) => lastPart(base.name)) })) : []));
    // A chain of classes is followed a few steps; whether it is that library's class the resolver says.
    for (let round = 0; round < 4; round++) {
      const before = [...this.#openNames.values()].reduce((sum, names) => sum + names.size, 0);
      for (const { language, name, bases } of types) if (bases.some((base) => this.#openNames.get(language)!.has(base))) this.#openNames.get(language)!.add(name);
      if ([...this.#openNames.values()].reduce((sum, names) => sum + names.size, 0) === before) return;
    }
  }

  run(): LeakResult {
    const all = this.#refreshCandidates();
    this.#summaries.forgetOpens();
    this.#openers.clear();
    const first = new Set<Candidate>();
    for (const [language, names] of this.#openNames) {
      for (const name of names) {
        for (const caller of this.#callers.get(name) ?? []) if (caller.file.language === language && (caller.fn.id !== 0 || this.#serving.has(name))) first.add(caller);
      }
    }
    for (const candidate of all) if (candidate.fn.isAbstract === true && this.#declaredOpening(candidate) !== null) first.add(candidate);
    let round = inOrder(first);
    while (round.length > 0) {
      const next = new Set<Candidate>();
      for (const candidate of round) {
        if (this.input.signal?.aborted === true) break;
        if (candidate.visits >= MAX_VISITS) continue;
        if (!this.#visit(candidate)) continue;
        for (const name of calledAs(candidate.fn, this.input.traits.get(candidate.file.language)!)) {
          this.#openers.add(name);
          for (const caller of this.#callers.get(name) ?? []) {
            if (caller.file.language === candidate.file.language && caller.fn.id !== 0) next.add(caller);
          }
        }
      }
      if (this.input.signal?.aborted === true) break;
      round = inOrder(next);
    }
    const findings: Finding[] = [];
    for (const candidate of all) {
      candidate.kept.length = Math.min(candidate.kept.length, candidate.visits);
      const last = candidate.kept.at(-1);
      if (last !== undefined) findings.push(...last.findings);
    }
    this.#summaries.sweep();
    findings.sort((a, b) => compare(a.file, b.file) || a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column || compare(a.rule, b.rule));
    return { findings, stats: { functions: all.filter(({ visits }) => visits > 0).length, openings: this.#openings, gaveUp: this.#gaveUp + this.#summaries.gaveUp } };
  }

  /** All functions of the workspace as it is now, in order. Those that have not changed are the same as before. */
  #refreshCandidates(): readonly Candidate[] {
    const all: Candidate[] = [];
    const { files } = this.input.resolver;
    for (const file of files) {
      if (!this.#openNames.has(file.language)) continue;
      let known = this.#candidates.get(file);
      if (known?.of !== file.functions || known.imports !== file.imports) {
        this.#nameOpeners(file);
        const before = new Map((known?.candidates ?? []).map((candidate) => [candidate.ref, candidate]));
        const isNamedAlike = known !== undefined && same(known.imports, file.imports);
        const candidates = file.functions.flatMap((fn): Candidate[] => {
          const ref = file.refs[fn.id]!;
          const old = before.get(ref);
          if (isNamedAlike && old?.fn === fn) {
            before.delete(ref);
            return [old];
          }
          const candidate: Candidate = { file, fn, ref, called: calledNames(file, fn), order: 0, visits: 0, kept: [], before: old?.kept ?? [] };
          for (const name of candidate.called) {
            const callers = this.#callers.get(name);
            if (callers === undefined) this.#callers.set(name, new Set([candidate]));
            else callers.add(candidate);
          }
          return [candidate];
        });
        for (const old of before.values()) this.#forget(old);
        known = { of: file.functions, imports: file.imports, candidates };
        this.#candidates.set(file, known);
      }
      for (const candidate of known.candidates) {
        candidate.order = all.length;
        candidate.visits = 0;
        all.push(candidate);
      }
    }
    const present = new Set(files);
    for (const [file, { candidates }] of this.#candidates) {
      if (present.has(file)) continue;
      candidates.forEach((candidate) => this.#forget(candidate));
      this.#candidates.delete(file);
    }
    return all;
  }

  #forget(candidate: Candidate): void {
    for (const name of candidate.called) {
      const callers = this.#callers.get(name);
      callers?.delete(candidate);
      if (callers?.size === 0) this.#callers.delete(name);
    }
  }

  /** Looks at a function, or remembers what came of it. True when it turned out to open something for its callers that was not known. */
  #visit(candidate: Candidate): boolean {
    const openers: string[] = [];
    const ruled = this.#openNames.get(candidate.file.language);
    for (const name of candidate.called) if (this.#openers.has(name) || ruled?.has(name) === true) openers.push(name);
    const turn = candidate.visits++;
    let visit = candidate.kept[turn];
    if (visit === undefined || !this.#stillHolds(visit, openers)) {
      this.#read = [];
      this.#brought = [];
      this.#before = visit?.opens ?? candidate.before[turn]?.opens ?? [];
      const { ledger } = this.input.resolver;
      const { value: findings, grounds } = ledger.note(() => this.#lookSafely(candidate));
      visit = { grounds, since: ledger.revision, openers, read: this.#read, findings, opens: this.#brought };
      candidate.kept[turn] = visit;
    }
    let news = false;
    for (const opens of visit.opens) news = this.#summaries.addOpens(candidate.ref, opens) || news;
    return news;
  }

  #stillHolds(visit: Visit, openers: readonly string[]): boolean {
    const { ledger } = this.input.resolver;
    if (!same(visit.openers, openers)) return false;
    for (const [ref, opens] of visit.read) {
      const now = this.#summaries.opensForCaller(ref);
      if (now !== opens && (now.length !== opens.length || now.some((one, i) => one !== opens[i]))) return false;
    }
    if (visit.since !== ledger.revision && !stand(visit.grounds, visit.since)) return false;
    visit.since = ledger.revision;
    return true;
  }

  #opensOf(ref: FunctionRef): readonly OpensForCaller[] {
    const opens = this.#summaries.opensForCaller(ref);
    this.#read.push([ref, opens]);
    return opens;
  }

  /** The function opens this for its callers. */
  #bring(opens: OpensForCaller): void {
    this.#brought.push(this.#before.find((one) => same(one, opens)) ?? opens);
  }

  /** Code that nests beyond the stack is given up like code with too many ways. */
  #lookSafely(candidate: Candidate): readonly Finding[] {
    try {
      return this.#look(candidate);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#gaveUp++;
      return [];
    }
  }

  /** Follows every opening of the function. */
  #look(candidate: Candidate): readonly Finding[] {
    const { file, fn } = candidate;
    if (fn.isAbstract === true) {
      const declared = this.#declaredOpening(candidate);
      if (declared !== null) this.#bring(declared);
      return [];
    }
    const sites = this.#sites(file, fn).filter(({ open }) => fn.id !== 0 || open.callback?.each === true);
    if (sites.length === 0) return [];
    const graph = this.#summaries.graph(file, fn);
    if (graph === null) return [];
    const around = this.#summaries.surroundings(file, fn, graph);
    const findings: Finding[] = [];
    const leaking: { readonly site: Site; readonly finding: Finding }[] = [];
    for (const site of sites) {
      this.#openings++;
      if (site.open.callback?.each === true) {
        const finding = this.#handedToEach(site, site.open.callback, file, fn, graph.variables.all);
        if (finding !== null) {
          leaking.push({ site, finding });
          findings.push(finding);
        }
        continue;
      }
      const result = walk(graph, site.rule, { is: "call", call: site.call, opens: site.open.opens, error: site.open.error, errorMember: site.open.errorMember, asMember: site.asMember, inTuple: site.inTuple, callback: site.open.callback }, around);
      if (result.gaveUp) {
        this.#gaveUp++;
        continue;
      }
      const through = [{ file: file.file, line: site.call.at[0], column: site.call.at[1], label: `${fn.symbol} opens it here, by ${inWords(site.call)}` }, ...site.through].slice(0, 6);
      const more = { errorMember: site.open.errorMember, rule: site.rule, ruleFile: site.ruleFile, awaited: (fn.isAsync && around.traits.promises !== true && around.traits.awaitsByCalling !== true) || around.yieldWaits, certainty: site.certainty, mayGiveNothing: site.mayGiveNothing || result.mayEndClosed, through };
      if (!fn.isGenerator || around.yieldWaits) {
        for (const { index, asMember, inTuple, wrapping } of result.returned) {
          const rule = wrapping === undefined ? site.rule : wrappedRule(site.rule, wrapping);
          if (rule === null || (wrapping !== undefined && !this.#summaries.closesItself(wrapping, rule))) continue;
          this.#bring({ ...more, rule, opens: index, asMember, inTuple, error: this.#errorResult(fn, around.traits) });
        }
      }
      for (const kept of result.kept) {
        const keeper = this.#keepers.find(file, fn, kept, site.rule);
        if (keeper !== null && !fn.isGenerator) this.#bring({ ...more, rule: keeper.rule, opens: keeper.result, errorMember: null, asMember: false, inTuple: fn.results.length > 1, error: null });
      }
      if (result.leak === null) {
        const finding = this.#handedOn(site, file, fn, result.handedOn, graph.variables.all);
        if (finding === null) continue;
        leaking.push({ site, finding });
        findings.push(finding);
        continue;
      }
      if (site.rule.inLoop === true && !graph.nodes.some(({ event, loops }) => event.is === "call" && event.call === site.call && loops > 0)) continue;
      if (site.rule.unlessClosedSomewhere === true && !result.leak.neverClosedHere) continue;
      // The other side of a resource is told where no way through the function sees to it, and nothing worse is told of the same call.
      if (site.rule.beside === true && (!result.leak.neverClosedHere || leaking.some((other) => other.site.call === site.call))) continue;
      // What is raised takes the local along, and the runtime closes what nobody holds at that moment.
      if (around.traits.destroysAtOnce === true && site.rule.collected && result.leak.grade === "raise") continue;
      // What is made and left to itself may have shown itself to somebody.
      if (site.rule.kept === true && result.leak.how === "dropped") continue;
      const owner = this.#ownerOf(site, file, fn);
      if (owner !== "here") {
        if (typeof owner === "number" && result.leak.grade === "path" && !fn.isGenerator) {
          const error = around.traits.errorResults && fn.results.at(-1)?.name === "error" ? fn.results.length - 1 : null;
          this.#bring({ ...more, opens: `argument:${owner}`, asMember: false, inTuple: false, error });
        }
        continue;
      }
      const confidence = this.#confidence(site, result.leak, file, fn, around.traits, graph.variables.all);
      // What wraps it goes with the program; and no rule knows by which of its methods it is ended.
      if (isWrapped(site.rule) && fn.name === "main" && fn.owner === null) continue;
      const finding = { ...toFinding(file, fn, site, result.leak, confidence), ...(isWrapped(site.rule) ? { handedOn: true as const } : {}) };
      const undone = isUndoneWithContext(fn, site.call, this.#summaries.resolve(file, fn, site.call).names);
      leaking.push({ site, finding });
      findings.push(undone ? { ...finding, confidence: confidence === "high" ? "medium" : confidence, advice: `${finding.advice} ${UNDONE_ADVICE}` } : finding);
    }
    return findings.filter((_, i) => !goesWithAnother(leaking[i]!, leaking, fn));
  }

  /** The function that is called with each resource leaves it open. */
  #handedToEach(site: Site, callback: OpenCallback, file: FileFlow, fn: FunctionFlow, variables: Variables): Finding | null {
    const takers = callbacksOf(this.#summaries, file, fn, site.call, callback.argument).map((to) => ({ to, argument: { index: callback.parameter, name: null }, asMember: false, apart: true }));
    const left = leftBehind(this.#summaries, takers, site.rule, true);
    return left === null ? null : handedOnFinding(file, fn, site, null, left, this.#confidence(site, left.leak, left.file, left.fn, this.input.traits.get(left.file.language)!, variables));
  }

  /** Nothing is wrong here, but the function that it is handed on to leaves it open. */
  #handedOn(site: Site, file: FileFlow, fn: FunctionFlow, handedOn: readonly HandedOn[], variables: Variables): Finding | null {
    for (const one of handedOn) {
      const left = leftBehind(this.#summaries, [one], site.rule);
      if (left === null) continue;
      return handedOnFinding(file, fn, site, [...decisions(file, one.leak), handing(file, one, left, site.rule)], left, this.#confidence(site, left.leak, left.file, left.fn, this.input.traits.get(left.file.language)!, variables));
    }
    return null;
  }

  #errorResult(fn: FunctionFlow, traits: LanguageTraits): number | null {
    return traits.errorResults && fn.results.length > 1 && fn.results.at(-1)?.name === "error" ? fn.results.length - 1 : null;
  }

  #sites(file: FileFlow, fn: FunctionFlow): readonly Site[] {
    const { rules } = this.#languages.get(file.language)!;
    const names = this.#openNames.get(file.language)!;
    const scope = this.input.resolver.scope(file, fn);
    const awaited = new Set<Expression>();
    const { coroutineDecorators, promisesByName } = this.input.traits.get(file.language)!;
    const returned = new Set<Expression>();
    if (promisesByName !== undefined) eachStep(fn.body, (step) => { if (step.is === "return") for (const value of step.values) returned.add(withoutCasts(value)); });
    const isOnItsWay = (call: CallExpression, open: OpenCall): boolean => promisesByName !== undefined && open.opens === 0 && lastPart(open.call).endsWith(promisesByName) && !awaited.has(call) && !returned.has(call);
    const waitsByYield = coroutineDecorators.length > 0 && fn.decorators.some((decorator) => coroutineDecorators.includes(scope.qualifiedName(decorator) ?? ""));
    const sites: Site[] = [];
    eachExpression(fn.body, (expression) => {
      if (expression.is === "await") awaited.add(withoutCasts(expression.value));
      if (expression.is === "yield" && expression.value !== null && waitsByYield) awaited.add(withoutCasts(expression.value));
      if (expression.is !== "call") return;
      const called = namesOf(expression, file);
      const mayOpen = called.some((name) => names.has(name));
      if (!mayOpen && !called.some((name) => this.#openers.has(name))) return;
      const resolution = this.#summaries.resolve(file, fn, expression, scope);
      if (mayOpen) {
        const declared = resolution.results[0];
        const byResult = declared === null || declared === undefined || this.#givenTypes.get(file.language)!.size === 0 || resolution.targets.some((target) => this.#opensOf(target).length > 0) ? [] : rules.opensByResult(resolution.names, this.input.resolver.lineage(declared.name, file.language));
        const found = [...rules.opens(resolution.names), ...byResult];
        const rulesHere = new Set<string>();
        const handsFunction = !awaited.has(expression) && found.some(({ open }) => open.callback !== undefined && open.callback.each !== true && givesFunction(expression, open));
        for (const { file: ruleFile, rule, open } of found) {
          if (open.endsWithContext !== undefined && !(expression.arguments[open.endsWithContext] !== undefined && neverEnds(fn, expression.arguments[open.endsWithContext]!.value))) continue;
          if (open.isStatic === true && resolution.certainty !== "exact") continue;
          if (isOnItsWay(expression, open)) continue;
          if (open.text !== undefined && !isText(scope, expression.arguments[open.text]?.value)) continue;
          if (open.callback?.each === true ? !givesFunction(expression, open) : handsFunction !== (open.callback !== undefined)) continue;
          if (!rule.opensWithoutContext || (rulesHere.has(String(open.opens)) && rule.beside !== true) || !opensHere(expression, open) || !hasArgumentTypes(scope, expression, open) || (open.awaited && !awaited.has(expression))) continue;
          rulesHere.add(String(open.opens));
          sites.push({ call: expression, rule, ruleFile, open, asMember: false, inTuple: false, certainty: resolution.certainty, mayGiveNothing: false, through: [] });
        }
        if (found.length > 0) return;
      }
      const seen = new Set<string>();
      for (const target of [...(resolution.targets.length > 0 ? resolution.targets : (resolution.abstract ?? [])), ...this.#initialisers(resolution)]) {
        for (const opens of this.#opensOf(target)) {
          const key = `${opens.rule.rule}:${opens.opens}`;
          if (seen.has(key) || (opens.awaited && !awaited.has(expression)) || (opens.rule.kept === true && !buildsAnew(expression))) continue;
          seen.add(key);
          const certainty = leastSure(resolution.certainty, opens.certainty);
          sites.push({ call: expression, rule: opens.rule, ruleFile: opens.ruleFile, open: opens, asMember: opens.asMember, inTuple: opens.inTuple, certainty, mayGiveNothing: opens.mayGiveNothing, through: opens.through });
        }
      }
    });
    return sites;
  }

  /** Where a type is called, what its fields begin with is made as well. */
  #initialisers({ names, results }: CallResolution): readonly FunctionRef[] {
    const type = results[0]?.name;
    if (type === undefined || names[0] !== type) return [];
    return this.input.resolver.methodsOfType(type).filter((ref) => this.input.resolver.functionOf(ref).function.name === "<fields>");
  }

  /**
   * What a method without a body hands over by what it is declared to give: it may fail, and gives what is used once (rows, a response), or is
   * called as the library's own opening call is. A getter of what is shared gives no error beside it, or has another name.
   */
  #declaredOpening({ file, fn }: Candidate): OpensForCaller | null {
    const { rules, traits } = this.#languages.get(file.language)!;
    const error = this.#errorResult(fn, traits);
    const given = fn.results[0]?.name;
    if (error === null || given === undefined) return null;
    for (const ruleFile of rules.files) {
      for (const rule of ruleFile.resources) {
        if (rule.type !== given || rule.beside === true) continue;
        const open = rule.opens.find(({ opens, call, callback }) => opens === 0 && callback === undefined && (rule.member !== null || rule.exhaustedBy.length > 0 || lastPart(call) === fn.name));
        if (open === undefined) continue;
        const through = [{ file: file.file, line: fn.namePlace[0], column: fn.namePlace[1], label: `${fn.symbol} is declared to give it` }];
        return { opens: 0, error, errorMember: null, rule, ruleFile, awaited: false, certainty: "typed", mayGiveNothing: false, asMember: false, inTuple: fn.results.length > 1 && !traits.errorResults, through };
      }
    }
    return null;
  }

  /**
   * Who must close it. A receiver that becomes open may be a parameter or a field: then it is ours only when this function closes it on
   * some way. A number: the parameter's index, for the caller to know.
   */
  #ownerOf(site: Site, file: FileFlow, fn: FunctionFlow): "here" | "elsewhere" | number {
    const { opens } = site.open;
    if (typeof opens === "number") return "here";
    const callee = withoutCasts(site.call.callee);
    const opened = opens === "receiver" ? (callee.is === "member" ? withoutSteps(callee.object, site.rule.through) : null) : withoutCasts(site.call.arguments[Number(opens.slice("argument:".length))]?.value ?? site.call);
    if (opened === null) return "elsewhere";
    const parameter = opened.is === "name" ? fn.parameters.findIndex((one) => one.name === opened.name) : -1;
    const local = opened.is === "name" && parameter < 0 && opened.name !== fn.receiver && this.#bindsLocal(file, fn, opened.name);
    if (parameter >= 0 && this.#isEndedAround(site.rule, file, fn)) return "elsewhere";
    // A socket that is given to be connected stays the giver's, even where it is closed for him when that fails.
    if (parameter >= 0 && site.rule.kind !== "transaction-leak") return parameter;
    // What somebody else has made (`holder.getConnection()`) is for him to end, unless it is ended here on some way.
    const borrowed = local && opened.is === "name" && this.#isBorrowed(file, fn, opened.name);
    if (local && opened.is === "name" && this.input.traits.get(file.language)?.destroysAtOnce === true && this.#isMadeHere(file, fn, opened.name)) return "elsewhere";
    if (site.rule.isLock === true && local && opened.is === "name" && this.#isMadeHere(file, fn, opened.name)) return "elsewhere";
    if ((local && !borrowed) || closesSomewhere(file, fn, inWords(opened), site.rule)) return "here";
    if (opens !== "receiver" && closesAsArgument(file, fn, inWords(opened), site.rule)) return "here";
    return parameter >= 0 ? parameter : "elsewhere";
  }

  /** A variable of the function itself: declared in it, where the language declares them. */
  #bindsLocal(file: FileFlow, fn: FunctionFlow, name: string): boolean {
    return this.input.traits.get(file.language)?.blockScopes === true ? declaresName(fn, name) : bindsName(fn, name);
  }

  /** What becomes open is a field, a variable from outside, or (where objects do the work by turns) a parameter. */
  #outlives(site: Site, file: FileFlow, fn: FunctionFlow): boolean {
    const callee = withoutCasts(site.call.callee);
    const opened = callee.is === "member" ? withoutSteps(callee.object, site.rule.through) : null;
    if (opened === null || opened.is !== "name") return opened !== null;
    if (fn.parameters.some((one) => one.name === opened.name)) return this.input.traits.get(file.language)?.implicitReceiver !== undefined;
    return fn.receiver !== opened.name && !this.#bindsLocal(file, fn, opened.name);
  }

  /** Bound to nothing but what a library's constructor or function makes. */
  #isMadeHere(file: FileFlow, fn: FunctionFlow, name: string): boolean {
    let made = 0;
    let other = 0;
    eachStep(fn.body, (step) => {
      const [target] = step.is === "bind" ? step.targets : [];
      if (step.is !== "bind" || target?.is !== "name" || target.name !== name) return;
      const value = step.value === null ? null : withoutCasts(step.value);
      if (value?.is === "literal") return;
      if (value?.is === "call" && withoutCasts(value.callee).is === "name" && this.#summaries.resolve(file, fn, value).targets.length === 0) made++;
      else other++;
    });
    return made > 0 && other === 0;
  }

  /** Bound to what a getter gives, and to nothing that opens anything. */
  #isBorrowed(file: FileFlow, fn: FunctionFlow, name: string): boolean {
    const { rules } = this.#languages.get(file.language)!;
    let got = false;
    let made = false;
    eachStep(fn.body, (step) => {
      const [target] = step.is === "bind" ? step.targets : [];
      if (step.is !== "bind" || step.value === null || target?.is !== "name" || target.name !== name) return;
      const value = withoutCasts(step.value);
      if (value.is !== "call" || !/^get[A-Z]/u.test(calledName(value) ?? "")) {
        made ||= value.is === "call";
        return;
      }
      const resolution = this.#summaries.resolve(file, fn, value);
      if (rules.opens(resolution.names).length > 0 || resolution.targets.some((target) => this.#opensOf(target).length > 0)) made = true;
      else got = true;
    });
    return got && !made;
  }

  #isHeldByNothing({ call, open }: Site, fn: FunctionFlow): boolean {
    const context = open.heldByContext === undefined ? undefined : call.arguments[open.heldByContext];
    return context !== undefined && neverEnds(fn, context.value);
  }

  /** `client.UseSession(ctx, func(session) {...})`: the parameter of a function that is handed to a call which ends what it gives. */
  #isEndedAround(rule: ResourceRule, file: FileFlow, fn: FunctionFlow): boolean {
    const outer = fn.parent === null ? undefined : file.functions[fn.parent];
    if (rule.endedAround === undefined || outer === undefined) return false;
    let found = false;
    eachExpression(outer.body, (expression) => {
      if (found || expression.is !== "call" || !rule.endedAround!.some((call) => lastPart(call) === calledName(expression))) return;
      if (!expression.arguments.some(({ value }) => value.is === "closure" && value.function === fn.id)) return;
      // Where nothing is known of whose method it is, its name is enough to be silent.
      const { names } = this.#summaries.resolve(file, outer, expression);
      found = names.length === 0 || names.some((name) => rule.endedAround!.some((call) => calleeMatches(call, name)));
    });
    return found;
  }

  #confidence(site: Site, leak: Leak, file: FileFlow, fn: FunctionFlow, traits: LanguageTraits, variables: Variables): Confidence {
    let level = LEVELS[site.rule.confidence];
    if (site.certainty === "named") level = Math.min(level, closesAnything(file, fn, site.rule) ? 2 : 1);
    if (leak.grade === "raise") level -= leak.neverClosedHere && traits.ignoresRaisesAside === true ? 2 : 1;
    if (site.rule.collected && traits.freesUnreachable) level -= 1;
    // A type of one's own may be ended by more than its methods tell.
    if (isWrapped(site.rule)) level = Math.min(level, 2);
    if (leak.how === "piled-up") level = Math.min(level, site.rule.closedByCall === true ? 1 : 2);
    if (leak.how === "thrown" && !traits.callsRaise) level = 1;
    if (site.rule.idleUntil !== undefined && site.through.length === 0 && site.open.opens === 0 && !calls(fn, site.rule.idleUntil)) level = 1;
    // A field's transaction may be meant to outlive the function.
    if (site.open.opens === "receiver" && this.#outlives(site, file, fn)) level = Math.min(level, 2);
    if (site.rule.closedWithParent) {
      const callee = withoutCasts(site.call.callee);
      const parent = callee.is === "member" ? withoutCasts(callee.object) : null;
      // Whoever gave us the parent may close it soon.
      if (parent !== null && parent.is === "name" && variables.some((one) => one.name === parent.name && one.parameter) && !/^(db|pool|engine|database)$/i.test(parent.name)) level -= 1;
    }
    // What calls it may be given nothing, or a context that nobody can end and that holds nothing.
    if (site.mayGiveNothing || this.#isHeldByNothing(site, fn)) level = Math.min(level, 2);
    if (file.hasSyntaxErrors) level -= 1;
    if (leak.steps.some(({ node }) => node.event.is === "opaque")) level -= 1;
    return NAMES[Math.max(1, Math.min(3, level))]!;
  }
}

/** What would be closed with something that leaks here itself is told once: with that. */
function goesWithAnother({ site, finding }: { readonly site: Site; readonly finding: Finding }, all: readonly { readonly site: Site; readonly finding: Finding }[], fn: FunctionFlow): boolean {
  if (!site.rule.closedWithParent || all.length < 2) return false;
  const bound = new Map<Expression, string>();
  const values = new Map<string, CallExpression[]>();
  eachStep(fn.body, (step) => {
    const [target] = step.is === "bind" ? step.targets : [];
    if (step.is !== "bind" || step.value === null || target?.is !== "name") return;
    let value = withoutCasts(step.value);
    while (value.is === "await") value = withoutCasts(value.value);
    if (value.is !== "call") return;
    bound.set(value, target.name);
    values.set(target.name, [...(values.get(target.name) ?? []), value]);
  });
  const seen = new Set<Expression>([site.call]);
  for (const call of seen) {
    const callee = withoutCasts((call as CallExpression).callee);
    const object = callee.is === "member" ? withoutCasts(callee.object) : null;
    if (object === null) continue;
    if (object.is === "call") seen.add(object);
    if (object.is === "name") for (const made of values.get(object.name) ?? []) seen.add(made);
  }
  return all.some((other) => other.site !== site && seen.has(other.site.call) && other.site.call !== site.call && (other.finding.grade === "path" || finding.grade !== "path"));
}

/** The function, or one inside it, calls a method by one of these names. */
function calls(fn: FunctionFlow, names: readonly string[]): boolean {
  let found = false;
  eachExpression(fn.body, (expression) => {
    if (expression.is === "call" && names.includes(calledName(expression) ?? "")) found = true;
  });
  return found;
}

/** A constructor is called by the name of its type, one inside another also by both their names. */
function calledAs(fn: FunctionFlow, traits: LanguageTraits): readonly string[] {
  return isConstructor(fn, traits) ? [...new Set([lastPart(fn.owner!), fn.owner!])] : [fn.name];
}

function leastSure(a: Certainty, b: Certainty): Certainty {
  return a === "named" || b === "named" ? "named" : a === "typed" || b === "typed" ? "typed" : "exact";
}

function opensHere(call: CallExpression, open: OpenCall): boolean {
  if (open.withoutFunction === true && call.arguments.some(({ value }) => value.is !== "build" && value.is !== "literal")) return false;
  if (open.maxArguments !== undefined && call.arguments.length > open.maxArguments) return false;
  return call.arguments.length >= (open.minArguments ?? 0) && argumentsAre(call, open.when) && !open.unless.some(({ argument, equals }) => hasLiteral(call, argument, equals));
}

/** What a rule asks the types of the arguments to be, they are known to be. */
function hasArgumentTypes(scope: FunctionScope, call: CallExpression, open: OpenCall): boolean {
  return (open.argumentTypes ?? []).every(({ argument, types }) => {
    const given = call.arguments[argument];
    const type = given === undefined ? null : scope.typeOf(given.value);
    return type !== null && types.includes(type.type.name);
  });
}

/** The types of all openings by result, with those that extend them, by their last parts. */
function givenTypes(files: readonly RuleFile[]): Set<string> {
  const full = new Set(files.flatMap((file) => file.resources.filter(({ type, opens }) => type !== null && opens.some(({ call }) => call.startsWith("*"))).map(({ type }) => type as string)));
  for (let before = -1; before !== full.size; ) {
    before = full.size;
    if (before > 0) for (const type of files.flatMap((file) => file.types)) if (type.extends.some((base) => full.has(base))) full.add(type.name);
  }
  return new Set([...full].map(lastPart));
}

function inOrder(candidates: Iterable<Candidate>): Candidate[] {
  return [...candidates].sort((a, b) => a.order - b.order);
}

function calledNames(file: FileFlow, fn: FunctionFlow): ReadonlySet<string> {
  const called = new Set<string>();
  eachExpression(fn.body, (expression) => {
    if (expression.is !== "call") return;
    for (const name of namesOf(expression, file)) called.add(name);
  });
  return called;
}

const importsOf = new WeakMap<FileFlow["imports"], ReadonlyMap<string, string>>();

/** What is called, by its last name here and, where an import gave it another name, by its own. */
function namesOf(call: CallExpression, file: FileFlow): readonly string[] {
  const name = calledName(call);
  if (name === null) return [];
  if (withoutCasts(call.callee).is !== "name") return [name];
  let imported = importsOf.get(file.imports);
  if (imported === undefined) {
    const own = new Map<string, string>();
    for (const one of file.imports) {
      const meant = one.member === null || one.member === "default" ? lastPart(one.path) : one.member;
      if (meant !== one.local) own.set(one.local, meant);
    }
    importsOf.set(file.imports, (imported = own));
  }
  const own = imported.get(name);
  return own === undefined ? [name] : [name, own];
}

/** The call is handed a function where the resource would be its parameter. */
function givesFunction(call: CallExpression, open: OpenCall): boolean {
  const argument = open.callback === undefined || open.callback.argument === "last" ? call.arguments.at(-1) : call.arguments[open.callback.argument];
  const value = argument === undefined ? null : withoutCasts(argument.value);
  return value !== null && (value.is === "closure" || (value.is === "name" && call.arguments.length > 0) || value.is === "member");
}

function bindsName(fn: FunctionFlow, name: string): boolean {
  let found = false;
  const target = (expression: Expression): void => {
    if (expression.is === "name" && expression.name === name) found = true;
    else if (expression.is === "build") for (const part of expression.parts) target(part.value);
  };
  eachBind(fn, target);
  return found;
}

function declaresName(fn: FunctionFlow, name: string): boolean {
  let found = false;
  eachStep(fn.body, (step) => {
    if (step.is === "bind" && step.declares) found ||= step.targets.some((target) => target.is === "name" && target.name === name);
    else if (step.is === "with") found ||= step.items.some(({ bind }) => bind?.is === "name" && bind.name === name);
    else if (step.is === "loop") found ||= step.binds.some((bind) => bind.is === "name" && bind.name === name);
  });
  return found;
}

function eachBind(fn: FunctionFlow, visit: (target: Expression) => void): void {
  const steps = [...fn.body];
  for (const step of steps) {
    if (step.is === "bind") step.targets.forEach(visit);
    if (step.is === "with") for (const item of step.items) if (item.bind !== null) visit(item.bind);
    for (const inner of innerSteps(step)) steps.push(inner);
  }
}

function innerSteps(step: FunctionFlow["body"][number]): readonly FunctionFlow["body"][number][] {
  switch (step.is) {
    case "if":
      return [...step.then, ...step.else];
    case "loop":
      return [...step.body, ...step.update, ...step.otherwise];
    case "switch":
      return step.cases.flatMap((one) => one.body);
    case "try":
      return [...step.body, ...step.handlers.flatMap((one) => one.body), ...step.otherwise, ...step.finally];
    case "with":
    case "block":
    case "opaque":
      return step.body;
    default:
      return [];
  }
}

/** The function, or a closure in it, makes a closing call on this very expression. */
function closesSomewhere(file: FileFlow, fn: FunctionFlow, receiver: string, rule: ResourceRule): boolean {
  const names = new Set([receiver]);
  // `tx = session.beginTransaction()`: what ends tx ends it.
  if (rule.through !== undefined) {
    eachStep(fn.body, (step) => {
      const [target] = step.is === "bind" ? step.targets : [];
      if (step.is !== "bind" || step.value === null || target?.is !== "name") return;
      const meant = withoutSteps(step.value, rule.through);
      if (meant !== withoutCasts(step.value) && inWords(meant) === receiver) names.add(target.name);
    });
  }
  return closingCalls(file, fn, rule, (object) => names.has(inWords(object)));
}

function closesAnything(file: FileFlow, fn: FunctionFlow, rule: ResourceRule): boolean {
  return closingCalls(file, fn, rule, () => true);
}

/** A function that closes its argument is given it somewhere here. */
function closesAsArgument(file: FileFlow, fn: FunctionFlow, words: string, rule: ResourceRule): boolean {
  const opening = new Set(rule.opens.map((open) => lastPart(open.call)));
  let found = false;
  for (const one of [fn, ...file.functions.filter((inner) => isInside(file, inner, fn.id))]) {
    eachExpression(one.body, (expression) => {
      if (expression.is !== "call") return;
      const name = calledName(expression);
      for (const close of rule.closes) {
        if (close.on === "receiver" || lastPart(close.call) !== name || (close.when === undefined ? opening.has(name) : !argumentsAre(expression, close.when))) continue;
        const given = expression.arguments[Number(close.on.slice("argument:".length))];
        if (given !== undefined && inWords(withoutCasts(given.value)) === words) found = true;
      }
    });
  }
  return found;
}

function closingCalls(file: FileFlow, fn: FunctionFlow, rule: ResourceRule, isIt: (object: Expression) => boolean): boolean {
  // What opens as well (`setAutoCommit`) tells nothing of an end.
  const opening = new Set(rule.opens.map((open) => lastPart(open.call)));
  const names = new Set(rule.closes.filter((close) => close.when === undefined).map((close) => lastPart(close.call)).filter((name) => !opening.has(name)));
  const whens = rule.closes.filter((close) => close.when !== undefined);
  const within = [fn, ...file.functions.filter((inner) => isInside(file, inner, fn.id))];
  const closes = (call: CallExpression, name: string): boolean => names.has(name) || whens.some((close) => lastPart(close.call) === name && argumentsAre(call, close.when ?? []));
  for (const one of within) {
    let found = false;
    eachExpression(one.body, (expression) => {
      if (expression.is !== "call" || expression.callee.is !== "member" || !closes(expression, expression.callee.name)) return;
      if (isIt(withoutSteps(expression.callee.object, rule.through))) found = true;
    });
    if (found) return true;
  }
  return false;
}

function isInside(file: FileFlow, inner: FunctionFlow, outer: number): boolean {
  for (let at = inner.parent; at !== null; at = file.functions[at]?.parent ?? null) if (at === outer) return true;
  return false;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
