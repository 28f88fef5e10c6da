import type { Ledger } from "./conclusions";
import type { Expression, FileFlow, FunctionFlow, TypeRef } from "./flow-model";
import type { LiveFile, WorkspaceFunction } from "./workspace-parts";

/** A function of the workspace. */
export interface FunctionRef {
  readonly file: string;
  readonly id: number;
}

/** `exact`: by imports and definitions. `typed`: the receiver's type is known. `named`: only the receiver's name says so. */
export type Certainty = "exact" | "typed" | "named";

/** What a call may be. */
export interface CallResolution {
  /** Fully named callees to look up in the rules, most specific first: `database/sql.DB.Begin`, then the names of the types it extends. */
  readonly names: readonly string[];
  readonly certainty: Certainty;
  /** The workspace functions that may run. Empty: a library's, or not known. */
  readonly targets: readonly FunctionRef[];
  /** Methods without a body that the call names, where nobody says which body runs: what they are declared to give is all that is known. Absent: none. */
  readonly abstract?: readonly FunctionRef[];
  /** Nothing is known about the callee: neither a library by import, nor a workspace function. */
  readonly unknown: boolean;
  /** Types of the results, null where unknown. */
  readonly results: readonly (TypeRef | null)[];
}

/**
 * Resolves names and types in one function of one file: imports, constructors, declared types, fields, globals, results of workspace
 * functions, receiver names last. Flow-insensitive: a variable has the types of all that is bound to it in its function (and,
 * when captured, in its parents).
 */
export interface FunctionScope {
  readonly file: FileFlow;
  readonly function: FunctionFlow;
  call(call: Expression & { readonly is: "call" }): CallResolution;
  typeOf(expression: Expression): { readonly type: TypeRef; readonly certainty: Certainty } | null;
  /** The fully qualified name of a name/member chain that is no variable: `os.Exit`, `tornado.gen.coroutine`; null otherwise. */
  qualifiedName(expression: Expression): string | null;
}

/** The whole workspace, indexed for resolution. What is asked of it is noted in its ledger. */
export interface WorkspaceResolver {
  readonly ledger: Ledger;
  /** As they are now, in order. */
  readonly files: readonly LiveFile[];
  scope(file: FileFlow, fn: FunctionFlow): FunctionScope;
  /** Full names of a type and of all that it extends, itself first. */
  lineage(type: string, language: string): readonly string[];
  /** The fields of a type of the workspace, in order; null: it is none. */
  fieldsOf(type: string): readonly { readonly name: string; readonly isEmbedded: boolean }[] | null;
  /** The methods that a type of the workspace has itself. */
  methodsOfType(type: string): readonly FunctionRef[];
  /** Full names of a type declared in this file's module (as `FunctionFlow.owner` has it) and of all that it extends, itself first. */
  ancestry(file: FileFlow, owner: string): readonly string[];
  /** The methods of a type of the workspace, and of what it extends there. */
  allMethodsOf(type: string, language: string): readonly FunctionRef[];
  functionOf(ref: FunctionRef): { readonly file: FileFlow; readonly function: FunctionFlow };
  /** The one ref that a function has as long as it is there. */
  ref(file: string, id: number): WorkspaceFunction;
}
