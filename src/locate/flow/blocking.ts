import type { Confidence, Finding, PathStep } from "../../model/finding";
import { calleeMatches, indexRules } from "../rules/rule-index";
import type { Ruled, RuleIndex } from "../rules/rule-index";
import { holdsFor } from "../rules/rule-model";
import type { BlockingRule, RuleFile } from "../rules/rule-model";
import { eachBody, eachChild, eachExpression } from "./bindings";
import { CalledNames } from "./called-names";
import { EventLoop } from "./event-loop";
import type { LoopReason } from "./event-loop";
import { calledName, withoutCasts } from "./expressions";
import type { Expression, FileFlow, FunctionFlow, LanguageTraits, Place, Step } from "./flow-model";
import { alwaysLeaves, askedOfCaller, asksForSynchronous, both, coveredBy, impliedBy, NO_CONDITIONS, steadyParameters } from "./parameter-conditions";
import type { Conditions } from "./parameter-conditions";
import type { CallResolution, FunctionRef } from "./resolution";
import { Conclusion } from "./conclusions";
import { argumentsAre } from "./literal-arguments";
import type { IndexedWorkspace } from "./resolver";
import type { LiveFile } from "./workspace-parts";

export interface BlockingInput {
  readonly resolver: IndexedWorkspace;
  readonly rules: readonly RuleFile[];
  /** By language id. */
  readonly traits: ReadonlyMap<string, LanguageTraits>;
}

/** A call as it stands in a function. */
interface Call {
  readonly expression: Expression & { readonly is: "call" };
  readonly resolution: CallResolution;
  /** `yielded`: handed to whoever drives the generator, which in an old-style coroutine means awaited. */
  readonly waited: "no" | "awaited" | "yielded";
  /** What the function's parameters must be for the call to be made. */
  readonly when: Conditions;
  readonly inLoop: boolean;
}

/** What a function is by itself. */
interface NodeFacts {
  readonly file: LiveFile;
  readonly function: FunctionFlow;
  readonly loop: LoopReason | null;
  readonly calls: readonly Call[];
  /** Parameters that are never bound anew. */
  readonly steady: ReadonlySet<string>;
  /** Calling it does not run its body here. */
  readonly runsElsewhere: boolean;
  /** Only an unawaited call surely runs its body. */
  readonly isWrapped: boolean;
}

interface Node extends NodeFacts {
  /** How this function comes to block: its own call, and the way down. Several when each asks something else of the parameters; best first. */
  readonly ways: Way[];
}

interface Way {
  readonly call: Call;
  readonly ruled: Ruled<BlockingRule>;
  /** The function that the call goes to; null when it is the library call itself. */
  readonly next: Node | null;
  /** How that function comes to block. */
  readonly then: Way | null;
  /** What the parameters of the function that makes the call must be. */
  readonly when: Conditions;
  /** Only a receiver's name says so, here or further down. */
  readonly guessed: boolean;
}

/**
 * Calls that block, made on an event loop: directly, or through workspace functions of any depth. One finding for each such call of a
 * function that runs on the loop; its path goes down, call by call, to the library call that blocks. Handing a function over without
 * calling it (to an executor, a thread) is no call; what is awaited is asynchronous and not looked at, unless it is a workspace function
 * whose body runs here.
 */
export function findBlocking(input: BlockingInput): readonly Finding[] {
  return blockingSearches(input).flatMap((search) => search.run());
}

/** One for each language. Each may be run again after the workspace has changed. */
export function blockingSearches(input: BlockingInput): readonly BlockingSearch[] {
  return [...input.traits.values()].flatMap((traits) => [
    new BlockingSearch(input, traits, null),
    ...input.rules.flatMap((file) => (file.greenlets !== undefined && holdsFor(file, traits.id) ? [new BlockingSearch(input, traits, file.greenlets)] : [])),
  ]);
}

class BlockingSearch {
  private readonly rules: RuleIndex;
  private readonly loop: EventLoop;
  private readonly called: CalledNames;
  private nodes = new Map<FunctionFlow, Node>();
  private readonly facts = new WeakMap<FunctionFlow, Conclusion<NodeFacts>>();
  private readonly rootsIn = new WeakMap<LiveFile, Conclusion<readonly number[]>>();
  private readonly conclusion: Conclusion<readonly Finding[]>;

  constructor(
    private readonly input: BlockingInput,
    private readonly traits: LanguageTraits,
    private readonly greenlets: NonNullable<RuleFile["greenlets"]> | null,
  ) {
    this.rules = indexRules(input.rules, traits.id);
    this.loop = greenlets === null ? EventLoop.of(input.resolver, input.rules, traits) : EventLoop.ofGreenlets(input.resolver, input.rules, traits);
    this.called = new CalledNames(input.resolver, new Set([...this.rules.files.flatMap((file) => file.blocking.flatMap((rule) => [...rule.unlessCalled, ...(rule.native ?? [])])), ...(greenlets?.patchedBy ?? [])]));
    this.conclusion = new Conclusion(input.resolver.ledger, () => this.search());
  }

  run(): readonly Finding[] {
    if (!this.rules.files.some((file) => file.blocking.length > 0)) return [];
    return this.conclusion.get();
  }

  /** What waits was replaced, in the whole workspace: only what waits in C code is left. */
  #patched = false;

  private search(): readonly Finding[] {
    this.nodes = new Map();
    const roots: Node[] = [];
    for (const file of this.input.resolver.files) {
      if (file.language !== this.traits.id) continue;
      let found = this.rootsIn.get(file);
      if (found === undefined) {
        found = new Conclusion(this.input.resolver.ledger, () => {
          this.input.resolver.wholeFile(file);
          return file.functions.flatMap((fn) => (this.loop.reason(file, fn) === null ? [] : [fn.id]));
        });
        this.rootsIn.set(file, found);
      }
      for (const id of found.get()) roots.push(this.node(file, file.functions[id]!));
    }
    if (roots.length === 0) return [];
    this.#patched = this.greenlets !== null && (this.greenlets.patchedBy === null || this.called.anywhere(this.traits.id, this.greenlets.patchedBy));
    const reached = this.reach(roots);
    this.spread(reached);
    const findings = roots.flatMap((root) => this.findings(root));
    this.nodes = new Map();
    return findings;
  }

  private node(file: LiveFile, fn: FunctionFlow): Node {
    const known = this.nodes.get(fn);
    if (known !== undefined) return known;
    let facts = this.facts.get(fn);
    if (facts === undefined || facts.get().file !== file) this.facts.set(fn, (facts = new Conclusion(this.input.resolver.ledger, () => this.factsOf(file, fn))));
    const node: Node = { ...facts.get(), ways: [] };
    this.nodes.set(fn, node);
    return node;
  }

  private factsOf(file: LiveFile, fn: FunctionFlow): NodeFacts {
    const steady = steadyParameters(fn);
    return { file, function: fn, loop: this.loop.reason(file, fn), calls: this.callsOf(file, fn, steady), steady, runsElsewhere: this.loop.runsElsewhere(file, fn), isWrapped: this.loop.isWrapped(file, fn) };
  }

  private nodeOf(ref: FunctionRef): Node {
    const { file, function: fn } = this.input.resolver.functionOf(ref);
    return this.node(file, fn);
  }

  /** All functions whose bodies may run on the loop because one of the roots calls them. The roots' own callees included, roots not. */
  private reach(roots: readonly Node[]): readonly Node[] {
    const reached = new Set<Node>();
    const left = [...roots];
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      for (const call of node.calls) {
        for (const next of this.callees(call)) {
          if (reached.has(next)) continue;
          reached.add(next);
          left.push(next);
        }
      }
    }
    return [...reached];
  }

  /** The workspace functions whose bodies run, here and now, by this call. */
  private callees(call: Call): readonly Node[] {
    return call.resolution.targets.map((ref) => this.nodeOf(ref)).filter((node) => {
      // A coroutine, and a function without a name that stands in a handler, has findings of its own.
      if (node.loop === "coroutine" || (node.loop !== null && call.expression.callee.is === "closure")) return false;
      if (node.runsElsewhere) return false;
      return !(call.waited !== "no" && node.isWrapped);
    });
  }

  /**
   * From the functions that block by themselves to those that call them, shortest way first, so that recursion needs no care: first along
   * what is known, then along what only names suggest.
   */
  private spread(nodes: readonly Node[]): void {
    const callers = new Map<Node, { node: Node; call: Call }[]>();
    for (const node of nodes) {
      for (const call of node.calls) {
        for (const next of this.callees(call)) {
          const list = callers.get(next) ?? [];
          list.push({ node, call });
          callers.set(next, list);
        }
      }
    }
    for (const guessing of [false, true]) {
      const queue: { node: Node; way: Way }[] = nodes.flatMap((node) => node.ways.map((way) => ({ node, way })));
      const add = (node: Node, way: Way): void => {
        if (way.guessed && !guessing) return;
        // A way that asks no more than this one, and is as sure or surer, says all that this one does.
        if (node.ways.length >= MOST_WAYS || node.ways.some((known) => coveredBy(known.when, way.when))) return;
        node.ways.push(way);
        queue.push({ node, way });
      };
      for (const node of nodes) {
        for (const call of node.calls) {
          const ruled = this.blockingRule(node.file, call);
          if (ruled !== null && ruled.rule.brief !== true) add(node, { call, ruled, next: null, then: null, when: call.when, guessed: call.resolution.certainty === "named" });
        }
      }
      for (let i = 0; i < queue.length; i++) {
        const { node: next, way } = queue[i]!;
        for (const { node, call } of callers.get(next) ?? []) {
          const longer = this.through(node, call, next, way);
          if (longer !== null) add(node, longer);
        }
      }
    }
  }

  /** The way of a function that makes this call, to one that comes to block so; null when what it gives rules that out. */
  private through(node: Node, call: Call, next: Node, then: Way): Way | null {
    const asked = askedOfCaller(then.when, next.function, call.expression.arguments, node.steady);
    const when = asked === null ? null : both(call.when, asked);
    return when === null ? null : { call, ruled: then.ruled, next, then, when, guessed: then.guessed || call.resolution.certainty === "named" };
  }

  private blockingRule(file: LiveFile, call: Call): Ruled<BlockingRule> | null {
    if (call.waited === "awaited") return null;
    if (call.waited === "yielded" && call.resolution.certainty === "named") return null;
    if (hardlyWaits(call)) return null;
    const ruled = this.rules.blocks(call.resolution.names);
    if (ruled === null || this.called.anyOf(file, ruled.rule.unlessCalled)) return null;
    if (ruled.rule.unless?.some((one) => argumentsAre(call.expression, [one])) === true) return null;
    if (this.#patched && (ruled.rule.native === undefined || this.called.anywhere(this.traits.id, ruled.rule.native))) return null;
    return ruled;
  }

  private findings(root: Node): readonly Finding[] {
    const findings: Finding[] = [];
    for (const call of root.calls) {
      const way = this.wayOf(root, call);
      if (way !== null && !asksForSynchronous(way.when)) findings.push(this.finding(root, way));
    }
    return findings;
  }

  private wayOf(root: Node, call: Call): Way | null {
    const direct = this.blockingRule(root.file, call);
    const callees = this.callees(call);
    if (direct !== null && callees.length === 0) return { call, ruled: direct, next: null, then: null, when: call.when, guessed: call.resolution.certainty === "named" };
    let best: Way | null = null;
    for (const next of callees) {
      for (const then of next.ways) {
        const way = this.through(root, call, next, then);
        if (way !== null && (best === null || (best.guessed && !way.guessed))) best = way;
      }
    }
    return best;
  }

  private finding(root: Node, way: Way): Finding {
    const path: PathStep[] = [];
    let at: Node = root;
    let step: Way | null = way;
    let last = way;
    while (step !== null) {
      last = step;
      const label = step.next === null ? `${nameOf(step.call, step.ruled)} blocks here` : `${symbolOf(at)} calls ${symbolOf(step.next)}`;
      path.push({ file: at.file.file, line: step.call.expression.at[0], column: step.call.expression.at[1], label });
      if (step.next === null) break;
      at = step.next;
      step = step.then;
    }
    const { rule, file } = way.ruled;
    const blocker = nameOf(last.call, last.ruled);
    const where = this.greenlets !== null ? `${symbolOf(root)} runs in a greenlet` : root.loop === "coroutine" ? `${symbolOf(root)} is ${this.traits.promises === true || this.traits.heldUp !== undefined ? "asynchronous" : "a coroutine"}` : `${symbolOf(root)} runs on the event loop`;
    const heldUp = this.greenlets !== null ? "every greenlet" : (root.loop === "coroutine" ? this.traits.heldUp : undefined) ?? "the event loop";
    const message = way.next === null ? `${blocker} blocks ${heldUp}: ${where}` : `${symbolOf(way.next)} blocks ${heldUp} through ${blocker}: ${where}`;
    return {
      rule: rule.rule,
      kind: "blocking-in-async",
      confidence: lowered(rule.confidence, (way.guessed ? 2 : 0) + (root.file.hasSyntaxErrors ? 1 : 0) +
        // A server may have replaced all that waits before this code is loaded.
        (this.greenlets !== null && !this.#patched ? 1 : 0) + (path.length > FAR ? 1 : 0) + (root.loop === "coroutine" && this.traits.promises === true ? 1 : 0)),
      language: this.traits.id,
      file: root.file.file,
      range: rangeOf(way.call.expression.at),
      symbol: root.function.symbol,
      message,
      grade: "call",
      path,
      library: file.library,
      service: rule.service,
      advice: this.greenlets === null ? rule.advice : this.#patched ? this.greenlets.patchedAdvice : this.greenlets.advice,
    };
  }

  private callsOf(file: FileFlow, fn: FunctionFlow, steady: ReadonlySet<string>): readonly Call[] {
    const scope = this.input.resolver.scope(file, fn);
    const calls: Call[] = [];
    const adapted = new Set<Expression>();
    // Where the walk is: what the parameters must be there (null: nobody comes there), and whether it is done again and again.
    let when: Conditions | null = NO_CONDITIONS;
    let inLoop = false;
    const after = (condition: Expression, outcome: boolean): Conditions | null => {
      const implied = when === null ? null : impliedBy(condition, outcome, steady);
      return when === null || implied === null ? null : both(when, implied);
    };
    const under = (conditions: Conditions | null, walk: () => void): void => {
      const outside = when;
      when = conditions;
      walk();
      when = outside;
    };
    const expression = (value: Expression, waited: Call["waited"]): void => {
      switch (value.is) {
        case "call":
          eachChild(value, (child) => expression(child, "no"));
          if (when !== null) calls.push({ expression: value, resolution: scope.call(value), waited: adapted.has(value) ? "awaited" : waited, when, inLoop });
          return;
        case "logic":
          expression(value.left, "no");
          return under(after(value.left, value.operator === "and"), () => expression(value.right, "no"));
        case "conditional":
          expression(value.condition, "no");
          under(after(value.condition, true), () => expression(value.then, waited));
          return under(after(value.condition, false), () => expression(value.else, waited));
        case "await":
          if (this.traits.adaptsFutures === true) for (const inner of chainOf(value.value)) adapted.add(inner);
          return expression(value.value, "awaited");
        case "yield":
          if (value.value !== null) expression(value.value, "yielded");
          return;
        case "same":
          return expression(value.value, waited);
        // `yield [f(), g()]` and `yield {..}` wait for all of them.
        case "build":
          for (const part of value.parts) expression(part.value, waited);
          return;
        default:
          eachChild(value, (child) => expression(child, "no"));
      }
    };
    const steps = (list: readonly Step[]): void => {
      for (const step of list) {
        // What starts elsewhere does not block here.
        if (step.is === "spawn") continue;
        const entered = (step.is === "with" || step.is === "loop") && step.isAsync;
        eachExpression(step, (value) => expression(value, entered ? "awaited" : "no"));
        if (step.is === "if") {
          under(after(step.condition, true), () => steps(step.then));
          under(after(step.condition, false), () => steps(step.else));
          // Whoever comes behind it has not left.
          if (alwaysLeaves(step.then)) when = after(step.condition, false);
          else if (alwaysLeaves(step.else)) when = after(step.condition, true);
          continue;
        }
        // Whoever sends a deadly signal to himself is not there any more.
        if (step.is === "do" && killsItself(step.value)) when = null;
        const again: boolean = inLoop;
        inLoop ||= step.is === "loop";
        eachBody(step, (body) => under(when, () => steps(body)));
        inLoop = again;
      }
    };
    steps(fn.body);
    return calls;
  }
}

/** Signals that a process is sent to be told something, and not to die. */
const HARMLESS_SIGNAL = /^SIG(?:USR[12]|HUP|CHLD|WINCH|CONT|ALRM)$/u;

/** `os.kill(os.getpid(), signal.SIGKILL)`, `process.kill(process.pid, "SIGTERM")`. */
function killsItself(value: Expression): boolean {
  const call = withoutCasts(value);
  if (call.is !== "call" || calledName(call) !== "kill" || call.arguments.length !== 2) return false;
  const [whom, signal] = call.arguments.map((argument) => withoutCasts(argument.value));
  const isItself = whom!.is === "call" ? /^get_?pid$/iu.test(calledName(whom!) ?? "") : whom!.is === "member" && whom!.name === "pid" && whom!.object.is === "name" && whom!.object.name === "process";
  const named = signal!.is === "member" || signal!.is === "name" ? signal!.name : signal!.is === "literal" ? signal!.text.replaceAll(/["'`]/gu, "") : "";
  return isItself && named !== "0" && !HARMLESS_SIGNAL.test(named);
}

/** So short a sleep that nobody can feel it, unless it is one of many: seconds. */
const SHORT_SLEEP = 0.01;

/** A call that is told not to wait (`os.WNOHANG`, `socket.MSG_DONTWAIT`), or to wait for no time to speak of. */
function hardlyWaits(call: Call): boolean {
  const { callee, arguments: given } = call.expression;
  if (given.some(({ value }) => mentionsNoWait(value))) return true;
  const [time] = given;
  if (given.length !== 1 || time === undefined || time.value.is !== "literal" || time.value.kind !== "number") return false;
  if ((callee.is !== "name" && callee.is !== "member") || !callee.name.endsWith("sleep")) return false;
  const seconds = Number(time.value.text);
  return seconds === 0 || (seconds <= SHORT_SLEEP && !call.inLoop);
}

function mentionsNoWait(value: Expression): boolean {
  if (value.is === "name" || value.is === "member") return /(?:^|_|W)(?:NOHANG|DONTWAIT)$/u.test(value.name);
  return value.is === "operator" && value.parts.some(mentionsNoWait);
}

/** What a person calls the library's callee: its full name where it is sure, with what is written where that differs. */
function nameOf(call: Call, ruled: Ruled<BlockingRule>): string {
  const { names, certainty } = call.resolution;
  const full = names.find((name) => ruled.rule.calls.some((callee) => calleeMatches(callee, name))) ?? names[0];
  const written = writtenName(call.expression.callee);
  if (full === undefined) return written ?? "the call";
  if (certainty === "exact" || written === null) return full;
  return `${written} (${full})`;
}

function writtenName(callee: Expression): string | null {
  if (callee.is === "name") return callee.name;
  if (callee.is === "member") {
    const object = writtenName(callee.object);
    return object === null ? callee.name : `${object}.${callee.name}`;
  }
  if (callee.is === "call") {
    const called = writtenName(callee.callee);
    return called === null ? null : `${called}()`;
  }
  return null;
}

function symbolOf(node: Node): string {
  return node.function.symbol;
}

/** More ways than this of one function to come to block, each under other conditions, are not told apart. */
const MOST_WAYS = 4;

/** A path of more steps than this passes so many conditions that it is less sure to be walked. */
const FAR = 5;

const CONFIDENCES: readonly Confidence[] = ["high", "medium", "low"];

/** A confidence some steps lower. */
function lowered(confidence: Confidence, steps: number): Confidence {
  return CONFIDENCES[Math.min(CONFIDENCES.indexOf(confidence) + steps, 2)] as Confidence;
}

function rangeOf(at: Place): Finding["range"] {
  return { start: { line: at[0], column: at[1] }, end: { line: at[2], column: at[3] } };
}

/** The calls that a chain of methods begins with: `query.execute(c)` of `query.execute(c).timeout(limit)`. */
function chainOf(value: Expression): readonly Expression[] {
  const found: Expression[] = [];
  let at = withoutCasts(value);
  while (at.is === "call" && at.callee.is === "member") {
    at = withoutCasts(at.callee.object);
    if (at.is === "call") found.push(at);
  }
  return found;
}
