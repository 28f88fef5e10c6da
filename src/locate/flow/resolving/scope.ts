import type { Binding, Bindings } from "../bindings";
import type { Conclusion, Ledger, Part } from "../conclusions";
import type { Expression, FileFlow, FunctionFlow, Import, LanguageTraits, TypeRef } from "../flow-model";
import type { Answer, Questions } from "../questions";
import type { CallResolution, Certainty, FunctionRef } from "../resolution";
import type { WorkspaceIndex } from "../workspace-index";
import type { LiveFile, WorkspaceFunction, WorkspaceModule, WorkspaceType } from "../workspace-parts";
import type { RuleTypes } from "../../rules/rule-types";

// What the parts of resolution ask of each other: names lead to types, types to calls, calls to types and names again.

/** A type with how sure it is. */
export interface Typed {
  readonly type: TypeRef;
  readonly certainty: Certainty;
}

/** What a name or a chain of members stands for, when it is no variable of a function. */
export type Entity =
  | { readonly is: "module"; readonly module: WorkspaceModule }
  | { readonly is: "function"; readonly name: string; readonly refs: readonly FunctionRef[] }
  | { readonly is: "type"; readonly type: WorkspaceType }
  | { readonly is: "value"; readonly module: WorkspaceModule; readonly name: string }
  | { readonly is: "library"; readonly name: string };

/** What is bound to the names of a module's top level, with the scope that it stands in. */
export type GlobalBindings = ReadonlyMap<string, readonly { readonly scope: Scope; readonly binding: Binding }[]>;

/** The workspace, as resolution sees it from within. */
export interface Workspace {
  readonly ledger: Ledger;
  readonly index: WorkspaceIndex;
  readonly questions: Questions;
  readonly knownResults: WeakMap<WorkspaceFunction, Answer>;
  readonly globalBindings: WeakMap<WorkspaceModule, Conclusion<GlobalBindings>>;
  /** A question about the workspace as a whole, by a name that no other question has. `otherwise` where it leads back to itself. */
  ask<T>(question: string, otherwise: T, find: () => T): T;
  traitsOf(language: string): LanguageTraits | null;
  /** What the rules of a language say of types. */
  ruleTypes(language: string): RuleTypes;
  scope(file: FileFlow, fn: FunctionFlow): Scope;
  scopeOf(ref: FunctionRef): Scope;
  functionOf(ref: FunctionRef): { readonly file: LiveFile; readonly function: FunctionFlow };
  /** The same for whoever looks only at what others see of a function. */
  declarationOf(ref: FunctionRef): { readonly file: LiveFile; readonly function: FunctionFlow };
  ref(file: string, id: number): WorkspaceFunction;
  importsOf(file: FileFlow): readonly Import[];
  isAbstract(ref: FunctionRef): boolean;
  /** The names of a type and of all that it extends, itself first: workspace bases, then what the rules say. */
  lineage(type: string, language: string): readonly string[];
  /** The workspace methods that `type.name` may be, nearest definition first. */
  methods(type: string, name: string, language: string): readonly FunctionRef[];
}

/** One function of one file, as resolution sees it from within. */
export interface Scope {
  readonly workspace: Workspace;
  readonly file: LiveFile;
  readonly function: FunctionFlow;
  /** Of the function around; null for one that stands for itself, and for a file's top level. */
  readonly parent: Scope | null;
  /** What everything that is told of this scope rests on. */
  readonly content: Part;
  /** Makes questions about names of this scope differ from those of others. */
  readonly number: number;
  /** Answers about its names. */
  readonly names: Map<string, Answer>;
  readonly bindings: Bindings;
  /** The receiver of this function, or of the method that it stands in. */
  readonly receiverName: string | null;
  /** The type that this function, or the one around it, is a method of; as `FunctionFlow.owner` has it. */
  readonly owner: string | null;
  readonly language: string;
  readonly rules: RuleTypes;
  readonly traits: LanguageTraits | null;
  readonly module: WorkspaceModule;
  qualifiedName(expression: Expression): string | null;
  call(expression: Expression & { readonly is: "call" }): CallResolution;
  bindingTypes(binding: Binding): readonly Typed[];
  /** The types of a value, or of one part of it when it was unpacked. */
  partTypes(value: Expression, part: number | null): readonly Typed[];
  /** Results that nobody declares, from what is returned (or yielded, for a generator that is a context manager). */
  inferResults(contextManager: boolean): readonly (TypeRef | null)[];
}

export const NOTHING: readonly Typed[] = [];
export const UNKNOWN_CALL: CallResolution = { names: [], certainty: "named", targets: [], unknown: true, results: [] };
/** A name that is bound to more types than this says nothing. */
const MOST_TYPES = 4;

/** Each type once, in order; no more than say something. */
export function distinct(types: readonly Typed[]): readonly Typed[] {
  if (types.length < 2) return types;
  const seen = new Set<string>();
  const list: Typed[] = [];
  for (const typed of types) {
    const key = typed.type.name + (typed.type.element?.name ?? "");
    if (seen.has(key)) continue;
    seen.add(key);
    list.push(typed);
    if (list.length === MOST_TYPES) break;
  }
  return list;
}

export function entityName(entity: Entity): string | null {
  switch (entity.is) {
    case "module":
      return entity.module.name;
    case "function":
    case "library":
      return entity.name;
    case "type":
      return entity.type.full;
    case "value":
      return `${entity.module.name}.${entity.name}`;
  }
}

/** `Outer.Inner` and `Outer$1` stand in `Outer`. */
export function outerOwner(owner: string): string | null {
  const end = Math.max(owner.lastIndexOf("."), owner.lastIndexOf("$"));
  return end <= 0 ? null : owner.slice(0, end);
}
