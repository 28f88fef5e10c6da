import type { FileStatements } from "./file-statements";

/** A method name that more types of the workspace have says nothing about whose it is. */
const AMBIGUOUS_METHOD = 6;

/**
 * Who calls whom, by names as the prefilter's outlines have them: a qualified call leads to its module, a plain one to its own file or
 * package, a method call to the few methods of that name. Coarser than the resolver, which needs the whole flow of every file; made for
 * "what is near this function", where a missing edge costs more than one too many.
 */
export function callEdges(files: readonly FileStatements[], offsetOf: (file: FileStatements) => number): Int32Array {
  const definers = new Map<number, { readonly file: FileStatements; readonly fn: number; readonly method: boolean }[]>();
  for (const file of files) {
    file.functions.forEach((_, fn) => {
      if (fn === 0) return;
      const outline = file.outlines[fn];
      if (outline === undefined) return;
      for (const name of outline.names) {
        const list = definers.get(name);
        const entry = { file, fn, method: outline.isMethod };
        if (list === undefined) definers.set(name, [entry]);
        else list.push(entry);
      }
    });
  }
  const pairs: number[] = [];
  for (const file of files) {
    file.functions.forEach((_, fn) => {
      const seen = new Set<number>();
      for (const call of file.outlines[fn]?.calls ?? []) {
        const all = definers.get(call.name);
        if (all === undefined) continue;
        const same = all.filter((one) => one.file.language === file.language);
        const near = same.filter((one) => one.file === file);
        let meant = same;
        if (call.form === "qualified") {
          const led = same.filter((one) => leads(call.module, one.file));
          meant = led.length > 0 ? led : [];
        } else if (call.form === "plain") {
          const beside = same.filter((one) => folder(one.file.file) === folder(file.file));
          meant = near.length > 0 ? near : beside.length > 0 ? beside : same.length <= AMBIGUOUS_METHOD ? same : [];
        } else {
          const methods = same.filter(({ method }) => method);
          meant = methods.length <= AMBIGUOUS_METHOD ? methods : near.filter(({ method }) => method);
        }
        for (const one of meant) {
          const to = offsetOf(one.file) + one.fn;
          if (seen.has(to)) continue;
          seen.add(to);
          pairs.push(offsetOf(file) + fn, to);
        }
      }
      // A closure runs where it stands, or soon after: it counts as called by the function around it.
      const { parent } = file.functions[fn] ?? { parent: null };
      if (parent !== null && parent !== 0) pairs.push(offsetOf(file) + parent, offsetOf(file) + fn);
    });
  }
  return Int32Array.from(pairs);
}

/** A module as imported, and a file: the same, or one inside the other (a class of a package, a name of a module), or the end of a relative path. */
function leads(module: string, { module: own, file }: FileStatements): boolean {
  if (module === own || module === "" || own === "") return module === own;
  if (own.startsWith(`${module}.`) || module.startsWith(`${own}.`) || own.startsWith(`${module}/`) || module.startsWith(`${own}/`)) return true;
  const plain = module.replace(/^[./@~#]+/u, "").replace(/\.(?:[mc]?[jt]sx?)$/u, "");
  return plain !== "" && (file.replace(/\.[^./]+$/u, "").endsWith(plain) || file.replace(/\/index\.[^./]+$/u, "").endsWith(plain));
}

function folder(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "" : file.slice(0, slash);
}

export interface NearFunction {
  /** Index into the workspace's functions. */
  readonly function: number;
  /** Calls between: 0 is the function itself. */
  readonly distance: number;
  /** How it goes with the function asked about. */
  readonly relation: "itself" | "calls it" | "called by it";
}

/** Functions near one another by calls. Built once over the edges. */
export class CallGraph {
  readonly #callers = new Map<number, number[]>();
  readonly #callees = new Map<number, number[]>();

  constructor(edges: Int32Array) {
    for (let at = 0; at + 1 < edges.length; at += 2) {
      const [from, to] = [edges[at] as number, edges[at + 1] as number];
      push(this.#callees, from, to);
      push(this.#callers, to, from);
    }
  }

  /** The function, those that call it and those that it calls, up to so many calls away; nearest first. */
  around(fn: number, depth = 3): readonly NearFunction[] {
    const found: NearFunction[] = [{ function: fn, distance: 0, relation: "itself" }];
    for (const [edges, relation] of [[this.#callers, "calls it"], [this.#callees, "called by it"]] as const) {
      const seen = new Set([fn]);
      let frontier = [fn];
      for (let distance = 1; distance <= depth && frontier.length > 0; distance++) {
        const next: number[] = [];
        for (const at of frontier) {
          for (const other of edges.get(at) ?? []) {
            if (seen.has(other)) continue;
            seen.add(other);
            next.push(other);
            found.push({ function: other, distance, relation });
          }
        }
        frontier = next;
      }
    }
    return found.sort((a, b) => a.distance - b.distance);
  }
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
