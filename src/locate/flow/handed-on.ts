import type { Confidence, Finding, PathStep } from "../../model/finding";
import type { ResourceRule } from "../rules/rule-model";
import type { CallExpression } from "./expressions";
import { eachExpression, inWords } from "./expressions";
import type { FileFlow, FunctionFlow } from "./flow-model";
import type { FunctionRef } from "./resolution";
import type { Summaries } from "./summaries";
import { walk } from "./typestate";
import { RECEIVER } from "./walk-model";
import type { HandedOn, Leak } from "./walk-model";
import { decisions, end, findingAt, step } from "./witness";
import type { Opening } from "./witness";

/** What is handed on further than this is followed no more. */
const FURTHEST = 5;

/** A function that was handed an open object leaves it open. */
export interface LeftBehind {
  readonly file: FileFlow;
  readonly fn: FunctionFlow;
  readonly leak: Leak;
  /** Through which functions it came there, and on which conditions. */
  readonly steps: readonly PathStep[];
}

/** How the object comes into a function. */
type Entrance = Pick<HandedOn, "to" | "argument" | "asMember" | "apart">;

/**
 * The first of these functions that closes what it is handed on some way, and so has it as its own, and leaves it open on another. One that
 * never closes it was only shown it. `isGivenToKeep`: it is the function's own whatever it does (the callback of a server).
 */
export function leftBehind(summaries: Summaries, handed: readonly Entrance[], rule: ResourceRule, isGivenToKeep = false, depth = 0): LeftBehind | null {
  for (const one of handed) {
    const left = leftBy(summaries, one, rule, isGivenToKeep, depth);
    if (left !== null) return left;
  }
  return null;
}

function leftBy(summaries: Summaries, entrance: Entrance, rule: ResourceRule, isGivenToKeep: boolean, depth: number): LeftBehind | null {
  if (depth > FURTHEST) return null;
  const { file, function: fn } = summaries.resolver.functionOf(entrance.to);
  const name = nameIn(fn, entrance);
  const captured = "captured" in entrance.argument;
  if (name === null || name === "" || name === "_" || fn.isGenerator || fn.isAbstract === true) return null;
  const graph = summaries.graph(file, fn);
  if (graph === null) return null;
  const result = walk(graph, rule, { is: "parameter", name, asMember: entrance.asMember, owned: true, captured }, summaries.surroundings(file, fn, graph));
  // What it gives back, its caller may see to.
  if (result.gaveUp || (result.returned.length > 0 && !entrance.apart)) return null;
  const { leak } = result;
  // What runs apart has it alone: nobody else looks at it any more.
  const owns = isGivenToKeep || (entrance.apart && summaries.languages.get(file.language)?.traits.errorResults === true) || result.closes || result.handedOn.some((next) => closesSomewhere(summaries, next, rule, depth + 1));
  if (leak !== null && owns && (leak.how === "returned" || leak.how === "thrown") && (leak.grade === "path" || entrance.apart || isGivenToKeep) && !asksItsCaller(fn, leak, name)) return { file, fn, leak, steps: [] };
  for (const next of result.handedOn) {
    const left = leftBy(summaries, next, rule, false, depth + 1);
    if (left !== null) return { ...left, steps: [...decisions(file, next.leak), handing(file, next, left, rule), ...left.steps] };
  }
  return null;
}

/** The function, or one that it hands the object on to, closes it on some way. */
function closesSomewhere(summaries: Summaries, entrance: Entrance, rule: ResourceRule, depth: number): boolean {
  if (depth > FURTHEST) return false;
  const { file, function: fn } = summaries.resolver.functionOf(entrance.to);
  const name = nameIn(fn, entrance);
  const graph = name === null || name === "" || fn.isGenerator ? null : summaries.graph(file, fn);
  if (graph === null || name === null) return false;
  const result = walk(graph, rule, { is: "parameter", name, asMember: entrance.asMember, owned: true, captured: "captured" in entrance.argument }, summaries.surroundings(file, fn, graph));
  return !result.gaveUp && (result.closes || result.handedOn.some((next) => closesSomewhere(summaries, next, rule, depth + 1)));
}

function nameIn(fn: FunctionFlow, { argument }: Entrance): string | null {
  if ("captured" in argument) return argument.captured;
  if (argument.index === RECEIVER) return fn.receiver;
  const parameter = argument.name === null ? fn.parameters[argument.index] : fn.parameters.find((one) => one.name === argument.name);
  return parameter === undefined || parameter.variadic ? null : parameter.name;
}

/** The way hangs on what the caller said (`handle(conn, keepAlive)`): he knows. */
function asksItsCaller(fn: FunctionFlow, leak: Leak, own: string): boolean {
  const others = new Set(fn.parameters.map((parameter) => parameter.name).filter((name) => name !== own && name !== ""));
  if (others.size === 0) return false;
  return leak.steps.some(({ decisive, edge }) => {
    if (!decisive || edge === null || edge.condition === null) return false;
    const { condition } = edge;
    if (condition.is === "name") return others.has(condition.name);
    let asks = false;
    eachExpression([{ is: "do", value: condition, at: condition.at }], (part) => {
      // A flag is asked for by itself; what is asked of an object (`buffer.isEmpty()`) is another matter.
      if (part.is === "not" && part.value.is === "name" && others.has(part.value.name)) asks = true;
      if (part.is === "compare" && part.left.is === "name" && others.has(part.left.name)) asks = true;
    });
    return asks;
  });
}

/** `handed on to handle`: where it leaves this function. */
export function handing(file: FileFlow, { node }: HandedOn, left: LeftBehind, rule: ResourceRule): PathStep {
  return step(file, node.at, `the ${rule.noun} is handed on${nameOf(left) === null ? "" : ` to ${nameOf(left)!}`}, and not used here any more`);
}

function nameOf({ fn }: LeftBehind): string | null {
  return fn.name.startsWith("<") ? null : fn.symbol;
}

/**
 * The finding stands at the opening call, and its path leads into the function that leaves it open. `way`: to where it is handed on; null:
 * the call was given the function, and calls it with each.
 */
export function handedOnFinding(file: FileFlow, fn: FunctionFlow, opening: Opening, way: readonly PathStep[] | null, left: LeftBehind, confidence: Confidence): Finding {
  const { call, rule } = opening;
  const what = inWords(call);
  const { last, message, reason } = end(left.file, left.fn, left.leak, rule);
  const first = way === null ? `each ${rule.noun} comes to a function that is given here` : `${rule.noun} opened by ${what}`;
  const path = [step(file, call.at, first), ...opening.through, ...(way ?? []), ...left.steps, ...decisions(left.file, left.leak)];
  const before = path.at(-1)!;
  if (before.file === last.file && before.line === last.line && before.column === last.column && path.length > 1) path.pop();
  path.push(last);
  const taker = nameOf(left);
  const whom = left.file.file === file.file ? "" : ` (${left.file.file})`;
  return findingAt(file, fn, opening, {
    confidence,
    message: way === null
      ? `${fn.symbol}: the ${rule.noun} that ${what} hands to ${taker === null ? "its function" : `${taker}${whom}`} ${message}${reason}`
      : `${fn.symbol}: the ${rule.noun} opened by ${what} is handed on${taker === null ? "" : ` to ${taker}${whom}`}, and ${message}${reason}`,
    grade: left.leak.grade,
    path,
    handedOn: true,
  });
}

/** Functions that a call is handed to run anew for each resource. */
export function callbacksOf(summaries: Summaries, file: FileFlow, fn: FunctionFlow, call: CallExpression, argument: number | "last"): readonly FunctionRef[] {
  const given = argument === "last" ? call.arguments.at(-1) : call.arguments[argument];
  const value = given?.value;
  if (value === undefined) return [];
  if (value.is === "closure") return [summaries.resolver.ref(file.file, value.function)];
  if (value.is !== "name" && value.is !== "member") return [];
  return summaries.resolve(file, fn, { is: "call", callee: value, arguments: [], at: value.at }).targets;
}
