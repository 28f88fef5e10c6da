import { holdsFor } from "./rule-model";
import type { RuleFile } from "./rule-model";

/** A type that the rules know, with what all files say about it put together. */
export interface KnownType {
  readonly name: string;
  readonly extends: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
  /** Its methods give one of the same type, where nothing else says what they give: a builder. */
  readonly fluent: boolean;
}

/** A variable name that usually holds a value of a type, and the imports that make it likely. */
export interface NamedType {
  readonly type: string;
  readonly file: RuleFile;
}

/** What the rules of one language say about types and names. */
export interface RuleTypes {
  /** The one name of a thing that has several (`RuleFile.sameAs`). Idempotent. */
  canonical(name: string): string;
  type(name: string): KnownType | null;
  /** The type of a call's result, null where nobody says. `count` is the number of results that anybody speaks of. */
  given(call: string): ReadonlyMap<number, string> | null;
  /** What a call gives the function that it is handed as this argument, as this parameter of it. */
  handed(call: string, argument: number, isLast: boolean, parameter: number): string | null;
  /** The type of a library's variable: `net/http.DefaultClient`. */
  value(name: string): string | null;
  /** The type and all that it extends, itself first. */
  lineage(type: string): readonly string[];
  named(variable: string): readonly NamedType[];
  /** True when a rule speaks of this method of the type or of one that it extends. */
  hasMethod(type: string, method: string): boolean;
  /**
   * The library's methods that a method of this name stands for, where it is declared to give these types and has no body: what opens
   * the same type under the same name (`Do` that gives an http.Response is the one of http.Client).
   */
  openingLike(method: string, results: readonly (string | null)[]): readonly string[];
  /** True when a rule speaks of a type, or of anything in something, of this full name. */
  knows(name: string): boolean;
  readonly imports: readonly string[];
}

/** Puts together what the files of one language say about types. */
export function collectRuleTypes(rules: readonly RuleFile[], language: string): RuleTypes {
  const files = rules.filter((file) => holdsFor(file, language));

  const same = new Map<string, string>();
  /** `.../ent.Client`: what is generated into a workspace, by the end of its path. */
  const generated: { readonly end: string; readonly as: string }[] = [];
  for (const file of files) {
    for (const { path, as } of file.sameAs) {
      if (path.startsWith(".../")) generated.push({ end: path.slice(3), as });
      else same.set(path, as);
    }
  }
  const canonicalNames = new Map<string, string>();
  const rename = (name: string): string => {
    for (let end = name.length; end > 0; end = lastBreak(name, end)) {
      const as = same.get(name.slice(0, end));
      if (as !== undefined) return as + name.slice(end);
    }
    for (const { end, as } of generated) {
      const at = name.indexOf(end);
      const after = name[at + end.length];
      if (at > 0 && (after === undefined || after === ".")) return as + name.slice(at + end.length);
    }
    return name;
  };
  const canonical = (name: string): string => {
    if (same.size === 0 && generated.length === 0) return name;
    const known = canonicalNames.get(name);
    if (known !== undefined) return known;
    let result = name;
    // A renamed name may have another name again (requests.sessions.session); names that turn in a circle stop.
    for (let turn = 0; turn < 4; turn++) {
      const next = rename(result);
      if (next === result) break;
      result = next;
    }
    canonicalNames.set(name, result);
    return result;
  };

  const types = new Map<string, { name: string; extends: string[]; fields: Map<string, string>; fluent: boolean }>();
  const given = new Map<string, Map<number, string>>();
  const values = new Map<string, string>();
  const named = new Map<string, NamedType[]>();
  const methods = new Set<string>();
  const openings = new Map<string, { readonly call: string; readonly result: number; readonly type: string }[]>();

  const handed = new Map<string, { readonly argument: number | "last"; readonly parameter: number; readonly type: string }[]>();
  const hand = (call: string, argument: number | "last", parameter: number, type: string): void => {
    const list = handed.get(call) ?? [];
    list.push({ argument, parameter, type });
    handed.set(call, list);
  };
  const give = (call: string, result: number, type: string): void => {
    const results = given.get(call) ?? new Map<number, string>();
    if (!results.has(result)) results.set(result, type);
    given.set(call, results);
  };
  const typeOf = (name: string): { name: string; extends: string[]; fields: Map<string, string>; fluent: boolean } => {
    const known = types.get(name) ?? { name, extends: [], fields: new Map<string, string>(), fluent: false };
    types.set(name, known);
    return known;
  };

  for (const file of files) {
    for (const type of file.types) {
      const known = typeOf(type.name);
      for (const base of type.extends) if (!known.extends.includes(base)) known.extends.push(base);
      for (const field of type.fields) known.fields.set(field.name, field.type);
      if (type.fluent) known.fluent = true;
      for (const from of type.from) {
        if (from.callback === undefined) give(from.call, from.result, type.name);
        else hand(from.call, from.callback.argument, from.callback.parameter, type.name);
      }
      for (const value of type.values) values.set(value, type.name);
      for (const name of type.names) {
        const list = named.get(name) ?? [];
        list.push({ type: type.name, file });
        named.set(name, list);
      }
    }
    for (const rule of file.resources) {
      if (rule.type !== null) {
        typeOf(rule.type);
        for (const open of rule.opens) {
          if (open.callback !== undefined) hand(open.call, open.callback.argument, open.callback.parameter, rule.type);
          else if (typeof open.opens === "number") give(open.call, open.opens, rule.type);
        }
      }
      for (const open of rule.opens) {
        methods.add(open.call);
        if (rule.type === null || typeof open.opens !== "number" || open.callback !== undefined) continue;
        const name = open.call.slice(open.call.lastIndexOf(".") + 1);
        openings.set(name, [...(openings.get(name) ?? []), { call: open.call, result: open.opens, type: rule.type }]);
      }
      for (const close of rule.closes) methods.add(close.call);
      for (const call of rule.exhaustedBy) methods.add(call);
    }
    for (const rule of file.blocking) for (const call of rule.calls) methods.add(call);
    for (const rule of file.timeouts) for (const call of rule.calls) methods.add(call);
    for (const { call } of file.schedules) methods.add(call);
    for (const call of file.neverRaises ?? []) methods.add(call);
  }

  const owners = new Set<string>();
  for (const call of [...methods, ...given.keys(), ...values.keys(), ...files.flatMap((file) => [...file.passes.map((pass) => pass.call), ...file.borrows, ...file.churn.flatMap((rule) => rule.makes)])]) {
    const dot = call.lastIndexOf(".");
    if (dot > 0) owners.add(call.slice(0, dot));
    owners.add(call);
  }

  const lineages = new Map<string, readonly string[]>();
  const lineage = (type: string): readonly string[] => {
    const known = lineages.get(type);
    if (known !== undefined) return known;
    const list = [type];
    for (let i = 0; i < list.length; i++) {
      for (const base of types.get(list[i] as string)?.extends ?? []) if (!list.includes(base)) list.push(base);
    }
    lineages.set(type, list);
    return list;
  };

  return {
    canonical,
    type: (name) => types.get(name) ?? null,
    given: (call) => given.get(call) ?? null,
    handed: (call, argument, isLast, parameter) =>
      handed.get(call)?.find((one) => one.parameter === parameter && (one.argument === "last" ? isLast : one.argument === argument))?.type ?? null,
    value: (name) => values.get(name) ?? null,
    lineage,
    named: (variable) => named.get(variable.toLowerCase()) ?? [],
    hasMethod: (type, method) => lineage(type).some((name) => methods.has(`${name}.${method}`) || methods.has(`${name}.*`)),
    openingLike: (method, results) =>
      (openings.get(method) ?? []).filter(({ call, result, type }) => results[result] === type && types.has(call.slice(0, call.lastIndexOf(".")))).map(({ call }) => call),
    knows: (name) => types.has(name) || owners.has(name),
    imports: files.flatMap((file) => file.imports),
  };
}

/** The last `.` or `/` before `end`, 0 when there is none. */
function lastBreak(name: string, end: number): number {
  for (let i = end - 1; i > 0; i--) if (name[i] === "." || name[i] === "/") return i;
  return 0;
}
