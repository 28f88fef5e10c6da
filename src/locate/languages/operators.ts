import type { Argument, Expression, Place } from "../flow/flow-model";
import { logicChain } from "./lowering";
import type { Lowering } from "./lowering";
import { part } from "./plain-tree";
import type { PlainNode } from "./plain-tree";

/**
 * What an operator is to the flow: `and` and `or` decide what runs, `==` and `!=` tell something of a value, `compare` (`<`, `in`,
 * `instanceof`) gives a truth that says nothing more, and every other one is an `operator` on values.
 */
export type OperatorKind = "and" | "or" | "==" | "!=" | "compare" | "operator";

/** The kinds of most languages' operators, by how they are written; what is not here is an `operator`. */
export const USUAL_OPERATORS: ReadonlyMap<string, OperatorKind> = new Map([
  ["&&", "and"], ["||", "or"], ["==", "=="], ["!=", "!="], ["<", "compare"], ["<=", "compare"], [">", "compare"], [">=", "compare"],
]);

/** Logic and plain operators associate, so that a run of one kind is one expression; comparisons do not chain. */
export function associates(kind: string): boolean {
  return kind !== "==" && kind !== "!=" && kind !== "compare";
}

/** How a language reads a chain of binary operators. `Kind`: its kinds of operators. */
export interface OperatorReader<Kind extends string> {
  /** Whether the left operand `node` goes on the chain. */
  readonly isLink: (node: PlainNode) => boolean;
  readonly kindOf: (link: PlainNode) => Kind;
  readonly expression: (node: PlainNode) => Expression;
  /** Whether operators of this kind, one behind the other, are one expression. */
  readonly associates: (kind: Kind) => boolean;
  /** Lowers what stands right of the operator, and adds it to the operands (or makes one of them all). */
  readonly right: (link: PlainNode, kind: Kind, operands: Expression[]) => void;
  /** @param link the last operator of the run */
  readonly join: (kind: Kind, operands: readonly Expression[], link: PlainNode) => Expression;
}

/** What most languages have alike: an operand on each side, which runs as it stands there. */
export function plainOperators(lowering: Lowering, expression: (node: PlainNode) => Expression): Omit<OperatorReader<OperatorKind>, "isLink" | "kindOf"> {
  return {
    expression,
    associates,
    right: (link, _, operands) => {
      const right = part(link, "right");
      operands.push(right === null ? lowering.missing(link) : expression(right));
    },
    join: (kind, operands, link) => joinOperands(kind, operands, lowering.at(link), part(link, "operator")?.type),
  };
}

/**
 * Lowers an expression of binary operators. They associate to the left: programs write chains of thousands, so the left spine is
 * walked, not recursed into. Null: a link without a left operand (broken text).
 */
export function lowerOperators<Kind extends string>(node: PlainNode, reader: OperatorReader<Kind>): Expression | null {
  const spine: PlainNode[] = [node];
  let leftmost = part(node, "left");
  while (leftmost !== null && reader.isLink(leftmost)) {
    spine.push(leftmost);
    leftmost = part(leftmost, "left");
  }
  if (leftmost === null) return null;
  let result = reader.expression(leftmost);
  for (let i = spine.length - 1; i >= 0; ) {
    const kind = reader.kindOf(spine[i]!);
    const operands: Expression[] = [result];
    let last: PlainNode;
    do {
      last = spine[i]!;
      reader.right(last, kind, operands);
      i--;
    } while (i >= 0 && reader.associates(kind) && reader.kindOf(spine[i]!) === kind);
    result = reader.join(kind, operands, last);
  }
  return result;
}

/** A run of operators of one kind as one expression. */
export function joinOperands(kind: OperatorKind, operands: readonly Expression[], at: Place, sign?: string): Expression {
  if (kind === "and" || kind === "or") return logicChain(kind, operands);
  if (kind === "operator") return { is: "operator", parts: operands, at };
  return { is: "compare", operator: kind === "compare" ? "other" : kind, ...(kind === "compare" && sign !== undefined ? { sign } : {}), left: operands[0]!, right: operands[1]!, at };
}

/** An argument, or a part of something built, that has no name. */
export function positional(value: Expression): Argument {
  return { name: null, spread: false, value };
}

/** `x += 1` reads x as well. Anything but a name is evaluated once, as the target. */
export function readBefore(target: Expression): Expression[] {
  return target.is === "name" ? [target] : [];
}
