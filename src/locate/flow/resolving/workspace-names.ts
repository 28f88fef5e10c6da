import type { FileFlow, TypeRef } from "../flow-model";
import { hasGlobal } from "./module-values";
import { entityName } from "./scope";
import type { Entity, Workspace } from "./scope";
import type { WorkspaceModule } from "../workspace-parts";

// What a name means in a module, an import or a type of the workspace.

/** What a module's own name stands for, re-exports followed. */
export function memberOf(workspace: Workspace, module: WorkspaceModule, name: string, depth = 0): Entity | null {
  if (depth > 8) return null;
  const type = module.typeNamed(name);
  if (type !== undefined) return { is: "type", type };
  const refs = module.functionsNamed(name);
  if (refs !== undefined) return { is: "function", name: `${module.name}.${name}`, refs };
  if (hasGlobal(workspace, module, name)) return { is: "value", module, name };
  const file = module.files[0];
  if (file === undefined || (module.language !== "python" && defaultMember(workspace, module.language) === null && workspace.traitsOf(module.language)?.handsOnImports !== true)) return null;
  const imported = importedEntity(workspace, file, name, depth + 1);
  if (imported !== null) return imported;
  const submodule = workspace.index.moduleAt(`${module.name}.${name}`, file);
  return submodule === null ? null : { is: "module", module: submodule };
}

/** What a module gives when it is used as a whole (`module.exports = class`); null when it is only a bag of names. */
export function givenBy(workspace: Workspace, module: WorkspaceModule): Entity | null {
  const member = defaultMember(workspace, module.language);
  return member === null ? null : memberOf(workspace, module, member);
}

/** What an import binds to this name in a file. */
export function importedEntity(workspace: Workspace, file: FileFlow, local: string, depth = 0): Entity | null {
  const imports = workspace.index.imports(file);
  let library: Entity | null = null;
  for (const one of imports.byLocal.get(local) ?? []) {
    // `import urllib.request` binds `urllib`; `import x.y as z` binds the module itself.
    const head = one.member === null && (one.local.includes(".") || (file.language === "python" && one.path.startsWith(`${one.local}.`)));
    const path = head ? (one.path.split(".")[0] as string) : one.path;
    const entity = pathEntity(workspace, file, path, one.member, depth);
    if (entity !== null && entity.is !== "library") return entity;
    library ??= entity;
  }
  if (library !== null) return library;
  for (const path of imports.stars) {
    const module = workspace.index.moduleAt(path, file);
    const entity = module === null ? inType(workspace, path, local, file.language) : memberOf(workspace, module, local, depth + 1);
    if (entity !== null) return entity;
  }
  // Everything of a library: only what a rule speaks of is known to be in it.
  const types = workspace.ruleTypes(file.language);
  for (const path of imports.stars) {
    const name = `${path}.${local}`;
    if (types.knows(types.canonical(name))) return { is: "library", name };
  }
  return null;
}

/** A static member, or a nested type, of a type of the workspace. */
export function inType(workspace: Workspace, type: string, member: string, language: string): Entity | null {
  const nested = workspace.index.typeAt(`${type}.${member}`);
  if (nested !== null) return { is: "type", type: nested };
  if (workspace.index.typeAt(type) === null) return null;
  // A type whose base is found only through the members of that very type (two star imports of each other) has none.
  return workspace.ask<Entity | null>(`member ${language} ${type}.${member}`, null, () => {
    const refs = workspace.methods(type, member, language);
    if (refs.length > 0) return { is: "function", name: `${type}.${member}`, refs };
    // `Item.get_by_id(1)`, where the class above is a library's: its method, called on the type.
    const rules = workspace.ruleTypes(language);
    const inherited = workspace.lineage(type, language).slice(1).find((name) => rules.type(name) !== null && (rules.hasMethod(name, member) || rules.given(`${name}.${member}`) !== null));
    return inherited === undefined ? null : { is: "library", name: rules.canonical(`${inherited}.${member}`) };
  });
}

function pathEntity(workspace: Workspace, file: FileFlow, path: string, member: string | null, depth: number): Entity | null {
  const module = workspace.index.moduleAt(path, file);
  if (member === null) return module !== null ? { is: "module", module } : { is: "library", name: path };
  if (member === defaultMember(workspace, file.language)) {
    // A module that gives one thing is that thing to who imports it.
    if (module === null) return { is: "library", name: path };
    return memberOf(workspace, module, member, depth + 1) ?? { is: "module", module };
  }
  if (module !== null) {
    const entity = memberOf(workspace, module, member, depth + 1);
    if (entity !== null) return entity;
  }
  const submodule = workspace.index.moduleAt(path.endsWith(".") ? path + member : `${path}.${member}`, file);
  if (submodule !== null) return { is: "module", module: submodule };
  if (module === null) {
    const inner = inType(workspace, path, member, file.language);
    if (inner !== null) return inner;
  }
  return { is: "library", name: module === null ? `${path}.${member}` : `${module.name}.${member}` };
}

/** A declared type's name, absolute: `.Store` gets its module, a path gets the module that it means in this file. */
export function absolute(workspace: Workspace, type: TypeRef, file: FileFlow): TypeRef {
  const element = type.element === null ? null : absolute(workspace, type.element, file);
  const name = absoluteName(workspace, type.name, file);
  return name === type.name && element === type.element ? type : { name, element };
}

function absoluteName(workspace: Workspace, name: string, file: FileFlow): string {
  if (name === "") return name;
  const types = workspace.ruleTypes(file.language);
  const module = workspace.index.moduleOf(file);
  if (name.startsWith(".") && !name.startsWith("..")) {
    const own = name.slice(1);
    if (module.typeNamed(own) !== undefined) return `${module.name}.${own}`;
    const dot = own.indexOf(".");
    const imported = importedEntity(workspace, file, dot < 0 ? own : own.slice(0, dot));
    const named = imported === null ? null : entityName(imported);
    if (named !== null && (dot < 0 || workspace.index.imports(file).byLocal.has(own.slice(0, dot)))) return types.canonical(dot < 0 ? named : named + own.slice(dot));
  }
  const dot = name.lastIndexOf(".");
  if (dot > 0) {
    const found = workspace.index.moduleAt(name.slice(0, dot), file);
    if (found !== null) {
      const entity = memberOf(workspace, found, name.slice(dot + 1));
      const named = entity === null ? null : entityName(entity);
      if (named !== null) return types.canonical(named);
      return types.canonical(`${found.name}${name.slice(dot)}`);
    }
  }
  if (name.startsWith(".")) return module.name + name;
  if (dot < 0 && module.typeNamed(name) !== undefined) return `${module.name}.${name}`;
  const whole = defaultMember(workspace, file.language);
  return types.canonical(whole !== null && name.endsWith(`.${whole}`) ? name.slice(0, -whole.length - 1) : name);
}

/** The name of the one thing that a module of this language may give; null where modules are bags of names. */
function defaultMember(workspace: Workspace, language: string): string | null {
  return workspace.traitsOf(language)?.defaultMember ?? null;
}
