import type { TypeRef } from "../flow-model";
import type { CallResolution, Certainty, FunctionRef } from "../resolution";
import type { Scope } from "./scope";
import { resultsOf } from "./workspace-types";

// What comes out of a call, of workspace functions or of a library.

/** `declared`: the methods that say what comes out, where those that run are others (an interface's). */
export function toFunctions(scope: Scope, names: readonly string[], targets: readonly FunctionRef[], certainty: Certainty, declared: readonly FunctionRef[] = targets): CallResolution {
  const first = declared[0] ?? targets[0];
  if (first === undefined) return libraryCall(scope, names, certainty, false);
  const results = resultsOf(scope.workspace, first);
  const given = libraryResults(scope, names);
  const width = Math.max(results.length, given.length);
  return {
    names,
    certainty,
    targets,
    unknown: false,
    results: Array.from({ length: width }, (_, i) => results[i] ?? given[i] ?? null),
  };
}

export function libraryCall(scope: Scope, names: readonly string[], certainty: Certainty, unknown: boolean): CallResolution {
  const results = libraryResults(scope, names);
  return { names, certainty, targets: [], unknown: unknown && results.length === 0, results };
}

function libraryResults(scope: Scope, names: readonly string[]): readonly (TypeRef | null)[] {
  for (const name of names) {
    const given = scope.rules.given(name);
    if (given !== null) {
      const width = Math.max(...given.keys()) + 1;
      return Array.from({ length: width }, (_, i) => {
        const type = given.get(i);
        return type === undefined ? null : { name: type, element: null };
      });
    }
    if (scope.rules.type(name) !== null) return [{ name, element: null }];
  }
  // Calling a class of a library that no rule knows still says that the result is of no other class.
  const first = names[0];
  if (first !== undefined && (scope.language === "python" || scope.traits?.typesAreCapitalised === true) && /\.[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$/u.test(first)) return [{ name: first, element: null }];
  return [];
}
