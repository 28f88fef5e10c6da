/** A class on its way: what it is called, and what its names mean inside it. */
export interface ClassHere {
  /** `Outer.Inner`; `Outer$1` for an anonymous one. */
  readonly full: string;
  readonly fields: Map<string, "instance" | "static">;
  readonly methods: Set<string>;
  /** Simple names of the classes declared in it, with their full ones. */
  readonly nested: Map<string, string>;
}

/** Where a name may belong to. A block's variables are known in the flow by another name where the source has one name for several (`it`). */
export type Frame =
  | { readonly is: "class"; readonly here: ClassHere }
  | { readonly is: "block"; readonly names: Map<string, string>; readonly classes: Map<string, string> };

export type Meaning =
  | { readonly is: "local"; readonly name: string }
  /** `inner`: of the innermost class, so that `this` reaches it. */
  | { readonly is: "field"; readonly owner: string; readonly isStatic: boolean; readonly inner: boolean }
  | { readonly is: "class"; readonly full: string }
  | { readonly is: "unknown" };

/** What a simple name means where the frames stand, innermost last. What a class inherits is not known here. */
export function meaningOf(name: string, frames: readonly Frame[], outermost: ReadonlyMap<string, string>): Meaning {
  let inner = true;
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i]!;
    if (frame.is === "block") {
      const local = frame.names.get(name);
      if (local !== undefined) return { is: "local", name: local };
      const declared = frame.classes.get(name);
      if (declared !== undefined) return { is: "class", full: declared };
      continue;
    }
    const field = frame.here.fields.get(name);
    if (field !== undefined) return { is: "field", owner: frame.here.full, isStatic: field === "static", inner };
    const nested = frame.here.nested.get(name);
    if (nested !== undefined) return { is: "class", full: nested };
    inner = false;
  }
  const top = outermost.get(name);
  return top === undefined ? { is: "unknown" } : { is: "class", full: top };
}

/** The full name of a class of this file that is seen by a simple name; null when none is. */
export function classNamed(name: string, frames: readonly Frame[], outermost: ReadonlyMap<string, string>): string | null {
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i]!;
    const found = frame.is === "block" ? frame.classes.get(name) : frame.here.nested.get(name);
    if (found !== undefined) return found;
  }
  return outermost.get(name) ?? null;
}

/**
 * Java's getters and setters are properties in Kotlin: `source.connection` calls `getConnection()`. Which properties are is told by no text;
 * these are of libraries whose getter does more than read a field.
 */
export const GETTERS: ReadonlyMap<string, string> = new Map<string, string>([
  // OkHttp is written in Kotlin: the method of Java's time is a property now.
  ["body", "body"],
  ...[
    "connection", "inputStream", "outputStream", "errorStream", "resource", "transaction", "generatedKeys", "resultSet", "metaData", "xaConnection", "pooledConnection", "entityManager", "resultStream",
    "resultList", "singleResult", "responseCode", "objectContent", "currentSession", "readableDatabase", "writableDatabase", "channel",
  ].map((name) => [name, `get${name[0]!.toUpperCase()}${name.slice(1)}`] as const),
]);

/** Functions of kotlin.io that wrap a stream, with the class of java.io that they make. On a file they open it instead. */
export const WRAPPERS: ReadonlyMap<string, string> = new Map([
  ["buffered", "BufferedInputStream"], ["bufferedReader", "BufferedReader"], ["reader", "InputStreamReader"], ["bufferedWriter", "BufferedWriter"], ["writer", "OutputStreamWriter"],
]);
export const SETTERS: ReadonlyMap<string, string> = new Map(
  ["autoCommit", "connectTimeout", "readTimeout", "soTimeout", "socketTimeout", "leakDetectionThreshold", "defaultRequestConfig", "requestFactory", "maximumPoolSize", "jdbcUrl", "connectionManager", "responseTimeout", "connectionRequestTimeout"]
    .map((name) => [name, `set${name[0]!.toUpperCase()}${name.slice(1)}`]),
);
