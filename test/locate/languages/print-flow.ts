import type { Argument, Case, Expression, FileFlow, FunctionFlow, Step, TypeRef } from "../../../src/locate/flow/flow-model";

/**
 * A flow as a few short lines, for expectations that a person can write by hand.
 *
 *   name x · member a.b · call f(a, k=v, *s) · closure fn2 · literal null true 42 "s" · build [a, b] when it holds its parts, <a> when not,
 *   tuple (a, b), typed T[...] · not !x · logic (a and b) · compare (a == b) (a ? b) · conditional (c ? a : b) · index a[i], element a[] ·
 *   same &x, with a type T(x) · assign (x := v) · operator {a, b} · opaque !type{a}
 */
export function printExpression(e: Expression): string {
  const list = (parts: readonly Expression[]): string => parts.map(printExpression).join(", ");
  switch (e.is) {
    case "name": return e.name;
    case "member": return `${printExpression(e.object)}.${e.name}`;
    case "call": return `${printExpression(e.callee)}(${printArguments(e.arguments)})`;
    case "await": return `await ${printExpression(e.value)}`;
    case "yield": return `yield${e.from ? " from" : ""}${e.value === null ? "" : ` ${printExpression(e.value)}`}`;
    case "closure": return `fn${e.function}`;
    case "literal": return e.kind === "string" ? JSON.stringify(e.text) : e.kind === "number" ? e.text : e.kind;
    case "build": {
      const type = e.type === null ? "" : printType(e.type);
      const parts = printArguments(e.parts);
      return e.tuple ? `${type}(${parts})` : e.holds ? `${type}[${parts}]` : `${type}<${parts}>`;
    }
    case "not": return `!${printExpression(e.value)}`;
    case "logic": return `(${printExpression(e.left)} ${e.operator} ${printExpression(e.right)})`;
    case "compare": return `(${printExpression(e.left)} ${e.operator === "other" ? "?" : e.operator} ${printExpression(e.right)})`;
    case "conditional": return `(${printExpression(e.condition)} ? ${printExpression(e.then)} : ${printExpression(e.else)})`;
    case "index": return `${printExpression(e.object)}[${list(e.parts)}]`;
    case "same": return e.type === null ? `&${printExpression(e.value)}` : `${printType(e.type)}(${printExpression(e.value)})`;
    case "assign": return `(${printExpression(e.target)} := ${printExpression(e.value)})`;
    case "operator": return `{${list(e.parts)}}`;
    case "opaque": return `!${e.nodeType}{${list(e.parts)}}`;
  }
}

function printArguments(args: readonly Argument[]): string {
  return args.map((arg) => `${arg.name === null ? "" : `${arg.name}=`}${arg.spread ? "*" : ""}${printExpression(arg.value)}`).join(", ");
}

export function printType(type: TypeRef | null): string {
  if (type === null) return "_";
  return type.element === null ? type.name : `${type.name}<${printType(type.element)}>`;
}

export function printSteps(steps: readonly Step[], indent = ""): string {
  return steps.map((step) => printStep(step, indent)).join("");
}

function printCase(one: Case, indent: string): string {
  const tests = one.tests.length === 0 ? "default" : `case ${one.tests.map(printExpression).join(", ")}`;
  const binds = one.binds.length === 0 ? "" : ` as ${one.binds.join(", ")}`;
  const guard = one.guard === null ? "" : ` if ${printExpression(one.guard)}`;
  return `${indent}${tests}${binds}${guard}${one.fallsThrough ? " falls through" : ""}:\n${printSteps(one.body, `${indent}  `)}`;
}

function printStep(s: Step, indent: string): string {
  const inner = `${indent}  `;
  const line = (text: string): string => `${indent}${text}\n`;
  const block = (head: string, steps: readonly Step[]): string => line(head) + printSteps(steps, inner);
  switch (s.is) {
    case "bind": {
      const type = s.type === null ? "" : `: ${printType(s.type)}`;
      const value = s.value === null ? (s.declares ? " :=" : " =") : ` ${s.declares ? ":=" : "="} ${printExpression(s.value)}`;
      return line(`${s.targets.map(printExpression).join(", ")}${type}${value}`);
    }
    case "do": return line(printExpression(s.value));
    case "if": return block(`if ${printExpression(s.condition)}`, s.then) + (s.else.length === 0 ? "" : block("else", s.else));
    case "loop": {
      const label = s.label === null ? "" : `${s.label}: `;
      const head = s.iterates === null ? "" : ` ${s.isAsync ? "async " : ""}${s.binds.map(printExpression).join(", ")} in ${printExpression(s.iterates)}`;
      const condition = s.condition === null ? "" : ` while ${printExpression(s.condition)}`;
      return block(`${label}loop${head}${condition}`, s.body) + (s.update.length === 0 ? "" : block("update", s.update)) + (s.otherwise.length === 0 ? "" : block("otherwise", s.otherwise));
    }
    case "switch": {
      const label = s.label === null ? "" : `${s.label}: `;
      const head = `${label}${s.waits ? "select" : "switch"}${s.bind === null ? "" : ` ${s.bind} of`}${s.subject === null ? "" : ` ${printExpression(s.subject)}`}`;
      return line(head) + s.cases.map((one) => printCase(one, inner)).join("");
    }
    case "try": {
      const handlers = s.handlers.map((h) => block(`except ${h.catches.join(", ")}${h.catchesAll ? " all" : ""}${h.bind === null ? "" : ` as ${h.bind}`}`.replace("except  all", "except all"), h.body));
      return block("try", s.body) + handlers.join("") + (s.otherwise.length === 0 ? "" : block("otherwise", s.otherwise)) + (s.finally.length === 0 ? "" : block("finally", s.finally));
    }
    case "with": {
      const items = s.items.map((item) => `${printExpression(item.value)}${item.bind === null ? "" : ` as ${printExpression(item.bind)}`}`);
      return block(`${s.isAsync ? "async " : ""}with ${items.join("; ")}`, s.body);
    }
    case "return": return line(`return${s.values.length === 0 ? "" : ` ${s.values.map(printExpression).join(", ")}`}`);
    case "throw": return line(`throw${s.value === null ? "" : ` ${printExpression(s.value)}`}`);
    case "break": return line(`break${s.label === null ? "" : ` ${s.label}`}`);
    case "continue": return line(`continue${s.label === null ? "" : ` ${s.label}`}`);
    case "goto": return line(`goto ${s.label}`);
    case "label": return line(`${s.name}:`);
    case "defer": return line(`defer ${printExpression(s.call)}`);
    case "spawn": return line(`spawn ${printExpression(s.call)}`);
    case "define": return line(`define ${s.name} fn${s.function}`);
    case "assert": return line(`assert ${printExpression(s.condition)}`);
    case "scope": return line(`${s.kind} ${s.names.join(", ")}`);
    case "block": return block("block", s.body);
    case "opaque": return block(`opaque ${s.nodeType}`, s.body);
  }
}

export function printFunction(fn: FunctionFlow): string {
  const parameters = fn.parameters.map((p) => `${p.variadic ? "*" : ""}${p.name}${p.type === null ? "" : `: ${printType(p.type)}`}${p.initial === null ? "" : ` = ${printExpression(p.initial)}`}`);
  const receiver = fn.receiver === null ? "" : `${fn.receiver}; `;
  const results = fn.results.length === 0 ? "" : ` -> ${fn.results.map((r, i) => `${fn.resultNames[i] === undefined ? "" : `${fn.resultNames[i]} `}${printType(r)}`).join(", ")}`;
  const marks = `${fn.isAsync ? "async " : ""}${fn.isGenerator ? "generator " : ""}`;
  const decorators = fn.decorators.map((d) => `@${printExpression(d)} `).join("");
  const parent = fn.parent === null ? "" : ` in fn${fn.parent}`;
  return `fn${fn.id} ${decorators}${marks}${fn.symbol}(${receiver}${parameters.join(", ")})${results}${parent}\n${printSteps(fn.body, "  ")}`;
}

/** All functions; the top level only when it has steps. */
export function printFlow(flow: FileFlow): string {
  return flow.functions.filter((fn) => fn.id !== 0 || fn.body.length > 0).map(printFunction).join("");
}
