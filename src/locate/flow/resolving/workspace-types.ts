import type { MemberBinding } from "../bindings";
import type { Expression, TypeRef } from "../flow-model";
import type { FunctionRef } from "../resolution";
import { globalsOf } from "./module-values";
import { distinct, NOTHING, outerOwner } from "./scope";
import type { Scope, Typed, Workspace } from "./scope";
import { absolute } from "./workspace-names";
import type { WorkspaceType } from "../workspace-parts";

// What the workspace's types extend, hold and give.

const NOBODY: ReadonlyMap<string, readonly string[]> = new Map();
const NO_MEMBERS: ReadonlyMap<string, readonly { scope: Scope; binding: MemberBinding }[]> = new Map();
const NO_RESULTS: readonly (TypeRef | null)[] = [];

/** Decorators of generators whose `with` gives what they yield. */
const CONTEXT_DECORATORS = new Set(["contextlib.contextmanager", "contextlib.asynccontextmanager", "contextmanager", "asynccontextmanager"]);

/** The names of a type and of all that it extends, itself first: workspace bases, then what the rules say. */
export function lineageOf(workspace: Workspace, type: string, language: string): readonly string[] {
  return workspace.ask(`lineage ${language} ${type}`, [type], () => findLineage(workspace, type, language));
}

function findLineage(workspace: Workspace, type: string, language: string): readonly string[] {
  const types = workspace.ruleTypes(language);
  const list = [type];
  for (let i = 0; i < list.length && list.length < 64; i++) {
    const name = list[i] as string;
    const own = workspace.index.typeAt(name);
    const bases = own === null ? [] : own.declaration.bases.map((base) => lexicalBase(workspace, own, base) ?? absolute(workspace, base, own.file).name);
    for (const base of [...bases, ...types.lineage(name)]) if (!list.includes(base)) list.push(base);
  }
  return list;
}

/** A base that stands in a module around the class, where names are looked for there first. */
function lexicalBase(workspace: Workspace, type: WorkspaceType, base: TypeRef): string | null {
  if (workspace.traitsOf(type.file.language)?.lexicalNames !== true || !base.name.startsWith(".")) return null;
  const module = workspace.index.moduleOf(type.file);
  for (let outer = outerOwner(type.name); outer !== null; outer = outerOwner(outer)) {
    const found = module.typeNamed(`${outer}${base.name}`);
    if (found !== undefined && found.full !== type.full) return found.full;
  }
  return null;
}

/** The workspace methods that `type.name` may be, nearest definition first. */
export function methodsOf(workspace: Workspace, type: string, name: string, language: string): readonly FunctionRef[] {
  for (const ancestor of lineageOf(workspace, type, language)) {
    const refs = workspace.index.typeAt(ancestor)?.methodsNamed(name);
    if (refs !== undefined) return refs;
  }
  return [];
}

/** The methods that run where an abstract one is called: those of the only type that implements it. */
export function implementationsOf(workspace: Workspace, type: string, method: string, language: string): readonly FunctionRef[] {
  return workspace.ask<readonly FunctionRef[]>(`implementations ${language} ${type} ${method}`, [], () => findImplementations(workspace, type, method, language));
}

function findImplementations(workspace: Workspace, type: string, method: string, language: string): readonly FunctionRef[] {
  if (workspace.traitsOf(language)?.structuralInterfaces === true) return structuralImplementations(workspace, type, method, language);
  const extenders = workspace.ask(`extenders ${language}`, NOBODY, () => {
    const map = new Map<string, string[]>();
    for (const each of workspace.index.typesOf(language)) {
      for (const ancestor of lineageOf(workspace, each.full, language).slice(1)) {
        const list = map.get(ancestor);
        if (list === undefined) map.set(ancestor, [each.full]);
        else list.push(each.full);
      }
    }
    return map;
  });
  const found = new Map<string, readonly FunctionRef[]>();
  for (const name of extenders.get(type) ?? []) {
    const own = workspace.index.typeAt(name)?.methodsNamed(method)?.filter((ref) => !workspace.isAbstract(ref)) ?? [];
    if (own.length > 0) found.set(name, own);
    if (found.size > 1) return [];
  }
  return [...found.values()][0] ?? [];
}

/** Of the types that have all methods of an interface, by their names, the only one; one that stands in for it in tests does not count beside another. */
function structuralImplementations(workspace: Workspace, type: string, method: string, language: string): readonly FunctionRef[] {
  const wanted = lineageOf(workspace, type, language).flatMap((name) => [...(workspace.index.typeAt(name)?.methods ?? [])].map((refs) => workspace.declarationOf(refs[0]!).function.name));
  const owners = new Map<string, FunctionRef[]>();
  for (const ref of workspace.index.methodsNamed(language, method)) {
    if (workspace.isAbstract(ref)) continue;
    const { file, function: fn } = workspace.declarationOf(ref);
    const owner = `${workspace.index.moduleOf(file).name}.${fn.owner ?? ""}`;
    owners.set(owner, [...(owners.get(owner) ?? []), ref]);
  }
  const all = [...owners].filter(([owner]) => wanted.every((name) => methodsOf(workspace, owner, name, language).length > 0));
  const real = all.filter(([owner, [ref]]) => !STAND_IN.test(`${ref!.file}#${owner}`));
  const fitting = real.length > 0 ? real : all;
  return (fitting.length === 1 ? fitting[0] : fitting.find(([owner]) => owner === unexportedTwin(type)))?.[1] ?? [];
}

/** Go's way to keep the only implementation of an interface to its package, and that of its generators: `shopClient` of `ShopClient`. */
function unexportedTwin(type: string): string {
  const own = type.lastIndexOf(".") + 1;
  return type.slice(0, own) + type.charAt(own).toLowerCase() + type.slice(own + 1);
}

/** Files and types that tests put in the place of others. */
const STAND_IN = /_test\.go#|(?:^|[/_.#])(?:mock|fake|stub)s?|(?:mock|fake|stub)\w*$/iu;

export function fieldTypes(workspace: Workspace, type: string, name: string, language: string): readonly Typed[] {
  return workspace.ask(`field ${language} ${type} ${name}`, NOTHING, () => findFieldTypes(workspace, type, name, language));
}

function findFieldTypes(workspace: Workspace, type: string, name: string, language: string): readonly Typed[] {
  for (const ancestor of lineageOf(workspace, type, language)) {
    const fields = workspace.ruleTypes(language).type(ancestor)?.fields;
    const known = fields?.get(name) ?? fields?.get("*");
    if (known !== undefined) return [{ type: { name: known, element: null }, certainty: "typed" }];
    const own = workspace.index.typeAt(ancestor);
    if (own === null) continue;
    const declared = own.declaration.fields.find((field) => field.name === name);
    if (declared?.type) return [{ type: absolute(workspace, declared.type, own.file), certainty: "typed" }];
    const assigned = assignedIn(workspace, own).get(name);
    if (assigned !== undefined) {
      const types = assigned.flatMap(({ scope, binding }) =>
        binding.type !== null
          ? [{ type: absolute(workspace, binding.type, scope.file), certainty: "typed" as const }]
          : binding.value === null ? [] : scope.partTypes(binding.value, binding.result));
      if (types.length > 0) return distinct(types);
    }
    // A property is a method without a call.
    const property = own.methodsNamed(name)?.[0];
    if (property !== undefined) {
      const result = resultsOf(workspace, property)[0];
      if (result) return [{ type: result, certainty: "typed" }];
    }
    const classLevel = globalsOf(workspace, workspace.index.moduleOf(own.file)).get(`${own.name}.${name}`);
    if (classLevel !== undefined) {
      const types = classLevel.flatMap(({ scope, binding }) => scope.bindingTypes(binding));
      if (types.length > 0) return distinct(types);
    }
  }
  return [];
}

/** All assignments to members of a type's instance, in its own methods: `self.x = ...`. */
function assignedIn(workspace: Workspace, type: WorkspaceType): ReadonlyMap<string, readonly { scope: Scope; binding: MemberBinding }[]> {
  return workspace.ask(`assigned ${type.file.language} ${type.full}`, NO_MEMBERS, () => findAssigned(workspace, type));
}

function findAssigned(workspace: Workspace, type: WorkspaceType): ReadonlyMap<string, readonly { scope: Scope; binding: MemberBinding }[]> {
  const map = new Map<string, { scope: Scope; binding: MemberBinding }[]>();
  for (const refs of type.methods) {
    for (const ref of refs) {
      const scope = workspace.scopeOf(ref);
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
export function assignedValues(workspace: Workspace, type: string, name: string, language: string): readonly { readonly scope: Scope; readonly value: Expression }[] {
  return lineageOf(workspace, type, language).flatMap((ancestor) => {
    const own = workspace.index.typeAt(ancestor);
    if (own === null) return [];
    return (assignedIn(workspace, own).get(name) ?? []).flatMap(({ scope, binding }) => (binding.value === null ? [] : [{ scope, value: binding.value }]));
  });
}

/** The types of a workspace function's results: declared, or read off what it returns. */
export function resultsOf(workspace: Workspace, ref: FunctionRef): readonly (TypeRef | null)[] {
  const known = workspace.index.ref(ref.file, ref.id);
  return workspace.questions.ask(workspace.knownResults, known, NO_RESULTS, () => {
    const { file, function: fn } = workspace.functionOf(ref);
    const contextManager = isContextManager(workspace, ref);
    if (fn.results.some((result) => result !== null)) {
      const declared = fn.results.map((result) => (result === null ? null : absolute(workspace, result, file)));
      // `-> Iterator[Session]` of a context manager: `with` gives the Session.
      if (!contextManager) return declared;
      if (declared[0]?.element) return [declared[0].element];
    }
    return workspace.scope(file, fn).inferResults(contextManager);
  });
}

function isContextManager(workspace: Workspace, ref: FunctionRef): boolean {
  const { file, function: fn } = workspace.functionOf(ref);
  if (fn.decorators.length === 0) return false;
  const scope = workspace.scope(file, fn);
  return fn.decorators.some((decorator) => CONTEXT_DECORATORS.has(scope.qualifiedName(decorator) ?? ""));
}
