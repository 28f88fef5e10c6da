import type { FindingKind, Confidence } from "../../model/finding";

/**
 * What a rule file says, once validated. One YAML file a library; the schema beside this file is made from the same shape.
 *
 * A *callee* is written fully named, as the flow model resolves names:
 * - `net/http.Get`, `requests.get`, `urllib.request.urlopen`: a function of a module (also a constructor: `requests.Session`);
 * - `database/sql.DB.Begin`, `requests.Session.get`: a method of a type (`T.*` for any method);
 * A value's type comes from: a constructor or a call in `types[].from`, a declared type, a field's or global's type, the result of a
 * workspace function; receiver *names* come last and lower the confidence.
 */
export interface RuleFile {
  readonly schema: "leakline.rules/1";
  readonly library: string;
  readonly language: string;
  /** The file is looked at when it imports one of these (module or a submodule). */
  readonly imports: readonly string[];
  /** Kind of service the library speaks to, null when it speaks to none. */
  readonly service: string | null;
  readonly types: readonly RuleType[];
  readonly resources: readonly ResourceRule[];
  readonly blocking: readonly BlockingRule[];
  readonly timeouts: readonly TimeoutRule[];
  readonly examples: readonly RuleExample[];
}

export interface RuleType {
  /** `database/sql.DB`. */
  readonly name: string;
  /** Other names of the same type or interfaces/base types it can be used as: `github.com/jmoiron/sqlx.DB` extends `database/sql.DB`. */
  readonly extends: readonly string[];
  /** Calls that give it, with the index of the result: `{ call: "database/sql.Open", result: 0 }`. */
  readonly from: readonly { readonly call: string; readonly result: number }[];
  /** Fields that hold another known type: `{ name: "Body", type: "io.ReadCloser" }`. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  /** Receiver or parameter names that usually hold one, used last: `db`, `tx`. Lower-case comparison. */
  readonly names: readonly string[];
}

export interface OpenCall {
  readonly call: string;
  /** Which result is the resource; `receiver`: the receiver itself becomes open (`o.Begin()`); an argument by index is `argument:0`. */
  readonly opens: number | "receiver" | `argument:${number}`;
  /** Index of the result that is the error twin: when it is not null the resource is not open. null: none, or the language raises. */
  readonly error: number | null;
  /** Opens only when this keyword/field argument has this literal text (`stream` = `True`), or `unless` it has. Empty: always. */
  readonly when: readonly { readonly argument: string; readonly equals: string }[];
  readonly unless: readonly { readonly argument: string; readonly equals: string }[];
  /** The call must be awaited to give the resource (`await pool.acquire()`), or enters through `async with`. */
  readonly awaited: boolean;
}

export interface CloseCall {
  /** `database/sql.Tx.Commit`: on the resource. Or a function that takes it: `contextlib.closing` with `argument: 0`. */
  readonly call: string;
  readonly on: "receiver" | `argument:${number}`;
}

export interface ResourceRule {
  /** `go/sql-transaction`. */
  readonly rule: string;
  readonly kind: FindingKind;
  /** In the message: "transaction", "response body". */
  readonly noun: string;
  /** Type of the resource (`database/sql.Tx`), for methods on it. null when it has none of its own (the receiver that becomes open). */
  readonly type: string | null;
  /** The member that really must be closed: `Body` of a response. null: the object itself. */
  readonly member: string | null;
  readonly opens: readonly OpenCall[];
  readonly closes: readonly CloseCall[];
  /** `with`/`using` on the object releases it. */
  readonly contextManager: boolean;
  /** Entering it with `with` opens AND closes; without `with` the call opens nothing (`session.begin()` used only as a context manager): `false`. */
  readonly opensWithoutContext: boolean;
  /** The resource goes with its parent: closing the parent (the receiver of the opening call) releases it too (a cursor with its connection). */
  readonly closedWithParent: boolean;
  /** Iterating to the end closes it (`for rows.Next()` closes rows when it returns false): the path out of the exhausted loop is closed. */
  readonly exhaustedBy: readonly string[];
  /** Ceiling of the confidence of findings by this rule. */
  readonly confidence: Confidence;
  /** How severe a leak at the garbage collector's mercy is: `true` when an unreachable object is closed by the runtime. */
  readonly collected: boolean;
  /** Kind of service it holds a connection to; null: the file's. */
  readonly service: string | null;
  readonly advice: string;
  readonly fix: string | null;
}

export interface BlockingRule {
  readonly rule: string;
  readonly calls: readonly string[];
  /** Calls of the same names that do not block (awaited twins): matched first. */
  readonly except: readonly string[];
  readonly confidence: Confidence;
  readonly service: string | null;
  readonly advice: string;
  readonly fix: string | null;
}

export interface TimeoutRule {
  readonly rule: string;
  readonly calls: readonly string[];
  /** Any of these keyword arguments or struct fields present (and not a null literal) satisfies it. */
  readonly arguments: readonly string[];
  /** A positional argument at this index satisfies it too; null: none. */
  readonly position: number | null;
  /** For a struct/constructor of this type (`net/http.Client{}`): the fields that satisfy it are `arguments`. */
  readonly builds: string | null;
  readonly confidence: Confidence;
  readonly service: string | null;
  readonly advice: string;
  readonly fix: string | null;
}

/** An example is a test: `code` is a whole file in which comments `ruleid: R` / `ok: R` stand on the line before the expectation. */
export interface RuleExample {
  readonly name: string;
  readonly code: string;
}
