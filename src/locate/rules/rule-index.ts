import { inWordsOf } from "./advice";
import { holdsFor } from "./rule-model";
import type { BlockingRule, ChurnRule, CloseCall, OpenCall, PassCall, ResourceRule, RuleFile, RunCall, TimeoutRule } from "./rule-model";

/** Something that a rule says, with the file that says it. */
export interface Ruled<T> {
  readonly file: RuleFile;
  readonly rule: T;
}
export interface OpenMatch extends Ruled<ResourceRule> {
  readonly open: OpenCall;
}
export interface CloseMatch extends Ruled<ResourceRule> {
  readonly close: CloseCall;
}

/**
 * The rules of one language, looked up by the names that a resolver gives to a call (`CallResolution.names`). Each answer is in the order
 * of the names, so the most specific comes first. Lookups cost one or two map reads a name, whatever the number of rules.
 */
export interface RuleIndex {
  readonly files: readonly RuleFile[];
  opens(names: readonly string[]): readonly OpenMatch[];
  /** Openings by what a call is declared to give (`OpenCall.call` with a star in front): its names, and the lineage of its first result. */
  opensByResult(names: readonly string[], lineage: readonly string[]): readonly OpenMatch[];
  closes(names: readonly string[]): readonly CloseMatch[];
  /** Resources that this call, used as a loop's condition, closes when it comes to its end. */
  exhausts(names: readonly string[]): readonly Ruled<ResourceRule>[];
  borrows(names: readonly string[]): boolean;
  neverRaises(names: readonly string[]): boolean;
  passes(names: readonly string[]): PassCall | null;
  runs(names: readonly string[]): RunCall | null;
  /** The blocking rule of a call; null when there is none, or when the rule excepts it. */
  blocks(names: readonly string[]): Ruled<BlockingRule> | null;
  timeouts(names: readonly string[]): readonly Ruled<TimeoutRule>[];
  /** Timeout rules on a literal of this type (`net/http.Client{}`). */
  timeoutsOfType(type: string): readonly Ruled<TimeoutRule>[];
  churns(names: readonly string[]): readonly Ruled<ChurnRule>[];
}

/** Names with a value each, where a name that ends in `.*` stands for any one last part. */
class CalleeMap<T> {
  private readonly exact = new Map<string, T[]>();
  private readonly families = new Map<string, T[]>();

  add(callee: string, value: T): void {
    const family = callee.endsWith(".*");
    const map = family ? this.families : this.exact;
    const key = family ? callee.slice(0, -2) : callee;
    const values = map.get(key);
    if (values === undefined) map.set(key, [value]);
    else values.push(value);
  }

  /** A name's own values before its family's. */
  get(name: string): readonly T[] {
    const own = this.exact.get(name);
    if (this.families.size === 0) return own ?? [];
    const dot = name.lastIndexOf(".");
    const family = dot < 0 ? undefined : this.families.get(name.slice(0, dot));
    if (family === undefined) return own ?? [];
    return own === undefined ? family : [...own, ...family];
  }

  all(names: readonly string[]): readonly T[] {
    if (names.length === 1) return this.get(names[0] as string);
    const found: T[] = [];
    for (const name of names) for (const value of this.get(name)) if (!found.includes(value)) found.push(value);
    return found;
  }
}

/** True when `callee`, as a rule writes it (a last part `*` is any one name), means this name. */
export function calleeMatches(callee: string, name: string): boolean {
  if (!callee.endsWith(".*")) return callee === name;
  return name.lastIndexOf(".") === callee.length - 2 && name.startsWith(callee.slice(0, -1));
}

function ownerOf(callee: string): string {
  return callee.slice(0, Math.max(0, callee.lastIndexOf(".")));
}

/** A file of another language's rules, whose advice speaks of this one. */
function advisedIn(language: string, file: RuleFile): RuleFile {
  const advised = <T extends { readonly advice: string; readonly fix: string | null }>(rules: readonly T[]): T[] =>
    rules.map((rule) => ({ ...rule, advice: inWordsOf(language, rule.advice), fix: rule.fix === null ? null : inWordsOf(language, rule.fix) }));
  return { ...file, resources: advised(file.resources), blocking: advised(file.blocking), timeouts: advised(file.timeouts), churn: advised(file.churn) };
}

/** Indexes the rule files of one language (files of other languages are left out). */
export function indexRules(rules: readonly RuleFile[], language: string): RuleIndex {
  const files = rules.filter((file) => holdsFor(file, language)).map((file) => (file.language === language ? file : advisedIn(language, file)));
  const opens = new CalleeMap<OpenMatch>();
  const byResult: OpenMatch[] = [];
  const closes = new CalleeMap<CloseMatch>();
  const exhausts = new CalleeMap<Ruled<ResourceRule>>();
  const borrows = new CalleeMap<true>();
  const neverRaises = new CalleeMap<true>();
  const passes = new CalleeMap<PassCall>();
  const runs = new CalleeMap<RunCall>();
  const blocks = new CalleeMap<Ruled<BlockingRule>>();
  const timeouts = new CalleeMap<Ruled<TimeoutRule>>();
  const built = new CalleeMap<Ruled<TimeoutRule>>();
  const churns = new CalleeMap<Ruled<ChurnRule>>();
  for (const file of files) {
    for (const rule of file.resources) {
      for (const open of rule.opens) {
        if (open.call.startsWith("*")) byResult.push({ file, rule, open });
        else opens.add(open.call, { file, rule, open });
      }
      for (const close of rule.closes) closes.add(close.call, { file, rule, close });
      for (const call of rule.exhaustedBy) exhausts.add(call, { file, rule });
    }
    for (const call of file.borrows) borrows.add(call, true);
    for (const call of file.neverRaises ?? []) neverRaises.add(call, true);
    for (const pass of file.passes) passes.add(pass.call, pass);
    for (const run of file.runs ?? []) runs.add(run.call, run);
    for (const rule of file.blocking) if (rule.held !== true) for (const call of rule.calls) blocks.add(call, { file, rule });
    for (const rule of file.timeouts) {
      for (const call of rule.calls) timeouts.add(call, { file, rule });
      if (rule.builds !== null) built.add(rule.builds, { file, rule });
    }
    for (const rule of file.churn) for (const call of rule.makes) churns.add(call, { file, rule });
  }
  return {
    files,
    opens: (names) => opens.all(names),
    opensByResult: (names, lineage) => byResult.filter(({ rule, open }) => rule.type !== null && lineage.includes(rule.type) && names.some((name) => ownerOf(name).endsWith(ownerOf(open.call).slice(1)))),
    closes: (names) => closes.all(names),
    exhausts: (names) => exhausts.all(names),
    neverRaises: (names) => names.some((name) => neverRaises.get(name).length > 0),
    borrows: (names) => names.some((name) => borrows.get(name).length > 0),
    passes: (names) => passes.all(names)[0] ?? null,
    runs: (names) => runs.all(names)[0] ?? null,
    blocks: (names) => {
      for (const ruled of blocks.all(names)) {
        if (!names.some((name) => ruled.rule.except.some((except) => calleeMatches(except, name)))) return ruled;
      }
      return null;
    },
    timeouts: (names) => timeouts.all(names),
    timeoutsOfType: (type) => built.get(type),
    churns: (names) => churns.all(names),
  };
}
