import type { PassCall } from "../rules/rule-model";
import type { Expression } from "./flow-model";
import type { CallExpression } from "./expressions";
import { inWords, withoutCasts } from "./expressions";

/** The call has all of these arguments, with these literal texts. */
export function argumentsAre(call: CallExpression, wanted: readonly { readonly argument: string; readonly equals: string }[]): boolean {
  return wanted.every(({ argument, equals }) => hasLiteral(call, argument, equals));
}

/** The call only uses what it would else pass on (`new StreamReader(stream, leaveOpen: true)`). */
export function onlyUses(pass: PassCall, call: CallExpression): boolean {
  return pass.unless !== undefined && pass.unless.some(({ argument, equals }) => hasLiteral(call, argument, equals));
}

/** The text that a text of several parts begins with: `"http://" . $host`, `"http://{$host}/"`. */
function beginningOf(value: Expression): string | null {
  const first = value.is === "operator" ? value.parts[0] : value.is === "build" && !value.holds && !value.tuple ? value.parts[0]?.value : undefined;
  if (first === undefined) return null;
  return first.is === "literal" ? (first.kind === "string" ? first.text : null) : beginningOf(first);
}

/** The call has this argument, by its name or its index in digits, with one of these literal texts (`a|b*`). */
export function hasLiteral(call: CallExpression, argument: string, equals: string): boolean {
  const positional = call.arguments.filter((one) => one.name === null);
  const option = call.arguments.find((one) => one.name === argument) ?? positional.flatMap(({ value }) => (value.is === "build" && !value.tuple ? value.parts : [])).find((one) => one.name === argument);
  const given = /^\d+$/.test(argument) ? positional[Number(argument)] : option;
  const value = given === undefined ? null : withoutCasts(given.value);
  if (value === null) return false;
  // Flags that are joined: `Behavior.CloseConnection | Behavior.SingleRow`.
  const flags = value.is === "operator" ? value.parts.map(withoutCasts) : [];
  if (flags.length > 1 && flags.every((flag) => flag.is === "member")) return flags.some((flag) => saysOneOf(plainText(inWords(flag)), equals));
  // A named constant (`Mode.Read`) is known by its words, and so is one that a call without arguments gives (`BodyHandlers.ofLines()`).
  const isNamed = value.is === "member" || (value.is === "call" && value.arguments.length === 0);
  if (value.is !== "literal" && !isNamed) {
    const begins = beginningOf(value);
    return begins !== null && equals.split("|").some((one) => one.endsWith("*") && plainText(begins).startsWith(plainText(one.slice(0, -1))));
  }
  const text = plainText(value.is === "literal" ? value.text : inWords(value));
  return saysOneOf(text, equals);
}

/** `equals`: alternatives between `|`, a `*` at one end standing for the rest. */
function saysOneOf(text: string, equals: string): boolean {
  return equals.split("|").some((one) => (one.endsWith("*") ? text.startsWith(plainText(one.slice(0, -1))) : one.startsWith("*") ? text.endsWith(plainText(one.slice(1))) : text === plainText(one)));
}

function plainText(text: string): string {
  return text.trim().replace(/\s+/g, " ").replace(/\s*;$/, "").toLowerCase();
}
