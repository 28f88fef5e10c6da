import type { RuleFile } from "../rules/rule-model";
import { collectRuleTypes } from "../rules/rule-types";
import type { RuleTypes } from "../rules/rule-types";
import type { MemberBinding } from "./bindings";
import type { FileFlow, FunctionFlow, LanguageTraits } from "./flow-model";
import type { FunctionRef, FunctionScope, WorkspaceResolver } from "./resolution";
import { Ledger } from "./conclusions";
import { lastPart } from "./expressions";
import type { Conclusion } from "./conclusions";
import { NamedAnswers, Questions } from "./questions";
import type { Answer } from "./questions";
import { OpenScope } from "./resolving/open-scope";
import type { GlobalBindings, Workspace } from "./resolving/scope";
import { absolute } from "./resolving/workspace-names";
import { lineageOf, methodsOf } from "./resolving/workspace-types";
import { WorkspaceIndex } from "./workspace-index";
import type { WorkspaceChange } from "./workspace-index";
import { LiveFile, WorkspaceFunction } from "./workspace-parts";
import type { WorkspaceModule } from "./workspace-parts";

export interface ResolverInput {
  readonly files: readonly FileFlow[];
  readonly rules: readonly RuleFile[];
  /** By language id. */
  readonly traits: ReadonlyMap<string, LanguageTraits>;
}

/**
 * Makes the one that answers "what does this call mean". The index of modules is built at once; scopes, fields and inferred results only
 * when they are asked for, once, and again only when what they rest on has changed.
 */
export function createResolver(input: ResolverInput): IndexedWorkspace {
  return new Resolver(input);
}

/** A resolver that also answers about types as such. */
export interface IndexedWorkspace extends WorkspaceResolver {
  scope(file: FileFlow, fn: FunctionFlow): FunctionScope & { readonly file: LiveFile };
  functionOf(ref: FunctionRef): { readonly file: LiveFile; readonly function: FunctionFlow };
  /** Takes these for all files that there are now. Raises the revision. */
  update(files: readonly FileFlow[]): WorkspaceChange;
  /** After all that is wanted has been asked in the present revision: lets go of answers that nobody asked for. */
  sweep(): void;
  /** What is bound, assigned and written anywhere in a file is being looked at: whoever asks rests on all of it. */
  wholeFile(file: FileFlow): void;
  /** The types that a parameter is declared to have, full names, what they extend included. */
  parameterTypes(file: FileFlow, fn: FunctionFlow): readonly string[];
  /** The types that a function is declared to give, full names, what they extend included. */
  resultTypes(file: FileFlow, fn: FunctionFlow): readonly string[];
  /** True when this name is a variable of this very function: its own, not one of its parents or of the file. */
  bindsName(file: FileFlow, fn: FunctionFlow, name: string): boolean;
  /** Assignments to members in one function: `client.Timeout = t`. */
  memberAssignments(file: FileFlow, fn: FunctionFlow): readonly MemberBinding[];
}

class Resolver implements IndexedWorkspace, Workspace {
  readonly ledger = new Ledger();
  readonly index: WorkspaceIndex;
  private readonly rules: readonly RuleFile[];
  private readonly traits: ReadonlyMap<string, LanguageTraits>;
  private readonly typesByLanguage = new Map<string, RuleTypes>();
  private readonly scopes = new WeakMap<FunctionFlow, OpenScope>();
  private nextScope = 0;
  readonly questions = new Questions(this.ledger);
  private readonly named = new NamedAnswers();
  readonly knownResults = new WeakMap<WorkspaceFunction, Answer>();
  readonly globalBindings = new WeakMap<WorkspaceModule, Conclusion<GlobalBindings>>();

  constructor(input: ResolverInput) {
    this.rules = input.rules;
    this.traits = input.traits;
    this.index = new WorkspaceIndex(this.ledger, (language) => this.ruleTypes(language).imports);
    this.index.update(input.files);
  }

  get files(): readonly LiveFile[] {
    return this.index.files;
  }

  update(files: readonly FileFlow[]): WorkspaceChange {
    this.ledger.revision++;
    return this.index.update(files);
  }

  sweep(): void {
    this.named.sweep(this.ledger.revision);
  }

  /** A question about the workspace as a whole, by a name that no other question has. */
  ask<T>(question: string, otherwise: T, find: () => T): T {
    return this.questions.ask(this.named, question, otherwise, find);
  }

  scope(from: FileFlow, fn: FunctionFlow): OpenScope {
    const file = this.live(from);
    let scope = this.scopes.get(fn);
    if (scope === undefined || scope.file !== file) {
      const parent = fn.parent === null || fn.parent === 0 || fn.parent === fn.id ? undefined : file.functions[fn.parent];
      scope = new OpenScope(this, file, fn, parent === undefined ? null : this.scope(file, parent), (file.refs[fn.id] as WorkspaceFunction).content, this.nextScope++);
      this.scopes.set(fn, scope);
    }
    this.ledger.restsOn(scope.content);
    return scope;
  }

  private live(file: FileFlow): LiveFile {
    const live = file instanceof LiveFile ? file : this.index.file(file.file);
    if (live === null) throw new RangeError(`no file ${file.file}`);
    return live;
  }

  functionOf(ref: FunctionRef): { readonly file: LiveFile; readonly function: FunctionFlow } {
    const found = this.find(ref);
    this.ledger.restsOn((found.file.refs[ref.id] as WorkspaceFunction).content);
    return found;
  }

  /** The same for whoever looks only at what others see of a function. */
  declarationOf(ref: FunctionRef): { readonly file: LiveFile; readonly function: FunctionFlow } {
    const found = this.find(ref);
    this.ledger.restsOn((found.file.refs[ref.id] as WorkspaceFunction).signature);
    return found;
  }

  private find(ref: FunctionRef): { readonly file: LiveFile; readonly function: FunctionFlow } {
    const file = this.index.file(ref.file);
    const fn = file?.functions[ref.id];
    if (file === null || fn === undefined || (ref instanceof WorkspaceFunction && file.refs[ref.id] !== ref)) throw new RangeError(`no function ${ref.id} in ${ref.file}`);
    return { file, function: fn };
  }

  ref(file: string, id: number): WorkspaceFunction {
    return this.index.ref(file, id);
  }

  wholeFile(file: FileFlow): void {
    this.ledger.restsOn(this.live(file).content);
  }

  importsOf(file: FileFlow): FileFlow["imports"] {
    this.ledger.restsOn(this.live(file).importsPart);
    return file.imports;
  }

  isAbstract(ref: FunctionRef): boolean {
    return this.declarationOf(ref).function.isAbstract === true;
  }

  ancestry(file: FileFlow, owner: string): readonly string[] {
    return this.lineage(`${this.index.moduleOf(file).name}.${owner}`, file.language);
  }

  allMethodsOf(type: string, language: string): readonly FunctionRef[] {
    return this.lineage(type, language).flatMap((name) => this.methodsOfType(name));
  }

  parameterTypes(file: FileFlow, fn: FunctionFlow): readonly string[] {
    return fn.parameters.flatMap(({ type }) => (type === null ? [] : this.lineage(absolute(this, type, file).name, file.language)));
  }

  resultTypes(file: FileFlow, fn: FunctionFlow): readonly string[] {
    return fn.results.flatMap((type) => (type === null ? [] : this.lineage(absolute(this, type, file).name, file.language)));
  }

  bindsName(file: FileFlow, fn: FunctionFlow, name: string): boolean {
    const bindings = this.scope(file, fn).bindings;
    return fn.id !== 0 && bindings.names.has(name) && !bindings.outer.has(name);
  }

  memberAssignments(file: FileFlow, fn: FunctionFlow): readonly MemberBinding[] {
    return this.scope(file, fn).bindings.members;
  }

  traitsOf(language: string): LanguageTraits | null {
    return this.traits.get(language) ?? null;
  }

  scopeOf(ref: FunctionRef): OpenScope {
    const { file, function: fn } = this.functionOf(ref);
    return this.scope(file, fn);
  }

  ruleTypes(language: string): RuleTypes {
    let types = this.typesByLanguage.get(language);
    if (types === undefined) this.typesByLanguage.set(language, (types = collectRuleTypes(this.rules, language)));
    return types;
  }

  lineage(type: string, language: string): readonly string[] {
    return lineageOf(this, type, language);
  }

  fieldsOf(type: string): readonly { readonly name: string; readonly isEmbedded: boolean }[] | null {
    const declaration = this.index.typeAt(type)?.declaration;
    return declaration === undefined ? null : declaration.fields.map(({ name, type: of }) => ({ name, isEmbedded: declaration.bases.some((base) => base.name === of?.name && lastPart(base.name) === name) }));
  }

  methodsOfType(type: string): readonly FunctionRef[] {
    return [...(this.index.typeAt(type)?.methods ?? [])].flat();
  }

  methods(type: string, name: string, language: string): readonly FunctionRef[] {
    return methodsOf(this, type, name, language);
  }
}
