import type { PlainNode } from "../languages/plain-tree";
import { part } from "../languages/plain-tree";
import { readCall } from "./read-calls";
import type { GivenArgument } from "./read-calls";
import { receiverPath, shortName, sourceOf } from "./source-names";
import type { ReadFile } from "./source-names";
import { isRaw, unescape, unescapeSingle, wholeLiteral } from "./string-literals";
import type { FormatStyle, Text } from "./text";

const DEEPEST = 40;

/** What an expression is as text. Never throws; what is no text is a value. */
export function readText(file: ReadFile, node: PlainNode, depth = 0): Text {
  const { shape, language } = file;
  const { type } = node;
  if (depth > DEEPEST) return valueOf(file, node);
  if (shape.strings.has(type)) return readString(file, node, depth);
  if (shape.chains.has(type)) return { is: "joined", parts: node.children.map((child) => readText(file, child, depth + 1)) };
  if (shape.names.has(type) || shape.members.has(type)) return { is: "name", path: receiverPath(sourceOf(file, node)) };
  if (shape.wrappers.has(type)) {
    const inner = part(node, "value") ?? node.children.at(-1);
    return inner === undefined ? valueOf(file, node) : readText(file, inner, depth + 1);
  }
  if (shape.lambdas.has(type)) {
    const body = part(node, "body") ?? node.children.at(-1);
    return body === undefined || /(?:^|_)block$|statements?$/u.test(body.type) ? valueOf(file, node) : readText(file, body, depth + 1);
  }
  if (shape.binary.has(type)) return readBinary(file, node, depth);
  if (shape.conditions.has(type)) {
    const sides = node.children.filter(({ role }) => role === "consequence" || role === "alternative" || role === "body");
    // Python's has no fields: value, condition, other value.
    const of = (sides.length > 0 ? sides : [node.children[0], node.children[2]]).filter((side) => side !== undefined).map((side) => readText(file, side, depth + 1));
    return { is: "either", of };
  }
  if (shape.calls.has(type)) {
    const call = readCall(file, node);
    const formatted = call === null ? null : formattedBy(file, call.name, call.receiver, call.receiverNode, call.arguments, depth);
    if (formatted !== null) return formatted;
  }
  return valueOf(file, node);

  function formattedBy(read: ReadFile, name: string, receiver: string, receiverNode: PlainNode | null, given: readonly GivenArgument[], at: number): Text | null {
    const { formatters } = read.shape;
    const last = receiver.slice(receiver.lastIndexOf(".") + 1);
    const onObject = formatters[`.${name}`];
    if (onObject !== undefined && receiverNode !== null && (last === "" || formatters[`${last}.${name}`] === undefined)) {
      const format = readText(read, receiverNode, at + 1);
      return onObject === "plain" ? format : { is: "formatted", style: onObject, format, arguments: given.map((argument) => argumentText(read, argument, at + 1)) };
    }
    const style: FormatStyle | undefined = formatters[`${last}.${name}`] ?? formatters[`${receiver}.*`] ?? (language === "go" || receiver === "" ? formatters[name] : undefined);
    if (style === undefined) return null;
    return formattedText(read, style, given, at + 1);
  }
}

/** A format style applied to a call's arguments: the format is the first, or all of them are written one after another. */
export function formattedText(file: ReadFile, style: FormatStyle, given: readonly GivenArgument[], depth = 0): Text | null {
  const texts = given.map((argument) => argumentText(file, argument, depth));
  const [first, ...rest] = texts;
  if (first === undefined) return null;
  return style === "plain" ? first : { is: "formatted", style, format: first, arguments: rest };
}

export function argumentText(file: ReadFile, argument: GivenArgument, depth = 0): Text {
  if (argument.text !== undefined) return argument.text;
  return argument.node === null ? { is: "value", name: "…" } : readText(file, argument.node, depth);
}

function readString(file: ReadFile, node: PlainNode, depth: number): Text {
  const { shape, language } = file;
  const written = sourceOf(file, node);
  const raw = isRaw(language, written) || node.type === "nowdoc" || node.type === "nowdoc_body";
  const single = (language === "php" || language === "ruby") && written.startsWith("'");
  const doubled = (language === "python" && /^[a-z]*f/iu.test(written)) || (language === "csharp" && node.type === "interpolated_string_expression");
  const decode = (text: string): string => {
    const plain = raw ? text : single ? unescapeSingle(text) : unescape(text);
    return doubled ? plain.replaceAll("{{", "{").replaceAll("}}", "}") : plain;
  };
  const parts: Text[] = [];
  for (const child of node.children) {
    if (shape.strings.has(child.type)) parts.push(readString(file, child, depth + 1));
    else if (shape.contents.has(child.type)) parts.push({ is: "literal", text: decode(sourceOf(file, child)) });
    else if (shape.holes.has(child.type)) {
      const inner = part(child, "expression") ?? (child.type === "interpolation" || child.type === "template_substitution" ? child.children.find(({ type }) => !type.startsWith("interpolation_")) : child);
      const text = inner === undefined ? valueOf(file, child) : readText(file, inner, depth + 1);
      parts.push(text);
    }
  }
  if (parts.length === 0) return { is: "literal", text: node.children.some(({ type }) => type !== "string_start" && type !== "string_end") ? "" : node.type.includes("verbatim") || node.children.length === 0 ? wholeLiteral(language, written) : "" };
  return language === "kotlin" ? { is: "joined", parts: kotlinNames(parts) } : parts.length === 1 ? (parts[0] as Text) : { is: "joined", parts };
}

/** Kotlin's grammar gives `$name` in a string as text: a dollar, and a content that begins with the name. */
function kotlinNames(parts: readonly Text[]): Text[] {
  const text = parts.map((part) => (part.is === "literal" ? part.text : "\u0000")).join("");
  const holes = parts.filter(({ is }) => is !== "literal");
  const out: Text[] = [];
  for (const piece of text.split(/(\u0000|\$[A-Za-z_]\w*)/u)) {
    if (piece === "\u0000") out.push(holes.shift() ?? { is: "value", name: "…" });
    else if (/^\$[A-Za-z_]/u.test(piece)) out.push({ is: "name", path: piece.slice(1) });
    else if (piece !== "") out.push({ is: "literal", text: piece });
  }
  return out;
}

/** Operators that give one of their sides. */
const CHOICES = new Set(["||", "??", "or", "?:"]);

function readBinary(file: ReadFile, node: PlainNode, depth: number): Text {
  const { shape, language } = file;
  // A chain of joins leans to the left and can be long.
  const right: Text[] = [];
  let at = node;
  for (;;) {
    const operator = part(at, "operator");
    const sign = operator === null ? "" : sourceOf(file, operator);
    const [left, other] = [part(at, "left"), part(at, "right")];
    if (left === null || other === null) break;
    if (sign === "%" && (language === "python" || language === "ruby")) {
      const list = other.type === "tuple" || other.type === "array" ? other.children : other.type === "dictionary" ? [] : [other];
      right.unshift({ is: "formatted", style: "printf", format: readText(file, left, depth + 1), arguments: list.map((argument) => readText(file, argument, depth + 1)) });
      return { is: "joined", parts: right };
    }
    if (CHOICES.has(sign) && right.length === 0) return { is: "either", of: [readText(file, left, depth + 1), readText(file, other, depth + 1)] };
    if (!shape.joins.has(sign)) break;
    right.unshift(readText(file, other, depth + 1));
    if (!shape.binary.has(left.type)) {
      right.unshift(readText(file, left, depth + 1));
      return { is: "joined", parts: right };
    }
    at = left;
  }
  right.unshift(valueOf(file, at));
  return right.length === 1 ? (right[0] as Text) : { is: "joined", parts: right };
}

function valueOf(file: ReadFile, node: PlainNode): Text {
  return { is: "value", name: shortName(sourceOf(file, node)) };
}
