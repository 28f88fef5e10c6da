import type { RuleFile } from "../rules/rule-model";
import { collectRuleTypes } from "../rules/rule-types";
import type { RuleTypes } from "../rules/rule-types";
import { collectBindings } from "./bindings";
import type { Binding, Bindings, MemberBinding } from "./bindings";
import type { Argument, Expression, FileFlow, FunctionFlow, LanguageTraits, TypeRef } from "./flow-model";
import { eachExpression } from "./expressions";
import type { CallResolution, Certainty, FunctionRef, FunctionScope, WorkspaceResolver } from "./resolution";
import { Conclusion, Ledger } from "./conclusions";
import type { Part } from "./conclusions";
import { NamedAnswers, Questions } from "./questions";
import type { Answer } from "./questions";
import { WorkspaceIndex } from "./workspace-index";
import type { WorkspaceChange } from "./workspace-index";
import { LiveFile, WorkspaceFunction } from "./workspace-parts";
import type { WorkspaceModule, WorkspaceType } from "./workspace-parts";

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
  /** Full names of a type declared in this file's module (as `FunctionFlow.owner` has it) and of all that it extends, itself first. */
  ancestry(file: FileFlow, owner: string): readonly string[];
  /** The types that a parameter is declared to have, full names, what they extend included. */
  parameterTypes(file: FileFlow, fn: FunctionFlow): readonly string[];
  /** The types that a function is declared to give, full names, what they extend included. */
  resultTypes(file: FileFlow, fn: FunctionFlow): readonly string[];
  /** True when this name is a variable of this very function: its own, not one of its parents or of the file. */
  bindsName(file: FileFlow, fn: FunctionFlow, name: string): boolean;
  /** Assignments to members in one function: `client.Timeout = t`. */
  memberAssignments(file: FileFlow, fn: FunctionFlow): readonly MemberBinding[];
}

/** A type with how sure it is. */
interface Typed {
  readonly type: TypeRef;
  readonly certainty: Certainty;
}

/** What a name or a chain of members stands for, when it is no variable of a function. */
type Entity =
  | { readonly is: "module"; readonly module: WorkspaceModule }
  | { readonly is: "function"; readonly name: string; readonly refs: readonly FunctionRef[] }
  | { readonly is: "type"; readonly type: WorkspaceType }
  | { readonly is: "value"; readonly module: WorkspaceModule; readonly name: string }
  | { readonly is: "library"; readonly name: string };

/** Chains of aliases, calls and inferred results end here: beyond it nobody could follow either. */
const DEEPEST = 120;
/** A name that is bound to more types than this says nothing. */
const MOST_TYPES = 4;

/** Method names that so many library types have that being the only one in the workspace says nothing. */
const COMMON_METHODS = new Set(
  ("get put post patch delete head options request send recv receive read readline readlines write writelines open close connect disconnect commit rollback " +
    "begin execute executemany fetchone fetchall fetchmany query run start stop join wait result submit map filter reduce add append extend insert remove pop " +
    "clear update copy keys values items sort sorted reverse index count find search match replace format strip split encode decode lower upper startswith " +
    "endswith load loads dump dumps save create set exists all first one next register apply call emit publish subscribe acquire release lock unlock flush info debug " +
    "warning error exception critical log name type id data main init setup handle parse build render finish reset cancel done ping").split(" "),
);

/** Decorators of generators whose `with` gives what they yield. */
const CONTEXT_DECORATORS = new Set(["contextlib.contextmanager", "contextlib.asynccontextmanager", "contextmanager", "asynccontextmanager"]);

class Resolver implements IndexedWorkspace {
  readonly ledger = new Ledger();
  readonly index: WorkspaceIndex;
  private readonly rules: readonly RuleFile[];
  private readonly traits: ReadonlyMap<string, LanguageTraits>;
  private readonly ruleTypes = new Map<string, RuleTypes>();
  private readonly scopes = new WeakMap<FunctionFlow, Scope>();
  readonly questions = new Questions(this.ledger);
  private readonly named = new NamedAnswers();
  private readonly resultsOf = new WeakMap<WorkspaceFunction, Answer>();
  nextScope = 0;
  private readonly globalBindings = new WeakMap<WorkspaceModule, Conclusion<GlobalBindings>>();

  constructor(input: ResolverInput) {
    this.rules = input.rules;
    this.traits = input.traits;
    this.index = new WorkspaceIndex(this.ledger, (language) => this.typesOf(language).imports);
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

  scope(from: FileFlow, fn: FunctionFlow): Scope {
    const file = this.live(from);
    let scope = this.scopes.get(fn);
    if (scope === undefined || scope.file !== file) {
      const parent = fn.parent === null || fn.parent === 0 || fn.parent === fn.id ? undefined : file.functions[fn.parent];
      scope = new Scope(this, file, fn, parent === undefined ? null : this.scope(file, parent), (file.refs[fn.id] as WorkspaceFunction).content);
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

  parameterTypes(file: FileFlow, fn: FunctionFlow): readonly string[] {
    return fn.parameters.flatMap(({ type }) => (type === null ? [] : this.lineage(this.absolute(type, file).name, file.language)));
  }

  resultTypes(file: FileFlow, fn: FunctionFlow): readonly string[] {
    return fn.results.flatMap((type) => (type === null ? [] : this.lineage(this.absolute(type, file).name, file.language)));
  }

  bindsName(file: FileFlow, fn: FunctionFlow, name: string): boolean {
    const bindings = this.scope(file, fn).bindings;
    return fn.id !== 0 && bindings.names.has(name) && !bindings.outer.has(name);
  }

  memberAssignments(file: FileFlow, fn: FunctionFlow): readonly MemberBinding[] {
    return this.scope(file, fn).bindings.members;
  }

  defaultMember(language: string): string | null {
    return this.traitsOf(language)?.defaultMember ?? null;
  }

  /** What a module gives when it is used as a whole (`module.exports = class`); null when it is only a bag of names. */
  given(module: WorkspaceModule): Entity | null {
    const member = this.defaultMember(module.language);
    return member === null ? null : this.memberOf(module, member);
  }

  traitsOf(language: string): LanguageTraits | null {
    return this.traits.get(language) ?? null;
  }

  scopeOf(ref: FunctionRef): Scope {
    const { file, function: fn } = this.functionOf(ref);
    return this.scope(file, fn);
  }

  typesOf(language: string): RuleTypes {
    let types = this.ruleTypes.get(language);
    if (types === undefined) this.ruleTypes.set(language, (types = collectRuleTypes(this.rules, language)));
    return types;
  }

  // ------------------------------------------------------------------------------------------------------------ names

  /** What a module's own name stands for, re-exports followed. */
  memberOf(module: WorkspaceModule, name: string, depth = 0): Entity | null {
    if (depth > 8) return null;
    const type = module.typeNamed(name);
    if (type !== undefined) return { is: "type", type };
    const refs = module.functionsNamed(name);
    if (refs !== undefined) return { is: "function", name: `${module.name}.${name}`, refs };
    if (this.hasGlobal(module, name)) return { is: "value", module, name };
    const file = module.files[0];
    if (file === undefined || (module.language !== "python" && this.defaultMember(module.language) === null && this.traitsOf(module.language)?.handsOnImports !== true)) return null;
    const imported = this.importedEntity(file, name, depth + 1);
    if (imported !== null) return imported;
    const submodule = this.index.moduleAt(`${module.name}.${name}`, file);
    return submodule === null ? null : { is: "module", module: submodule };
  }

  /** What an import binds to this name in a file. */
  importedEntity(file: FileFlow, local: string, depth = 0): Entity | null {
    const imports = this.index.imports(file);
    let library: Entity | null = null;
    for (const one of imports.byLocal.get(local) ?? []) {
      // `import urllib.request` binds `urllib`; `import x.y as z` binds the module itself.
      const head = one.member === null && (one.local.includes(".") || (file.language === "python" && one.path.startsWith(`${one.local}.`)));
      const path = head ? (one.path.split(".")[0] as string) : one.path;
      const entity = this.pathEntity(file, path, one.member, depth);
      if (entity !== null && entity.is !== "library") return entity;
      library ??= entity;
    }
    if (library !== null) return library;
    for (const path of imports.stars) {
      const module = this.index.moduleAt(path, file);
      const entity = module === null ? this.inType(path, local, file.language) : this.memberOf(module, local, depth + 1);
      if (entity !== null) return entity;
    }
    // Everything of a library: only what a rule speaks of is known to be in it.
    const types = this.typesOf(file.language);
    for (const path of imports.stars) {
      const name = `${path}.${local}`;
      if (types.knows(types.canonical(name))) return { is: "library", name };
    }
    return null;
  }

  /** A static member, or a nested type, of a type of the workspace. */
  inType(type: string, member: string, language: string): Entity | null {
    const nested = this.index.typeAt(`${type}.${member}`);
    if (nested !== null) return { is: "type", type: nested };
    if (this.index.typeAt(type) === null) return null;
    // A type whose base is found only through the members of that very type (two star imports of each other) has none.
    return this.ask<Entity | null>(`member ${language} ${type}.${member}`, null, () => {
      const refs = this.methods(type, member, language);
      if (refs.length > 0) return { is: "function", name: `${type}.${member}`, refs };
      // `Item.get_by_id(1)`, where the class above is a library's: its method, called on the type.
      const rules = this.typesOf(language);
      const inherited = this.lineage(type, language).slice(1).find((name) => rules.type(name) !== null && rules.hasMethod(name, member));
      return inherited === undefined ? null : { is: "library", name: rules.canonical(`${inherited}.${member}`) };
    });
  }

  private pathEntity(file: FileFlow, path: string, member: string | null, depth: number): Entity | null {
    const module = this.index.moduleAt(path, file);
    if (member === null) return module !== null ? { is: "module", module } : { is: "library", name: path };
    if (member === this.defaultMember(file.language)) {
      // A module that gives one thing is that thing to who imports it.
      if (module === null) return { is: "library", name: path };
      return this.memberOf(module, member, depth + 1) ?? { is: "module", module };
    }
    if (module !== null) {
      const entity = this.memberOf(module, member, depth + 1);
      if (entity !== null) return entity;
    }
    const submodule = this.index.moduleAt(path.endsWith(".") ? path + member : `${path}.${member}`, file);
    if (submodule !== null) return { is: "module", module: submodule };
    if (module === null) {
      const inner = this.inType(path, member, file.language);
      if (inner !== null) return inner;
    }
    return { is: "library", name: module === null ? `${path}.${member}` : `${module.name}.${member}` };
  }

  /** A declared type's name, absolute: `.Store` gets its module, a path gets the module that it means in this file. */
  absolute(type: TypeRef, file: FileFlow): TypeRef {
    const element = type.element === null ? null : this.absolute(type.element, file);
    const name = this.absoluteName(type.name, file);
    return name === type.name && element === type.element ? type : { name, element };
  }

  private absoluteName(name: string, file: FileFlow): string {
    if (name === "") return name;
    const types = this.typesOf(file.language);
    const module = this.index.moduleOf(file);
    if (name.startsWith(".") && !name.startsWith("..")) {
      const own = name.slice(1);
      if (module.typeNamed(own) !== undefined) return `${module.name}.${own}`;
      const dot = own.indexOf(".");
      const imported = this.importedEntity(file, dot < 0 ? own : own.slice(0, dot));
      const named = imported === null ? null : entityName(imported);
      if (named !== null && (dot < 0 || this.index.imports(file).byLocal.has(own.slice(0, dot)))) return types.canonical(dot < 0 ? named : named + own.slice(dot));
    }
    const dot = name.lastIndexOf(".");
    if (dot > 0) {
      const found = this.index.moduleAt(name.slice(0, dot), file);
      if (found !== null) {
        const entity = this.memberOf(found, name.slice(dot + 1));
        const named = entity === null ? null : entityName(entity);
        if (named !== null) return types.canonical(named);
        return types.canonical(`${found.name}${name.slice(dot)}`);
      }
    }
    if (name.startsWith(".")) return module.name + name;
    if (dot < 0 && module.typeNamed(name) !== undefined) return `${module.name}.${name}`;
    const whole = this.defaultMember(file.language);
    return types.canonical(whole !== null && name.endsWith(`.${whole}`) ? name.slice(0, -whole.length - 1) : name);
  }

  // ------------------------------------------------------------------------------------------------------------ types

  /** The names of a type and of all that it extends, itself first: workspace bases, then what the rules say. */
  lineage(type: string, language: string): readonly string[] {
    return this.ask(`lineage ${language} ${type}`, [type], () => this.findLineage(type, language));
  }

  private findLineage(type: string, language: string): readonly string[] {
    const types = this.typesOf(language);
    const list = [type];
    for (let i = 0; i < list.length && list.length < 64; i++) {
      const name = list[i] as string;
      const own = this.index.typeAt(name);
      const bases = own === null ? [] : own.declaration.bases.map((base) => this.lexicalBase(own, base) ?? this.absolute(base, own.file).name);
      for (const base of [...bases, ...types.lineage(name)]) if (!list.includes(base)) list.push(base);
    }
    return list;
  }

  /** A base that stands in a module around the class, where names are looked for there first. */
  private lexicalBase(type: WorkspaceType, base: TypeRef): string | null {
    if (this.traits.get(type.file.language)?.lexicalNames !== true || !base.name.startsWith(".")) return null;
    const module = this.index.moduleOf(type.file);
    for (let outer = outerOwner(type.name); outer !== null; outer = outerOwner(outer)) {
      const found = module.typeNamed(`${outer}${base.name}`);
      if (found !== undefined && found.full !== type.full) return found.full;
    }
    return null;
  }

  /** The workspace methods that `type.name` may be, nearest definition first. */
  methods(type: string, name: string, language: string): readonly FunctionRef[] {
    for (const ancestor of this.lineage(type, language)) {
      const refs = this.index.typeAt(ancestor)?.methodsNamed(name);
      if (refs !== undefined) return refs;
    }
    return [];
  }

  /** The methods that run where an abstract one is called: those of the only type that implements it. */
  implementations(type: string, method: string, language: string): readonly FunctionRef[] {
    return this.ask<readonly FunctionRef[]>(`implementations ${language} ${type} ${method}`, [], () => this.findImplementations(type, method, language));
  }

  private findImplementations(type: string, method: string, language: string): readonly FunctionRef[] {
    const extenders = this.ask(`extenders ${language}`, NOBODY, () => {
      const map = new Map<string, string[]>();
      for (const each of this.index.typesOf(language)) {
        for (const ancestor of this.lineage(each.full, language).slice(1)) {
          const list = map.get(ancestor);
          if (list === undefined) map.set(ancestor, [each.full]);
          else list.push(each.full);
        }
      }
      return map;
    });
    const found = new Map<string, readonly FunctionRef[]>();
    for (const name of extenders.get(type) ?? []) {
      const own = this.index.typeAt(name)?.methodsNamed(method)?.filter((ref) => !this.isAbstract(ref)) ?? [];
      if (own.length > 0) found.set(name, own);
      if (found.size > 1) return [];
    }
    return [...found.values()][0] ?? [];
  }

  fieldTypes(type: string, name: string, language: string): readonly Typed[] {
    return this.ask(`field ${language} ${type} ${name}`, NOTHING, () => this.findFieldTypes(type, name, language));
  }

  private findFieldTypes(type: string, name: string, language: string): readonly Typed[] {
    for (const ancestor of this.lineage(type, language)) {
      const fields = this.typesOf(language).type(ancestor)?.fields;
      const known = fields?.get(name) ?? fields?.get("*");
      if (known !== undefined) return [{ type: { name: known, element: null }, certainty: "typed" }];
      const own = this.index.typeAt(ancestor);
      if (own === null) continue;
      const declared = own.declaration.fields.find((field) => field.name === name);
      if (declared?.type) return [{ type: this.absolute(declared.type, own.file), certainty: "typed" }];
      const assigned = this.assigned(own).get(name);
      if (assigned !== undefined) {
        const types = assigned.flatMap(({ scope, binding }) =>
          binding.type !== null
            ? [{ type: this.absolute(binding.type, scope.file), certainty: "typed" as const }]
            : binding.value === null ? [] : scope.partTypes(binding.value, binding.result));
        if (types.length > 0) return distinct(types);
      }
      // A property is a method without a call.
      const property = own.methodsNamed(name)?.[0];
      if (property !== undefined) {
        const result = this.results(property)[0];
        if (result) return [{ type: result, certainty: "typed" }];
      }
      const classLevel = this.globalsOf(this.index.moduleOf(own.file)).get(`${own.name}.${name}`);
      if (classLevel !== undefined) {
        const types = classLevel.flatMap(({ scope, binding }) => scope.bindingTypes(binding));
        if (types.length > 0) return distinct(types);
      }
    }
    return [];
  }

  /** All assignments to members of a type's instance, in its own methods: `self.x = ...`. */
  private assigned(type: WorkspaceType): ReadonlyMap<string, readonly { scope: Scope; binding: MemberBinding }[]> {
    return this.ask(`assigned ${type.file.language} ${type.full}`, NO_MEMBERS, () => this.findAssigned(type));
  }

  private findAssigned(type: WorkspaceType): ReadonlyMap<string, readonly { scope: Scope; binding: MemberBinding }[]> {
    const map = new Map<string, { scope: Scope; binding: MemberBinding }[]>();
    for (const refs of type.methods) {
      for (const ref of refs) {
        const scope = this.scopeOf(ref);
        for (const binding of scope.bindings.members) {
          if (binding.object.is !== "name" || binding.object.name !== scope.receiverName) continue;
          if (binding.value?.is === "literal") continue;
          const list = map.get(binding.name) ?? [];
          list.push({ scope, binding });
          map.set(binding.name, list);
        }
      }
    }
    return map;
  }

  /** What is assigned to a member of a type's instances, with the scope that it stands in. */
  assignedValues(type: string, name: string, language: string): readonly { readonly scope: Scope; readonly value: Expression }[] {
    return this.lineage(type, language).flatMap((ancestor) => {
      const own = this.index.typeAt(ancestor);
      if (own === null) return [];
      return (this.assigned(own).get(name) ?? []).flatMap(({ scope, binding }) => (binding.value === null ? [] : [{ scope, value: binding.value }]));
    });
  }

  /** What is bound to the names of a module's top level, there and, where a function says `global`, elsewhere. */
  globalsOf(module: WorkspaceModule): GlobalBindings {
    let known = this.globalBindings.get(module);
    if (known === undefined) this.globalBindings.set(module, (known = new Conclusion(this.ledger, () => this.findGlobals(module))));
    return known.get();
  }

  hasGlobal(module: WorkspaceModule, name: string): boolean {
    return this.ask(`bound ${module.language} ${module.name} ${name}`, false, () => this.globalsOf(module).has(name));
  }

  private findGlobals(module: WorkspaceModule): GlobalBindings {
    const map = new Map<string, { scope: Scope; binding: Binding }[]>();
    const add = (name: string, scope: Scope, binding: Binding): void => {
      const list = map.get(name);
      if (list === undefined) map.set(name, [{ scope, binding }]);
      else list.push({ scope, binding });
    };
    for (const file of module.files) {
      this.ledger.restsOn(file.content);
      const top = file.functions[0];
      if (top === undefined) continue;
      const scope = this.scope(file, top);
      for (const global of file.globals) {
        add(global.name, scope, global.type === null ? { from: "something", at: top.place } : { from: "type", type: global.type, at: top.place });
      }
      for (const [name, bindings] of scope.bindings.names) for (const binding of bindings) add(name, scope, binding);
      for (const binding of scope.bindings.members) {
        // Class-level values of languages that lower them as assignments to `Class.name`.
        if (binding.object.is === "name" && module.typeNamed(binding.object.name) !== undefined && binding.value !== null) {
          add(`${binding.object.name}.${binding.name}`, scope, { from: "value", value: binding.value, result: binding.result, at: binding.value.at });
        }
      }
      for (const fn of file.functions) {
        if (fn.id === 0 || !assignsGlobals(fn)) continue;
        const inner = this.scope(file, fn);
        for (const name of inner.bindings.outer) for (const binding of inner.bindings.names.get(name) ?? []) add(name, inner, binding);
      }
    }
    return map;
  }

  globalTypes(module: WorkspaceModule, name: string): readonly Typed[] {
    return this.ask(`global ${module.language} ${module.name} ${name}`, NOTHING, () =>
      distinct((this.globalsOf(module).get(name) ?? []).flatMap(({ scope, binding }) => scope.bindingTypes(binding))));
  }

  /** The types of a workspace function's results: declared, or read off what it returns. */
  results(ref: FunctionRef): readonly (TypeRef | null)[] {
    const known = this.index.ref(ref.file, ref.id);
    return this.questions.ask(this.resultsOf, known, NO_RESULTS, () => {
      const { file, function: fn } = this.functionOf(ref);
      const contextManager = this.isContextManager(ref);
      if (fn.results.some((result) => result !== null)) {
        const declared = fn.results.map((result) => (result === null ? null : this.absolute(result, file)));
        // `-> Iterator[Session]` of a context manager: `with` gives the Session.
        if (!contextManager) return declared;
        if (declared[0]?.element) return [declared[0].element];
      }
      return this.scope(file, fn).inferResults(contextManager);
    });
  }

  private isContextManager(ref: FunctionRef): boolean {
    const { file, function: fn } = this.functionOf(ref);
    if (fn.decorators.length === 0) return false;
    const scope = this.scope(file, fn);
    return fn.decorators.some((decorator) => CONTEXT_DECORATORS.has(scope.qualifiedName(decorator) ?? ""));
  }
}

function assignsGlobals(fn: FunctionFlow): boolean {
  return fn.body.some((step) => step.is === "scope" && step.kind === "global");
}

function entityName(entity: Entity): string | null {
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

function distinct(types: readonly Typed[]): readonly Typed[] {
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

/** What is bound to the names of a module's top level, with the scope that it stands in. */
type GlobalBindings = ReadonlyMap<string, readonly { readonly scope: Scope; readonly binding: Binding }[]>;

const NOTHING: readonly Typed[] = [];
const NOBODY: ReadonlyMap<string, readonly string[]> = new Map();
const NO_MEMBERS: ReadonlyMap<string, readonly { scope: Scope; binding: MemberBinding }[]> = new Map();
const DEFAULT_CONSTRUCTORS: readonly string[] = ["__init__"];

/** `Outer.Inner` and `Outer$1` stand in `Outer`. */
function outerOwner(owner: string): string | null {
  const end = Math.max(owner.lastIndexOf("."), owner.lastIndexOf("$"));
  return end <= 0 ? null : owner.slice(0, end);
}

const NO_RESULTS: readonly (TypeRef | null)[] = [];
const UNKNOWN_CALL: CallResolution = { names: [], certainty: "named", targets: [], unknown: true, results: [] };

class Scope implements FunctionScope {
  /** Makes questions about names of this scope differ from those of others. */
  private readonly number: number;
  private readonly names = new Map<string, Answer>();
  private readonly calls = new WeakMap<Expression, Answer>();
  private known: Bindings | null = null;
  readonly function: FunctionFlow;

  constructor(
    private readonly workspace: Resolver,
    readonly file: LiveFile,
    fn: FunctionFlow,
    private readonly parent: Scope | null,
    /** What everything that is told of this scope rests on. */
    readonly content: Part,
  ) {
    this.function = fn;
    this.number = workspace.nextScope++;
  }

  get bindings(): Bindings {
    return (this.known ??= collectBindings(this.function));
  }

  /** The receiver of this function, or of the method that it stands in. */
  get receiverName(): string | null {
    return this.function.receiver ?? this.parent?.receiverName ?? null;
  }

  private get owner(): string | null {
    if (this.function.owner !== null) return this.function.owner;
    return this.parent?.owner ?? null;
  }

  private get language(): string {
    return this.file.language;
  }

  private get rules(): RuleTypes {
    return this.workspace.typesOf(this.language);
  }

  private get traits(): LanguageTraits | null {
    return this.workspace.traitsOf(this.language);
  }

  private get module(): WorkspaceModule {
    return this.workspace.index.moduleOf(this.file);
  }

  // ------------------------------------------------------------------------------------------------------------ names

  /** The scope whose variable a name is, from here outwards; null when it is none of any function. */
  private holder(name: string, line: number): Scope | null {
    for (let scope: Scope | null = this as Scope | null; scope !== null; scope = scope.parent) {
      if (scope.function.id === 0) return null;
      if (scope.function.receiver === name) return scope;
      const bindings = scope.bindings;
      if (bindings.outer.has(name)) continue;
      const bound = bindings.names.get(name);
      if (bound === undefined) continue;
      // A name used above its first binding in the same function is still the outer one (`sql.Open(...)`, later `sql := "..."`).
      if (scope === this && bound.every((binding) => binding.at[0] > line)) continue;
      return scope;
    }
    return null;
  }

  private entity(expression: Expression, depth = 0): Entity | null {
    if (depth > DEEPEST) return null;
    switch (expression.is) {
      case "same":
        return expression.type === null ? this.entity(expression.value, depth) : null;
      case "name": {
        const holder = this.holder(expression.name, expression.at[0]);
        if (holder !== null) {
          if (holder.function.receiver === expression.name && expression.name === "cls") return this.ownerEntity(holder);
          return holder.aliasOf(expression.name, depth + 1);
        }
        return this.outerEntity(expression.name, depth);
      }
      case "member": {
        const object = this.entity(expression.object, depth + 1);
        if (object === null) return this.traits?.qualifiedNames === true ? this.qualifiedEntity(expression) : null;
        switch (object.is) {
          case "module": {
            const member = this.workspace.memberOf(object.module, expression.name) ?? this.memberOfGiven(object.module, expression.name);
            if (member !== null) return member.is === "value" ? (this.aliasOfGlobal(member.module, member.name, depth + 1) ?? member) : member;
            return { is: "library", name: `${object.module.name}.${expression.name}` };
          }
          case "library":
            if (expression.name === this.traits?.defaultMember) return object;
            // A variable of a library has methods of its type, not names of its own.
            if (this.rules.value(object.name) !== null) return null;
            return { is: "library", name: this.rules.canonical(`${object.name}.${expression.name}`) };
          case "type": {
            return this.workspace.inType(object.type.full, expression.name, this.language);
          }
          default:
            return null;
        }
      }
      default:
        return null;
    }
  }

  /** `java.sql.DriverManager`: a package in full, and what is in it. */
  private qualifiedEntity(expression: Expression & { readonly is: "member" }): Entity | null {
    const parts = [expression.name];
    let object = expression.object;
    for (; object.is === "member"; object = object.object) parts.unshift(object.name);
    if (object.is !== "name" || !/^[A-Z]/u.test(expression.name) || !/^[a-z]/u.test(object.name) || parts.slice(0, -1).some((part) => /^[A-Z]/u.test(part))) return null;
    if (this.holder(object.name, object.at[0]) !== null) return null;
    const path = [object.name, ...parts].join(".");
    const module = this.workspace.index.moduleAt(path.slice(0, path.lastIndexOf(".")), this.file);
    const own = module === null ? null : this.workspace.memberOf(module, expression.name);
    return own ?? { is: "library", name: this.rules.canonical(path) };
  }

  /** `store.get` where `module.exports = class Store`. */
  private memberOfGiven(module: WorkspaceModule, name: string): Entity | null {
    const whole = this.workspace.given(module);
    return whole?.is === "type" ? this.workspace.inType(whole.type.full, name, this.language) : null;
  }

  private ownerEntity(holder: Scope): Entity | null {
    const owner = holder.owner;
    const type = owner === null ? undefined : this.module.typeNamed(owner);
    return type === undefined ? null : { is: "type", type };
  }

  /** What a name of the file's top level means: its own module's, then its imports'. */
  private outerEntity(name: string, depth: number): Entity | null {
    const own = this.module;
    if (this.traits?.lexicalNames === true) {
      for (const owner of this.owners()) {
        const inner = owner.slice(own.name.length + 1);
        const nested = own.typeNamed(`${inner}.${name}`);
        if (nested !== undefined) return { is: "type", type: nested };
        if (this.workspace.hasGlobal(own, `${inner}.${name}`)) return this.aliasOfGlobal(own, `${inner}.${name}`, depth + 1) ?? { is: "value", module: own, name: `${inner}.${name}` };
      }
    }
    const type = own.typeNamed(name);
    // Where classes are open, a library's class that is declared here too is still the library's.
    const reopened = type !== undefined && this.traits?.lexicalNames === true && this.rules.imports.some((one) => one === name || one.startsWith(`${name}.`));
    if (type !== undefined && !reopened) return { is: "type", type };
    const refs = own.functionsNamed(name);
    if (refs !== undefined) return { is: "function", name: `${own.name}.${name}`, refs };
    const imported = this.workspace.importedEntity(this.file, name);
    if (imported !== null) {
      if (imported.is === "library") return { is: "library", name: this.rules.canonical(imported.name) };
      return imported.is === "value" ? (this.aliasOfGlobal(imported.module, imported.name, depth + 1) ?? imported) : imported;
    }
    if (this.workspace.hasGlobal(own, name)) return this.aliasOfGlobal(own, name, depth + 1) ?? { is: "value", module: own, name };
    return null;
  }

  /** `get = requests.get`: a variable that only ever stands for a function, a type or a module. */
  private aliasOf(name: string, depth: number): Entity | null {
    const bound = this.bindings.names.get(name) ?? [];
    if (bound.length === 0) return null;
    if (depth > DEEPEST) return null;
    return this.workspace.questions.ask<string, Entity | null>(this.names, `alias ${this.number} ${name}`, null, () => {
      let alias: Entity | null = null;
      for (const binding of bound) {
        const entity = this.bindingEntity(binding, 0);
        if (entity === null) return null;
        alias ??= entity;
      }
      return alias;
    });
  }

  private aliasOfGlobal(module: WorkspaceModule, name: string, depth: number): Entity | null {
    if (depth > DEEPEST) return null;
    return this.workspace.ask<Entity | null>(`global alias ${module.language} ${module.name} ${name}`, null, () => {
      for (const { scope, binding } of this.workspace.globalsOf(module).get(name) ?? []) {
        const entity = scope.bindingEntity(binding, 0);
        if (entity !== null && entity.is !== "value") return entity;
      }
      return null;
    });
  }

  private bindingEntity(binding: Binding, depth: number): Entity | null {
    if (binding.from === "function") {
      const fn = this.file.functions[binding.function];
      return fn === undefined ? null : { is: "function", name: `${this.module.name}.${fn.symbol}`, refs: [this.workspace.ref(this.file.file, fn.id)] };
    }
    if (binding.from !== "value" || binding.result !== null) return null;
    const value = binding.value;
    if (value.is === "closure") return { is: "function", name: `${this.module.name}.<closure>`, refs: [this.workspace.ref(this.file.file, value.function)] };
    return value.is === "name" || value.is === "member" || value.is === "same" ? this.entity(value, depth) : null;
  }

  qualifiedName(expression: Expression): string | null {
    // A decorator with arguments is named by what it calls.
    if (expression.is === "call") return this.qualifiedName(expression.callee);
    const entity = this.entity(expression);
    if (entity === null || entity.is === "value") return null;
    const name = entityName(entity);
    return name === null ? null : this.rules.canonical(name);
  }

  // ------------------------------------------------------------------------------------------------------------ types

  typeOf(expression: Expression): Typed | null {
    return this.types(expression)[0] ?? null;
  }

  types(expression: Expression): readonly Typed[] {
    switch (expression.is) {
      case "name":
        return this.nameTypes(expression.name, expression.at[0]);
      case "member": {
        const entity = this.entity(expression);
        if (entity !== null) return this.entityTypes(entity);
        const holder = expression.object.is === "name" ? this.entity(expression.object) : null;
        if (holder?.is === "type") return this.workspace.fieldTypes(holder.type.full, expression.name, this.language);
        return distinct(this.types(expression.object).flatMap(({ type }) => this.workspace.fieldTypes(type.name, expression.name, this.language)));
      }
      case "call": {
        const known = this.resultTypes(this.call(expression), 0);
        return known.length > 0 || this.traits?.promises !== true ? known : this.promisedTypes(expression);
      }
      case "await":
      case "assign":
        return this.types(expression.value);
      case "yield":
        return expression.value === null ? NOTHING : this.types(expression.value);
      case "same":
        return expression.type === null ? this.types(expression.value) : [{ type: this.workspace.absolute(expression.type, this.file), certainty: "typed" }];
      case "build":
        if (expression.type !== null) return [{ type: this.workspace.absolute(expression.type, this.file), certainty: "exact" }];
        if (!expression.tuple && expression.parts.length > 0) {
          const element = this.types((expression.parts[0] as { value: Expression }).value)[0];
          return element === undefined ? NOTHING : [{ type: { name: "", element: element.type }, certainty: element.certainty }];
        }
        return NOTHING;
      case "conditional":
        return distinct([...this.types(expression.then), ...this.types(expression.else)]);
      case "logic":
        return distinct([...this.types(expression.left), ...this.types(expression.right)]);
      case "index":
        return distinct(this.types(expression.object).flatMap(({ type, certainty }) => {
          if (type.element !== null) return [{ type: type.element, certainty }];
          // Objects whose members are reached by index as well: `client["shop"]`.
          const any = this.rules.type(type.name)?.fields.get("*");
          return any === undefined ? [] : [{ type: { name: any, element: null }, certainty }];
        }));
      default:
        return NOTHING;
    }
  }

  /** `p.catch(f)` and `p.finally(f)` give what p gives; `p.then(f)`, `items.find(f)` and `Promise.resolve(x)` as they say. */
  private promisedTypes(call: Expression & { readonly is: "call" }): readonly Typed[] {
    const { callee } = call;
    if (callee.is !== "member") return NOTHING;
    const [first] = call.arguments;
    switch (callee.name) {
      case "catch":
      case "finally":
        return this.types(callee.object);
      case "then": {
        if (first?.value.is !== "closure") return NOTHING;
        const result = this.workspace.results(this.workspace.ref(this.file.file, first.value.function))[0];
        return result ? [{ type: result, certainty: "typed" }] : NOTHING;
      }
      case "resolve":
        return callee.object.is === "name" && callee.object.name === "Promise" && first !== undefined ? this.types(first.value) : NOTHING;
      case "find":
      case "pop":
      case "shift":
      case "at":
        return this.elementTypes(callee.object, null);
      default:
        return NOTHING;
    }
  }

  private nameTypes(name: string, line: number): readonly Typed[] {
    const holder = this.holder(name, line);
    if (holder !== null) return holder.ownTypes(name);
    const receiver = this.traits?.implicitReceiver;
    // `Outer.this`: the instance around.
    if (receiver !== undefined && name.endsWith(`.${receiver}`)) return [{ type: { name: `${this.module.name}.${name.slice(0, -receiver.length - 1)}`, element: null }, certainty: "typed" }];
    const entity = this.outerEntity(name, 0);
    if (entity !== null) return this.entityTypes(entity);
    return receiver === undefined ? NOTHING : this.inheritedField(name);
  }

  /** A name that nothing here declares: a field that this class, or one around it, inherits. */
  private inheritedField(name: string): readonly Typed[] {
    for (const owner of this.owners()) {
      const types = this.workspace.fieldTypes(owner, name, this.language);
      if (types.length > 0) return types;
    }
    return NOTHING;
  }

  /** Full names of the classes that the function stands in, innermost first: by its parents, then by the nesting of names. */
  private owners(): readonly string[] {
    const owners: string[] = [];
    for (let scope: Scope | null = this as Scope | null; scope !== null; scope = scope.parent) {
      for (let owner = scope.function.owner; owner !== null && owner !== ""; owner = outerOwner(owner)) {
        const full = `${this.module.name}.${owner}`;
        if (!owners.includes(full)) owners.push(full);
      }
    }
    return owners;
  }

  private entityTypes(entity: Entity): readonly Typed[] {
    if (entity.is === "value") return this.workspace.globalTypes(entity.module, entity.name);
    if (entity.is === "module") {
      const whole = this.workspace.given(entity.module);
      return whole === null || whole.is === "module" ? NOTHING : this.entityTypes(whole);
    }
    if (entity.is === "library") {
      const type = this.rules.value(entity.name);
      if (type !== null) return [{ type: { name: type, element: null }, certainty: "exact" }];
    }
    return NOTHING;
  }

  private ownTypes(name: string): readonly Typed[] {
    const own = this.bindings.names.get(name);
    const receiver = this.function.receiver === name && this.owner !== null ? [{ type: { name: `${this.module.name}.${this.owner}`, element: null }, certainty: "typed" as const }] : NOTHING;
    if (receiver.length > 0) return receiver;
    if (own === undefined) return NOTHING;
    return this.workspace.questions.ask(this.names, `types ${this.number} ${name}`, NOTHING, () => {
      const bound = distinct(own.flatMap((binding) => this.bindingTypes(binding)));
      return bound.length > 0 || this.traits?.promises !== true ? bound : this.handedTypes(name);
    });
  }

  /** What a function literal is called with by the call that it is handed to: a promise's value, an element, what a rule says. */
  private handedTypes(name: string): readonly Typed[] {
    const index = this.function.parameters.findIndex((one) => one.name === name);
    // What stands at the top level may be handed over there.
    if (index >= 0 && this.function.parent === 0) this.workspace.scope(this.file, this.file.functions[0] as FunctionFlow);
    const handed = index < 0 ? undefined : handedFunctions(this.file).get(this.function.id);
    const outer = handed === undefined ? undefined : this.file.functions[handed.within];
    if (handed === undefined || outer === undefined) return NOTHING;
    const scope = this.workspace.scope(this.file, outer);
    const callee = handed.call.callee;
    if (callee.is === "member") {
      if (callee.name === "then" && handed.argument === 0 && index === 0) return scope.types(callee.object);
      const turns = EACH_ELEMENT.get(callee.name);
      if (turns === index && handed.argument === 0) {
        const elements = scope.elementTypes(callee.object, null);
        if (elements.length > 0) return elements;
      }
    }
    const resolution = scope.call(handed.call);
    for (const called of resolution.names) {
      const type = this.rules.handed(called, handed.argument, handed.argument === handed.call.arguments.length - 1, index);
      if (type !== null) return [{ type: { name: type, element: null }, certainty: resolution.certainty === "exact" ? "typed" : resolution.certainty }];
    }
    return NOTHING;
  }

  bindingTypes(binding: Binding): readonly Typed[] {
    switch (binding.from) {
      case "type":
        return [{ type: this.workspace.absolute(binding.type, this.file), certainty: "typed" }];
      case "value":
        return this.partTypes(binding.value, binding.result);
      case "entered":
        return this.enteredTypes(binding.value);
      case "element":
        return this.elementTypes(binding.value, binding.part);
      default:
        return NOTHING;
    }
  }

  /** The types of a value, or of one part of it when it was unpacked. */
  partTypes(value: Expression, part: number | null): readonly Typed[] {
    if (part === null) return this.types(value);
    const inner = value.is === "await" || (value.is === "yield" && value.value !== null) ? (value.value as Expression) : value;
    if (inner.is === "call") return this.resultTypes(this.call(inner), part);
    if (inner.is === "build" && inner.tuple) {
      const item = inner.parts[part];
      return item === undefined ? NOTHING : this.types(item.value);
    }
    // `value, ok := m[k]`, `x, ok := y.(T)`, `v, ok := <-ch`: the first is the value.
    if (part === 0) return this.types(inner);
    return NOTHING;
  }

  private resultTypes(call: CallResolution, result: number): readonly Typed[] {
    const type = call.results[result];
    return type ? [{ type, certainty: call.certainty }] : NOTHING;
  }

  private enteredTypes(value: Expression): readonly Typed[] {
    return distinct(this.types(value).flatMap((typed) => {
      for (const ancestor of this.workspace.lineage(typed.type.name, this.language)) {
        const given = this.rules.given(`${ancestor}.__enter__`)?.get(0);
        if (given !== undefined) return [{ type: { name: given, element: null }, certainty: typed.certainty }];
      }
      const enter = this.workspace.methods(typed.type.name, "__enter__", this.language)[0] ?? this.workspace.methods(typed.type.name, "__aenter__", this.language)[0];
      const result = enter === undefined ? null : this.workspace.results(enter)[0];
      return result ? [{ type: result, certainty: typed.certainty }] : [typed];
    }));
  }

  elementTypes(value: Expression, part: number | null): readonly Typed[] {
    if (part === -1) return NOTHING;
    if (value.is === "call" && value.callee.is === "name" && value.callee.name === "enumerate" && value.arguments[0] !== undefined) {
      return part === 1 ? this.elementTypes(value.arguments[0].value, null) : NOTHING;
    }
    if (value.is === "call" && value.callee.is === "member" && (value.callee.name === "values" || (value.callee.name === "items" && part === 1))) {
      const values = this.elementTypes(value.callee.object, null);
      if (values.length > 0) return values;
    }
    if (part !== null) return NOTHING;
    return distinct(this.types(value).flatMap(({ type, certainty }) => (type.element === null ? [] : [{ type: type.element, certainty }])));
  }

  /** Results that nobody declares, from what is returned (or yielded, for a generator that is a context manager). */
  inferResults(contextManager: boolean): readonly (TypeRef | null)[] {
    const bindings = this.bindings;
    if (contextManager) return [this.firstType(bindings.yields)];
    const lists = bindings.returns.filter((values) => values.length > 0 && !(values.length === 1 && values[0]?.is === "literal" && values[0].kind === "null"));
    if (lists.length === 0) return this.function.isGenerator && bindings.yields.length > 0 ? this.asElements(this.firstType(bindings.yields)) : [];
    const width = Math.max(...lists.map((values) => unpacked(values).length));
    return Array.from({ length: width }, (_, i) => this.firstType(lists.flatMap((values) => {
      const value = unpacked(values)[i];
      return value === undefined ? [] : [value];
    })));
  }

  private asElements(type: TypeRef | null): readonly (TypeRef | null)[] {
    return type === null ? [] : [{ name: "", element: type }];
  }

  private firstType(values: readonly Expression[]): TypeRef | null {
    for (const value of values) {
      const typed = this.types(value)[0];
      if (typed !== undefined) return typed.type;
    }
    return null;
  }

  // ------------------------------------------------------------------------------------------------------------ calls

  call(expression: Expression & { readonly is: "call" }): CallResolution {
    return this.workspace.questions.ask(this.calls, expression, UNKNOWN_CALL, () => this.resolve(expression));
  }

  private resolve(expression: Expression & { readonly is: "call" }): CallResolution {
    let callee = expression.callee;
    while (callee.is === "same" && callee.type === null) callee = callee.value;
    if (callee.is === "closure") return this.toFunctions([`${this.module.name}.<closure>`], [this.workspace.ref(this.file.file, callee.function)], "exact");

    const implicit = this.traits?.implicitReceiver;
    if (implicit !== undefined && callee.is === "name") {
      const own = this.implicitCall(callee, expression.arguments, implicit);
      if (own !== null) return own;
    }
    const entity = this.entity(callee);
    if (entity !== null) {
      const resolution = this.entityCall(entity, expression.arguments);
      if (resolution !== null) return resolution;
    }

    if (callee.is === "name" && entity === null) {
      if (callee.name === "new" && expression.arguments.length === 1 && this.holder("new", callee.at[0]) === null) {
        const made = this.entity((expression.arguments[0] as { value: Expression }).value);
        const type = made === null ? null : entityName(made);
        return { names: ["new"], certainty: "exact", targets: [], unknown: true, results: [type === null ? null : { name: type, element: null }] };
      }
      const called = this.instanceCall(this.nameTypes(callee.name, callee.at[0]));
      if (called !== null) return called;
      if (this.holder(callee.name, callee.at[0]) === null) return this.libraryCall([this.rules.canonical(callee.name)], "exact", true);
      return UNKNOWN_CALL;
    }

    if (callee.is === "member") return this.methodCall(callee, expression.arguments);
    return this.instanceCall(this.types(callee)) ?? UNKNOWN_CALL;
  }

  /** `close()` where `this.close()` is meant, or that of a class around; `this(...)` and `super(...)` in a constructor. */
  private implicitCall(callee: Expression & { readonly is: "name" }, given: readonly Argument[], receiver: string): CallResolution | null {
    const name = callee.name;
    if (name === receiver || name === "super") {
      const [own] = this.owners();
      if (own === undefined || this.function.receiver === null) return null;
      const type = name === receiver ? own : this.workspace.lineage(own, this.language)[1];
      if (type === undefined) return null;
      const targets = this.constructorsOf(type).filter((ref) => ref.id !== this.function.id || ref.file !== this.file.file);
      // It makes no object of its own: what it is given this one keeps, or hands on.
      return { names: [`${type}.${this.function.name}`], certainty: "exact", targets: this.fitting(targets, given), unknown: false, results: [] };
    }
    if (this.traits?.typesAreCapitalised === true && /^[A-Z]/u.test(name)) return null;
    const owners = this.owners();
    for (const owner of owners) {
      const refs = this.workspace.methods(owner, name, this.language);
      if (refs.length > 0) return this.onTypes([{ type: { name: owner, element: null }, certainty: "typed" }], name, given);
    }
    if (this.workspace.importedEntity(this.file, name) !== null || this.module.functionsNamed(name) !== undefined) return null;
    // Inherited from a library's class, if from anywhere.
    const inherited = owners.filter((owner) => this.workspace.lineage(owner, this.language).length > 1).map((name) => ({ type: { name, element: null }, certainty: "typed" as const }));
    return inherited.length === 0 ? null : this.onTypes(inherited, name, given);
  }

  private constructorsOf(type: string): readonly FunctionRef[] {
    return (this.traits?.constructors ?? DEFAULT_CONSTRUCTORS).flatMap((name) => this.workspace.methods(type, name, this.language));
  }

  /** Of methods of one name those that can take these arguments: by their number, then by their declared types. */
  private fitting(refs: readonly FunctionRef[], given: readonly Argument[]): readonly FunctionRef[] {
    if (refs.length < 2 || this.traits?.overloads !== true || given.some((argument) => argument.spread)) return refs;
    const parametersOf = (ref: FunctionRef) => this.workspace.declarationOf(ref).function.parameters;
    // What an object's initialiser sets is given by names that no parameter has.
    const taken = given.filter(({ name }) => name === null || refs.some((ref) => parametersOf(ref).some((parameter) => parameter.name === name)));
    const byNumber = refs.filter((ref) => {
      const parameters = parametersOf(ref);
      if (parameters.at(-1)?.variadic === true) return taken.length >= parameters.length - 1;
      return taken.length <= parameters.length && taken.length >= parameters.filter(({ initial }) => initial === null).length;
    });
    if (byNumber.length < 2) return byNumber.length === 0 ? refs : byNumber;
    const types = taken.map((argument) => (argument.name === null ? (this.types(argument.value)[0]?.type.name ?? null) : null));
    const byType = byNumber.filter((ref) => {
      const { file } = this.workspace.declarationOf(ref);
      return parametersOf(ref).every(({ type, variadic }, i) => {
        const has = types[i];
        if (type === null || variadic || !has) return true;
        const wants = this.workspace.absolute(type, file).name;
        return !wants.includes(".") === !has.includes(".") && (this.workspace.lineage(has, this.language).includes(wants) || !this.isTold(has));
      });
    });
    return byType.length === 0 ? byNumber : byType;
  }

  /** True when all that a type extends is known. */
  private isTold(type: string): boolean {
    return this.workspace.index.typeAt(type) !== null || this.rules.type(type) !== null;
  }

  private entityCall(entity: Entity, given: readonly Argument[]): CallResolution | null {
    switch (entity.is) {
      case "function":
        return this.toFunctions([this.rules.canonical(entity.name)], this.fitting(entity.refs, given), "exact");
      case "library":
        return this.libraryCall([entity.name], "exact", false);
      case "type": {
        const names = this.workspace.lineage(entity.type.full, this.language);
        const init = this.constructorsOf(entity.type.full);
        return { names, certainty: "exact", targets: this.fitting(init, given), unknown: false, results: [{ name: entity.type.full, element: null }] };
      }
      case "value":
        return this.instanceCall(this.workspace.globalTypes(entity.module, entity.name));
      case "module": {
        const whole = this.workspace.given(entity.module);
        return whole === null || whole.is === "module" ? null : this.entityCall(whole, given);
      }
    }
  }

  /** Calling an object: `Session = sessionmaker(engine); Session()`. */
  private instanceCall(types: readonly Typed[]): CallResolution | null {
    if (types.length === 0) return null;
    return this.onTypes(types, "__call__", []);
  }

  private methodCall(callee: Expression & { readonly is: "member" }, given: readonly Argument[]): CallResolution {
    const object = callee.object;
    if (object.is === "call" && object.callee.is === "name" && object.callee.name === "super" && this.owner !== null) {
      const own = `${this.module.name}.${this.owner}`;
      const bases = this.workspace.lineage(own, this.language).slice(1);
      return this.onTypes(bases.map((name) => ({ type: { name, element: null }, certainty: "typed" as const })), callee.name, given) ?? UNKNOWN_CALL;
    }
    const types = this.types(object).filter(({ type }) => type.name !== "");
    if (types.length > 0) {
      const resolution = this.onTypes(types, callee.name, given);
      if (resolution !== null) return resolution;
    }
    if (types.length === 0 || types.every(({ type }) => this.saysNothing(type.name))) {
      const named = this.byName(object, callee.name);
      if (named !== null) return named;
    }
    return UNKNOWN_CALL;
  }

  /** A method, or something called as one, on one of several types. */
  private onTypes(types: readonly Typed[], method: string, given: readonly Argument[]): CallResolution | null {
    const names: string[] = [];
    const targets: FunctionRef[] = [];
    const declared: FunctionRef[] = [];
    let certainty: Certainty = "typed";
    for (const { type, certainty: how } of types) {
      if (how === "named") certainty = "named";
      for (const ancestor of this.workspace.lineage(type.name, this.language)) {
        const name = this.rules.canonical(`${ancestor}.${method}`);
        if (!names.includes(name)) names.push(name);
      }
      const own = this.fitting(this.workspace.methods(type.name, method, this.language), given);
      if (own.length > 0) {
        declared.push(...own);
        const bodies = own.filter((ref) => !this.workspace.isAbstract(ref));
        targets.push(...(bodies.length > 0 ? bodies : this.fitting(this.workspace.implementations(type.name, method, this.language), given)));
      } else {
        // A function held in a field, and an interface that one type of the workspace implements.
        const workspaceType = this.workspace.index.typeAt(type.name);
        if (workspaceType !== null && !workspaceType.hasMethods && workspaceType.declaration.fields.length === 0 && !this.speaks(names)) {
          const implementations = this.workspace.index.methodsNamed(this.language, method);
          const owners = new Set(implementations.map((ref) => this.workspace.declarationOf(ref).function.owner));
          if (owners.size === 1) targets.push(...implementations);
        }
      }
    }
    if (targets.length === 0 && declared.length === 0 && types.every(({ type }) => this.saysNothing(type.name)) && !this.speaks(names)) return null;
    const resolution = this.toFunctions(names, targets, certainty, declared);
    if (resolution.results.length > 0) return resolution;
    const result = this.givenByNature(types, method);
    return result === null ? resolution : { ...resolution, results: [result] };
  }

  /** A builder's method gives the builder; a container's, its element. */
  private givenByNature(types: readonly Typed[], method: string): TypeRef | null {
    for (const { type } of types) {
      const fluent = this.workspace.lineage(type.name, this.language).find((name) => this.rules.type(name)?.fluent === true);
      if (fluent !== undefined) return type;
      if (type.element !== null && this.traits?.elementMethods?.includes(method) === true) return type.element;
    }
    return null;
  }

  /** True for types that tell nothing of what their methods do: `any`, an interface of the workspace that nobody was found to implement. */
  private saysNothing(type: string): boolean {
    if (!type.includes(".")) return true;
    const own = this.workspace.index.typeAt(type);
    return own !== null && !own.hasMethods && own.declaration.fields.length === 0 && own.declaration.bases.length === 0;
  }

  private speaks(names: readonly string[]): boolean {
    return names.some((name) => {
      const dot = name.lastIndexOf(".");
      return dot > 0 && this.rules.hasMethod(name.slice(0, dot), name.slice(dot + 1));
    });
  }

  /** Last resort: what the receiver is called. `db.Begin()` in a file that imports database/sql. */
  private byName(object: Expression, method: string): CallResolution | null {
    const variable = object.is === "name" ? object.name : object.is === "member" ? object.name : null;
    if (variable === null) return null;
    const stripped = variable.replace(/^_+|_+$/gu, "");
    const candidates = this.foreign(object) ? [] : this.rules.named(stripped).filter(({ type }) => this.rules.hasMethod(type, method));
    if (candidates.length > 0) {
      const own = candidates.filter(({ file }) => file.imports.some((path) => this.workspace.importsOf(this.file).some((one) => below(importedName(one.path, one.member), path))));
      const folder = own.length > 0 ? own : candidates.filter(({ file }) => file.imports.some((path) => [...this.workspace.index.folderImports(this.file)].some((one) => below(one, path))));
      if (folder.length > 0) {
        const names = folder.flatMap(({ type }) => this.rules.lineage(type).map((name) => this.rules.canonical(`${name}.${method}`)));
        return this.libraryCall([...new Set(names)], "named", false);
      }
    }
    if (method.length > 3 && !COMMON_METHODS.has(method.toLowerCase()) && !this.foreign(object)) {
      const methods = this.workspace.index.methodsNamed(this.language, method);
      if (methods.length === 1) {
        const owner = this.workspace.declarationOf(methods[0] as FunctionRef);
        const type = `${this.workspace.index.moduleOf(owner.file).name}.${owner.function.owner ?? ""}`;
        return this.toFunctions([`${type}.${method}`], methods, "named");
      }
    }
    return null;
  }

  /** True when a receiver is known to come from a library that the rules do not know the type of: its name then says nothing. */
  private foreign(object: Expression, depth = 0): boolean {
    return this.valuesOf(object).some(({ scope, value }) => {
      let made = value;
      while (made.is === "await" || made.is === "same" || (made.is === "yield" && made.value !== null)) made = made.value as Expression;
      if (made.is === "name" || made.is === "member") return depth < 4 && made !== object && scope.foreign(made, depth + 1);
      if (made.is !== "call") return false;
      const resolution = scope.call(made);
      return resolution.certainty !== "named" && resolution.targets.length === 0 && !resolution.unknown;
    });
  }

  /** What is assigned to a variable, a global, or a member of the receiver. */
  private valuesOf(object: Expression): readonly { readonly scope: Scope; readonly value: Expression }[] {
    const values = (bindings: readonly { scope: Scope; binding: Binding }[]): readonly { scope: Scope; value: Expression }[] =>
      bindings.flatMap(({ scope, binding }) => (binding.from === "value" || binding.from === "entered" ? [{ scope, value: binding.value }] : []));
    if (object.is === "name") {
      const holder = this.holder(object.name, object.at[0]);
      if (holder !== null) return values((holder.bindings.names.get(object.name) ?? []).map((binding) => ({ scope: holder, binding })));
      const entity = this.outerEntity(object.name, 0);
      return entity?.is === "value" ? values(this.workspace.globalsOf(entity.module).get(entity.name) ?? []) : [];
    }
    if (object.is !== "member") return [];
    return this.types(object.object).flatMap(({ type }) => this.workspace.assignedValues(type.name, object.name, this.language));
  }

  /** `declared`: the methods that say what comes out, where those that run are others (an interface's). */
  private toFunctions(names: readonly string[], targets: readonly FunctionRef[], certainty: Certainty, declared: readonly FunctionRef[] = targets): CallResolution {
    const first = declared[0] ?? targets[0];
    if (first === undefined) return this.libraryCall(names, certainty, false);
    const results = this.workspace.results(first);
    const given = this.libraryResults(names);
    const width = Math.max(results.length, given.length);
    return {
      names,
      certainty,
      targets,
      unknown: false,
      results: Array.from({ length: width }, (_, i) => results[i] ?? given[i] ?? null),
    };
  }

  private libraryCall(names: readonly string[], certainty: Certainty, unknown: boolean): CallResolution {
    const results = this.libraryResults(names);
    return { names, certainty, targets: [], unknown: unknown && results.length === 0, results };
  }

  private libraryResults(names: readonly string[]): readonly (TypeRef | null)[] {
    for (const name of names) {
      const given = this.rules.given(name);
      if (given !== null) {
        const width = Math.max(...given.keys()) + 1;
        return Array.from({ length: width }, (_, i) => {
          const type = given.get(i);
          return type === undefined ? null : { name: type, element: null };
        });
      }
      if (this.rules.type(name) !== null) return [{ name, element: null }];
    }
    // Calling a class of a library that no rule knows still says that the result is of no other class.
    const first = names[0];
    if (first !== undefined && (this.language === "python" || this.traits?.typesAreCapitalised === true) && /\.[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$/u.test(first)) return [{ name: first, element: null }];
    return [];
  }
}

/** Methods of a list that call what they are given for each element, with the parameter that is the element. */
const EACH_ELEMENT: ReadonlyMap<string, number> = new Map([["forEach", 0], ["map", 0], ["filter", 0], ["some", 0], ["every", 0], ["find", 0], ["flatMap", 0], ["reduce", 1]]);

interface HandedFunction {
  readonly call: Expression & { readonly is: "call" };
  readonly argument: number;
  /** The function that makes the call. */
  readonly within: number;
}

const handedByFile = new WeakMap<FileFlow["functions"], ReadonlyMap<number, HandedFunction>>();

/** The function literals of a file that stand as an argument, by their id. */
function handedFunctions(file: FileFlow): ReadonlyMap<number, HandedFunction> {
  let known = handedByFile.get(file.functions);
  if (known !== undefined) return known;
  const found = new Map<number, HandedFunction>();
  for (const fn of file.functions) {
    eachExpression(fn.body, (expression) => {
      if (expression.is !== "call") return;
      expression.arguments.forEach(({ value, spread }, argument) => {
        if (value.is === "closure" && !spread) found.set(value.function, { call: expression, argument, within: fn.id });
      });
    });
  }
  handedByFile.set(file.functions, (known = found));
  return known;
}

/** `return a, b` and `return (a, b)` give two results. */
function unpacked(values: readonly Expression[]): readonly Expression[] {
  const [only] = values;
  if (values.length === 1 && only?.is === "build" && only.tuple) return only.parts.map((part) => part.value);
  return values;
}

function importedName(path: string, member: string | null): string {
  return member === null ? path : `${path}.${member}`;
}

/** True when `name` is `path` or lies below it. */
function below(name: string, path: string): boolean {
  return name === path || ((name.startsWith(`${path}.`) || name.startsWith(`${path}/`)));
}
