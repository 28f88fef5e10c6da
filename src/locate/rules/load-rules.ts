import { LineCounter, isMap, isScalar, parseDocument, visit } from "yaml";
import type { Document, Node, YAMLParseError } from "yaml";
import type { z } from "zod";
import { Failure } from "../../model/failure";
import type {
  BlockingRule, ChurnRule, CloseCall, OpenCall, PassCall, RunCall, ResourceRule, RuleFile, RuleType, TimeoutRule,
} from "./rule-model";
import { WRITTEN_RULE_FILE } from "./schema";
import type { WrittenOpen, WrittenResource, WrittenRuleFile } from "./schema";

/** Something wrong at a place of a rule file. Line and column from 1. */
export interface RuleProblem {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

type Path = readonly PropertyKey[];

/** At most this many problems are told at once: the rest is usually a consequence. */
const TOLD_AT_ONCE = 5;

/** Languages whose functions give the error as a further result, so that an opening call has an error twin by default. */
const ERROR_RESULT_LANGUAGES = new Set(["go"]);

/** What `with` (try-with-resources) calls on the object at its end: a resource that it closes needs no `contextManager`. */
const CONTEXT_CLOSES: Readonly<Record<string, readonly string[]>> = { java: ["close"], kotlin: ["close"] };
/** Languages whose scoped form (`using`) takes nothing but what it closes. */
const CLOSES_ALL = new Set(["javascript"]);

/** How YAML's `true`, `false` and `null` are written in a language's source. The words as they are where a language is not listed. */
const LITERALS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  python: { true: "True", false: "False", null: "None" },
  go: { null: "nil" },
};

/**
 * Reads one rule file (YAML 1.2), of the product or of a workspace (`.leakline/rules/*.yaml`), checks it and writes out every short form.
 *
 * @param file how the file is named in an error
 * @throws Failure `ruleInvalid` naming file, line, column and what is wrong, for text that is no YAML, has an unknown or missing key, a
 *   wrong value, or rules that contradict themselves
 */
export function loadRules(text: string, file: string): RuleFile {
  const read = readRules(text);
  if (read.problems.length > 0) throw invalidRules([{ file, problems: read.problems }]);
  return read.rules as RuleFile;
}

/** Everything that is wrong with a rule file, by place; empty when it can be used. For an editor. */
export function ruleProblems(text: string): readonly RuleProblem[] {
  return readRules(text).problems;
}

/** A rule file with all that is wrong with it, in the order of the text. `rules` is null where it cannot be written out at all; use it only without problems. */
export function readRules(text: string): { readonly rules: RuleFile | null; readonly problems: readonly RuleProblem[] } {
  const { rules, problems } = readInAnyOrder(text);
  return { rules, problems: [...problems].sort((a, b) => a.line - b.line || a.column - b.column) };
}

function readInAnyOrder(written: string): { readonly rules: RuleFile | null; readonly problems: readonly RuleProblem[] } {
  // A mark of the byte order is no column.
  const text = written.replace(/^\ufeff/u, "");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors.map((error) => ({ ...place(lines, error.pos[0]), text: syntaxWords(error) }));
  if (syntax.length > 0) return { rules: null, problems: syntax };

  let plain: unknown;
  try {
    plain = document.toJS() ?? {};
  } catch (error) {
    // An alias without its anchor, or aliases of aliases that would fill the memory.
    return { rules: null, problems: [{ ...placeOfAlias(document, lines), text: `this is not YAML: ${error instanceof Error ? error.message : String(error)}` }] };
  }
  const parsed = WRITTEN_RULE_FILE.safeParse(plain);
  if (!parsed.success) return { rules: null, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, [], document, lines)) };

  const problems: RuleProblem[] = [];
  const report = (path: Path, words: string): void => {
    problems.push({ ...placeOf(document, path, lines), text: words });
  };
  const rules = writeOut(parsed.data, report);
  return { rules: { ...rules, examples: rules.examples.map((example, i) => ({ ...example, line: firstLineOf(document, ["examples", i, "code"], lines) })) }, problems };
}

/**
 * The same for a file of the product that the build has turned into JSON: quick, and without places, which nobody needs there.
 *
 * @throws Failure `ruleInvalid`: a defect of the build
 */
export function loadRulesFromJson(text: string, file: string, examples: boolean): RuleFile {
  const written = JSON.parse(text) as Record<string, unknown>;
  const parsed = WRITTEN_RULE_FILE.safeParse(examples ? written : { ...written, examples: [] });
  if (!parsed.success) throw invalidRules([{ file, problems: [{ line: 1, column: 1, text: parsed.error.message }] }]);
  const problems: RuleProblem[] = [];
  const rules = writeOut(parsed.data, (path, words) => problems.push({ line: 1, column: 1, text: `${path.join(".")}: ${words}` }));
  if (problems.length > 0) throw invalidRules([{ file, problems }]);
  return rules;
}

/** `Failure("ruleInvalid")` that tells what is wrong with rule files, by place. */
export function invalidRules(files: readonly { readonly file: string; readonly problems: readonly RuleProblem[] }[]): Failure {
  const told = files.flatMap(({ file, problems }) => [
    ...problems.slice(0, TOLD_AT_ONCE).map(({ line, column, text }) => `${file}:${line}:${column}: ${text}`),
    ...(problems.length > TOLD_AT_ONCE ? [`and ${problems.length - TOLD_AT_ONCE} more`] : []),
  ]);
  return new Failure(
    "ruleInvalid",
    told.join("\n"),
    `Correct ${files.map(({ file }) => file).join(", ")} at the ${files.length === 1 ? "place" : "places"} named: \`leakline rules schema\` says which keys there are, and \`leakline explain RULE\` shows one. Until then its rules are not used.`,
  );
}

// ---------------------------------------------------------------------------------------------------------------- places

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const at = lines.linePos(offset);
  return { line: Math.max(at.line, 1), column: Math.max(at.col, 1) };
}

/** The place of the node at `path`, or of the nearest node above it that is written down. */
function placeOf(document: Document.Parsed, path: Path, lines: LineCounter): { line: number; column: number } {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : (document.getIn(path.slice(0, length), true) as Node | undefined);
    if (node?.range) return place(lines, node.range[0]);
  }
  return { line: 1, column: 1 };
}

/** The first alias that stands for nothing; else the document, whose aliases stand for too much. */
function placeOfAlias(document: Document.Parsed, lines: LineCounter): { line: number; column: number } {
  let found: number | undefined;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      found = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return found === undefined ? placeOf(document, [], lines) : place(lines, found);
}

/** The line on which the text at `path` begins: of a block (`|`), the one after its header. */
function firstLineOf(document: Document.Parsed, path: Path, lines: LineCounter): number {
  const node = document.getIn([...path], true);
  const isBlock = isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
  return placeOf(document, path, lines).line + (isBlock ? 1 : 0);
}

/** The place of a key inside the map at `path`. */
function placeOfKey(document: Document.Parsed, path: Path, key: string, lines: LineCounter): { line: number; column: number } {
  const map = path.length === 0 ? document.contents : (document.getIn([...path], true) as Node | undefined);
  if (isMap(map)) {
    const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair && isScalar(pair.key) && pair.key.range) return place(lines, pair.key.range[0]);
  }
  return placeOf(document, path, lines);
}

// ---------------------------------------------------------------------------------------------------------------- words

function syntaxWords({ code, message }: YAMLParseError): string {
  return code === "MULTIPLE_DOCS" ? "a rule file is one document: what follows `---` belongs into a file of its own" : `this is not YAML: ${message}`;
}

function problemsOf(issue: z.core.$ZodIssue, above: Path, document: Document.Parsed, lines: LineCounter): RuleProblem[] {
  const path = [...above, ...issue.path];
  const at = placeOf(document, path, lines);
  const key = path.length === 0 ? "the file" : `\`${String(path.at(-1))}\``;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((unknown) => ({
        ...placeOfKey(document, path, unknown, lines),
        text: `unknown key \`${unknown}\`${suggestion(unknown)}`,
      }));
    case "invalid_union": {
      // The alternative that got furthest is the one that was meant.
      const alternatives = issue.errors.map((issues) => issues.flatMap((inner) => problemsOf(inner, path, document, lines)));
      const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map((inner) => inner.path.length + (inner.code === "invalid_type" && inner.path.length === 0 ? 0 : 1)));
      const best = issue.errors.map((issues, i) => ({ i, depth: depth(issues) })).sort((a, b) => b.depth - a.depth)[0];
      return best !== undefined && best.depth > 0 ? (alternatives[best.i] as RuleProblem[]) : [{ ...at, text: `${key} has the wrong form` }];
    }
    case "invalid_type":
      if (document.getIn([...path], true) === undefined && path.length > 0) return [{ ...at, text: `${key} is missing` }];
      return [{ ...at, text: `${key} must be ${typeWords(issue.expected)}` }];
    case "invalid_value":
      return [{ ...at, text: `${key} must be ${issue.values.map((value) => `\`${String(value)}\``).join(", ")}` }];
    case "too_small":
      return [{ ...at, text: `${key} must not be empty` }];
    default:
      return [{ ...at, text: path.length === 0 ? issue.message : `${key}: ${issue.message}` }];
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text", array: "a list", object: "a map", record: "a map", boolean: "true or false", int: "a whole number from 0", number: "a number",
};
function typeWords(expected: string): string {
  return TYPE_WORDS[expected] ?? expected;
}

const KEYS = [
  "schema", "library", "language", "alsoFor", "imports", "service", "sameAs", "types", "resources", "blocking", "timeouts", "churn", "borrows", "neverRaises", "passes", "runs", "function", "each", "examples",
  "rule", "kind", "noun", "type", "member", "opens", "closes", "contextManager", "opensWithoutContext", "closedWithParent", "exhaustedBy", "closedByReading", "closedByCall", "inLoop", "unlessClosedSomewhere", "beside", "through", "keptBy", "minArguments", "maxArguments", "argumentTypes", "cast",
  "confidence", "collected", "advice", "fix", "calls", "except", "arguments", "position", "builds", "satisfiedBy", "mentions", "makes", "withFields", "anywhere", "call", "argument",
  "error", "errorMember", "lentAs", "lentTo", "notClosedBy", "withoutFunction", "isStatic", "text", "handedOverBy", "heldByParent", "idleUntil", "isLock", "brief", "callback", "parameter", "closer", "signatures", "unlessCalled", "limitedByDefault", "when", "unless", "awaited", "result", "extends", "from", "fields", "names", "values", "fluent", "evented", "eventedBy", "eventedResults", "greenlets", "patchedBy", "patchedAdvice", "native", "closedByFailure", "endsWithContext", "heldByContext", "endedAround", "carriedBy", "unlessChained", "methods", "schedules", "handlers", "parameters", "decorators", "offloads", "name", "code",
];

/** `; did you mean \`closes\`?` for a key that differs by one or two letters. */
function suggestion(unknown: string): string {
  const near = KEYS.map((key) => ({ key, distance: editDistance(unknown.toLowerCase(), key.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= 2)
    .sort((a, b) => a.distance - b.distance)[0];
  return near === undefined ? "; remove it" : `; did you mean \`${near.key}\`?`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

// ---------------------------------------------------------------------------------------------------------------- short forms

function many<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** `a.b|c.d|e` becomes a.b.d, a.b.e, a.c.d, a.c.e. Parts end at `.` and `/`. */
function alternatives(written: string): string[] {
  if (!written.includes("|")) return [written];
  let names = [""];
  for (const part of written.split(/([./])/u)) {
    const choices = part.split("|");
    names = names.flatMap((name) => choices.map((choice) => name + choice));
  }
  return names;
}

function writeOut(written: WrittenRuleFile, report: (path: Path, words: string) => void): RuleFile {
  const imports = many(written.imports);
  if (imports.length === 0) report(["imports"], "`imports` must not be empty: it says which files the rules are for");
  const first = imports[0] ?? "";
  const service = written.service ?? null;
  const rules = new Map<string, string>();

  const expand = (name: string): string[] => alternatives(name.startsWith("$") ? first + name.slice(1) : name);
  const expandAll = (names: string | readonly string[] | undefined): string[] => many(names).flatMap(expand);
  const one = (name: string, path: Path): string => {
    const names = expand(name);
    if (names.length !== 1) report(path, `\`${name}\` must be one name: alternatives are for calls`);
    return names[0] ?? name;
  };
  const some = (names: string[], path: Path): string[] => {
    if (names.length === 0) report(path, `\`${String(path.at(-1))}\` must not be empty: the rule speaks of no call`);
    return names;
  };
  const literal = (value: string | number | boolean | null): string =>
    typeof value === "string" ? value : (LITERALS[written.language]?.[String(value)] ?? String(value));
  const conditions = (map: Readonly<Record<string, string | number | boolean | null>> | undefined): OpenCall["when"] =>
    Object.entries(map ?? {}).map(([argument, value]) => ({ argument, equals: literal(value) }));
  const checkId = (id: string, path: Path): string => {
    if (!id.startsWith(`${written.language}/`)) report([...path, "rule"], `the id of a rule for ${written.language} starts with \`${written.language}/\``);
    return id;
  };

  const openCalls = (open: WrittenOpen): OpenCall[] => {
    const form = typeof open === "string" ? { call: open } : open;
    const opens = (form.opens ?? 0) as OpenCall["opens"];
    const twin = ERROR_RESULT_LANGUAGES.has(written.language) ? (typeof opens === "number" ? opens + 1 : 0) : null;
    return expand(form.call).map((call) => ({
      call,
      opens,
      error: form.error === undefined ? twin : form.error,
      errorMember: form.errorMember ?? null,
      when: conditions(form.when),
      unless: conditions(form.unless),
      ...(form.minArguments === undefined ? {} : { minArguments: form.minArguments }),
      ...(form.maxArguments === undefined ? {} : { maxArguments: form.maxArguments }),
      ...(form.argumentTypes === undefined ? {} : { argumentTypes: Object.entries(form.argumentTypes).map(([argument, types]) => ({ argument: Number(argument), types: many(types).flatMap(expand) })) }),
      ...(form.endsWithContext === undefined ? {} : { endsWithContext: form.endsWithContext }),
      ...(form.heldByContext === undefined ? {} : { heldByContext: form.heldByContext }),
      awaited: form.awaited ?? false,
      ...(form.isStatic === true ? { isStatic: true } : {}),
      ...(form.text === undefined ? {} : { text: form.text }),
      ...(form.withoutFunction === true ? { withoutFunction: true } : {}),
      ...(form.callback === undefined ? {} : { callback: { argument: form.callback.argument ?? ("last" as const), parameter: form.callback.parameter, error: form.callback.error ?? null, closer: form.callback.closer ?? null, ...(form.callback.each === true ? { each: true } : {}) } }),
    }));
  };

  const resourceOf = (resource: WrittenResource, path: Path): ResourceRule => {
    const type = resource.type === undefined || resource.type === null ? null : one(resource.type, [...path, "type"]);
    const methods = (name: string, at: Path): string[] => {
      if (name.includes(".")) return expand(name);
      if (type === null) report(at, `\`${name}\` has no dot, so it is a method of \`type\`, and there is no \`type\``);
      return alternatives(name).map((method) => `${type}.${method}`);
    };
    const closes = many(resource.closes).flatMap((close, i): CloseCall[] => {
      const form = typeof close === "string" ? { call: close } : close;
      return methods(form.call, [...path, "closes", i]).map((call) => ({
        call,
        on: form.argument === undefined ? "receiver" : `argument:${form.argument}`,
        ...("when" in form && form.when !== undefined ? { when: conditions(form.when) } : {}),
      }));
    });
    const opens = many(resource.opens).flatMap(openCalls);
    if (closes.length === 0 && resource.contextManager !== true && resource.closedByCall !== true && resource.closedByFailure === undefined) report(path, "nothing closes this resource: give `closes`, or `contextManager: true`");
    if (opens.length === 0) report([...path, "opens"], "nothing opens this resource");
    if (type === null && opens.some((open) => open.opens !== "receiver")) {
      report(path, "`type` is missing: only a receiver that becomes open (`opens: receiver`) needs none");
    }
    return {
      rule: checkId(resource.rule, path),
      kind: resource.kind ?? "resource-leak",
      noun: resource.noun,
      type,
      member: resource.member ?? null,
      opens,
      closes,
      contextManager: resource.contextManager ?? (CLOSES_ALL.has(written.language) || closes.some((close) => close.on === "receiver" && CONTEXT_CLOSES[written.language]?.includes(close.call.slice(close.call.lastIndexOf(".") + 1)) === true)),
      opensWithoutContext: resource.opensWithoutContext ?? true,
      closedWithParent: resource.closedWithParent ?? false,
      exhaustedBy: many(resource.exhaustedBy).flatMap((name, i) => methods(name, [...path, "exhaustedBy", i])),
      ...(resource.closedByFailure === undefined ? {} : { closedByFailure: many(resource.closedByFailure) }),
      closedByReading: many(resource.closedByReading),
      ...(resource.beside === true ? { beside: true } : {}),
      ...(resource.unlessClosedSomewhere === true ? { unlessClosedSomewhere: true } : {}),
      ...(resource.inLoop === true ? { inLoop: true } : {}),
      ...(resource.closedByCall === true ? { closedByCall: true } : {}),
      ...(resource.keptBy === undefined ? {} : { keptBy: many(resource.keptBy) }),
      ...(resource.lentTo === undefined ? {} : { lentTo: many(resource.lentTo) }),
      ...(resource.lentAs === undefined ? {} : { lentAs: many(resource.lentAs) }),
      ...(resource.endedAround === undefined ? {} : { endedAround: expandAll(resource.endedAround) }),
      ...(resource.carriedBy === undefined ? {} : { carriedBy: many(resource.carriedBy) }),
      ...(resource.handedOverBy === undefined ? {} : { handedOverBy: many(resource.handedOverBy).flatMap((one) => expand(one.call).map((call) => ({ call, when: conditions(one.when) }))) }),
      ...(resource.heldByParent === true ? { heldByParent: true } : {}),
      ...(resource.idleUntil === undefined ? {} : { idleUntil: many(resource.idleUntil) }),
      ...(resource.isLock === true ? { isLock: true } : {}),
      ...(resource.notClosedBy === undefined ? {} : { notClosedBy: many(resource.notClosedBy) }),
      ...(resource.through === undefined ? {} : { through: many(resource.through) }),
      confidence: resource.confidence ?? "high",
      collected: resource.collected ?? false,
      service: resource.service === undefined ? service : resource.service,
      advice: resource.advice.trim(),
      fix: resource.fix?.trim() ?? null,
    };
  };

  // Several entries may share an id (calls that differ in the position of their timeout), but an id has one kind of finding.
  const once = <T extends { readonly rule: string }>(section: string, list: readonly T[]): readonly T[] => {
    list.forEach((rule, i) => {
      const before = rules.get(rule.rule) ?? section;
      if (before !== section) report([section, i, "rule"], `\`${rule.rule}\` is already in \`${before}\`: an id names one kind of rule`);
      rules.set(rule.rule, before);
    });
    return list;
  };

  return {
    schema: "leakline.rules/1",
    library: written.library,
    language: written.language,
    ...(written.alsoFor === undefined ? {} : { alsoFor: many(written.alsoFor) }),
    imports,
    service,
    sameAs: Object.entries(written.sameAs ?? {}).flatMap(([path, as]) => alternatives(path).map((name) => ({ path: name.startsWith("$") ? first + name.slice(1) : name, as: one(as, ["sameAs", path]) }))),
    types: Object.entries(written.types ?? {}).flatMap(([name, type]): RuleType[] =>
      expand(name).map((full) => ({
        name: full,
        extends: expandAll(type?.extends),
        from: many(type?.from).flatMap((from) =>
          (typeof from === "string" ? expand(from).map((call) => ({ call, result: 0 })) : expand(from.call).map((call) => ({
            call, result: from.result ?? 0, ...(from.parameter === undefined ? {} : { callback: { argument: from.argument ?? ("last" as const), parameter: from.parameter } }),
          })))),
        fields: Object.entries(type?.fields ?? {}).map(([field, fieldType]) => ({ name: field, type: one(fieldType, ["types", name, "fields", field]) })),
        names: many(type?.names).map((variable) => variable.toLowerCase()),
        values: expandAll(type?.values),
        ...(type?.fluent === true ? { fluent: true } : {}),
      })),
    ),
    resources: once("resources", (written.resources ?? []).map((resource, i) => resourceOf(resource, ["resources", i]))),
    blocking: once("blocking", (written.blocking ?? []).map((rule, i): BlockingRule => ({
      rule: checkId(rule.rule, ["blocking", i]),
      calls: some(expandAll(rule.calls), ["blocking", i, "calls"]),
      except: expandAll(rule.except),
      ...(rule.brief === true ? { brief: true } : {}),
      ...(rule.held === true ? { held: true } : {}),
      ...(rule.unless === undefined ? {} : { unless: conditions(rule.unless) }),
      ...(rule.native === undefined ? {} : { native: rule.native === true ? [] : expandAll(rule.native) }),
      unlessCalled: expandAll(rule.unlessCalled),
      confidence: rule.confidence ?? "high",
      service: rule.service === undefined ? service : rule.service,
      advice: rule.advice.trim(),
      fix: rule.fix?.trim() ?? null,
    }))),
    timeouts: once("timeouts", (written.timeouts ?? []).map((rule, i): TimeoutRule => {
      if (rule.calls === undefined && (rule.builds === undefined || rule.builds === null)) report(["timeouts", i], "give `calls`, or the type that it `builds`");
      return {
        rule: checkId(rule.rule, ["timeouts", i]),
        ...(rule.kind === undefined ? {} : { kind: rule.kind }),
        ...(rule.cast === undefined ? {} : { cast: expandAll(rule.cast) }),
        calls: rule.calls === undefined ? [] : some(expandAll(rule.calls), ["timeouts", i, "calls"]),
        arguments: many(rule.arguments),
        positions: rule.position === null ? [] : many(rule.position),
        builds: rule.builds === undefined || rule.builds === null ? null : one(rule.builds, ["timeouts", i, "builds"]),
        satisfiedBy: expandAll(rule.satisfiedBy),
        ...(rule.mentions === undefined ? {} : { mentions: many(rule.mentions) }),
        ...(rule.when === undefined ? {} : { when: conditions(rule.when) }),
        ...(rule.unless === undefined ? {} : { unless: conditions(rule.unless) }),
        limitedByDefault: rule.limitedByDefault ?? false,
        confidence: rule.confidence ?? "medium",
        service: rule.service === undefined ? service : rule.service,
        advice: rule.advice.trim(),
        fix: rule.fix?.trim() ?? null,
      };
    })),
    churn: once("churn", (written.churn ?? []).map((rule, i): ChurnRule => ({
      rule: checkId(rule.rule, ["churn", i]),
      makes: some(expandAll(rule.makes), ["churn", i, "makes"]),
      withFields: many(rule.withFields),
      ...(rule.anywhere === true ? { anywhere: true } : {}),
      confidence: rule.confidence ?? "medium",
      service: rule.service === undefined ? service : rule.service,
      advice: rule.advice.trim(),
      fix: rule.fix?.trim() ?? null,
    }))),
    evented: (written.evented ?? []).flatMap((handlers) => expand(handlers.type).map((type) => ({ type, methods: many(handlers.methods).flatMap(alternatives) }))),
    schedules: many(written.schedules).flatMap((schedule): RuleFile["schedules"] =>
      typeof schedule === "string"
        ? expand(schedule).map((call) => ({ call, argument: 0 }))
        : expand(schedule.call).map((call) => ({ call, argument: schedule.argument ?? 0, ...(schedule.unlessChained === undefined ? {} : { unlessChained: many(schedule.unlessChained) }) }))),
    ...(written.eventedBy === undefined ? {} : { eventedBy: { decorators: expandAll(written.eventedBy.decorators), parameters: expandAll(written.eventedBy.parameters) } }),
    ...(written.greenlets === undefined ? {} : { greenlets: { patchedBy: written.greenlets.patchedBy === "always" ? null : expandAll(written.greenlets.patchedBy), advice: written.greenlets.advice.trim(), patchedAdvice: written.greenlets.patchedAdvice.trim() } }),
    ...(written.eventedResults === undefined ? {} : { eventedResults: expandAll(written.eventedResults) }),
    handlers: {
      parameters: expandAll(written.handlers?.parameters),
      decorators: expandAll(written.handlers?.decorators),
      types: expandAll(written.handlers?.types),
      ...(written.handlers?.signatures === undefined ? {} : { signatures: many(written.handlers.signatures).map((names) => names.trim().split(/\s+/u)) }),
    },
    offloads: expandAll(written.offloads),
    borrows: expandAll(written.borrows),
    ...(written.neverRaises === undefined ? {} : { neverRaises: expandAll(written.neverRaises) }),
    passes: many(written.passes).flatMap((pass): PassCall[] => {
      const form = typeof pass === "string" ? { call: pass } : pass;
      return expand(form.call).map((call) => ({ call, argument: form.argument ?? 0, contextManager: form.contextManager ?? false, ...(form.unless === undefined ? {} : { unless: conditions(form.unless) }) }));
    }),
    ...(written.runs === undefined ? {} : {
      runs: many(written.runs).flatMap((run): RunCall[] => {
        const form = typeof run === "string" ? { call: run } : run;
        return expand(form.call).map((call) => ({ call, function: form.function ?? 0, arguments: form.arguments ?? null }));
      }),
    }),
    examples: written.examples ?? [],
  };
}
