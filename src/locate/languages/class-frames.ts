/** A class on its way: what its name is, and what its names mean inside it. */
export interface ClassHere {
  /** `Outer.Inner`; `Outer$1` for an anonymous one. */
  readonly full: string;
  readonly fields: Map<string, "instance" | "static">;
  /** Simple names of the classes declared in it, with their full ones. */
  readonly nested: Map<string, string>;
}

/** Where a name may belong to. */
export type Frame =
  | { readonly is: "class"; readonly here: ClassHere }
  | { readonly is: "block"; readonly names: Set<string>; readonly classes: Map<string, string> };

export type Meaning =
  | { readonly is: "local" }
  /** A field; `inner`: of the innermost class, so that `this` reaches it. */
  | { readonly is: "field"; readonly owner: string; readonly isStatic: boolean; readonly inner: boolean }
  | { readonly is: "class"; readonly full: string }
  | { readonly is: "unknown" };

const LOCAL: Meaning = { is: "local" };
const UNKNOWN: Meaning = { is: "unknown" };

/** What a simple name means where the frames stand, innermost last. What a class inherits is not known here. */
export function meaningOf(name: string, frames: readonly Frame[], outermost: ReadonlyMap<string, string>): Meaning {
  let inner = true;
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i]!;
    if (frame.is === "block") {
      if (frame.names.has(name)) return LOCAL;
      const local = frame.classes.get(name);
      if (local !== undefined) return { is: "class", full: local };
      continue;
    }
    const field = frame.here.fields.get(name);
    if (field !== undefined) return { is: "field", owner: frame.here.full, isStatic: field === "static", inner };
    const nested = frame.here.nested.get(name);
    if (nested !== undefined) return { is: "class", full: nested };
    if (frame.here.full === name) return { is: "class", full: name };
    inner = false;
  }
  const top = outermost.get(name);
  return top === undefined ? UNKNOWN : { is: "class", full: top };
}

/** The full name of a class that is seen here by a simple name; null when none of this file is. Fields and locals do not hide types. */
export function classNamed(name: string, frames: readonly Frame[], outermost: ReadonlyMap<string, string>): string | null {
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i]!;
    const found = frame.is === "block" ? frame.classes.get(name) : frame.here.nested.get(name);
    if (found !== undefined) return found;
  }
  return outermost.get(name) ?? null;
}
