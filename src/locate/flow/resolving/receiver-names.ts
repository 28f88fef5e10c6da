import type { Binding } from "../bindings";
import type { Expression } from "../flow-model";
import type { CallResolution, FunctionRef } from "../resolution";
import { libraryCall, toFunctions } from "./call-results";
import { globalsOf } from "./module-values";
import type { Scope } from "./scope";
import { holderOf, outerEntity } from "./scope-names";
import { typesOf } from "./scope-types";
import { assignedValues } from "./workspace-types";

/** Method names that so many library types have that being the only one in the workspace says nothing. */
const COMMON_METHODS = new Set(
  ("get put post patch delete head options request send recv receive read readline readlines write writelines open close connect disconnect commit rollback " +
    "begin execute executemany fetchone fetchall fetchmany query run start stop join wait result submit map filter reduce add append extend insert remove pop " +
    "clear update copy keys values items sort sorted reverse index count find search match replace format strip split encode decode lower upper startswith " +
    "endswith load loads dump dumps save create set exists all first one next register apply call emit publish subscribe acquire release lock unlock flush info debug " +
    "warning error exception critical log name type id data main init setup handle parse build render finish reset cancel done ping").split(" "),
);

/** Last resort: what the receiver is called. `db.Begin()` in a file that imports database/sql. */
export function callByReceiverName(scope: Scope, object: Expression, method: string): CallResolution | null {
  const variable = object.is === "name" ? object.name : object.is === "member" ? object.name : null;
  if (variable === null) return null;
  const stripped = variable.replace(/^_+|_+$/gu, "");
  const candidates = foreign(scope, object) ? [] : scope.rules.named(stripped).filter(({ type }) => scope.rules.hasMethod(type, method));
  if (candidates.length > 0) {
    const own = candidates.filter(({ file }) => file.imports.some((path) => scope.workspace.importsOf(scope.file).some((one) => below(importedName(one.path, one.member), path))));
    const folder = own.length > 0 ? own : candidates.filter(({ file }) => file.imports.some((path) => [...scope.workspace.index.folderImports(scope.file)].some((one) => below(one, path))));
    if (folder.length > 0) {
      const names = folder.flatMap(({ type }) => scope.rules.lineage(type).map((name) => scope.rules.canonical(`${name}.${method}`)));
      return libraryCall(scope, [...new Set(names)], "named", false);
    }
  }
  if (method.length > 3 && !COMMON_METHODS.has(method.toLowerCase()) && !foreign(scope, object)) {
    const methods = scope.workspace.index.methodsNamed(scope.language, method).filter((ref) => !scope.workspace.isAbstract(ref));
    if (methods.length === 1) {
      const owner = scope.workspace.declarationOf(methods[0] as FunctionRef);
      const type = `${scope.workspace.index.moduleOf(owner.file).name}.${owner.function.owner ?? ""}`;
      return toFunctions(scope, [`${type}.${method}`], methods, "named");
    }
  }
  return null;
}

/** True when a receiver is known to come from a library that the rules do not know the type of: its name then says nothing. */
function foreign(scope: Scope, object: Expression, depth = 0): boolean {
  return valuesOf(scope, object).some(({ scope, value }) => {
    let made = value;
    while (made.is === "await" || made.is === "same" || (made.is === "yield" && made.value !== null)) made = made.value as Expression;
    if (made.is === "name" || made.is === "member") return depth < 4 && made !== object && foreign(scope, made, depth + 1);
    if (made.is !== "call") return false;
    const resolution = scope.call(made);
    return resolution.certainty !== "named" && resolution.targets.length === 0 && !resolution.unknown;
  });
}

/** What is assigned to a variable, a global, or a member of the receiver. */
function valuesOf(scope: Scope, object: Expression): readonly { readonly scope: Scope; readonly value: Expression }[] {
  const values = (bindings: readonly { scope: Scope; binding: Binding }[]): readonly { scope: Scope; value: Expression }[] =>
    bindings.flatMap(({ scope, binding }) => (binding.from === "value" || binding.from === "entered" ? [{ scope, value: binding.value }] : []));
  if (object.is === "name") {
    const holder = holderOf(scope, object.name, object.at[0]);
    if (holder !== null) return values((holder.bindings.names.get(object.name) ?? []).map((binding) => ({ scope: holder, binding })));
    const entity = outerEntity(scope, object.name, 0);
    return entity?.is === "value" ? values(globalsOf(scope.workspace, entity.module).get(entity.name) ?? []) : [];
  }
  if (object.is !== "member") return [];
  return typesOf(scope, object.object).flatMap(({ type }) => assignedValues(scope.workspace, type.name, object.name, scope.language));
}

function importedName(path: string, member: string | null): string {
  return member === null ? path : `${path}.${member}`;
}

/** True when `name` is `path` or lies below it. */
function below(name: string, path: string): boolean {
  return name === path || ((name.startsWith(`${path}.`) || name.startsWith(`${path}/`)));
}
