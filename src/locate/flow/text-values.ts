import type { Expression } from "./flow-model";
import { withoutCasts } from "./expressions";
import type { FunctionScope } from "./resolution";

const TEXT_TYPES = new Set(["string", "String", "System.String", "java.lang.String"]);
/** Where no type is known: what such a name holds is the name of a file. */
const NAMES_A_FILE = /(?:path|file_?name)$/i;

/** True for what is text: written as such, joined of it, of a type that is text, or by a name that says so where no type is known. */
export function isText(scope: FunctionScope, expression: Expression | undefined): boolean {
  if (expression === undefined) return false;
  const value = withoutCasts(expression);
  switch (value.is) {
    case "literal":
      return value.kind === "string";
    case "operator":
      return value.parts.some((part) => isText(scope, part));
    case "conditional":
      return isText(scope, value.then) || isText(scope, value.else);
    case "logic":
      return isText(scope, value.left) || isText(scope, value.right);
    case "build":
      // Text with values in it.
      if (!value.holds && !value.tuple && value.type === null && value.parts.length > 0) return true;
      break;
    default:
  }
  const known = scope.typeOf(value);
  if (known !== null) return TEXT_TYPES.has(known.type.name);
  return (value.is === "name" || value.is === "member") && NAMES_A_FILE.test(value.name);
}
