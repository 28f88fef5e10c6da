import type { Finding, PathStep } from "../../model/finding";
import type { Confidence } from "../../model/finding";
import type { ResourceRule, RuleFile } from "../rules/rule-model";
import type { FlowNode } from "./flow-graph";
import type { CallExpression } from "./expressions";
import { inWords, withoutCasts } from "./expressions";
import type { Expression, FileFlow, FunctionFlow, Place } from "./flow-model";
import type { Leak, WitnessStep } from "./walk-model";

/** An opening call with what it opens. */
export interface Opening {
  readonly call: CallExpression;
  readonly rule: ResourceRule;
  readonly ruleFile: RuleFile;
  /** For a call of a workspace function that opens: the library call in it, or in what it calls. Outermost first. */
  readonly through: readonly PathStep[];
}

/** A leak as a finding: message, path in plain words, places. */
export function toFinding(file: FileFlow, fn: FunctionFlow, opening: Opening, leak: Leak, confidence: Confidence): Finding {
  const { call, rule } = opening;
  const what = inWords(call);
  const path: PathStep[] = [step(file, call.at, `${rule.noun} opened by ${what}`), ...opening.through, ...decisions(file, leak)];
  const { last, message, reason } = end(file, fn, leak, rule);
  const before = path.at(-1)!;
  if (before.line === last.line && before.column === last.column && path.length > 1) path.pop();
  path.push(last);
  return findingAt(file, fn, opening, { confidence, message: `${fn.symbol}: the ${rule.noun} opened by ${what} ${message}${reason}`, grade: leak.grade, path });
}

/** A finding at its opening call, with what its rule says of it. */
export function findingAt(file: FileFlow, fn: FunctionFlow, { call, rule, ruleFile }: Opening, told: Pick<Finding, "confidence" | "message" | "grade" | "path" | "handedOn">): Finding {
  return {
    rule: rule.rule,
    kind: rule.kind,
    language: file.language,
    file: file.file,
    range: { start: { line: call.at[0], column: call.at[1] }, end: { line: call.at[2], column: call.at[3] } },
    symbol: fn.symbol,
    ...told,
    library: ruleFile.library,
    service: rule.service ?? ruleFile.service,
    advice: rule.advice,
  };
}

/** The conditions on the way of a leak, as steps. */
export function decisions(file: FileFlow, leak: Leak): PathStep[] {
  return leak.steps.flatMap((one, index) => {
    const label = labelOf(one, leak, index);
    return label === null ? [] : [step(file, one.node.at, label)];
  });
}

/** Where and how the function is left, and the last condition that led there. */
export function end(file: FileFlow, fn: FunctionFlow, leak: Leak, rule: ResourceRule): { readonly last: PathStep; readonly message: string; readonly reason: string } {
  const { at, label, message } = ending(fn, leak, rule);
  const when = leak.steps.filter((one, index) => one.decisive && labelOf(one, leak, index) !== null && one.edge?.kind !== "raise").map((one, index) => labelOf(one, leak, index)).at(-1);
  const reason = when === undefined || when === null || !when.startsWith("when ") ? "" : `, ${when}`;
  return { last: step(file, at, label), message, reason };
}

export function step(file: FileFlow, at: Place, label: string): PathStep {
  return { file: file.file, line: at[0], column: at[1], label };
}

function labelOf({ node, edge, decisive }: WitnessStep, leak: Leak, index: number): string | null {
  if (edge === null) return null;
  if (edge.kind === "raise") return leak.unhandled ? null : `${raiserInWords(node)} raises`;
  if (!decisive) return null;
  switch (edge.kind) {
    case "true":
    case "false":
      return edge.condition === null ? null : `when ${conditionInWords(edge.condition, edge.kind === "true")}`;
    case "exhausted": {
      const turned = leak.steps.slice(0, index).some((one) => one.node === node && one.edge?.kind === "next");
      return turned ? "when the loop ends" : "when the loop ends without a turn";
    }
    case "case":
      return "when this case is taken";
    default:
      return null;
  }
}

interface Ending {
  readonly at: Place;
  readonly label: string;
  readonly message: string;
}

function ending(fn: FunctionFlow, leak: Leak, rule: ResourceRule): Ending {
  const { noun } = rule;
  const lastNode = leak.steps.at(-1)!.node;
  const line = (at: Place): string => `line ${at[0]}`;
  switch (leak.how) {
    case "returned": {
      const node = leak.steps.findLast(({ node: { event } }) => event.is === "return" && !event.inner)?.node;
      if (node !== undefined) return { at: node.at, label: `returns, and the ${noun} is still open`, message: `is left open by the return at ${line(node.at)}` };
      const end: Place = [fn.place[2], Math.max(1, fn.place[3] - 1), fn.place[2], fn.place[3]];
      return { at: end, label: `the function ends, and the ${noun} is still open`, message: `is still open where the function ends, at ${line(end)}` };
    }
    case "thrown": {
      const node = leak.unhandled && leak.raisedAt !== null
        ? leak.raisedAt
        : (leak.steps.findLast((one) => one.node.event.is === "throw" || one.edge?.kind === "raise" || (one.node.event.is === "call" && one.node !== leak.steps[0]?.node))?.node ?? lastNode);
      const how = node.event.is === "throw" ? "throws" : `${raiserInWords(node)} raises`;
      return leak.unhandled
        ? { at: node.at, label: `if ${how}, the ${noun} is left open`, message: `is left open if ${how} at ${line(node.at)}` }
        : { at: node.at, label: `${how}, and the ${noun} is still open`, message: `is left open by the exception at ${line(node.at)}` };
    }
    case "overwritten":
      return { at: lastNode.at, label: `nothing holds the ${noun} any more: its variable gets another value`, message: `is lost at ${line(lastNode.at)}, where its variable gets another value` };
    case "dropped":
      return { at: lastNode.at, label: `nothing holds the ${noun} after this statement`, message: `is never closed: nothing holds it after the statement at ${line(lastNode.at)}` };
    case "deleted":
      return { at: lastNode.at, label: `deleted without being closed`, message: `is deleted at ${line(lastNode.at)} without being closed` };
    case "piled-up": {
      const node = leak.steps.findLast((one) => one.node.event.is === "defer")?.node ?? lastNode;
      return { at: node.at, label: "runs only when the function returns; each turn of the loop opens another", message: `is closed only when the function returns (deferred at ${line(node.at)}), and each turn of the loop opens another` };
    }
  }
}

function raiserInWords(node: FlowNode): string {
  switch (node.event.is) {
    case "call":
      return inWords(node.event.call);
    case "yield":
      return "what runs at this yield";
    case "await":
      return inWords(node.event.value);
    case "turn":
      return `the next turn of ${inWords(node.event.iterates)}`;
    case "enter":
      return `entering ${inWords(node.event.value)}`;
    default:
      return "this";
  }
}

/** `err is not nil`, `ok is false`, `the condition holds`. */
export function conditionInWords(condition: Expression, outcome: boolean): string {
  const at = withoutCasts(condition);
  switch (at.is) {
    case "not":
      return conditionInWords(at.value, !outcome);
    case "compare": {
      if (at.operator === "other") return outcome ? "the condition holds" : "the condition does not hold";
      const same = (at.operator === "==") === outcome;
      return `${inWords(at.left)} is ${same ? "" : "not "}${inWords(at.right)}`;
    }
    case "name":
    case "member":
    case "call":
    case "await":
      return `${inWords(at)} is ${outcome ? "true" : "false"}`;
    case "assign":
      return conditionInWords(at.target, outcome);
    default:
      return outcome ? "the condition holds" : "the condition does not hold";
  }
}
