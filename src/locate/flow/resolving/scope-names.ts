import type { Binding } from "../bindings";
import type { Expression } from "../flow-model";
import { globalsOf, hasGlobal } from "./module-values";
import { entityName, outerOwner } from "./scope";
import type { Entity, Scope, Workspace } from "./scope";
import { givenBy, importedEntity, inType, memberOf } from "./workspace-names";
import type { WorkspaceModule } from "../workspace-parts";

// What a name, or a chain of members, stands for where it is written in a function.

/** Chains of aliases end here: beyond it nobody could follow either. */
const DEEPEST = 120;

/** The scope whose variable a name is, from here outwards; null when it is none of any function. */
export function holderOf(scope: Scope, name: string, line: number): Scope | null {
  for (let around: Scope | null = scope as Scope | null; around !== null; around = around.parent) {
    if (around.function.id === 0) return null;
    if (around.function.receiver === name) return around;
    const bindings = around.bindings;
    if (bindings.outer.has(name)) continue;
    const bound = bindings.names.get(name);
    if (bound === undefined) continue;
    // A name used above its first binding in the same function is still the outer one (`sql.Open(...)`, later `sql := "..."`).
    if (around === scope && bound.every((binding) => binding.at[0] > line)) continue;
    return around;
  }
  return null;
}

export function entityOf(scope: Scope, expression: Expression, depth = 0): Entity | null {
  if (depth > DEEPEST) return null;
  switch (expression.is) {
    case "same":
      return expression.type === null ? entityOf(scope, expression.value, depth) : null;
    case "name": {
      const holder = holderOf(scope, expression.name, expression.at[0]);
      if (holder !== null) {
        if (holder.function.receiver === expression.name && expression.name === "cls") return ownerEntity(scope, holder);
        return aliasOf(holder, expression.name, depth + 1);
      }
      return outerEntity(scope, expression.name, depth);
    }
    case "member": {
      const object = entityOf(scope, expression.object, depth + 1);
      if (object === null) return scope.traits?.qualifiedNames === true ? qualifiedEntity(scope, expression) : null;
      switch (object.is) {
        case "module": {
          const member = memberOf(scope.workspace, object.module, expression.name) ?? memberOfGiven(scope, object.module, expression.name);
          if (member !== null) return member.is === "value" ? (aliasOfGlobal(scope.workspace, member.module, member.name, depth + 1) ?? member) : member;
          return { is: "library", name: `${object.module.name}.${expression.name}` };
        }
        case "library":
          if (expression.name === scope.traits?.defaultMember) return object;
          // A variable of a library has methods of its type, not names of its own.
          if (scope.rules.value(object.name) !== null) return null;
          return { is: "library", name: scope.rules.canonical(`${object.name}.${expression.name}`) };
        case "type": {
          return inType(scope.workspace, object.type.full, expression.name, scope.language);
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
function qualifiedEntity(scope: Scope, expression: Expression & { readonly is: "member" }): Entity | null {
  const parts = [expression.name];
  let object = expression.object;
  for (; object.is === "member"; object = object.object) parts.unshift(object.name);
  if (object.is !== "name" || !/^[A-Z]/u.test(expression.name) || !/^[a-z]/u.test(object.name) || parts.slice(0, -1).some((part) => /^[A-Z]/u.test(part))) return null;
  if (holderOf(scope, object.name, object.at[0]) !== null) return null;
  const path = [object.name, ...parts].join(".");
  const module = scope.workspace.index.moduleAt(path.slice(0, path.lastIndexOf(".")), scope.file);
  const own = module === null ? null : memberOf(scope.workspace, module, expression.name);
  return own ?? { is: "library", name: scope.rules.canonical(path) };
}

/** `store.get` where `module.exports = class Store`. */
function memberOfGiven(scope: Scope, module: WorkspaceModule, name: string): Entity | null {
  const whole = givenBy(scope.workspace, module);
  return whole?.is === "type" ? inType(scope.workspace, whole.type.full, name, scope.language) : null;
}

function ownerEntity(scope: Scope, holder: Scope): Entity | null {
  const owner = holder.owner;
  const type = owner === null ? undefined : scope.module.typeNamed(owner);
  return type === undefined ? null : { is: "type", type };
}

/** What a name of the file's top level means: its own module's, then its imports'. */
export function outerEntity(scope: Scope, name: string, depth: number): Entity | null {
  const own = scope.module;
  if (scope.traits?.lexicalNames === true) {
    for (const owner of ownersOf(scope)) {
      const inner = owner.slice(own.name.length + 1);
      const nested = own.typeNamed(`${inner}.${name}`);
      if (nested !== undefined) return { is: "type", type: nested };
      if (hasGlobal(scope.workspace, own, `${inner}.${name}`)) return aliasOfGlobal(scope.workspace, own, `${inner}.${name}`, depth + 1) ?? { is: "value", module: own, name: `${inner}.${name}` };
    }
  }
  const type = own.typeNamed(name);
  // Where classes are open, a library's class that is declared here too is still the library's.
  const reopened = type !== undefined && scope.traits?.lexicalNames === true && scope.rules.imports.some((one) => one === name || one.startsWith(`${name}.`));
  if (type !== undefined && !reopened) return { is: "type", type };
  const refs = own.functionsNamed(name);
  if (refs !== undefined) return { is: "function", name: `${own.name}.${name}`, refs };
  const imported = importedEntity(scope.workspace, scope.file, name);
  if (imported !== null) {
    if (imported.is === "library") return { is: "library", name: scope.rules.canonical(imported.name) };
    return imported.is === "value" ? (aliasOfGlobal(scope.workspace, imported.module, imported.name, depth + 1) ?? imported) : imported;
  }
  if (hasGlobal(scope.workspace, own, name)) return aliasOfGlobal(scope.workspace, own, name, depth + 1) ?? { is: "value", module: own, name };
  return null;
}

/** `get = requests.get`: a variable that only ever stands for a function, a type or a module. */
function aliasOf(scope: Scope, name: string, depth: number): Entity | null {
  const bound = scope.bindings.names.get(name) ?? [];
  if (bound.length === 0) return null;
  if (depth > DEEPEST) return null;
  return scope.workspace.questions.ask<string, Entity | null>(scope.names, `alias ${scope.number} ${name}`, null, () => {
    let alias: Entity | null = null;
    for (const binding of bound) {
      const entity = bindingEntity(scope, binding, 0);
      if (entity === null) return null;
      alias ??= entity;
    }
    return alias;
  });
}

function aliasOfGlobal(workspace: Workspace, module: WorkspaceModule, name: string, depth: number): Entity | null {
  if (depth > DEEPEST) return null;
  return workspace.ask<Entity | null>(`global alias ${module.language} ${module.name} ${name}`, null, () => {
    for (const { scope, binding } of globalsOf(workspace, module).get(name) ?? []) {
      const entity = bindingEntity(scope, binding, 0);
      if (entity !== null && entity.is !== "value") return entity;
    }
    return null;
  });
}

export function bindingEntity(scope: Scope, binding: Binding, depth: number): Entity | null {
  if (binding.from === "function") {
    const fn = scope.file.functions[binding.function];
    return fn === undefined ? null : { is: "function", name: `${scope.module.name}.${fn.symbol}`, refs: [scope.workspace.ref(scope.file.file, fn.id)] };
  }
  if (binding.from !== "value" || binding.result !== null) return null;
  const value = binding.value;
  if (value.is === "closure") return { is: "function", name: `${scope.module.name}.<closure>`, refs: [scope.workspace.ref(scope.file.file, value.function)] };
  return value.is === "name" || value.is === "member" || value.is === "same" ? entityOf(scope, value, depth) : null;
}

export function qualifiedName(scope: Scope, expression: Expression): string | null {
  // A decorator with arguments is named by what it calls.
  if (expression.is === "call") return qualifiedName(scope, expression.callee);
  const entity = entityOf(scope, expression);
  if (entity === null || entity.is === "value") return null;
  const name = entityName(entity);
  return name === null ? null : scope.rules.canonical(name);
}

/** Full names of the classes that the function stands in, innermost first: by its parents, then by the nesting of names. */
export function ownersOf(scope: Scope): readonly string[] {
  const owners: string[] = [];
  for (let around: Scope | null = scope as Scope | null; around !== null; around = around.parent) {
    for (let owner = around.function.owner; owner !== null && owner !== ""; owner = outerOwner(owner)) {
      const full = `${scope.module.name}.${owner}`;
      if (!owners.includes(full)) owners.push(full);
    }
  }
  return owners;
}
