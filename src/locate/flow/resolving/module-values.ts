import type { Binding } from "../bindings";
import { Conclusion } from "../conclusions";
import type { FunctionFlow } from "../flow-model";
import { distinct, NOTHING } from "./scope";
import type { GlobalBindings, Scope, Typed, Workspace } from "./scope";
import type { WorkspaceModule } from "../workspace-parts";

// What is bound to the names of a module's top level.

/** What is bound to the names of a module's top level, there and, where a function says `global`, elsewhere. */
export function globalsOf(workspace: Workspace, module: WorkspaceModule): GlobalBindings {
  let known = workspace.globalBindings.get(module);
  if (known === undefined) workspace.globalBindings.set(module, (known = new Conclusion(workspace.ledger, () => findGlobals(workspace, module))));
  return known.get();
}

export function hasGlobal(workspace: Workspace, module: WorkspaceModule, name: string): boolean {
  return workspace.ask(`bound ${module.language} ${module.name} ${name}`, false, () => globalsOf(workspace, module).has(name));
}

function findGlobals(workspace: Workspace, module: WorkspaceModule): GlobalBindings {
  const map = new Map<string, { scope: Scope; binding: Binding }[]>();
  const add = (name: string, scope: Scope, binding: Binding): void => {
    const list = map.get(name);
    if (list === undefined) map.set(name, [{ scope, binding }]);
    else list.push({ scope, binding });
  };
  for (const file of module.files) {
    workspace.ledger.restsOn(file.content);
    const top = file.functions[0];
    if (top === undefined) continue;
    const scope = workspace.scope(file, top);
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
      const inner = workspace.scope(file, fn);
      for (const name of inner.bindings.outer) for (const binding of inner.bindings.names.get(name) ?? []) add(name, inner, binding);
    }
  }
  return map;
}

export function globalTypes(workspace: Workspace, module: WorkspaceModule, name: string): readonly Typed[] {
  return workspace.ask(`global ${module.language} ${module.name} ${name}`, NOTHING, () =>
    distinct((globalsOf(workspace, module).get(name) ?? []).flatMap(({ scope, binding }) => scope.bindingTypes(binding))));
}

function assignsGlobals(fn: FunctionFlow): boolean {
  return fn.body.some((step) => step.is === "scope" && step.kind === "global");
}
