import type { Import } from "../flow/flow-model";
import { part } from "./plain-tree";
import type { PlainNode } from "./plain-tree";

/** One name that a `use` brings in: the path's segments, and what it is called here (`*`: everything of the path). */
export interface UsedPath {
  readonly segments: readonly string[];
  readonly local: string;
}

/** Segments of a path in a `use`, `r#` taken off: `crate::db::Pool`. */
export function segmentsOf(text: string): string[] {
  return text.replace(/\s+/g, "").split("::").filter((segment) => segment !== "").map((segment) => segment.replace(/^r#/, ""));
}

/** All names of a `use` tree: nested lists, aliases, globs, `self`. */
export function usedPaths(node: PlainNode, text: string, before: readonly string[] = [], depth = 0): UsedPath[] {
  const of = (one: PlainNode): string => text.slice(one.start, one.end);
  if (depth > 100) return [];
  switch (node.type) {
    case "use_declaration":
    case "use_list":
      return node.children.filter((child) => child.type !== "visibility_modifier").flatMap((child) => usedPaths(child, text, before, depth + 1));
    case "scoped_use_list": {
      const path = part(node, "path");
      const list = part(node, "list");
      return list === null ? [] : usedPaths(list, text, path === null ? before : [...before, ...segmentsOf(of(path))], depth + 1);
    }
    case "use_as_clause": {
      const path = part(node, "path");
      const local = part(node, "local");
      // `use std::io::Write as _` brings in methods only.
      if (path === null || local === null || of(local) === "_") return [];
      return [{ segments: withoutSelf([...before, ...segmentsOf(of(path))]), local: of(local).replace(/^r#/, "") }];
    }
    case "use_wildcard":
      return [{ segments: [...before, ...node.children.flatMap((child) => segmentsOf(of(child)))], local: "*" }];
    case "identifier":
    case "scoped_identifier":
    case "self":
    case "crate":
    case "super": {
      const segments = withoutSelf([...before, ...segmentsOf(of(node))]);
      const local = segments.at(-1);
      return local === undefined ? [] : [{ segments, local }];
    }
    default:
      return [];
  }
}

/** `use std::io::{self}` brings in `io`. */
function withoutSelf(segments: readonly string[]): readonly string[] {
  return segments.length > 1 && segments.at(-1) === "self" ? segments.slice(0, -1) : segments;
}

/** What stands at the head of paths in a file: `crate`, `self`, `super`, its own modules, and what is brought in. */
export class RustPaths {
  readonly imports: Import[] = [];
  readonly #module: readonly string[];
  /** Local name -> segments of what it is. */
  readonly #locals = new Map<string, readonly string[]>();
  readonly #known = new Set<string>();

  /** @param module dotted name of the file's module */
  constructor(module: string) {
    this.#module = module.split(".");
  }

  /** `mod db;`: a file of its own. */
  declareModule(name: string): void {
    this.#bring(name, [...this.#module, name]);
  }

  /** `mod inner { ... }`: its items are lowered as the file's own. */
  declareInline(name: string): void {
    this.#bring(name, this.#module);
  }

  /** A name that paths may begin with and that is no crate: a type, a function, a type parameter. */
  declareName(name: string): void {
    this.#known.add(name);
  }

  /** True when the file itself declares this name. */
  declares(name: string): boolean {
    return this.#known.has(name);
  }

  /** @param inside how many inline modules the `use` stands in: `super` is the file itself then */
  use(path: UsedPath, inside: number): void {
    const segments = this.absolute(path.segments, inside);
    if (path.local === "*") {
      // `use Kind::*` brings an enum's variants, which nobody calls for what they do.
      if (segments.join(".") !== this.#module.join(".") && !/^[A-Z]/.test(segments.at(-1) ?? "")) this.#add({ local: "*", path: segments.join("."), member: "*" });
      return;
    }
    // A name of this very file, brought into one of its inline modules.
    if (segments.length === this.#module.length + 1 && segments.slice(0, -1).join(".") === this.#module.join(".") && segments.at(-1) === path.local) return;
    this.#bring(path.local, segments);
  }

  /** The name by which the flow knows the head of a path. A lower-case head that nobody declared is a crate. */
  head(name: string): string {
    if (this.#locals.has(name) || this.#known.has(name) || !/^[a-z_]/.test(name) || PRIMITIVES.has(name)) return name;
    this.#bring(name, [name]);
    return name;
  }

  crate(): string {
    return this.#alias("crate", this.#module.slice(0, 1));
  }

  self(): string {
    return this.#alias("self::", this.#module);
  }

  /** @param levels how many `super` stand in a row, those of inline modules taken off: 0 is the file's own module */
  above(levels: number): string {
    return levels <= 0 ? this.self() : this.#alias("super::".repeat(levels), this.#module.slice(0, Math.max(1, this.#module.length - levels)));
  }

  /** Segments from a crate's name on. */
  absolute(segments: readonly string[], inside: number): readonly string[] {
    const [first, ...rest] = segments;
    if (first === undefined) return this.#module;
    if (first === "crate") return [...this.#module.slice(0, 1), ...rest];
    if (first === "self") return [...this.#module, ...rest];
    if (first === "super") {
      let levels = 0;
      while (segments[levels] === "super") levels++;
      const up = Math.max(0, levels - inside);
      return [...this.#module.slice(0, Math.max(1, this.#module.length - up)), ...segments.slice(levels)];
    }
    const known = this.#locals.get(first);
    return known === undefined ? segments : [...known, ...rest];
  }

  /** A type's or value's dotted name outside this file; names of its own get a leading dot. */
  qualify(segments: readonly string[], inside: number): string {
    const [first] = segments;
    if (first === undefined) return "";
    if (first === "crate" || first === "self" || first === "super" || this.#locals.has(first)) {
      const absolute = this.absolute(segments, inside);
      const own = this.#module.length;
      return absolute.length === own + 1 && absolute.slice(0, own).join(".") === this.#module.join(".") ? `.${absolute[own]}` : absolute.join(".");
    }
    if (segments.length > 1 && /^[a-z_]/.test(first) && !this.#known.has(first)) return segments.join(".");
    return `.${segments.join(".")}`;
  }

  #alias(local: string, segments: readonly string[]): string {
    if (!this.#locals.has(local)) this.#bring(local, segments);
    return local;
  }

  #bring(local: string, segments: readonly string[]): void {
    if (!this.#locals.has(local)) this.#locals.set(local, segments);
    const member = segments.at(-1)!;
    if (segments.length === 1) this.#add({ local, path: member, member: null });
    else this.#add({ local, path: segments.slice(0, -1).join("."), member });
  }

  #add(one: Import): void {
    if (!this.imports.some((known) => known.local === one.local && known.path === one.path && known.member === one.member)) this.imports.push(one);
  }
}

const PRIMITIVES = new Set(["bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "self", "super", "crate"]);
