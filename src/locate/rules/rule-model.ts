import type { FindingKind, Confidence } from "../../model/finding";

/**
 * What a rule file says, once validated and normalised (every default is filled in, every short form is written out). One YAML file a library; the schema beside this file is made from the same shape.
 *
 * A *callee* is written fully named, as the flow model resolves names:
 * - `net/http.Get`, `requests.get`, `urllib.request.urlopen`: a function of a module (also a constructor: `requests.Session`);
 * - `database/sql.DB.Begin`, `requests.Session.get`: a method of a type;
 * - a last part `*` is any one name: `redis.Redis.*`, `log.*` (functions of the module, and not what lies deeper).
 * Calling a type's name constructs it (`requests.Session()` gives `requests.Session`), and a resource's opening calls give its type:
 * neither is repeated in `types[].from`. `rule-index.ts` matches names with rules.
 * A value's type comes from: a constructor or a call in `types[].from`, a declared type, a field's or global's type, the result of a
 * workspace function; receiver *names* come last and lower the confidence.
 */
export interface RuleFile {
  readonly schema: "leakline.rules/1";
  readonly library: string;
  readonly language: string;
  /** Other languages that call the same library by the same names: Java's rules hold for Kotlin. Absent: none. */
  readonly alsoFor?: readonly string[];
  /** The file is looked at when it imports one of these (module or a submodule). */
  readonly imports: readonly string[];
  /** Kind of service the library speaks to, null when it speaks to none. */
  readonly service: string | null;
  /**
   * Other names of the same thing, as prefixes that end at a `.` or `/`: `github.com/go-xorm/xorm` is `xorm.io/xorm`, `urllib2` is
   * `urllib.request`, `requests.sessions` is `requests`. The resolver answers with `as` only, so a rule names each thing once.
   * `.../ent.Client`: by the end of the path, for what a program generates into the workspace.
   */
  readonly sameAs: readonly { readonly path: string; readonly as: string }[];
  readonly types: readonly RuleType[];
  readonly resources: readonly ResourceRule[];
  readonly blocking: readonly BlockingRule[];
  readonly timeouts: readonly TimeoutRule[];
  readonly churn: readonly ChurnRule[];
  /** Methods (or `*`) of classes that extend `type` run on the event loop, though they are no coroutines: a Tornado handler's `get`. */
  readonly evented: readonly { readonly type: string; readonly methods: readonly string[] }[];
  /** Functions with one of these decorators, or with a parameter of one of these types, run on the event loop: a Sanic handler. Absent: none. */
  readonly eventedBy?: { readonly decorators: readonly string[]; readonly parameters: readonly string[] };
  /**
   * The `schedules` of this file start greenlets: functions that take turns in one thread, each until it waits in a way that the library knows of.
   * `patchedBy`: calls that, anywhere in the workspace, put the library's own in place of what waits; what waits in C code still holds up all. null: it
   * is so from the start.
   */
  readonly greenlets?: { readonly patchedBy: readonly string[] | null; readonly advice: string; readonly patchedAdvice: string };
  /** Functions that are declared to give one of these types run on the event loop: a reactive handler gives a `Mono`. Absent: none. */
  readonly eventedResults?: readonly string[];
  /**
   * Calls that have a function run on the event loop later: the one given at this index (`PeriodicCallback(poll, 1000)`). Not when a call of
   * one of `unlessChained` stands in the same chain: `mono.map(load).subscribeOn(elastic)`.
   */
  readonly schedules: readonly { readonly call: string; readonly argument: number | "any"; readonly unlessChained?: readonly string[] }[];
  /**
   * What makes a function answer one request: a parameter of one of these types, a decorator, or being a method of a class that extends one.
   * `signatures`: names of its first parameters, for libraries whose functions are known by nothing else (`req res`); such a function runs on the event loop.
   */
  readonly handlers: {
    readonly signatures?: readonly (readonly string[])[]; readonly parameters: readonly string[]; readonly decorators: readonly string[]; readonly types: readonly string[] };
  /** Decorators whose function runs away from the event loop when it is called: `tornado.concurrent.run_on_executor`. */
  readonly offloads: readonly string[];
  /** Calls that use what they are given and keep nothing of it: an open resource handed to one does not escape (`io.ReadAll`, `json.load`, `log.*`). */
  readonly borrows: readonly string[];
  /** Calls that tell a failure by what they give, and raise nothing. Absent: none. */
  readonly neverRaises?: readonly string[];
  /** Calls that give back their argument, perhaps wrapped. */
  readonly passes: readonly PassCall[];
  /** Calls that run a function once, elsewhere, with what they are given for it: threads, executors, tasks. Absent: none. */
  readonly runs?: readonly RunCall[];
  readonly examples: readonly RuleExample[];
}

/**
 * A call whose result stands for its argument: closing the result closes the argument (`contextlib.closing`, `contextlib.nullcontext`).
 * `contextManager`: `with` on the result releases the argument, whatever the resource's own rule says of `with`.
 */
export interface PassCall {
  readonly call: string;
  readonly argument: number;
  readonly contextManager: boolean;
  /** With one of these arguments, as in `OpenCall.unless`, it only uses its argument: `new StreamReader(stream, leaveOpen: true)`. Absent: none. */
  readonly unless?: readonly { readonly argument: string; readonly equals: string }[];
}

/** `threading.Thread(target=handle, args=(conn,))`, `executor.submit(handle, conn)`: what it is given is the function's to close, if it closes it at all. */
export interface RunCall {
  readonly call: string;
  /** Which argument is the function: its index, its name, or the last. */
  readonly function: number | "last" | (string & {});
  /** The argument that holds the function's own arguments in a tuple; null: they are the other arguments, those after the function first of all. */
  readonly arguments: string | null;
}

/** True when a file's rules hold for code of this language. */
export function holdsFor(file: RuleFile, language: string): boolean {
  return file.language === language || file.alsoFor?.includes(language) === true;
}

export interface RuleType {
  /** `database/sql.DB`. */
  readonly name: string;
  /** Other names of the same type or interfaces/base types it can be used as: `github.com/jmoiron/sqlx.DB` extends `database/sql.DB`. */
  readonly extends: readonly string[];
  /** Calls that give it, with the index of the result: `{ call: "database/sql.Open", result: 0 }`. */
  readonly from: readonly {
    readonly call: string;
    readonly result: number;
    /** The call gives it to the function that it is handed (`transaction(async trx => ...)`), and not as a result. */
    readonly callback?: { readonly argument: number | "last"; readonly parameter: number };
  }[];
  /** Fields that hold another known type: `{ name: "Body", type: "io.ReadCloser" }`. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  /** Receiver or parameter names that usually hold one, used last: `db`, `tx`. Lower-case comparison. */
  readonly names: readonly string[];
  /** Variables of the library that hold one: `net/http.DefaultClient`. */
  readonly values: readonly string[];
  /** Its methods give the type itself, where nothing else says what they give: builders, chains of operators. Absent: false. */
  readonly fluent?: boolean;
}

export interface OpenCall {
  /** `*Client.*`: any method of any type of such a name (generated ones, which no rule can know) that is declared to give the resource's type. */
  readonly call: string;
  /** Which result is the resource; `receiver`: the receiver itself becomes open (`o.Begin()`); an argument by index is `argument:0`. */
  readonly opens: number | "receiver" | `argument:${number}`;
  /** Index of the result that is the error twin: when it is not null the resource is not open. null: none, or the language raises. */
  readonly error: number | null;
  /** Member of the resource that is not null when it is not open: `Error` of gorm's `tx := db.Begin()`. null: none. */
  readonly errorMember: string | null;
  /**
   * Opens only when this keyword/field argument (or positional one, by its index in digits) has this literal text (`stream` = `True`), or `unless` it has.
   * Alternatives stand between `|`, a `*` at one end stands for the rest; blanks around and a `;` at the end do not count, nor does case. Empty: always.
   */
  readonly when: readonly { readonly argument: string; readonly equals: string }[];
  readonly unless: readonly { readonly argument: string; readonly equals: string }[];
  /** Opens only when it is given so many arguments at least: `new Socket()` connects to nobody. Absent: 0. */
  readonly minArguments?: number;
  /** Opens only when the argument of this index is known to be of one of these types: `new Scanner(file)`, and not of a text. Absent: of any. */
  readonly argumentTypes?: readonly { readonly argument: number; readonly types: readonly string[] }[];
  /** Opens only when it is given so many arguments at most: with a limit of time it may come back without. Absent: any number. */
  readonly maxArguments?: number;
  /** The resource comes as a parameter of the function that is handed over, which runs later, once. Absent: it is a result. */
  readonly callback?: OpenCallback;
  /** Opens only when it is called on the type itself, and not on an object of it. Absent: false. */
  readonly isStatic?: boolean;
  /** Opens only when the argument of this index is text: `new StreamReader(path)` opens a file, and of a stream it opens nothing. Absent: whatever it is given. */
  readonly text?: number;
  /** Opens only when nothing that may be a function is handed over: with one, the library closes it itself. Absent: false. */
  readonly withoutFunction?: boolean;
  /**
   * The argument of this index is a context, and what is opened ends with it: it opens only where that context never ends
   * (`context.Background()`). Absent: it ends with no context.
   */
  readonly endsWithContext?: number;
  /**
   * The argument of this index is a context that holds what is opened: where that context never ends, it holds nothing, and the finding is
   * told with medium confidence. Absent: no context holds it.
   */
  readonly heldByContext?: number;
  /** The call must be awaited to give the resource (`await pool.acquire()`), or enters through `async with`. */
  readonly awaited: boolean;
}

/** `pool.connect((error, client, release) => ...)`. */
export interface OpenCallback {
  /** Which argument the function is. */
  readonly argument: number | "last";
  /** Its parameter that is the resource. */
  readonly parameter: number;
  /** The parameter that is null when the resource is open; null: there is none. */
  readonly error: number | null;
  /** The parameter that is a function which closes the resource; null: there is none. */
  readonly closer: number | null;
  /** The function runs anew for each resource, which is its own to close, wherever it stands: `asyncio.start_server(on_connection)`. Absent: false. */
  readonly each?: boolean;
}

export interface CloseCall {
  /** `database/sql.Tx.Commit`: on the resource. Or a function that takes it: `contextlib.closing` with `argument: 0`. */
  readonly call: string;
  readonly on: "receiver" | `argument:${number}`;
  /** It closes only with these arguments, as in `OpenCall.when`: `query("COMMIT")`. Empty: always. */
  readonly when?: readonly { readonly argument: string; readonly equals: string }[];
}

export interface ResourceRule {
  /** `go/sql-transaction`. */
  readonly rule: string;
  readonly kind: FindingKind;
  /** In the message: "transaction", "response body". */
  readonly noun: string;
  /** Type of the resource (`database/sql.Tx`), for methods on it. null when it has none of its own (the receiver that becomes open). */
  readonly type: string | null;
  /** The member that really must be closed: `Body` of a response. null: the object itself. `closes` then names calls on the member's type (`io.ReadCloser.Close` on `resp.Body`). */
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
  /** Methods that have closed it when they give an error: `Recv` of a stream, whose end is an error. Absent: none. */
  readonly closedByFailure?: readonly string[];
  /** Members of the resource whose reading releases it, without a call: `content` and `text` of a streamed `requests.Response`. */
  readonly closedByReading: readonly string[];
  /** Methods without arguments whose result stands for their receiver: `getTransaction` of `em.getTransaction().begin()`. Absent: none. */
  readonly through?: readonly string[];
  /** Looks at another side of what a rule before it opens already: that a body is read, beside that it is closed. Absent: one rule for each opening. */
  readonly beside?: boolean;
  /** Told only where nothing in the function closes it. Absent: where one way leaves it open. */
  readonly unlessClosedSomewhere?: boolean;
  /** Told only where it is opened in a loop: once, it does no harm to speak of. Absent: false. */
  readonly inLoop?: boolean;
  /** It is a function, and calling it closes it: `cancel` of `context.WithCancel`. Absent: false. */
  readonly closedByCall?: boolean;
  /** Its own methods by which another takes it over: `register` of a channel with its selector. Absent: none. */
  readonly keptBy?: readonly string[];
  /** Names under which it is put into options that a call only uses: `transaction` of `find(id, { transaction })`. Absent: none. */
  readonly lentAs?: readonly string[];
  /**
   * Functions by their last names, a star for any letters, that nobody can know in full because a program generates them: what they give works with it,
   * and is no other owner of it as long as it stays in the function (`NewShopClient(conn)`). Absent: none.
   */
  readonly lentTo?: readonly string[];
  /** Calls that end it when the function that they are handed is done with its parameter: `UseSession` of MongoDB. Absent: none. */
  readonly endedAround?: readonly string[];
  /** Members, at any depth, of which it consists: who stores one of them has taken it over. Absent: none. */
  readonly carriedBy?: readonly string[];
  /**
   * Methods of what works on it that give something which closes it in its turn: `command.ExecuteReader(CommandBehavior.CloseConnection)`.
   * Absent: none.
   */
  readonly handedOverBy?: readonly { readonly call: string; readonly when: readonly { readonly argument: string; readonly equals: string }[] }[];
  /**
   * Where nobody takes what the opening call gives, its receiver holds it, and its own methods, which stand among `closes`, end it:
   * `context.Database.CommitTransaction()`. Absent: false.
   */
  readonly heldByParent?: boolean;
  /** It holds nothing before one of these methods is called on it: where the function that makes it calls none, the finding is told with low confidence. Absent: it holds from the start. */
  readonly idleUntil?: readonly string[];
  /** It is held against others (a lock): one that the function has made itself is a signal, and keeps nobody waiting. Absent: false. */
  readonly isLock?: boolean;
  /** Methods that look as if they closed it, and do not: a client that is released keeps its transaction. Absent: none. */
  readonly notClosedBy?: readonly string[];
  /** Made for a type of the workspace that keeps a resource of another rule, see `Keepers`. Absent: a rule of a file. */
  readonly kept?: boolean;
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
  /** Not calls with one of these arguments, which wait for nobody: `urlopen("data:...")`. Absent: none. */
  readonly unless?: readonly { readonly argument: string; readonly equals: string }[];
  /** Calls of the same names that do not block (awaited twins): matched first. */
  readonly except: readonly string[];
  /** The calls themselves do not block for long, but give a guard that must not be held where a function awaits. Absent: false. */
  readonly held?: boolean;
  /** It waits for a moment only: told where it is called on the event loop itself, and not through other functions. Absent: false. */
  readonly brief?: boolean;
  /** It waits in C code, where no replaced socket is seen, unless one of these is called anywhere (`psycogreen.gevent.patch_psycopg`). Absent: in the language itself. */
  readonly native?: readonly string[];
  /** Calls anywhere in the same file that make these not block (`socket.socket.setblocking`). */
  readonly unlessCalled: readonly string[];
  readonly confidence: Confidence;
  readonly service: string | null;
  readonly advice: string;
  readonly fix: string | null;
}

export interface TimeoutRule {
  readonly rule: string;
  /** What the missing setting is: a time limit, or another limit of a pool. Absent: `no-timeout`. */
  readonly kind?: "no-timeout" | "pool-config";
  readonly calls: readonly string[];
  /** Only where the result is cast to one of these types: `(HttpURLConnection) url.openConnection()`. Absent: wherever it goes. */
  readonly cast?: readonly string[];
  /** Any of these keyword arguments or struct fields present (and not a null literal) satisfies it. */
  readonly arguments: readonly string[];
  /** Positional arguments at these indexes satisfy it too. */
  readonly positions: readonly number[];
  /** For a struct/constructor of this type (`net/http.Client{}`): the fields that satisfy it are `arguments`. */
  readonly builds: string | null;
  /** Calls anywhere in the same file that set the limit for all (`socket.setdefaulttimeout`). */
  readonly satisfiedBy: readonly string[];
  /** Names of constants and options (`CURLOPT_TIMEOUT`) that say, wherever they stand in the file, that there is a limit. Absent: none. */
  readonly mentions?: readonly string[];
  /** Only calls with these arguments, as in `OpenCall.when`. Absent: all. */
  readonly when?: readonly { readonly argument: string; readonly equals: string }[];
  /** Not calls with one of these, which wait for nobody: `urlopen("data:...")`. Absent: none. */
  readonly unless?: readonly { readonly argument: string; readonly equals: string }[];
  /** The library has a limit of its own: only an argument that is a null literal takes it away. */
  readonly limitedByDefault: boolean;
  readonly confidence: Confidence;
  readonly service: string | null;
  readonly advice: string;
  readonly fix: string | null;
}

/** A client with its own pool of connections, made anew where work is done: in a handler, a coroutine, a loop. */
export interface ChurnRule {
  readonly rule: string;
  /** Constructing calls, and types that are built by a literal. */
  readonly makes: readonly string[];
  /** Also where it is made for a variable of any other function that may run often: told with low confidence. Absent: false. */
  readonly anywhere?: boolean;
  /** A literal of `makes` counts only when it has one of these fields (`Transport` of `net/http.Client{}`). Empty: always. */
  readonly withFields: readonly string[];
  readonly confidence: Confidence;
  readonly service: string | null;
  readonly advice: string;
  readonly fix: string | null;
}

/** An example is a test: `code` is a whole file in which comments `ruleid: R` / `ok: R` stand on the line before the expectation. */
export interface RuleExample {
  readonly name: string;
  readonly code: string;
  /** Line of the rule file on which `code` begins, from 1. Absent: the file was not read from text. */
  readonly line?: number;
}
