/**
 * The one flow model that every language is lowered to. Plain readonly data: it crosses threads and lives in the cache.
 *
 * Shape: a file has functions; a function has a tree of steps; a step holds expressions. Evaluation order is the order of the
 * fields as documented here, left to right. Everything a language has beyond this is lowered to it by its language file, or
 * becomes a visible `opaque` step or expression whose children are still there.
 */

/** Place in the source. Lines and columns from 1, columns in UTF-16 units, end exclusive. Four numbers, because there are many. */
export type Place = readonly [line: number, column: number, endLine: number, endColumn: number];

export interface Import {
  /** The name it is known by in this file: `http`, `sql`, `rq` for `import requests as rq`. `.` for Go dot imports, `*` for Python star imports. */
  readonly local: string;
  /** What it is: `net/http`, `requests`, `urllib.request` (`import a.b` gives two: `a` for the name it binds, and `a.b` under its dotted name). Relative Python imports are made absolute where the package is known, else keep their dots. */
  readonly path: string;
  /** For `from urllib.request import urlopen`: `urlopen`. null when the module itself is bound. */
  readonly member: string | null;
}

/**
 * A declared type as the source writes it, with its package resolved through the imports: `*sql.DB` is
 * `{ name: "database/sql.DB" }`, a type of this file's package is `{ name: ".Store" }`. Pointers, Optional[...] and quotes are
 * stripped; of containers only the element stays in `element` (`[]*sql.Rows`, `list[Response]`, channels, map values).
 * Go's containers are named `[]`, `map` and `chan`, its type literals `func`, `struct` and `interface`, predeclared types by their bare
 * name (`error`); a generic type has its last type argument as `element`.
 */
export interface TypeRef {
  readonly name: string;
  readonly element: TypeRef | null;
}

export interface TypeDeclaration {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: TypeRef | null }[];
  /** Embedded structs (Go), base classes (Python). */
  readonly bases: readonly TypeRef[];
  /** One part of a type that other files may declare other parts of (C#). Absent: false. */
  readonly isPartial?: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly type: TypeRef | null;
  /** `*args`, `...T`. */
  readonly variadic: boolean;
  /** The default value, evaluated by the caller of the definition, not per call. */
  readonly initial: Expression | null;
}

export interface FunctionFlow {
  /** Unique in its file, in source order from 0. 0 is the file's own top level (Python module body; Go package variables' initialisers). */
  readonly id: number;
  /** Short name; `<module>` for the top level, `<closure>` for a function literal, `<lambda>`. */
  readonly name: string;
  /** `Type.method`, `outer.inner`, or the name alone: what a person sees. */
  readonly symbol: string;
  /** The type that it is a method of: `MainController`. null for plain functions. */
  readonly owner: string | null;
  /** Name of the receiver variable: Go's receiver, Python's `self`/`cls`. null when there is none. It is not among the parameters. */
  readonly receiver: string | null;
  readonly parameters: readonly Parameter[];
  readonly results: readonly (TypeRef | null)[];
  /** Go's named results: a bare `return` returns these. Empty otherwise. */
  readonly resultNames: readonly string[];
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** Declared without a body (an interface's method): what it does is known only from those that implement it. Absent: false. */
  readonly isAbstract?: boolean;
  readonly decorators: readonly Expression[];
  /** The enclosing function's id for closures and nested definitions; null at the top. Free names belong to it. */
  readonly parent: number | null;
  readonly place: Place;
  /** Place of the name alone (for a closure, of its keyword). */
  readonly namePlace: Place;
  readonly body: readonly Step[];
}

export type Expression =
  /** A comprehension's own variable may be renamed (`conn~1`), so that it is not taken for the function's. */
  | { readonly is: "name"; readonly name: string; readonly at: Place }
  | { readonly is: "member"; readonly object: Expression; readonly name: string; readonly at: Place }
  | {
      /** Order: callee (its object), arguments, then the call. */
      readonly is: "call";
      readonly callee: Expression;
      readonly arguments: readonly Argument[];
      readonly at: Place;
    }
  | { readonly is: "await"; readonly value: Expression; readonly at: Place }
  | { readonly is: "yield"; readonly value: Expression | null; readonly from: boolean; readonly at: Place }
  /** The function is in the file's `functions`. Creating it captures its free names; it does not run them. */
  | { readonly is: "closure"; readonly function: number; readonly at: Place }
  | { readonly is: "literal"; readonly kind: "null" | "true" | "false" | "number" | "string"; readonly text: string; readonly at: Place }
  /** Something built of parts, which it then holds: list, tuple, dict, struct literal, string interpolation (`holds: false`). */
  | { readonly is: "build"; readonly holds: boolean; readonly type: TypeRef | null; readonly tuple: boolean; readonly parts: readonly Argument[]; readonly at: Place }
  | { readonly is: "not"; readonly value: Expression; readonly at: Place }
  /** Short-circuit `and`/`or` (`&&`, `||`). */
  | { readonly is: "logic"; readonly operator: "and" | "or"; readonly left: Expression; readonly right: Expression; readonly at: Place }
  /** `is` and `==` are one operator, `is not` and `!=` the other; everything else is `other`, with its `sign` as it is written where that is known. */
  | { readonly is: "compare"; readonly operator: "==" | "!=" | "other"; readonly sign?: string; readonly left: Expression; readonly right: Expression; readonly at: Place }
  | { readonly is: "conditional"; readonly condition: Expression; readonly then: Expression; readonly else: Expression; readonly at: Place }
  /** Indexing and slicing. Without parts: an element taken from the object: received from a channel (`<-ch`), or a turn of a comprehension. */
  | { readonly is: "index"; readonly object: Expression; readonly parts: readonly Expression[]; readonly at: Place }
  /** A cast or type assertion, a parenthesis that matters, `&x`, `*x`: the same object under another type. */
  | {
      readonly is: "same"; readonly value: Expression; readonly type: TypeRef | null;
      /** A copy, or another handle of it: a guard stays behind. Absent: false. */
      readonly copies?: boolean;
      readonly at: Place;
    }
  /** `x := value` inside an expression (Python's walrus). The value is the expression's. */
  | { readonly is: "assign"; readonly target: Expression; readonly value: Expression; readonly at: Place }
  /** Any other operator: evaluates its parts left to right, holds none of them. */
  | { readonly is: "operator"; readonly parts: readonly Expression[]; readonly at: Place }
  /** Syntax that the language file does not know. Children left to right. */
  | { readonly is: "opaque"; readonly nodeType: string; readonly parts: readonly Expression[]; readonly at: Place };

export interface Argument {
  /** Keyword name, struct field or dictionary key when it is a plain name or string; null for positional ones. */
  readonly name: string | null;
  /** `*args`, `**kwargs`, `xs...`. */
  readonly spread: boolean;
  readonly value: Expression;
}

export interface Case {
  /** Alternatives. Empty: the default. For type switches and patterns, the expressions inside them. */
  readonly tests: readonly Expression[];
  readonly guard: Expression | null;
  /** Names that the pattern binds. */
  readonly binds: readonly string[];
  readonly body: readonly Step[];
  /** Go's `fallthrough` as the last step. */
  readonly fallsThrough: boolean;
  readonly at: Place;
}

export interface Handler {
  /** The exception types as written, resolved through imports where they can be. Empty together with `catchesAll`: a bare `except`. */
  readonly catches: readonly string[];
  /** True for bare `except:`, `except BaseException`, and languages' catch-all. `except Exception` is true as well: it catches what calls raise. */
  readonly catchesAll: boolean;
  /** It catches whatever calls raise, and of what is thrown by name only its own types: the root of a library's checked exceptions. Absent: false. */
  readonly catchesCalls?: boolean;
  readonly bind: string | null;
  readonly body: readonly Step[];
  readonly at: Place;
}

export type Step =
  /** Evaluate `value`, then bind. `targets` are names, members, indexes or (for unpacking) `build` tuples; several for `a, b := f()` (then `value` gives many results or is a tuple). `declares` for `:=`, `var`. Go's `ch <- v` is a bind to an `index` of the channel without parts: v is stored where others find it. */
  | { readonly is: "bind"; readonly targets: readonly Expression[]; readonly value: Expression | null; readonly declares: boolean; readonly type: TypeRef | null; readonly at: Place }
  | { readonly is: "do"; readonly value: Expression; readonly at: Place }
  | { readonly is: "if"; readonly condition: Expression; readonly then: readonly Step[]; readonly else: readonly Step[]; readonly at: Place }
  /**
   * All loops. Order: `iterates` once (and `binds` at each turn), then per turn: condition (null: none, leaves only by break, unless
   * `iterates` is set, which may end before any turn), body, update. `otherwise` runs when the loop ends without break (Python's else).
   * `isAsync` for `async for`.
   */
  | {
      readonly is: "loop"; readonly label: string | null; readonly iterates: Expression | null; readonly binds: readonly Expression[];
      /** Declared types of `binds`, where the language declares them. */
      readonly bindTypes?: readonly (TypeRef | null)[];
      readonly condition: Expression | null; readonly body: readonly Step[]; readonly update: readonly Step[]; readonly otherwise: readonly Step[];
      readonly isAsync: boolean; readonly at: Place;
    }
  /** `switch`, type switch, `select` (subject null, one case is taken, waits), `match`. Without a default, and not exhaustive, none may be taken. */
  | { readonly is: "switch"; readonly label: string | null; readonly subject: Expression | null; readonly bind: string | null; readonly cases: readonly Case[]; readonly waits: boolean; readonly at: Place }
  | { readonly is: "try"; readonly body: readonly Step[]; readonly handlers: readonly Handler[]; readonly otherwise: readonly Step[]; readonly finally: readonly Step[]; readonly at: Place }
  /** `with`/`using`: each item is evaluated, entered, bound; all are exited, last first, on every way out of the body. */
  | { readonly is: "with"; readonly items: readonly { readonly value: Expression; readonly bind: Expression | null; readonly type?: TypeRef | null }[]; readonly isAsync: boolean; readonly body: readonly Step[]; readonly at: Place }
  | { readonly is: "return"; readonly values: readonly Expression[]; readonly at: Place }
  | { readonly is: "throw"; readonly value: Expression | null; readonly at: Place }
  | { readonly is: "break"; readonly label: string | null; readonly at: Place }
  | { readonly is: "continue"; readonly label: string | null; readonly at: Place }
  | { readonly is: "goto"; readonly label: string; readonly at: Place }
  | { readonly is: "label"; readonly name: string; readonly at: Place }
  /** Go's `defer`: callee and arguments are evaluated now, the call runs on every way out of the function, last first. */
  | { readonly is: "defer"; readonly call: Expression; readonly at: Place }
  /** Go's `go`: the call runs elsewhere. Arguments are evaluated now; what they name is handed over. */
  | { readonly is: "spawn"; readonly call: Expression; readonly at: Place }
  /** A named function's definition binds this name to `functions[function]` (Python; methods bind no name, their `owner` tells). */
  | { readonly is: "define"; readonly name: string; readonly function: number; readonly at: Place }
  | { readonly is: "assert"; readonly condition: Expression; readonly at: Place }
  /** `del x`, `global`/`nonlocal` (`kind`). */
  | { readonly is: "scope"; readonly kind: "delete" | "global" | "nonlocal"; readonly names: readonly string[]; readonly at: Place }
  | { readonly is: "block"; readonly body: readonly Step[]; readonly at: Place }
  /** A statement that the language file does not know. Children left to right, as steps. */
  | { readonly is: "opaque"; readonly nodeType: string; readonly body: readonly Step[]; readonly at: Place };

/** A file, lowered. */
export interface FileFlow {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly language: string;
  /** What other files import it as: Go's import path when go.mod tells, else the folder; Python's dotted module name. */
  readonly module: string;
  readonly imports: readonly Import[];
  readonly types: readonly TypeDeclaration[];
  /** Package-level variables and constants that have a declared type. Their initialisers are steps of function 0. */
  readonly globals: readonly { readonly name: string; readonly type: TypeRef | null }[];
  /** `functions[i].id === i`. */
  readonly functions: readonly FunctionFlow[];
  /** Node types lowered to `opaque`, with counts, and the number of named nodes visited. */
  readonly opaque: Readonly<Record<string, number>>;
  readonly nodes: number;
  /** The parser had to repair the text: analysis goes on, confidence drops one step. */
  readonly hasSyntaxErrors: boolean;
  /** Lines with `leakline-ignore`. */
  readonly ignores: readonly { readonly line: number; readonly rule: string | null; readonly reason: string | null }[];
}

/** What the solver must know about a language, besides its lowering. */
export interface LanguageTraits {
  readonly id: string;
  /** Any call may raise to the nearest handler (Python, Java ...). Go: false, only `panic` and the functions that never return. */
  readonly callsRaise: boolean;
  /** Calls that end the process or never return, fully named: `os.Exit`, `log.Fatal`, `sys.exit` (`raises: true` runs finally/defer first). */
  readonly neverReturn: readonly { readonly call: string; readonly raises: boolean }[];
  /** Errors come back as the last result and are tested against null (Go). */
  readonly errorResults: boolean;
  /** Decorators that make a generator or function a coroutine on an event loop, fully named: `tornado.gen.coroutine`. */
  readonly coroutineDecorators: readonly string[];
  /** What a blocking call in an asynchronous function holds up, in words. The event loop, when left out. */
  readonly heldUp?: string;
  /** Methods that run a function which they are handed at once, where they stand: of iterators, of what may be there or not. Absent: not told. */
  readonly runsAtOnce?: readonly string[];
  /** A function may be told by an array of an object and a name, or by its name alone: `[$this, 'poll']`. Absent: false. */
  readonly callableValues?: boolean;
  /** A loop over a variable or a literal raises nothing by itself: only what is called for it may. Absent: each turn may raise. */
  readonly turnsHardlyRaise?: boolean;
  /** What an asynchronous call gives may be adapted by methods before it is awaited: `query.execute(c).timeout(limit).await`. Absent: false. */
  readonly adaptsFutures?: boolean;
  /** Calling an async function runs it to its end, without a word that waits for it. Absent: false. */
  readonly awaitsByCalling?: boolean;
  /** Free a local whose last reference dies (CPython closes sockets and files then): lowers confidence, never silences. */
  readonly freesUnreachable: boolean;
  /** A type implements an interface by having its methods, without saying so. Absent: it says so. */
  readonly structuralInterfaces?: boolean;
  /** Each block has variables of its own, declared by `declares` binds, loops, `with` and handlers. Absent: only where `errorResults` is true. */
  readonly blockScopes?: boolean;
  /** The name by which a method may leave out its receiver: `close()` is `this.close()`, in closures inside it too. Absent: it may not. */
  readonly implicitReceiver?: string;
  /** Methods that run when a type is called (`Type()`, `new Type()`). Absent: Python's `__init__`. */
  readonly constructors?: readonly string[];
  /** Methods of one name differ by their parameters. */
  readonly overloads?: boolean;
  /** A package is named in full where a type stands: `java.sql.DriverManager.getConnection()`. */
  readonly qualifiedNames?: boolean;
  /** A capital letter begins the names of types and of nothing that is called: calling such a name constructs it. */
  readonly typesAreCapitalised?: boolean;
  /** Methods of a generic type that give its element, where nothing else says what they give: `get` of a List<T>, an Optional<T>. */
  readonly elementMethods?: readonly string[];
  /** What calls by names with this ending give is only on its way: it is open where it is awaited, or for whoever it is returned to (`Async`). Absent: none. */
  readonly promisesByName?: string;
  /** What is raised beside an open object (by another argument, in a handler, by another release) is nobody's plan: no finding is made of it. */
  readonly ignoresRaisesAside?: boolean;
  /** Methods by which a function that was given as an argument is called: `apply`, `run`. */
  readonly functionalMethods?: readonly string[];
  /** A name is first looked for in the class or module that it stands in, then in those around it (`Store` in `Shop::Web` may be `Shop::Store`). Absent: it is not. */
  readonly lexicalNames?: boolean;
  /** A module is a file, and what it gives when it is imported as a whole may have this name: `default`. Absent: it has none. */
  readonly defaultMember?: string;
  /** A call that fails gives null, which `None` and `Err` are lowered to. Absent: false. */
  readonly failuresAreNull?: boolean;
  /** What a module brings in, others may bring in from it: `pub use`. Absent: only where a module is a file. */
  readonly handsOnImports?: boolean;
  /** Functions that are handed over run later, once: `then`, `catch` and `finally` of a promise, its executor, callbacks whose first parameter is an error. */
  readonly promises?: boolean;
  /**
   * Where an asynchronous function keeps nobody waiting when it blocks: files (a regular expression over the path), files that import one of these, and
   * names of functions that run once, when the program starts. Absent: nowhere.
   */
  readonly offLoop?: { readonly files: string; readonly imports: readonly string[]; readonly functions: string };
  /** A local object dies where its last variable does, and what it holds on a server with it: what it opened on itself is no leak. */
  readonly destroysAtOnce?: boolean;
  /** Options are given as one literal (`new HttpClient(["timeout" => 5])`): one that is written on the spot is looked into. */
  readonly optionLiterals?: boolean;
  /** Calls whose failure nobody plans for, besides those that hold for all languages: no exceptional edge leaves them. */
  readonly hardlyRaise?: readonly string[];
  /** Of these, those that do raise where they are awaited: `await user.destroy()` asks the database. Absent: none. */
  readonly raiseWhenAwaited?: readonly string[];
}
