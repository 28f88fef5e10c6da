import type { TypeRef } from "../flow/flow-model";
import { part } from "./plain-tree";
import type { PlainNode } from "./plain-tree";
import { segmentsOf } from "./rust-paths";

/** Types that stand for what is in them: what owns or borrows it, what is or is not there, what went right or wrong. */
const TRANSPARENT: ReadonlySet<string> = new Set(["Box", "Arc", "Rc", "Pin", "Cow", "Option", "Result", "Weak", "ManuallyDrop", "LazyLock", "OnceLock", "Lazy", "OnceCell", "ApiResult", "Lrc"]);
/** The first argument is what is wanted, the last is not. */
const FIRST: ReadonlySet<string> = new Set(["Result", "ApiResult", "Pooled"]);

/** A type as the flow model has it: references, boxes, options and results are what is in them. `qualify` gives the dotted name of a path. */
export function readRustType(node: PlainNode | null, text: string, qualify: (segments: readonly string[]) => string, depth = 0): TypeRef | null {
  if (node === null || depth > 60) return null;
  const of = (one: PlainNode): string => text.slice(one.start, one.end);
  const inner = (one: PlainNode | null): TypeRef | null => readRustType(one, text, qualify, depth + 1);
  switch (node.type) {
    case "type_identifier":
    case "identifier":
    case "primitive_type":
      return { name: node.type === "primitive_type" ? of(node) : qualify(segmentsOf(of(node))), element: null };
    case "scoped_type_identifier":
    case "scoped_identifier": {
      const segments = segmentsOf(of(node).replace(/<[^]*>/, ""));
      return segments.length === 0 ? null : { name: qualify(segments), element: null };
    }
    case "reference_type":
    case "pointer_type":
    case "dynamic_type":
    case "abstract_type":
      return inner(part(node, "type"));
    case "bounded_type":
      return inner(node.children.find((child) => child.type !== "lifetime") ?? null);
    case "array_type":
      return { name: "[]", element: inner(part(node, "element")) };
    case "qualified_type":
    case "bracketed_type":
      return inner(part(node, "type") ?? node.children[0] ?? null);
    case "generic_type":
    case "generic_type_with_turbofish": {
      const base = inner(part(node, "type"));
      const given = (part(node, "type.arguments")?.children ?? []).filter((child) => child.type !== "lifetime" && child.type !== "type_binding");
      if (base === null) return null;
      const short = base.name.slice(base.name.lastIndexOf(".") + 1);
      const element = inner((FIRST.has(short) ? given[0] : given.at(-1)) ?? null);
      return TRANSPARENT.has(short) && element !== null ? element : { name: base.name, element };
    }
    default:
      return null;
  }
}
