import type { PoolSize } from "../../model/pool-size";
import type { Language } from "../languages/language";
import type { SyntaxNode } from "../parsing/syntax";
import { POOL_FORMS, productOf } from "./pool-forms";
import type { PoolForm, SizePart } from "./pool-forms";
import { definitionsOf, lastName, notBeforeItRuns, unwrap, valueOf } from "./size-values";
import type { Definition, SizeValue } from "./size-values";

/** A pool as one file tells it; what its size lacks may be said in another file. */
export interface PoolDraft {
  readonly pool: Omit<PoolSize, "size" | "unknown">;
  /** Their sum is the size. */
  readonly parts: readonly SizeValue[];
  readonly form: PoolForm;
}

/** How code makes or sets something: what is called, on what, with what. */
interface Site {
  readonly name: string;
  readonly on: string;
  readonly node: SyntaxNode;
  /** For calls. */
  readonly args: readonly SyntaxNode[];
  /** For fields that are set. */
  readonly value: SyntaxNode | null;
}

/** The pools that a file makes or sizes, in its order. */
export function readPools(file: string, language: Language, text: string, root: SyntaxNode): PoolDraft[] {
  const forms = POOL_FORMS.filter((form) => form.languages.includes(language.id) && form.mark.test(text));
  if (forms.length === 0) return [];
  const names = new Set(forms.flatMap((form) => form.names));
  const definitions = definitionsOf(root);
  const product = productOf(text);
  const drafts: PoolDraft[] = [];
  const visit = (node: SyntaxNode): void => {
    for (const kind of ["call", "key"] as const) {
      const site = kind === "call" ? callAt(node) : keyAt(node);
      if (site === null) continue;
      const whole = `${site.on}.${site.name}`;
      if (!names.has(site.name) && !names.has(whole)) continue;
      for (const form of forms) {
        if (form.site !== kind || !(form.names.includes(site.name) || form.names.includes(whole)) || (form.on !== undefined && site.on !== "" && !form.on.test(site.on)) || form.first?.test(site.args[0]?.text ?? "") === false || form.unless?.test(node.text) === true) continue;
        const draft = draftOf(site, form, definitions);
        if (draft === null) continue;
        const service = form.service === "database" ? (product ?? "database") : form.service;
        drafts.push({
          form, parts: draft.parts,
          pool: { file, line: node.startPosition.row + 1, language: language.id, library: form.library, service, per: form.per ?? "pool", text: draft.text },
        });
      }
    }
    for (const child of node.namedChildren) visit(child);
  };
  visit(root);
  // A library's default stands only where nothing in the file says otherwise.
  return drafts.filter(({ form }) => form.fallback !== true || !drafts.some((other) => other.form.library === form.library && other.form.fallback !== true));
}

function callAt(node: SyntaxNode): Site | null {
  let callee: SyntaxNode | null = null;
  let on: string | null = null;
  switch (node.type) {
    case "call":
    case "call_expression":
    case "invocation_expression":
      callee = node.childForFieldName("function") ?? node.childForFieldName("method") ?? node.namedChildren[0] ?? null;
      on = node.childForFieldName("receiver")?.text ?? null;
      break;
    case "new_expression":
      callee = node.childForFieldName("constructor");
      break;
    case "object_creation_expression":
      callee = node.childForFieldName("type");
      break;
    case "method_invocation":
      callee = node.childForFieldName("name");
      on = node.childForFieldName("object")?.text ?? "";
      break;
    default:
      return null;
  }
  if (callee === null) return null;
  const path = callee.text.replace(/<[^<>]*>$/, "");
  if (!/^[\w$.?()\s]+$/.test(path) && !/[\w$]$/.test(path)) return null;
  const list = node.childForFieldName("arguments") ?? node.namedChildren.find(({ type }) => type === "value_arguments" || type === "call_suffix") ?? null;
  const args = list === null ? [] : (list.type === "call_suffix" ? (list.namedChildren[0]?.namedChildren ?? []) : list.namedChildren).filter(({ type }) => type !== "comment");
  const receiver = on ?? (path.includes(".") ? path.slice(0, path.lastIndexOf(".")) : "");
  return { name: lastName(path), on: receiver === "" ? "" : lastName(receiver), node, args, value: null };
}

function keyAt(node: SyntaxNode): Site | null {
  switch (node.type) {
    case "keyed_element":
    case "assignment_statement":
    case "assignment_expression":
    case "assignment": {
      const left = node.childForFieldName("key") ?? node.childForFieldName("left") ?? node.namedChildren[0] ?? null;
      const right = node.childForFieldName("value") ?? node.childForFieldName("right") ?? node.namedChildren[1] ?? null;
      if (left === null || right === null || left.namedChildren.length > 1 && left.type === "expression_list") return null;
      return { name: lastName(left.text), on: "", node, args: [], value: right };
    }
    default:
      return null;
  }
}

/** null: the code says that there is no limit. */
function draftOf(site: Site, form: PoolForm, definitions: readonly Definition[]): { readonly parts: readonly SizeValue[]; readonly text: string } | null {
  if (site.value !== null) {
    const value = valueOf(site.value, definitions);
    return value.is === "number" && form.endless?.(value.value) === true ? null : { parts: [value], text: `${site.name} ${sayValue(value)}` };
  }
  const parts: SizeValue[] = [];
  const said: string[] = [];
  for (const part of form.size ?? []) {
    const given = argumentOf(site.args, part, definitions);
    const label = part.at.at(-1) ?? "";
    if (given === null) {
      if (part.otherwise === "none") return null;
      if (typeof part.otherwise === "number") {
        parts.push({ is: "number", value: part.otherwise });
        said.push(`${label} ${part.otherwise} by default`);
      } else {
        parts.push({ is: "unknown", why: part.otherwise.unknown });
        said.push(`without ${label}`);
      }
      continue;
    }
    const value = "is" in given ? given : valueOf(given, definitions);
    if (value.is === "number" && (form.endless?.(value.value) === true || value.value < 0)) return null;
    parts.push(value);
    said.push(`${label} ${sayValue(value)}`.trim());
  }
  return { parts, text: `${site.name}(${said.join(", ")})` };
}

function sayValue(value: SizeValue): string {
  return value.is === "number" ? String(value.value) : value.is === "name" ? (value.on === null ? value.name : `${value.on}.${value.name}`) : "?";
}

/** The argument, or why it cannot be told; null: it is not given. */
function argumentOf(args: readonly SyntaxNode[], part: SizePart, definitions: readonly Definition[]): SyntaxNode | SizeValue | null {
  const [first, ...rest] = part.at;
  let hidden: SizeValue | null = null;
  if (first !== undefined) {
    for (const argument of args) {
      const name = argument.type === "keyword_argument" || argument.type === "argument" || argument.type === "value_argument" ? argument.childForFieldName("name")?.text : argument.type === "pair" ? argument.childForFieldName("key")?.text : undefined;
      if (name === first && rest.length === 0) return argument.childForFieldName("value") ?? argument.namedChildren[argument.namedChildren.length - 1] ?? null;
      if (/splat|spread/.test(argument.type)) hidden = notBeforeItRuns(argument.text.replace(/^[*.]+/, ""));
      const object = objectOf(argument, definitions);
      if (object === "hidden") hidden ??= notBeforeItRuns(argument.text);
      else if (object !== null) {
        const found = within(object, part.at, definitions);
        if (found === "hidden") hidden ??= notBeforeItRuns(argument.text);
        else if (found !== null) return found;
      }
    }
  }
  const placed = part.place === undefined ? undefined : args[part.place];
  if (placed !== undefined && placed.type !== "keyword_argument") return /splat|spread/.test(placed.type) ? notBeforeItRuns(placed.text.replace(/^[*.]+/, "")) : placed;
  return hidden;
}

/** The object literal that an argument is, or that the constant it names is. `hidden`: an object that is made elsewhere. null: no object. */
function objectOf(argument: SyntaxNode, definitions: readonly Definition[]): SyntaxNode | "hidden" | null {
  const node = unwrap(argument);
  if (node.type === "object") return node;
  if (node.type === "member_expression" || node.type === "call_expression") return "hidden";
  if (node.type !== "identifier" || argument.type === "argument" || !isJavascript(node)) return null;
  const found = definitions.filter(({ name }) => name === node.text);
  const value = found.length === 1 && found[0]?.value !== null ? unwrap(found[0]?.value as SyntaxNode) : null;
  return value?.type === "object" ? value : value !== null && /string/.test(value.type) ? null : "hidden";
}

/** In a list of arguments of JavaScript an identifier may be the options. */
function isJavascript(node: SyntaxNode): boolean {
  return node.parent?.type === "arguments";
}

function within(object: SyntaxNode, path: readonly string[], definitions: readonly Definition[]): SyntaxNode | "hidden" | null {
  const [key, ...rest] = path;
  let hidden = false;
  for (const member of object.namedChildren) {
    if (member.type === "spread_element") hidden = true;
    if (member.type === "shorthand_property_identifier" && member.text === key && rest.length === 0) return member;
    if (member.type !== "pair" || member.childForFieldName("key")?.text.replace(/^["']|["']$/g, "") !== key) continue;
    const value = member.childForFieldName("value");
    if (value === null) return "hidden";
    if (rest.length === 0) return value;
    const inner = objectOf(value, definitions);
    if (inner === null || inner === "hidden") return "hidden";
    return within(inner, rest, definitions);
  }
  return hidden ? "hidden" : null;
}
