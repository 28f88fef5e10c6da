import type { Confidence, Finding, PathStep } from "../../model/finding";
import { calleeMatches, indexRules } from "../rules/rule-index";
import type { Ruled, RuleIndex } from "../rules/rule-index";
import type { BlockingRule, RuleFile } from "../rules/rule-model";
import { eachBody, eachChild, eachExpression } from "./bindings";
import { CalledNames } from "./called-names";
import { EventLoop } from "./event-loop";
import type { LoopReason } from "./event-loop";
import type { Expression, FileFlow, FunctionFlow, LanguageTraits, Place, Step } from "./flow-model";
import type { CallResolution, FunctionRef } from "./resolution";
import type { IndexedWorkspace } from "./resolver";

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
}

interface Node {
  readonly file: FileFlow;
  readonly function: FunctionFlow;
  readonly loop: LoopReason | null;
  readonly calls: readonly Call[];
  /** How this function comes to block: its own call, and the way down. null while not known to. */
  blocks: Way | null;
}

interface Way {
  readonly call: Call;
  readonly ruled: Ruled<BlockingRule>;
  /** The function that the call goes to; null when it is the library call itself. */
  readonly next: Node | null;
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
  return [...input.traits.values()].flatMap((traits) => new BlockingSearch(input, traits).run());
}

class BlockingSearch {
  private readonly rules: RuleIndex;
  private readonly loop: EventLoop;
  private readonly called: CalledNames;
  private readonly nodes = new Map<FunctionFlow, Node>();

  constructor(
    private readonly input: BlockingInput,
    private readonly traits: LanguageTraits,
  ) {
    this.rules = indexRules(input.rules, traits.id);
    this.loop = new EventLoop(input.resolver, input.rules, traits);
    this.called = new CalledNames(input.resolver, new Set(this.rules.files.flatMap((file) => file.blocking.flatMap((rule) => rule.unlessCalled))));
  }

  run(): readonly Finding[] {
    if (!this.rules.files.some((file) => file.blocking.length > 0)) return [];
    const roots: Node[] = [];
    for (const file of this.input.resolver.files) {
      if (file.language !== this.traits.id) continue;
      for (const fn of file.functions) {
        if (this.loop.reason(file, fn) !== null) roots.push(this.node(file, fn));
      }
    }
    if (roots.length === 0) return [];
    const reached = this.reach(roots);
    this.spread(reached);
    return roots.flatMap((root) => this.findings(root));
  }

  private node(file: FileFlow, fn: FunctionFlow): Node {
    const known = this.nodes.get(fn);
    if (known !== undefined) return known;
    const node: Node = { file, function: fn, loop: this.loop.reason(file, fn), calls: this.callsOf(file, fn), blocks: null };
    this.nodes.set(fn, node);
    return node;
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
      // A coroutine has findings of its own.
      if (node.loop === "coroutine") return false;
      if (this.loop.runsElsewhere(node.file, node.function)) return false;
      return !(call.waited !== "no" && this.loop.isWrapped(node.file, node.function));
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
      const queue = nodes.filter((node) => node.blocks !== null);
      for (const node of nodes) {
        if (node.blocks !== null) continue;
        for (const call of node.calls) {
          const ruled = this.blockingRule(node.file, call);
          if (ruled === null || (call.resolution.certainty === "named" && !guessing)) continue;
          node.blocks = { call, ruled, next: null, guessed: call.resolution.certainty === "named" };
          queue.push(node);
          break;
        }
      }
      for (let i = 0; i < queue.length; i++) {
        const next = queue[i] as Node;
        const way = next.blocks as Way;
        for (const { node, call } of callers.get(next) ?? []) {
          if (node.blocks !== null) continue;
          const guessed = way.guessed || call.resolution.certainty === "named";
          if (guessed && !guessing) continue;
          node.blocks = { call, ruled: way.ruled, next, guessed };
          queue.push(node);
        }
      }
    }
  }

  private blockingRule(file: FileFlow, call: Call): Ruled<BlockingRule> | null {
    if (call.waited === "awaited") return null;
    if (call.waited === "yielded" && call.resolution.certainty === "named") return null;
    const ruled = this.rules.blocks(call.resolution.names);
    return ruled === null || this.called.anyOf(file, ruled.rule.unlessCalled) ? null : ruled;
  }

  private findings(root: Node): readonly Finding[] {
    const findings: Finding[] = [];
    for (const call of root.calls) {
      const way = this.wayOf(root, call);
      if (way !== null) findings.push(this.finding(root, way));
    }
    return findings;
  }

  private wayOf(root: Node, call: Call): Way | null {
    const direct = this.blockingRule(root.file, call);
    const callees = this.callees(call);
    if (direct !== null && callees.length === 0) return { call, ruled: direct, next: null, guessed: call.resolution.certainty === "named" };
    let best: Way | null = null;
    for (const next of callees) {
      if (next.blocks === null) continue;
      const guessed = next.blocks.guessed || call.resolution.certainty === "named";
      if (best === null || (best.guessed && !guessed)) best = { call, ruled: next.blocks.ruled, next, guessed };
    }
    return best;
  }

  private finding(root: Node, way: Way): Finding {
    const path: PathStep[] = [];
    let at: Node = root;
    let step: Way | null = way;
    let last = way;
    for (const seen = new Set<Node>(); step !== null && !seen.has(at); ) {
      seen.add(at);
      last = step;
      const label = step.next === null ? `${nameOf(step.call, step.ruled)} blocks here` : `${symbolOf(at)} calls ${symbolOf(step.next)}`;
      path.push({ file: at.file.file, line: step.call.expression.at[0], column: step.call.expression.at[1], label });
      if (step.next === null) break;
      at = step.next;
      step = at.blocks;
    }
    const { rule, file } = way.ruled;
    const blocker = nameOf(last.call, last.ruled);
    const where = root.loop === "coroutine" ? `${symbolOf(root)} is a coroutine` : `${symbolOf(root)} runs on the event loop`;
    const message = way.next === null
      ? `${blocker} blocks the event loop: ${where}`
      : `${symbolOf(way.next)} blocks the event loop through ${blocker}: ${where}`;
    return {
      rule: rule.rule,
      kind: "blocking-in-async",
      confidence: lowered(rule.confidence, (way.guessed ? 2 : 0) + (root.file.hasSyntaxErrors ? 1 : 0) + (path.length > FAR ? 1 : 0)),
      language: this.traits.id,
      file: root.file.file,
      range: rangeOf(way.call.expression.at),
      symbol: root.function.symbol,
      message,
      grade: "call",
      path,
      library: file.library,
      service: rule.service,
      advice: rule.advice,
    };
  }

  private callsOf(file: FileFlow, fn: FunctionFlow): readonly Call[] {
    const scope = this.input.resolver.scope(file, fn);
    const calls: Call[] = [];
    const expression = (value: Expression, waited: Call["waited"]): void => {
      switch (value.is) {
        case "call":
          eachChild(value, (child) => expression(child, "no"));
          calls.push({ expression: value, resolution: scope.call(value), waited });
          return;
        case "await":
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
        eachBody(step, steps);
      }
    };
    steps(fn.body);
    return calls;
  }
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
