import type { Binding } from "../bindings";
import { eachExpression } from "../expressions";
import type { Expression, FileFlow, FunctionFlow, TypeRef } from "../flow-model";
import type { CallResolution } from "../resolution";
import { globalTypes } from "./module-values";
import { distinct, NOTHING } from "./scope";
import type { Entity, Scope, Typed } from "./scope";
import { entityOf, holderOf, outerEntity, ownersOf } from "./scope-names";
import { absolute, givenBy } from "./workspace-names";
import { fieldTypes, resultsOf } from "./workspace-types";

// The types that an expression of a function may have.

export function typesOf(scope: Scope, expression: Expression): readonly Typed[] {
  switch (expression.is) {
    case "name":
      return nameTypes(scope, expression.name, expression.at[0]);
    case "member": {
      const entity = entityOf(scope, expression);
      if (entity !== null) return entityTypes(scope, entity);
      const holder = expression.object.is === "name" ? entityOf(scope, expression.object) : null;
      if (holder?.is === "type") return fieldTypes(scope.workspace, holder.type.full, expression.name, scope.language);
      return distinct(typesOf(scope, expression.object).flatMap(({ type }) => fieldTypes(scope.workspace, type.name, expression.name, scope.language)));
    }
    case "call": {
      const known = resultTypes(scope.call(expression), 0);
      return known.length > 0 || scope.traits?.promises !== true ? known : promisedTypes(scope, expression);
    }
    case "await":
    case "assign":
      return typesOf(scope, expression.value);
    case "yield":
      return expression.value === null ? NOTHING : typesOf(scope, expression.value);
    case "same":
      return expression.type === null ? typesOf(scope, expression.value) : [{ type: absolute(scope.workspace, expression.type, scope.file), certainty: "typed" }];
    case "build":
      if (expression.type !== null) return [{ type: absolute(scope.workspace, expression.type, scope.file), certainty: "exact" }];
      if (!expression.tuple && expression.parts.length > 0) {
        const element = typesOf(scope, (expression.parts[0] as { value: Expression }).value)[0];
        return element === undefined ? NOTHING : [{ type: { name: "", element: element.type }, certainty: element.certainty }];
      }
      return NOTHING;
    case "conditional":
      return distinct([...typesOf(scope, expression.then), ...typesOf(scope, expression.else)]);
    case "logic":
      return distinct([...typesOf(scope, expression.left), ...typesOf(scope, expression.right)]);
    case "index":
      return distinct(typesOf(scope, expression.object).flatMap(({ type, certainty }) => {
        if (type.element !== null) return [{ type: type.element, certainty }];
        // Objects whose members are reached by index as well: `client["shop"]`.
        const any = scope.rules.type(type.name)?.fields.get("*");
        return any === undefined ? [] : [{ type: { name: any, element: null }, certainty }];
      }));
    case "operator":
      return operatorTypes(scope, expression.parts);
    default:
      return NOTHING;
  }
}

/** What an operator gives that a type has as a method: `folder / name` of pathlib. */
function operatorTypes(scope: Scope, parts: readonly Expression[]): readonly Typed[] {
  if (parts.length < 2) return NOTHING;
  const given = (part: Expression, method: string): readonly Typed[] => distinct(typesOf(scope, part).flatMap(({ type, certainty }) => {
    const result = scope.workspace.lineage(type.name, scope.language).map((name) => scope.rules.given(`${name}.${method}`)?.get(0)).find((one) => one !== undefined);
    return result === undefined ? [] : [{ type: { name: result, element: null }, certainty }];
  }));
  const left = given(parts[0] as Expression, "__truediv__");
  return left.length > 0 || parts.length > 2 ? left : given(parts[1] as Expression, "__rtruediv__");
}

/** `p.catch(f)` and `p.finally(f)` give what p gives; `p.then(f)`, `items.find(f)` and `Promise.resolve(x)` as they say. */
function promisedTypes(scope: Scope, call: Expression & { readonly is: "call" }): readonly Typed[] {
  const { callee } = call;
  if (callee.is !== "member") return NOTHING;
  const [first] = call.arguments;
  switch (callee.name) {
    case "catch":
    case "finally":
      return typesOf(scope, callee.object);
    case "then": {
      if (first?.value.is !== "closure") return NOTHING;
      const result = resultsOf(scope.workspace, scope.workspace.ref(scope.file.file, first.value.function))[0];
      return result ? [{ type: result, certainty: "typed" }] : NOTHING;
    }
    case "resolve":
      return callee.object.is === "name" && callee.object.name === "Promise" && first !== undefined ? typesOf(scope, first.value) : NOTHING;
    case "find":
    case "pop":
    case "shift":
    case "at":
      return elementTypes(scope, callee.object, null);
    default:
      return NOTHING;
  }
}

export function nameTypes(scope: Scope, name: string, line: number): readonly Typed[] {
  const holder = holderOf(scope, name, line);
  if (holder !== null) return ownTypes(holder, name);
  const receiver = scope.traits?.implicitReceiver;
  // `Outer.this`: the instance around.
  if (receiver !== undefined && name.endsWith(`.${receiver}`)) return [{ type: { name: `${scope.module.name}.${name.slice(0, -receiver.length - 1)}`, element: null }, certainty: "typed" }];
  const entity = outerEntity(scope, name, 0);
  if (entity !== null) return entityTypes(scope, entity);
  return receiver === undefined ? NOTHING : inheritedField(scope, name);
}

/** A name that nothing here declares: a field that this class, or one around it, inherits. */
function inheritedField(scope: Scope, name: string): readonly Typed[] {
  for (const owner of ownersOf(scope)) {
    const types = fieldTypes(scope.workspace, owner, name, scope.language);
    if (types.length > 0) return types;
  }
  return NOTHING;
}

function entityTypes(scope: Scope, entity: Entity): readonly Typed[] {
  if (entity.is === "value") return globalTypes(scope.workspace, entity.module, entity.name);
  if (entity.is === "module") {
    const whole = givenBy(scope.workspace, entity.module);
    return whole === null || whole.is === "module" ? NOTHING : entityTypes(scope, whole);
  }
  if (entity.is === "library") {
    const type = scope.rules.value(entity.name);
    if (type !== null) return [{ type: { name: type, element: null }, certainty: "exact" }];
  }
  return NOTHING;
}

function ownTypes(scope: Scope, name: string): readonly Typed[] {
  const own = scope.bindings.names.get(name);
  const receiver = scope.function.receiver === name && scope.owner !== null ? [{ type: { name: `${scope.module.name}.${scope.owner}`, element: null }, certainty: "typed" as const }] : NOTHING;
  if (receiver.length > 0) return receiver;
  if (own === undefined) return NOTHING;
  return scope.workspace.questions.ask(scope.names, `types ${scope.number} ${name}`, NOTHING, () => {
    const bound = distinct(own.flatMap((binding) => bindingTypes(scope, binding)));
    return bound.length > 0 || scope.traits?.promises !== true ? bound : handedTypes(scope, name);
  });
}

/** What a function literal is called with by the call that it is handed to: a promise's value, an element, what a rule says. */
function handedTypes(scope: Scope, name: string): readonly Typed[] {
  const index = scope.function.parameters.findIndex((one) => one.name === name);
  // What stands at the top level may be handed over there.
  if (index >= 0 && scope.function.parent === 0) scope.workspace.scope(scope.file, scope.file.functions[0] as FunctionFlow);
  const handed = index < 0 ? undefined : handedFunctions(scope.file).get(scope.function.id);
  const outer = handed === undefined ? undefined : scope.file.functions[handed.within];
  if (handed === undefined || outer === undefined) return NOTHING;
  const caller = scope.workspace.scope(scope.file, outer);
  const callee = handed.call.callee;
  if (callee.is === "member") {
    if (callee.name === "then" && handed.argument === 0 && index === 0) return typesOf(caller, callee.object);
    const turns = EACH_ELEMENT.get(callee.name);
    if (turns === index && handed.argument === 0) {
      const elements = elementTypes(caller, callee.object, null);
      if (elements.length > 0) return elements;
    }
  }
  const resolution = caller.call(handed.call);
  for (const called of resolution.names) {
    const type = scope.rules.handed(called, handed.argument, handed.argument === handed.call.arguments.length - 1, index);
    if (type !== null) return [{ type: { name: type, element: null }, certainty: resolution.certainty === "exact" ? "typed" : resolution.certainty }];
  }
  return NOTHING;
}

export function bindingTypes(scope: Scope, binding: Binding): readonly Typed[] {
  switch (binding.from) {
    case "type":
      return [{ type: absolute(scope.workspace, binding.type, scope.file), certainty: "typed" }];
    case "value":
      return partTypes(scope, binding.value, binding.result);
    case "entered":
      return enteredTypes(scope, binding.value);
    case "element":
      return elementTypes(scope, binding.value, binding.part);
    default:
      return NOTHING;
  }
}

/** The types of a value, or of one part of it when it was unpacked. */
export function partTypes(scope: Scope, value: Expression, part: number | null): readonly Typed[] {
  if (part === null) return typesOf(scope, value);
  const inner = value.is === "await" || (value.is === "yield" && value.value !== null) ? (value.value as Expression) : value;
  if (inner.is === "call") return resultTypes(scope.call(inner), part);
  if (inner.is === "build" && inner.tuple) {
    const item = inner.parts[part];
    return item === undefined ? NOTHING : typesOf(scope, item.value);
  }
  // `value, ok := m[k]`, `x, ok := y.(T)`, `v, ok := <-ch`: the first is the value.
  if (part === 0) return typesOf(scope, inner);
  return NOTHING;
}

function resultTypes(call: CallResolution, result: number): readonly Typed[] {
  const type = call.results[result];
  return type ? [{ type, certainty: call.certainty }] : NOTHING;
}

function enteredTypes(scope: Scope, value: Expression): readonly Typed[] {
  return distinct(typesOf(scope, value).flatMap((typed) => {
    for (const ancestor of scope.workspace.lineage(typed.type.name, scope.language)) {
      const given = scope.rules.given(`${ancestor}.__enter__`)?.get(0);
      if (given !== undefined) return [{ type: { name: given, element: null }, certainty: typed.certainty }];
    }
    const enter = scope.workspace.methods(typed.type.name, "__enter__", scope.language)[0] ?? scope.workspace.methods(typed.type.name, "__aenter__", scope.language)[0];
    const result = enter === undefined ? null : resultsOf(scope.workspace, enter)[0];
    return result ? [{ type: result, certainty: typed.certainty }] : [typed];
  }));
}

export function elementTypes(scope: Scope, value: Expression, part: number | null): readonly Typed[] {
  if (part === -1) return NOTHING;
  if (value.is === "call" && value.callee.is === "name" && value.callee.name === "enumerate" && value.arguments[0] !== undefined) {
    return part === 1 ? elementTypes(scope, value.arguments[0].value, null) : NOTHING;
  }
  if (value.is === "call" && value.callee.is === "member" && (value.callee.name === "values" || (value.callee.name === "items" && part === 1))) {
    const values = elementTypes(scope, value.callee.object, null);
    if (values.length > 0) return values;
  }
  if (part !== null) return NOTHING;
  if (value.is === "call") {
    const resolution = scope.call(value);
    const next = resolution.names.map((name) => scope.rules.given(`${name}.__next__`)?.get(0)).find((one) => one !== undefined);
    if (next !== undefined) return [{ type: { name: next, element: null }, certainty: resolution.certainty }];
  }
  return distinct(typesOf(scope, value).flatMap(({ type, certainty }) => (type.element === null ? [] : [{ type: type.element, certainty }])));
}

/** Results that nobody declares, from what is returned (or yielded, for a generator that is a context manager). */
export function inferResults(scope: Scope, contextManager: boolean): readonly (TypeRef | null)[] {
  const bindings = scope.bindings;
  if (contextManager) return [firstType(scope, bindings.yields)];
  const lists = bindings.returns.filter((values) => values.length > 0 && !(values.length === 1 && values[0]?.is === "literal" && values[0].kind === "null"));
  if (lists.length === 0) return scope.function.isGenerator && bindings.yields.length > 0 ? asElements(firstType(scope, bindings.yields)) : [];
  const width = Math.max(...lists.map((values) => unpacked(values).length));
  return Array.from({ length: width }, (_, i) => firstType(scope, lists.flatMap((values) => {
    const value = unpacked(values)[i];
    return value === undefined ? [] : [value];
  })));
}

function asElements(type: TypeRef | null): readonly (TypeRef | null)[] {
  return type === null ? [] : [{ name: "", element: type }];
}

function firstType(scope: Scope, values: readonly Expression[]): TypeRef | null {
  for (const value of values) {
    const typed = typesOf(scope, value)[0];
    if (typed !== undefined) return typed.type;
  }
  return null;
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
