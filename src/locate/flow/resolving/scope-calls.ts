import type { Argument, Expression, LanguageTraits, TypeRef } from "../flow-model";
import type { CallResolution, Certainty, FunctionRef } from "../resolution";
import { globalTypes } from "./module-values";
import { libraryCall, toFunctions } from "./call-results";
import { callByReceiverName } from "./receiver-names";
import { entityName, UNKNOWN_CALL } from "./scope";
import type { Entity, Scope, Typed } from "./scope";
import { entityOf, holderOf, ownersOf } from "./scope-names";
import { nameTypes, typesOf } from "./scope-types";
import { absolute, givenBy, importedEntity } from "./workspace-names";
import { implementationsOf, resultsOf } from "./workspace-types";

// What a call in a function may run.

/** The methods that run when a type is called: Python's where a language says nothing of its own. */
export function constructorNames(traits: LanguageTraits | null): readonly string[] {
  return traits?.constructors ?? ["__init__"];
}

export function resolveCall(scope: Scope, expression: Expression & { readonly is: "call" }): CallResolution {
  let callee = expression.callee;
  while (callee.is === "same" && callee.type === null) callee = callee.value;
  if (callee.is === "closure") return toFunctions(scope, [`${scope.module.name}.<closure>`], [scope.workspace.ref(scope.file.file, callee.function)], "exact");

  const implicit = scope.traits?.implicitReceiver;
  if (implicit !== undefined && callee.is === "name") {
    const own = implicitCall(scope, callee, expression.arguments, implicit);
    if (own !== null) return own;
  }
  const entity = entityOf(scope, callee);
  if (entity !== null) {
    const resolution = entityCall(scope, entity, expression.arguments);
    if (resolution !== null) return resolution;
  }

  if (callee.is === "name" && entity === null) {
    if (callee.name === "new" && expression.arguments.length === 1 && holderOf(scope, "new", callee.at[0]) === null) {
      const made = entityOf(scope, (expression.arguments[0] as { value: Expression }).value);
      const type = made === null ? null : entityName(made);
      return { names: ["new"], certainty: "exact", targets: [], unknown: true, results: [type === null ? null : { name: type, element: null }] };
    }
    const called = instanceCall(scope, nameTypes(scope, callee.name, callee.at[0]));
    if (called !== null) return called;
    if (holderOf(scope, callee.name, callee.at[0]) === null) return libraryCall(scope, [scope.rules.canonical(callee.name)], "exact", true);
    return UNKNOWN_CALL;
  }

  if (callee.is === "member") return methodCall(scope, callee, expression.arguments);
  return instanceCall(scope, typesOf(scope, callee)) ?? UNKNOWN_CALL;
}

/** `close()` where `this.close()` is meant, or that of a class around; `this(...)` and `super(...)` in a constructor. */
function implicitCall(scope: Scope, callee: Expression & { readonly is: "name" }, given: readonly Argument[], receiver: string): CallResolution | null {
  const name = callee.name;
  if (name === receiver || name === "super") {
    const [own] = ownersOf(scope);
    if (own === undefined || scope.function.receiver === null) return null;
    const type = name === receiver ? own : scope.workspace.lineage(own, scope.language)[1];
    if (type === undefined) return null;
    const targets = constructorsOf(scope, type).filter((ref) => ref.id !== scope.function.id || ref.file !== scope.file.file);
    // It makes no object of its own: what it is given this one keeps, or hands on.
    return { names: [`${type}.${scope.function.name}`], certainty: "exact", targets: fitting(scope, targets, given), unknown: false, results: [] };
  }
  if (scope.traits?.typesAreCapitalised === true && /^[A-Z]/u.test(name)) return null;
  const owners = ownersOf(scope);
  for (const owner of owners) {
    const refs = scope.workspace.methods(owner, name, scope.language);
    if (refs.length > 0) return onTypes(scope, [{ type: { name: owner, element: null }, certainty: "typed" }], name, given);
  }
  if (importedEntity(scope.workspace, scope.file, name) !== null || scope.module.functionsNamed(name) !== undefined) return null;
  // Inherited from a library's class, if from anywhere.
  const inherited = owners.filter((owner) => scope.workspace.lineage(owner, scope.language).length > 1).map((name) => ({ type: { name, element: null }, certainty: "typed" as const }));
  return inherited.length === 0 ? null : onTypes(scope, inherited, name, given);
}

function constructorsOf(scope: Scope, type: string): readonly FunctionRef[] {
  return constructorNames(scope.traits).flatMap((name) => scope.workspace.methods(type, name, scope.language));
}

/** Of methods of one name those that can take these arguments: by their number, then by their declared types. */
function fitting(scope: Scope, refs: readonly FunctionRef[], given: readonly Argument[]): readonly FunctionRef[] {
  if (refs.length < 2 || scope.traits?.overloads !== true || given.some((argument) => argument.spread)) return refs;
  const parametersOf = (ref: FunctionRef) => scope.workspace.declarationOf(ref).function.parameters;
  // What an object's initialiser sets is given by names that no parameter has.
  const taken = given.filter(({ name }) => name === null || refs.some((ref) => parametersOf(ref).some((parameter) => parameter.name === name)));
  const byNumber = refs.filter((ref) => {
    const parameters = parametersOf(ref);
    if (parameters.at(-1)?.variadic === true) return taken.length >= parameters.length - 1;
    return taken.length <= parameters.length && taken.length >= parameters.filter(({ initial }) => initial === null).length;
  });
  if (byNumber.length < 2) return byNumber.length === 0 ? refs : byNumber;
  const types = taken.map((argument) => (argument.name === null ? (typesOf(scope, argument.value)[0]?.type.name ?? null) : null));
  const byType = byNumber.filter((ref) => {
    const { file } = scope.workspace.declarationOf(ref);
    return parametersOf(ref).every(({ type, variadic }, i) => {
      const has = types[i];
      if (type === null || variadic || !has) return true;
      const wants = absolute(scope.workspace, type, file).name;
      return !wants.includes(".") === !has.includes(".") && (scope.workspace.lineage(has, scope.language).includes(wants) || !isTold(scope, has));
    });
  });
  return byType.length === 0 ? byNumber : byType;
}

/** True when all that a type extends is known. */
function isTold(scope: Scope, type: string): boolean {
  return scope.workspace.index.typeAt(type) !== null || scope.rules.type(type) !== null;
}

function entityCall(scope: Scope, entity: Entity, given: readonly Argument[]): CallResolution | null {
  switch (entity.is) {
    case "function":
      return toFunctions(scope, [scope.rules.canonical(entity.name)], fitting(scope, entity.refs, given), "exact");
    case "library":
      return libraryCall(scope, [entity.name], "exact", false);
    case "type": {
      const names = scope.workspace.lineage(entity.type.full, scope.language);
      const init = constructorsOf(scope, entity.type.full);
      return { names, certainty: "exact", targets: fitting(scope, init, given), unknown: false, results: [{ name: entity.type.full, element: null }] };
    }
    case "value":
      return instanceCall(scope, globalTypes(scope.workspace, entity.module, entity.name));
    case "module": {
      const whole = givenBy(scope.workspace, entity.module);
      return whole === null || whole.is === "module" ? null : entityCall(scope, whole, given);
    }
  }
}

/** Calling an object: `Session = sessionmaker(engine); Session()`. */
function instanceCall(scope: Scope, types: readonly Typed[]): CallResolution | null {
  if (types.length === 0) return null;
  return onTypes(scope, types, "__call__", []);
}

function methodCall(scope: Scope, callee: Expression & { readonly is: "member" }, given: readonly Argument[]): CallResolution {
  const object = callee.object;
  if (object.is === "call" && object.callee.is === "name" && object.callee.name === "super" && scope.owner !== null) {
    const own = `${scope.module.name}.${scope.owner}`;
    const bases = scope.workspace.lineage(own, scope.language).slice(1);
    return onTypes(scope, bases.map((name) => ({ type: { name, element: null }, certainty: "typed" as const })), callee.name, given) ?? UNKNOWN_CALL;
  }
  const types = typesOf(scope, object).filter(({ type }) => type.name !== "");
  if (types.length > 0) {
    const resolution = onTypes(scope, types, callee.name, given);
    if (resolution !== null) return resolution;
  }
  if (types.length === 0 || types.every(({ type }) => saysNothing(scope, type.name))) {
    const named = callByReceiverName(scope, object, callee.name);
    if (named !== null) return named;
  }
  return UNKNOWN_CALL;
}

/** A method, or something called as one, on one of several types. */
function onTypes(scope: Scope, types: readonly Typed[], method: string, given: readonly Argument[]): CallResolution | null {
  const names: string[] = [];
  const targets: FunctionRef[] = [];
  const declared: FunctionRef[] = [];
  let certainty: Certainty = "typed";
  for (const { type, certainty: how } of types) {
    if (how === "named") certainty = "named";
    for (const ancestor of scope.workspace.lineage(type.name, scope.language)) {
      const name = scope.rules.canonical(`${ancestor}.${method}`);
      if (!names.includes(name)) names.push(name);
    }
    const own = fitting(scope, scope.workspace.methods(type.name, method, scope.language), given);
    if (own.length > 0) {
      declared.push(...own);
      const bodies = own.filter((ref) => !scope.workspace.isAbstract(ref));
      if (bodies.length === 0) for (const name of standsFor(scope, method, own)) if (!names.includes(name)) names.push(name);
      targets.push(...(bodies.length > 0 ? bodies : fitting(scope, implementationsOf(scope.workspace, type.name, method, scope.language), given)));
    } else {
      // A function held in a field, and an interface that one type of the workspace implements.
      const workspaceType = scope.workspace.index.typeAt(type.name);
      if (workspaceType !== null && !workspaceType.hasMethods && workspaceType.declaration.fields.length === 0 && !speaks(scope, names)) {
        const implementations = scope.workspace.index.methodsNamed(scope.language, method).filter((ref) => !scope.workspace.isAbstract(ref));
        const owners = new Set(implementations.map((ref) => scope.workspace.declarationOf(ref).function.owner));
        if (owners.size === 1) targets.push(...implementations);
      }
    }
  }
  if (targets.length === 0 && declared.length === 0 && types.every(({ type }) => saysNothing(scope, type.name)) && !speaks(scope, names)) return null;
  const known = toFunctions(scope, names, targets, certainty, declared);
  const resolution = targets.length === 0 && declared.length > 0 ? { ...known, abstract: declared } : known;
  if (resolution.results.length > 0) return resolution;
  const result = givenByNature(scope, types, method);
  return result === null ? resolution : { ...resolution, results: [result] };
}

/** An interface of the workspace that is cut to a library's type (`Do`, `QueryContext`): its methods are the library's, whoever else implements it. */
function standsFor(scope: Scope, method: string, declared: readonly FunctionRef[]): readonly string[] {
  if (scope.traits?.structuralInterfaces !== true) return [];
  return declared.flatMap((ref) => scope.rules.openingLike(method, resultsOf(scope.workspace, ref).map((result) => result?.name ?? null)));
}

/** A builder's method gives the builder; a container's, its element. */
function givenByNature(scope: Scope, types: readonly Typed[], method: string): TypeRef | null {
  for (const { type } of types) {
    const fluent = scope.workspace.lineage(type.name, scope.language).find((name) => scope.rules.type(name)?.fluent === true);
    if (fluent !== undefined) return type;
    if (type.element !== null && scope.traits?.elementMethods?.includes(method) === true) return type.element;
  }
  return null;
}

/** True for types that tell nothing of what their methods do: `any`, an interface of the workspace that nobody was found to implement. */
function saysNothing(scope: Scope, type: string): boolean {
  if (!type.includes(".")) return true;
  const own = scope.workspace.index.typeAt(type);
  return own !== null && !own.hasMethods && own.declaration.fields.length === 0 && own.declaration.bases.length === 0;
}

function speaks(scope: Scope, names: readonly string[]): boolean {
  return names.some((name) => {
    const dot = name.lastIndexOf(".");
    return dot > 0 && scope.rules.hasMethod(name.slice(0, dot), name.slice(dot + 1));
  });
}
