import { z } from "zod";
import { FINDING_KINDS } from "../../model/finding";
import { SERVICE_KINDS } from "../../model/service";

/** The languages that rules can be written for: those of `languages/registry.ts`, which a test holds against this list. */
export const RULE_LANGUAGES = ["csharp", "go", "java", "javascript", "kotlin", "php", "python", "ruby", "rust"] as const;

/**
 * The shape of a rule file as a person writes it: short forms and defaults allowed, unknown keys refused. `load-rules.ts` turns it into
 * the written-out `RuleFile` of `rule-model.ts`. The descriptions are what an editor shows while somebody types.
 */

const CALLEE_WORDS =
  "A callee, fully named: `database/sql.DB.Begin`, `requests.get`. `$` at the start stands for the first of `imports`; " +
  "`a|b` inside a part writes out alternatives (`$.DB|Tx.Query|QueryContext`); a last part `*` is any one name.";

const callee = z
  .string()
  .regex(/^\*?[^\s*]+(\.\*)?$/u, { error: "a callee has no blanks, and `*` only as its whole last part, or at its beginning" })
  .describe(CALLEE_WORDS);

const oneOrMany = <T extends z.ZodType>(item: T) => z.union([item, z.array(item)]);

const ruleId = z
  .string()
  .regex(/^[a-z][a-z0-9]*\/[a-z0-9][a-z0-9-]*$/u, { error: "a rule's id is `language/some-words`, lower case: `go/sql-transaction`" })
  .describe("`language/some-words`, shown with each finding and used by `leakline-ignore`.");

const confidence = z.enum(["high", "medium", "low"]).describe("The most that a finding by this rule can claim.");
const service = z.enum(SERVICE_KINDS).nullable().describe("Kind of service at the other end; `null` for none.");
const advice = z.string().min(1).describe("What to do about it, in a sentence or two.");
const fix = z.string().min(1).nullable().describe("The change in code, as a short snippet.");
const literal = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const conditions = z.record(z.string(), literal).describe("Keyword or field arguments (or an index in digits) and the literal that they must have.");
const index = z.int().min(0);

const opensWhat = z
  .union([index, z.literal("receiver"), z.templateLiteral(["argument:", z.int().min(0)])])
  .describe("Which result is the resource (from 0), `receiver` when the receiver itself becomes open, or `argument:N`.");

const openCall = z.union([
  callee,
  z.strictObject({
    call: callee,
    opens: opensWhat.optional(),
    error: index.nullable().optional().describe("Index of the error result; `null` for none. By default Go's next result after the resource."),
    errorMember: z.string().optional().describe("Member of the resource that is not null when it is not open: gorm's `Error`."),
    when: conditions.optional(),
    minArguments: index.optional().describe("Opens only when it is given so many arguments at least."),
    argumentTypes: z.record(z.string().regex(/^\d+$/u), oneOrMany(callee)).optional().describe("Opens only when the argument of this index is known to be of one of these types."),
    maxArguments: index.optional().describe("Opens only when it is given so many arguments at most."),
    unless: conditions.optional(),
    callback: z
      .strictObject({ argument: index.optional(), parameter: index, error: index.nullable().optional(), closer: index.nullable().optional(), each: z.boolean().optional() })
      .optional()
      .describe("The resource is a parameter of the function that is handed over (the last argument, or `argument`): `parameter`, with its error twin `error` and the function that closes it, `closer`. `each`: it runs anew for each resource, which is its own to close, wherever it stands."),
    isStatic: z.boolean().optional().describe("Opens only when called on the type itself, and not on an object of it."),
    text: index.optional().describe("Opens only when this argument (by its index) is text: a path, and not a stream that is open already."),
    withoutFunction: z.boolean().optional().describe("Opens only when no function is handed over; with one, the library closes it itself."),
    endsWithContext: index.optional().describe("The argument that is a context with whose end the resource ends: it opens only where that context never ends."),
    heldByContext: index.optional().describe("The argument that is a context which holds what is opened: where it never ends, the finding is less sure."),
    awaited: z.boolean().optional().describe("Opens only when awaited, or entered by `async with`."),
  }),
]);

const closeCall = z.union([
  callee,
  z.strictObject({
    call: callee,
    argument: index.optional().describe("The call closes this argument, instead of its receiver."),
    when: conditions.optional(),
  }),
]);

const fromCall = z.union([
  callee,
  z.strictObject({
    call: callee,
    result: index.optional(),
    parameter: index.optional().describe("The call gives it as this parameter of the function that it is handed (the last argument, or `argument`)."),
    argument: index.optional(),
  }),
]);

const typeRule = z.strictObject({
  extends: oneOrMany(callee).optional().describe("Types that it can be used as."),
  from: oneOrMany(fromCall).optional().describe("Calls that give one; its own constructor and the opening calls of `resources` need not be repeated."),
  fields: z.record(z.string(), callee).optional().describe("Fields that hold another type."),
  names: oneOrMany(z.string()).optional().describe("Names of variables that usually hold one; used last, with low confidence."),
  values: oneOrMany(callee).optional().describe("Variables of the library that hold one: `net/http.DefaultClient`."),
  fluent: z.boolean().optional().describe("Its methods give the type itself, where nothing else says what they give: a builder."),
});

const resource = z.strictObject({
  rule: ruleId,
  kind: z.enum(FINDING_KINDS).optional().describe("`resource-leak` when left out."),
  noun: z.string().min(1).describe("What it is called in the message: `transaction`."),
  type: callee.nullable().optional(),
  member: z.string().nullable().optional(),
  opens: oneOrMany(openCall),
  closes: oneOrMany(closeCall).optional().describe("A name without a dot is a method of `type`."),
  contextManager: z.boolean().optional().describe("`with` on the object releases it. False when left out."),
  opensWithoutContext: z.boolean().optional(),
  closedWithParent: z.boolean().optional(),
  lentAs: oneOrMany(z.string()).optional().describe("Names under which it is put into options that a call only uses: `transaction` of `find(id, { transaction })`."),
  endedAround: oneOrMany(callee).optional().describe("Calls that end it when the function that they are handed is done with its parameter."),
  carriedBy: oneOrMany(z.string()).optional().describe("Members of which it consists: who stores one of them has taken it over."),
  handedOverBy: oneOrMany(z.strictObject({ call: callee, when: conditions.optional() })).optional().describe("Calls on what works on it that give something which closes it: `ExecuteReader(CommandBehavior.CloseConnection)`."),
  heldByParent: z.boolean().optional().describe("Where nobody takes what the call gives, its receiver holds it, and ends it by methods that stand among `closes`."),
  idleUntil: oneOrMany(z.string()).optional().describe("Its own methods before which it holds nothing: `Open` of a connection."),
  isLock: z.boolean().optional().describe("Held against others: one that the function has made itself is a signal, and keeps nobody waiting."),
  notClosedBy: oneOrMany(z.string()).optional().describe("Methods that look as if they closed it, and do not: `release` of a client in a transaction."),
  exhaustedBy: oneOrMany(callee).optional(),
  lentTo: oneOrMany(z.string()).optional().describe("Functions, by their last names (a star stands for any letters), whose result only works with it while it stays in this function: `New*Client`."),
  closedByFailure: oneOrMany(z.string()).optional().describe("Its own methods that have closed it when they give an error: `Recv` of a stream."),
  closedByReading: oneOrMany(z.string()).optional(),
  beside: z.boolean().optional().describe("Looks at another side of what an earlier rule opens already; otherwise one rule counts for each opening."),
  inLoop: z.boolean().optional().describe("Told only where it is opened in a loop."),
  unlessClosedSomewhere: z.boolean().optional().describe("Told only where nothing in the function closes it: one way that forgets it does little harm."),
  closedByCall: z.boolean().optional().describe("It is a function, and calling it closes it: `cancel` of `context.WithCancel`."),
  keptBy: oneOrMany(z.string()).optional().describe("Its own methods by which another takes it over."),
  through: oneOrMany(z.string()).optional().describe("Methods without arguments whose result stands for their receiver: `getTransaction` of `em.getTransaction().begin()`."),
  confidence: confidence.optional(),
  collected: z.boolean().optional(),
  service: service.optional(),
  advice,
  fix: fix.optional(),
});

const blocking = z.strictObject({
  rule: ruleId,
  calls: oneOrMany(callee),
  unless: conditions.optional().describe("Not calls with one of these arguments, which wait for nobody."),
  except: oneOrMany(callee).optional(),
  brief: z.boolean().optional().describe("It waits for a moment only: told where an asynchronous function calls it itself, and not through others."),
  held: z.boolean().optional().describe("The calls give a guard that must not be held where a function awaits."),
  native: z.union([z.literal(true), oneOrMany(callee)]).optional().describe("It waits in C code, which holds up greenlets too; unless one of these calls is made anywhere."),
  unlessCalled: oneOrMany(callee).optional().describe("Calls in the same file that make these not block."),
  confidence: confidence.optional(),
  service: service.optional(),
  advice,
  fix: fix.optional(),
});

const timeout = z.strictObject({
  rule: ruleId,
  kind: z.enum(["no-timeout", "pool-config"]).optional().describe("`no-timeout` when left out."),
  calls: oneOrMany(callee).optional(),
  cast: oneOrMany(callee).optional().describe("Only where the result is cast to one of these types."),
  arguments: oneOrMany(z.string()).optional(),
  position: z.union([index.nullable(), z.array(index)]).optional().describe("Positional arguments (one or several indexes) that satisfy it too; options written there are looked into."),
  builds: callee.nullable().optional(),
  satisfiedBy: oneOrMany(callee).optional(),
  mentions: oneOrMany(z.string()).optional().describe("Names of constants or options that say, wherever they stand in the file, that there is a limit: `CURLOPT_TIMEOUT`."),
  when: conditions.optional(),
  unless: conditions.optional(),
  limitedByDefault: z.boolean().optional().describe("Only a null literal takes the limit away."),
  confidence: confidence.optional(),
  service: service.optional(),
  advice,
  fix: fix.optional(),
});

const churn = z.strictObject({
  rule: ruleId,
  makes: oneOrMany(callee),
  withFields: oneOrMany(z.string()).optional(),
  anywhere: z.boolean().optional().describe("Also where it is made for a local variable of any function, with low confidence."),
  confidence: confidence.optional(),
  service: service.optional(),
  advice,
  fix: fix.optional(),
});

const passCall = z.union([
  callee,
  z.strictObject({ call: callee, argument: index.optional(), contextManager: z.boolean().optional(), unless: conditions.optional().describe("With one of these, the call only uses its argument.") }),
]);

const example = z.strictObject({
  name: z.string().min(1),
  code: z.string().min(1).describe("A whole file. A comment `ruleid: R` or `ok: R` stands on the line before the line that it speaks of."),
});

export const WRITTEN_RULE_FILE = z
  .strictObject({
    schema: z.literal("leakline.rules/1").optional(),
    library: z.string().min(1).describe("The library as people call it: `database/sql`, `requests`."),
    language: z.enum(RULE_LANGUAGES).describe("The language whose code the rules speak of; TypeScript is `javascript`."),
    alsoFor: oneOrMany(z.enum(RULE_LANGUAGES)).optional().describe("Other languages that call the same library by the same names."),
    imports: oneOrMany(z.string().min(1)).describe("The rules apply to files that import one of these, or something below one."),
    service: service.optional(),
    sameAs: z.record(z.string(), z.string()).optional().describe("Other name: the name used in these rules."),
    types: z.record(z.string(), typeRule.nullable()).optional(),
    resources: z.array(resource).optional(),
    blocking: z.array(blocking).optional(),
    timeouts: z.array(timeout).optional(),
    churn: z.array(churn).optional(),
    evented: z
      .array(z.strictObject({ type: callee, methods: oneOrMany(z.string()) }))
      .optional()
      .describe("Methods of classes that extend `type` run on the event loop, though they are no coroutines."),
    eventedBy: z
      .strictObject({ decorators: oneOrMany(callee).optional(), parameters: oneOrMany(callee).optional() })
      .optional()
      .describe("Functions with one of these decorators, or with a parameter of one of these types, run on the event loop."),
    greenlets: z
      .strictObject({ patchedBy: z.union([z.literal("always"), oneOrMany(callee)]), advice, patchedAdvice: advice.describe("The same where the workspace makes one of these calls, and only what waits in C code is told.") })
      .optional()
      .describe("The `schedules` start greenlets: functions that take turns in one thread. After `patchedBy`, anywhere, only what is `native` holds them up."),
    eventedResults: oneOrMany(callee).optional().describe("Functions that are declared to give one of these types run on the event loop."),
    schedules: oneOrMany(z.union([callee, z.strictObject({ call: callee, argument: z.union([index, z.literal("any")]).optional(), unlessChained: oneOrMany(z.string()).optional() })]))
      .optional()
      .describe("Calls that have their argument, a function, run on the event loop later."),
    handlers: z
      .strictObject({ parameters: oneOrMany(callee).optional(), decorators: oneOrMany(callee).optional(), types: oneOrMany(callee).optional(), signatures: oneOrMany(z.string().min(1)).optional().describe("Names of the first parameters, by blanks: `req res`.") })
      .optional()
      .describe("What makes a function answer one request: types of its parameters, its decorators, types that its class extends."),
    offloads: oneOrMany(callee).optional().describe("Decorators that make a function run away from the event loop."),
    borrows: oneOrMany(callee).optional().describe("Calls that keep nothing of what they are given."),
    neverRaises: oneOrMany(callee).optional().describe("Calls that tell a failure by what they give, and raise nothing."),
    passes: oneOrMany(passCall).optional().describe("Calls whose result stands for their argument."),
    runs: oneOrMany(z.union([callee, z.strictObject({
      call: callee,
      function: z.union([index, z.string().min(1)]).optional().describe("Which argument is the function: its index, its name, or `last`. The first when left out."),
      arguments: z.string().min(1).optional().describe("The argument that holds the function's own arguments in a tuple. When left out, the other arguments are its own."),
    })]))
      .optional()
      .describe("Calls that run a function once, elsewhere, with what they are given for it: threads, executors, tasks."),
    examples: z.array(example).optional(),
  })
  .describe("Leakline rules for one library");

export type WrittenRuleFile = z.infer<typeof WRITTEN_RULE_FILE>;
export type WrittenResource = z.infer<typeof resource>;
export type WrittenOpen = z.infer<typeof openCall>;

/** The JSON Schema (draft 2020-12) of a rule file as it is written, for completion in an editor. */
export function ruleFileJsonSchema(): object {
  return z.toJSONSchema(WRITTEN_RULE_FILE, { io: "input" });
}

/** The same as text, as it stands in a file. */
export function writeRuleSchema(): string {
  return `${JSON.stringify(ruleFileJsonSchema(), null, 2)}\n`;
}
