import type { Expression, FileFlow, FunctionFlow, Place, Step, TypeRef } from "../../src/locate/flow/flow-model";
import { holdsFor } from "../../src/locate/rules/rule-model";
import type { RuleFile } from "../../src/locate/rules/rule-model";
import { opensReceiver } from "./declared-types";
import type { Declared } from "./declared-types";
import { expressionsOf, innerSteps, partsOf, stepsOf } from "./steps";

/** How a release is written. */
export type ReleaseForm = "defer" | "finally" | "with" | "plain";

/** A release in real code that can be taken away: of a variable that the same function opened. */
export interface Release {
  readonly file: string;
  readonly language: string;
  readonly symbol: string;
  readonly form: ReleaseForm;
  /** `rows.Close`, as a person reads it; `with` for a block that closes. */
  readonly words: string;
  readonly variable: string;
  /** The step or the call that is taken away. */
  readonly at: Place;
  /** The step that stands for itself, or a call whose value is used. */
  readonly stands: "step" | "value";
  /** Of a `with`: which item, how many, and the block. */
  readonly item?: { readonly value: Place; readonly bind: Place; readonly first: boolean; readonly only: boolean; readonly body: Place };
  /**
   * Declarations say that it must be released: what is bound to the variable is by a rule's full name, a declared type or a signature. Not when
   * the function hands it on as well (a field keeps it, the caller gets it, another thread works with it): who has it then is open.
   */
  readonly isDeclared: boolean;
  /** Lines of the calls that open the variable in this function. */
  readonly openings: readonly { readonly line: number; readonly endLine: number; readonly callee: string }[];
}

/** Words by which the rules of a language open and close: the last part of each callee. Types are not asked, so that a type that Leakline does not know counts as a miss. */
export interface ReleaseWords {
  readonly opens: ReadonlySet<string>;
  /** Opening word -> words that close what it opened. */
  readonly closes: ReadonlyMap<string, ReadonlySet<string>>;
  /** Functions that close what they are given: `fclose`. */
  readonly closers: ReadonlySet<string>;
  /** Opening words of what a block can close. */
  readonly inBlocks: ReadonlySet<string>;
  /** Opening words of what is closed with what it was opened on: a statement with its connection. */
  readonly withParent: ReadonlySet<string>;
  /** Opening word -> what a folder must import so that the word may be a library's: any of these, or something below it. */
  readonly libraries: ReadonlyMap<string, ReadonlySet<string>>;
  /** Opening words of what their receiver becomes: `$pdo->beginTransaction()`, `mutex.lock`. */
  readonly receivers: ReadonlySet<string>;
}

const last = (callee: string): string => callee.slice(callee.lastIndexOf(".") + 1);

/** Closes that give back what was done, too: a commit is a release, but no protection of the other paths. */
const FINISHING = /^(?:commit|Commit|end|End|done)$/u;

export function releaseWords(rules: readonly RuleFile[], language: string): ReleaseWords {
  const closes = new Map<string, Set<string>>();
  const closers = new Set<string>();
  const inBlocks = new Set<string>();
  const withParent = new Set<string>();
  const libraries = new Map<string, Set<string>>();
  const receivers = new Set<string>();
  for (const file of rules) {
    if (!holdsFor(file, language)) continue;
    for (const rule of file.resources) {
      for (const open of rule.opens) {
        const isReceiver = opensReceiver(rule, open);
        if ((open.opens !== 0 && !isReceiver) || open.callback !== undefined || open.call.endsWith(".*")) continue;
        const word = last(open.call);
        if (isReceiver) receivers.add(word);
        const words = closes.get(word) ?? new Set<string>();
        closes.set(word, words);
        const modules = libraries.get(word) ?? new Set<string>();
        libraries.set(word, modules);
        for (const module of [...file.imports, ...file.sameAs.map(({ path }) => path)]) modules.add(module);
        for (const close of rule.closes) if (close.on === "receiver" && (close.when ?? []).length === 0) words.add(last(close.call));
        for (const close of rule.closes) if (close.on === "argument:0" && (close.when ?? []).length === 0) closers.add(last(close.call));
        if (rule.contextManager) inBlocks.add(word);
        if (rule.closedWithParent) withParent.add(word);
      }
    }
  }
  return { opens: new Set(closes.keys()), closes, closers, inBlocks, withParent, libraries, receivers };
}

interface Opening {
  readonly callee: string;
  readonly call: Expression & { readonly is: "call" };
  readonly type: TypeRef | null;
  /** The variable that it is opened on. */
  readonly parent: string | null;
  readonly at: Place;
}
interface Closing {
  readonly variable: string;
  readonly method: string;
  readonly form: ReleaseForm;
  readonly at: Place;
  readonly stands: "step" | "value";
  readonly item?: NonNullable<Release["item"]>;
  /** `closeQuietly(x)`: the variable is what it is given. */
  readonly byArgument?: boolean;
}

/** Functions that close what they are given, by their names. */
const CLOSING_FUNCTION = /^(?:(?:safe|quietly|silently|try|do|maybe|force)_?)?(?:close|release|free|dispose|rollback)(?:_?(?:all|quietly|silently|quiet|silent|safely|connection|conn|statement|stmt|resultset|rs|cursor|session|resource|resources|stream|db|jdbc|tx|transaction|rows|body))*$/iu;

/** What a folder's files import, all together: a value's type may be declared in the file beside. */
export function importsOfFolders(flows: readonly FileFlow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { file, imports } of flows) {
    const folder = file.slice(0, Math.max(0, file.lastIndexOf("/")));
    const paths = found.get(folder) ?? new Set<string>();
    found.set(folder, paths);
    for (const { path, member } of imports) {
      paths.add(path);
      if (member !== null) paths.add(`${path}.${member}`);
    }
  }
  return found;
}

/** Modules whose names are there without an import. */
const EVERYWHERE = new Set(["builtins", "globalThis", "java.lang", "kotlin.io", "kotlin"]);

function mayMean(libraries: ReadonlySet<string>, imported: ReadonlySet<string>): boolean {
  for (const library of libraries) {
    if (EVERYWHERE.has(library)) return true;
    for (const path of imported) if (path === library || path.startsWith(`${library}.`) || path.startsWith(`${library}/`)) return true;
  }
  return false;
}

/** All releases in a file that are the only one of their kind for what they release: without them a path stays open. */
export function releasesIn(flow: FileFlow, words: ReleaseWords, imported: ReadonlySet<string>, declared: Declared): Release[] {
  const found: Release[] = [];
  // Languages whose libraries are named, and not imported (Ruby's constants, Rust's paths, PHP's functions).
  const asks = flow.language !== "ruby" && flow.language !== "rust" && flow.language !== "php" && flow.language !== "csharp";
  const everyClose = new Set([...words.closes.values()].flatMap((methods) => [...methods]));
  const isRelease = ({ form, byArgument, method }: Closing): boolean => form === "with" || byArgument === true || everyClose.has(method);
  for (const fn of flow.functions) {
    // What stands in a closure belongs to the function whose variable it is.
    const opened = new Map<string, Opening[]>();
    const closed: Closing[] = [];
    for (const step of stepsOf(fn.body)) {
      noteOpening(step, opened);
      noteReceiver(step, opened, words.receivers);
    }
    if (opened.size === 0) continue;
    const handedOn = handedOnIn(flow, fn);
    // What a variable was opened on may be closed here too, and takes it along.
    const parents = [...opened.values()].flat().flatMap(({ parent }) => (parent === null ? [] : [parent]));
    const wrappers = wrappersIn(fn);
    noteClosings(flow, fn, closed, words.closers, new Set([...opened.keys(), ...parents, ...[...wrappers.values()].flatMap((names) => [...names])]), "plain");
    for (const one of closed) {
      const openings = (opened.get(one.variable) ?? []).filter(({ callee }) => closes(one, callee, words) && (!asks || mayMean(words.libraries.get(callee) ?? new Set(), imported)));
      if (openings.length === 0) continue;
      if (openings.some(({ callee, parent }) => words.withParent.has(callee) && closed.some((other) => other.variable === parent && isRelease(other)))) continue;
      // `r = new Reader(stream)`: closing the one closes the other.
      if (closed.some((other) => wrappers.get(one.variable)?.has(other.variable) === true && (isBlockOrFunction(other) || CLOSING_FUNCTION.test(other.method)))) continue;
      const others = closed.filter((other) => other !== one && other.variable === one.variable && (isBlockOrFunction(other) || openings.some(({ callee }) => closes(other, callee, words))));
      const protective = (closing: Closing): boolean => closing.form !== "plain";
      if (others.some(protective)) continue;
      if (protective(one) && others.some((other) => other.method === one.method || !FINISHING.test(other.method))) continue;
      found.push({
        file: flow.file, language: flow.language, symbol: fn.symbol, form: one.form, words: one.form === "with" ? "with" : one.byArgument === true ? `${one.method}(${one.variable})` : `${one.variable}.${one.method}`, variable: one.variable, at: one.at, stands: one.stands,
        ...(one.item === undefined ? {} : { item: one.item }),
        isDeclared: !handedOn.has(one.variable) && openings.every(({ call, type }) => declared.opens(call, fn, type)),
        openings: openings.map(({ callee, at }) => ({ line: at[0], endLine: at[2], callee })),
      });
    }
  }
  return found;
}

/** By variable, the variables that were bound to what a call made of it. */
function wrappersIn(fn: FunctionFlow): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const note = (target: Expression | null | undefined, value: Expression | null): void => {
    if (target?.is !== "name") return;
    const inside = (expression: Expression): void => {
      if (expression.is === "name" && expression.name !== target.name) {
        const names = found.get(expression.name) ?? new Set<string>();
        found.set(expression.name, names.add(target.name));
      } else if (expression.is === "call") for (const argument of expression.arguments) inside(argument.value);
      else if (expression.is === "same" || expression.is === "await") inside(expression.value);
    };
    const call = calledIn(value);
    for (const argument of call?.arguments ?? []) inside(argument.value);
  };
  for (const step of stepsOf(fn.body)) {
    if (step.is === "bind") note(step.targets[0], step.value);
    if (step.is === "with") for (const item of step.items) note(item.bind, item.value);
  }
  return found;
}

/** Variables that a function stores in a member or an element, gives back, or hands to what runs beside it. */
function handedOnIn(flow: FileFlow, fn: FunctionFlow): ReadonlySet<string> {
  const found = new Set<string>();
  const bare = (expression: Expression | null): void => {
    if (expression === null) return;
    if (expression.is === "name") found.add(expression.name);
    else if (expression.is === "same" || expression.is === "await") bare(expression.value);
    else if (expression.is === "closure") all(expression);
    else if (expression.is === "build" && expression.holds) for (const part of expression.parts) bare(part.value);
  };
  const all = (expression: Expression): void => {
    if (expression.is === "name") found.add(expression.name);
    for (const part of partsOf(expression)) all(part);
    const inner = expression.is === "closure" ? flow.functions[expression.function] : undefined;
    for (const step of inner === undefined ? [] : stepsOf(inner.body)) for (const part of expressionsOf(step)) if (part !== null) all(part);
  };
  for (const step of stepsOf(fn.body)) {
    if (step.is === "return") step.values.forEach(bare);
    else if (step.is === "spawn") all(step.call);
    else if (step.is === "bind" && step.targets.some((target) => target.is !== "name" && target.is !== "build")) bare(step.value);
  }
  return found;
}

const isBlockOrFunction = ({ form, byArgument }: Closing): boolean => form === "with" || byArgument === true;

function closes(closing: Closing, callee: string, words: ReleaseWords): boolean {
  if (closing.form === "with") return words.inBlocks.has(callee);
  if (closing.byArgument === true) return words.opens.has(callee);
  return words.closes.get(callee)?.has(closing.method) === true;
}

/** The innermost call of `await f()`, `(T) f()`, `f() or die()`. */
function calledIn(value: Expression | null): (Expression & { readonly is: "call" }) | null {
  if (value === null) return null;
  switch (value.is) {
    case "call":
      // closing(connect()): what is inside it.
      return calleeWord(value) === "closing" || calleeWord(value) === "aclosing" ? calledIn(value.arguments[0]?.value ?? null) : value;
    case "await":
    case "same":
      return calledIn(value.value);
    default:
      return null;
  }
}

function calleeWord(call: Expression & { readonly is: "call" }): string {
  return call.callee.is === "member" || call.callee.is === "name" ? call.callee.name : "";
}

function nameOf(expression: Expression | null | undefined): string | null {
  if (expression === null || expression === undefined) return null;
  if (expression.is === "name") return expression.name;
  // resp.Body.Close(): of resp.
  if (expression.is === "member" && expression.object.is === "name" && expression.name === "Body") return expression.object.name;
  // this.db.commit(): of the receiver's own field.
  if (expression.is === "member" && expression.object.is === "name" && /^(?:this|self)$/u.test(expression.object.name)) return `${expression.object.name}.${expression.name}`;
  return null;
}

/** `$pdo->beginTransaction()`: the receiver is what must be ended. Only where nothing hangs on what the call gives. */
function noteReceiver(step: Step, opened: Map<string, Opening[]>, words: ReadonlySet<string>): void {
  if (step.is !== "do") return;
  const call = calledIn(step.value);
  if (call === null || call.callee.is !== "member" || !words.has(call.callee.name)) return;
  const variable = nameOf(call.callee.object);
  if (variable === null) return;
  opened.set(variable, [...(opened.get(variable) ?? []), { callee: call.callee.name, call, type: null, parent: null, at: call.at }]);
}

function noteOpening(step: Step, opened: Map<string, Opening[]>): void {
  const note = (target: Expression | null | undefined, value: Expression | null, type: TypeRef | null): void => {
    const call = calledIn(value);
    const variable = target?.is === "name" ? target.name : null;
    if (call === null || variable === null || variable === "_") return;
    const openings = opened.get(variable) ?? [];
    openings.push({ callee: calleeWord(call), call, type, parent: call.callee.is === "member" ? nameOf(call.callee.object) : null, at: call.at });
    opened.set(variable, openings);
  };
  if (step.is === "bind") note(step.targets[0], step.value, step.type);
  if (step.is === "with") for (const item of step.items) note(item.bind, item.value, item.type ?? null);
}

/** All closes of these variables in a function and in the closures inside it. */
function noteClosings(flow: FileFlow, fn: FunctionFlow, closed: Closing[], closers: ReadonlySet<string>, variables: ReadonlySet<string>, form: ReleaseForm): void {
  const value = (expression: Expression | null, place: ReleaseForm, step: Step | null): void => {
    if (expression === null) return;
    const call = expression.is === "await" ? expression.value : expression;
    if (call.is === "call" && call.callee.is === "member") {
      const variable = nameOf(call.callee.object);
      if (variable !== null && variables.has(variable)) closed.push({ variable, method: call.callee.name, form: place, at: step === null ? expression.at : step.at, stands: step === null ? "value" : "step" });
    }
    if (call.is === "call" && (CLOSING_FUNCTION.test(calleeWord(call)) || closers.has(calleeWord(call)))) {
      for (const { value: given } of call.arguments) {
        const variable = nameOf(given);
        if (variable === null || !variables.has(variable)) continue;
        const alone = call.arguments.length === 1 && step !== null;
        closed.push({ variable, method: calleeWord(call), form: place, at: alone ? step.at : given.at, stands: alone ? "step" : "value", byArgument: true });
      }
    }
    for (const part of partsOf(expression)) value(part, place, null);
    if (expression.is === "closure") {
      const inner = flow.functions[expression.function];
      if (inner !== undefined) steps(inner.body, place);
    }
  };
  const steps = (list: readonly Step[], place: ReleaseForm): void => {
    for (const step of list) {
      switch (step.is) {
        case "do":
          value(step.value, place, step);
          break;
        case "defer":
          value(step.call, "defer", step);
          break;
        case "try":
          steps(step.body, place);
          for (const one of step.handlers) steps(one.body, place);
          steps(step.otherwise, place);
          steps(step.finally, place === "plain" ? "finally" : place);
          break;
        case "with":
          step.items.forEach((item, index) => {
            const variable = nameOf(item.bind);
            const last = index === step.items.length - 1;
            if (variable !== null && variables.has(variable) && item.bind !== null && step.body.length > 0 && last) {
              closed.push({ variable, method: "with", form: "with", at: step.at, stands: "step", item: { value: item.value.at, bind: item.bind.at, first: index === 0, only: step.items.length === 1, body: step.body[0]!.at } });
            } else if (variable !== null && variables.has(variable)) closed.push({ variable, method: "with", form: "with", at: step.at, stands: "step" });
            value(item.value, place, null);
          });
          steps(step.body, place);
          break;
        default:
          for (const expression of expressionsOf(step)) value(expression, place, null);
          for (const inner of innerSteps(step)) steps(inner, place);
      }
    }
  };
  steps(fn.body, form);
}
