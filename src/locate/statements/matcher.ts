import type { LogLevel, LogStatement } from "../../model/log";
import { CallGraph } from "./call-graph";
import type { NearFunction } from "./call-graph";
import { lettersOf } from "./file-statements";
import { placeInLine } from "./line-place";
import type { MatchedEvent } from "./line-place";
import { HEAD, withoutHead } from "./bare-head";
import type { Piece } from "./text";
import { WordIndex, wordsIn } from "./word-index";
import type { IndexedFunction, IndexedStatement, WorkspaceStatements } from "./workspace-statements";

export interface StatementMatch {
  readonly statement: IndexedStatement;
  /** The variable parts, by name, in the order of the message. */
  readonly values: readonly { readonly name: string; readonly value: string }[];
  /** Others that say exactly as much: which of them wrote the line is not known. Empty: it is this one. */
  readonly ties: readonly IndexedStatement[];
  /**
   * By the place that the line itself names, by its text, or by its logger: that is one file's, and of all that the file says at that
   * level this is the one statement that may say anything (`"{}"`).
   */
  readonly how: "place" | "text" | "logger";
  /** Where a variable part comes from an exception of the workspace: its text was written here. */
  readonly explains: readonly { readonly name: string; readonly statement: IndexedStatement }[];
}

/** One message that a statement can write, ready to be held against lines. */
interface Pattern {
  readonly statement: number;
  /** What stands before, between and after the holes; one more than there are holes. The first and last may be empty. */
  readonly literals: readonly string[];
  readonly names: readonly string[];
  readonly letters: number;
}

/** Fewer letters and digits than these are no evidence, unless they are all that the line says. */
const LEAST_LETTERS = 5;
const LEAST_WHOLE = 2;
/** So few are enough for `404: ...`: a beginning that ends in a sign, where the level agrees as well. */
const LEAST_BEGINNING = 3;

/**
 * Holds log lines against the statements of a workspace. Made once; answers are by text unless the line names its place. A line that no
 * statement explains well enough is nobody's: no guess.
 */
export class StatementMatcher {
  readonly workspace: WorkspaceStatements;
  readonly #logs: PatternSet;
  readonly #exceptions: PatternSet;
  readonly #byFileName = new Map<string, number[]>();
  readonly #loggers: LoggerNames;
  #graph: CallGraph | null = null;

  constructor(workspace: WorkspaceStatements) {
    this.workspace = workspace;
    this.#logs = new PatternSet(workspace.statements, "log");
    this.#exceptions = new PatternSet(workspace.statements, "exception");
    this.#loggers = new LoggerNames(workspace);
    workspace.statements.forEach((statement, index) => {
      if (statement.kind !== "log") return;
      for (const { file } of [statement, ...statement.through]) {
        const name = file.slice(file.lastIndexOf("/") + 1);
        const list = this.#byFileName.get(name);
        if (list === undefined) this.#byFileName.set(name, [index]);
        else if (list.at(-1) !== index) list.push(index);
      }
    });
  }

  /** The statement of each event, or null. Same length as `events`. */
  matchEvents(events: Iterable<MatchedEvent>): (LogStatement | null)[] {
    const found: (LogStatement | null)[] = [];
    for (const event of events) found.push(this.match(event)?.statement ?? null);
    return found;
  }

  /** The statement that wrote the event's first line; null: none of the workspace, or none that can be told. */
  match(event: MatchedEvent): StatementMatch | null {
    const headed = event.level === null ? withoutHead(event) : null;
    const whole = this.#match(event);
    if (headed === null) return whole;
    // A message may itself begin with such a word: then the source says so.
    if (whole !== null && HEAD.test(whole.statement.template)) return whole;
    return this.#match(headed) ?? whole;
  }

  #match(event: MatchedEvent): StatementMatch | null {
    const message = event.message.trim();
    const byText = this.#best(message, event, NOWHERE, null);
    // Asking for a record's fields costs more than matching it: only where the text alone does not settle it.
    if (byText !== null && byText.ties.length === 0 && saysMuch(byText.statement)) return byText;
    const place = placeInLine(event);
    if (place === null) return byText ?? this.#byLogger(event);
    const placed = this.#at(place.file, place.line);
    const withPlace = this.#best(message, event, placed, place.file);
    if (withPlace !== null) return withPlace;
    // The message is not what the statement's source says (a variable, a table of texts): the place is enough, when it is one statement's.
    if (placed.length === 1 && !saysMuch(this.workspace.statements[placed[0] as number] as IndexedStatement)) {
      return { statement: this.workspace.statements[placed[0] as number] as IndexedStatement, values: [], ties: [], how: "place", explains: [] };
    }
    return null;
  }

  /** Index of the statement's function and those near it by calls. */
  around(statement: LogStatement, depth = 3): readonly (NearFunction & { readonly target: IndexedFunction })[] {
    const known = this.workspace.statements.find((one) => one === statement || (one.file === statement.file && one.line === statement.line && one.column === statement.column));
    if (known === undefined) return [];
    this.#graph ??= new CallGraph(this.workspace.calls);
    return this.#graph.around(known.function, depth).map((near) => ({ ...near, target: this.workspace.functions[near.function] as IndexedFunction }));
  }

  #best(message: string, event: MatchedEvent, placed: readonly number[], placedFile: string | null): StatementMatch | null {
    const { statements } = this.workspace;
    const fits: Fit[] = [];
    let best = -Infinity;
    for (const fit of this.#logs.fits(message)) {
      const statement = statements[fit.pattern.statement] as IndexedStatement;
      const isPlaced = placed.includes(fit.pattern.statement);
      if (!isPlaced && contradicts(event.level, statement.level)) continue;
      if (!isPlaced && event.level === null && fit.pattern.names.length > 0 && fit.pattern.letters < LEAST_LETTERS) continue;
      fit.score += isPlaced ? 1000 : 0;
      if (fit.score > best) best = fit.score;
      fits.push(fit);
    }
    if (fits.length === 0) return null;
    let top: readonly Fit[] = fits.filter(({ score }) => score === best);
    if (top.length > 1) top = this.#narrow(top, event, placedFile);
    const unique = new Map(top.map((fit) => [fit.pattern.statement, fit]));
    const [first, ...others] = [...unique.values()] as [Fit, ...Fit[]];
    const values = first.pattern.names.map((name, at) => ({ name, value: first.values[at] ?? "" }));
    return {
      statement: statements[first.pattern.statement] as IndexedStatement, values, ties: others.map(({ pattern }) => statements[pattern.statement] as IndexedStatement), how: best >= 900 ? "place" : "text",
      explains: this.#explain(values),
    };
  }

  /** By elimination, and only with a logger and a level that leave one: what says nothing itself is never guessed. */
  #byLogger(event: MatchedEvent): StatementMatch | null {
    if (event.level === null) return null;
    const file = this.#loggers.fileOf(event);
    if (file === null) return null;
    const mute = this.workspace.statements.filter((one) => one.kind === "log" && one.file === file && (one.level === null || GROUP[one.level] === GROUP[event.level as LogLevel]) && one.ways.some(isMute));
    const [only] = mute;
    if (only === undefined || mute.length > 1 || only.level === null) return null;
    return { statement: only, values: [{ name: holeNames(only), value: event.message }], ties: [], how: "logger", explains: [] };
  }

  /** Of several that say as much: those that agree with the logger's name, the level, and the fields beside the message. */
  #narrow(fits: readonly Fit[], event: MatchedEvent, placedFile: string | null): readonly Fit[] {
    const { statements } = this.workspace;
    const agreement = fits.map(({ pattern, end }) => {
      const statement = statements[pattern.statement] as IndexedStatement;
      let agrees = 0;
      if (placedFile !== null && sameFile(statement.file, placedFile)) agrees += 100;
      agrees += 40 * this.#loggers.agrees(statement, event);
      if (event.level !== null && statement.level !== null) agrees += 10;
      agrees += keysAgree(statement.keys, event, end);
      return agrees;
    });
    const most = Math.max(...agreement);
    return fits.filter((_, at) => agreement[at] === most);
  }

  /** Statements at a place that a line names: the file by its end, the line inside the call. */
  #at(file: string, line: number): readonly number[] {
    const all = this.#byFileName.get(file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)) ?? [];
    const { statements } = this.workspace;
    const here = all.filter((index) => {
      const statement = statements[index] as IndexedStatement;
      return [statement, ...statement.through].some((one) => sameFile(one.file, file) && one.line <= line && line <= one.endLine);
    });
    return here;
  }

  #explain(values: readonly { readonly name: string; readonly value: string }[]): StatementMatch["explains"] {
    const found: { name: string; statement: IndexedStatement }[] = [];
    if (this.#exceptions.size === 0) return found;
    for (const { name, value } of values) {
      if (value.length < 6 || value.length > 2000) continue;
      const fits = [...this.#exceptions.fits(value)];
      const best = fits.reduce<Fit | null>((most, fit) => (most === null || fit.score > most.score ? fit : most), null);
      if (best === null || fits.some((fit) => fit.score === best.score && fit.pattern.statement !== best.pattern.statement)) continue;
      found.push({ name, statement: this.workspace.statements[best.pattern.statement] as IndexedStatement });
    }
    return found;
  }

  /** The workspace's own text of an exception that is the whole of a message: what logged it is a variable's business, where it came from is not. */
  exceptionIn(message: string): IndexedStatement | null {
    return this.#explain([{ name: "", value: message.trim() }])[0]?.statement ?? null;
  }
}

interface Fit {
  readonly pattern: Pattern;
  score: number;
  readonly values: readonly string[];
  /** Where the message's text ends in the line. */
  readonly end: number;
}

class PatternSet {
  readonly #patterns: Pattern[] = [];
  readonly #index: WordIndex;

  constructor(statements: readonly IndexedStatement[], kind: IndexedStatement["kind"]) {
    const words: number[][] = [];
    statements.forEach((statement, index) => {
      if (statement.kind !== kind) return;
      for (const way of statement.ways) {
        const pattern = patternOf(way, index);
        if (pattern === null || pattern.letters < LEAST_WHOLE || (pattern.names.length > 0 && pattern.letters < LEAST_LETTERS && !isBeginning(pattern, statement))) continue;
        this.#patterns.push(pattern);
        const last = pattern.literals.length - 1;
        words.push(pattern.literals.flatMap((literal, at) => wordsIn(literal, at > 0, at < last)));
      }
    });
    this.#index = new WordIndex(words);
  }

  get size(): number {
    return this.#patterns.length;
  }

  *fits(message: string): Generator<Fit> {
    for (const candidate of this.#index.candidates(message)) {
      const fit = fitOf(this.#patterns[candidate] as Pattern, message);
      if (fit !== null) yield fit;
    }
  }
}

function isBeginning({ literals, letters }: Pattern, { level }: IndexedStatement): boolean {
  return level !== null && letters >= LEAST_BEGINNING && lettersOf(literals[0] ?? "") === letters && /[:=>|\]]\s*$/u.test(literals[0] ?? "");
}

/** null for a message without text. Only its first line that says something counts: that is what a record's first line holds. */
function patternOf(way: readonly Piece[], statement: number): Pattern | null {
  const literals: string[] = [""];
  const names: string[] = [];
  const cleaned: Piece[] = [];
  for (const piece of way) {
    if (typeof piece !== "string") {
      cleaned.push(piece);
      continue;
    }
    const text = cleaned.length === 0 ? piece.trimStart() : piece;
    const end = text.search(/[\r\n]/u);
    if (end >= 0) {
      cleaned.push(text.slice(0, end));
      break;
    }
    if (text !== "" || cleaned.length > 0) cleaned.push(text);
  }
  for (const piece of cleaned) {
    if (typeof piece === "string") literals[literals.length - 1] += piece;
    // Two values side by side cannot be told apart.
    else if (literals.at(-1) === "" && names.length > 0) names[names.length - 1] += `, ${piece.name}`;
    else {
      names.push(piece.name);
      literals.push("");
    }
  }
  literals[literals.length - 1] = (literals.at(-1) as string).trimEnd();
  const letters = literals.reduce((sum, literal) => sum + lettersOf(literal), 0);
  return letters === 0 ? null : { statement, literals, names, letters };
}

/** Holds one pattern against a message. Literals are found from left to right, the last one at the end where it stands there. */
function fitOf(pattern: Pattern, message: string): Fit | null {
  const { literals, names } = pattern;
  const last = literals.length - 1;
  const first = literals[0] as string;
  let start = 0;
  let score = pattern.letters;
  if (first !== "" && !message.startsWith(first)) {
    // A header that nobody took off: stamp, level, logger. Asked last is what costs most.
    start = message.indexOf(first);
    if (start < 0 || !inOrder(literals, message, start + first.length) || !isHeader(message, start)) return null;
    score -= 2;
  }
  if (last === 0) {
    const end = start + first.length;
    if (end < message.length) {
      if (!isTail(message, end)) return null;
      score -= 1;
    }
    if (pattern.letters < LEAST_LETTERS && (start > 0 || end < message.length)) return null;
    return { pattern, score, values: NO_VALUES, end };
  }
  let at = start + first.length;
  const values: string[] = [];
  for (let i = 1; i <= last; i++) {
    const literal = literals[i] as string;
    if (i === last) {
      if (literal === "") {
        values.push(message.slice(at));
        return { pattern, score, values: names.length === values.length ? values : NO_VALUES, end: message.length };
      }
      const ending = message.length - literal.length;
      let found = ending;
      if (ending < at || !message.endsWith(literal)) {
        found = message.indexOf(literal, at);
        if (found < 0 || !isTail(message, found + literal.length)) return null;
        score -= 1;
      }
      values.push(message.slice(at, found));
      return { pattern, score, values, end: found + literal.length };
    }
    const found = message.indexOf(literal, at);
    if (found < 0) return null;
    values.push(message.slice(at, found));
    at = found + literal.length;
  }
  return null;
}

const NO_VALUES: readonly string[] = [];
const NOWHERE: readonly number[] = [];

/** Whether the literals behind the first stand in the message one after the other. */
function inOrder(literals: readonly string[], message: string, from: number): boolean {
  let at = from;
  for (let i = 1; i < literals.length; i++) {
    const literal = literals[i] as string;
    const found = message.indexOf(literal, at);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return true;
}

/** As far back from a message as its header's last sign may stand, blanks behind it included. */
const HEADER_END = 40;

/** What stands before a message and is not part of it: it ends like a header (`] `, `: `, ` - `, a tab, a quote, a level), or is blank. */
function isHeader(message: string, end: number): boolean {
  const before = message.slice(Math.max(0, end - HEADER_END), end);
  return /(?:^|[\]:|>\t"'=)]|[\s\]:]-|\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|INF|WRN|ERR|DBG|TRC|FTL)\b\W*|[\d:.,]{8,}Z?|[–—])\s*$/iu.test(before);
}

/** What stands after a message and is not part of it: fields (`k=v`, `{...}`), a closing quote. */
function isTail(message: string, from: number): boolean {
  return /^(?:\s*$|["']?\s*(?:$|[\w.@-]+=|[{[(,;|]|"?\}?$)|\s+\S+="?)/u.test(message.slice(from, from + 80));
}

const GROUP: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 0, info: 1, notice: 1, warning: 2, error: 3, critical: 3 };

/** Levels that no translation between a program's and a log's words explains. */
function contradicts(line: LogLevel | null, statement: LogLevel | null): boolean {
  return line !== null && statement !== null && GROUP[line] !== GROUP[statement];
}

const SAYS_MUCH = new WeakMap<IndexedStatement, boolean>();

function saysMuch(statement: IndexedStatement): boolean {
  let much = SAYS_MUCH.get(statement);
  if (much === undefined) SAYS_MUCH.set(statement, (much = lettersOf(statement.template.replaceAll("<*>", "")) >= 3 * LEAST_LETTERS));
  return much;
}

/** Whether a path in a log (absolute in a container, relative to a module, a bare name) means the workspace's file. */
export function sameFile(file: string, named: string): boolean {
  const plain = named.replaceAll("\\", "/").replace(/^(?:[a-z]:)?(?:\.?\/)+/iu, "");
  if (file === plain || file.endsWith(`/${plain}`) || plain.endsWith(`/${file}`)) return true;
  // `/app/src/a.py` of a workspace whose `src` is `backend/src`: the last two parts agree.
  const [a, b] = [file.split("/"), plain.split("/")];
  if (a.at(-1) !== b.at(-1)) return false;
  return b.length > 1 && a.length > 1 && a.at(-2) === b.at(-2);
}

function keysAgree(keys: readonly string[], event: MatchedEvent, end: number): number {
  if (keys.length === 0) return 0;
  const tail = event.message.slice(end);
  const given = keys.filter((key) => key in event.fields || tail.includes(`${key}=`) || tail.includes(`"${key}"`)).length;
  return given - 2 * (keys.length - given);
}

/** It may write anything: too few letters of its own to be told by. */
function isMute(way: readonly Piece[]): boolean {
  return way.some((piece) => typeof piece !== "string") && way.reduce((sum, piece) => sum + (typeof piece === "string" ? lettersOf(piece) : 0), 0) < LEAST_BEGINNING;
}

function holeNames({ ways }: IndexedStatement): string {
  return (ways[0] ?? []).flatMap((piece) => (typeof piece === "string" ? [] : [piece.name])).join(", ");
}

/** Loggers go by the names of types and modules. */
class LoggerNames {
  #fileByLogger: Map<string, string | null> | null = null;
  readonly #lastParts = new Map<number, ReadonlySet<string>>();
  readonly #workspace: WorkspaceStatements;

  constructor(workspace: WorkspaceStatements) {
    this.#workspace = workspace;
  }

  /** The one file of the workspace that the line's logger is named for: a class's, a module's. null: none, or several. */
  fileOf(event: MatchedEvent): string | null {
    const logger = loggerOf(event);
    if (logger === undefined || logger === "") return null;
    if (this.#fileByLogger === null) {
      this.#fileByLogger = new Map();
      for (const file of new Set(this.#workspace.statements.filter(({ kind }) => kind === "log").map((one) => one.file))) {
        const name = file.slice(file.lastIndexOf("/") + 1).replace(/\..*$/u, "").toLowerCase();
        this.#fileByLogger.set(name, this.#fileByLogger.has(name) ? null : file);
      }
    }
    return this.#fileByLogger.get(logger.split(/[./:\\$]/u).at(-1)?.toLowerCase() ?? "") ?? null;
  }

  /** 1: the line's logger is this statement's class, module or file; 0: nothing to compare; -1: it is another. */
  agrees(statement: IndexedStatement, event: MatchedEvent): number {
    const logger = loggerOf(event);
    if (logger === undefined || logger === "") return 0;
    const last = logger.split(/[./:\\$]/u).at(-1)?.toLowerCase() ?? "";
    let parts = this.#lastParts.get(statement.function);
    if (parts === undefined) {
      const fn = this.#workspace.functions[statement.function];
      const file = statement.file.slice(statement.file.lastIndexOf("/") + 1).replace(/\..*$/u, "");
      parts = new Set([file, fn?.owner?.split(".").at(-1) ?? "", fn?.module.split(/[./]/u).at(-1) ?? "", statement.symbol.split(".")[0] ?? ""].map((part) => part.toLowerCase()));
      this.#lastParts.set(statement.function, parts);
    }
    return parts.has(last) ? 1 : -1;
  }
}

function loggerOf({ fields }: MatchedEvent): string | undefined {
  return fields["logger"] ?? fields["name"] ?? fields["component"] ?? fields["category"] ?? fields["SourceContext"];
}
