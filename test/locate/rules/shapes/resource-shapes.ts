import type { Lines, Syntax } from "./syntax";

/** One way to a resource, as `test/corpus/shapes/<language>.yaml` says it. */
export interface ResourceShape {
  readonly rule: string;
  /** Imports and declarations, above the functions. */
  readonly head?: string;
  /** Parameters, as a function declares them, and the same as they are passed on. */
  readonly given?: string;
  readonly pass?: string;
  /** Opens it, and binds it to `var`; a receiver that becomes open is `var` itself. */
  readonly open: string;
  readonly var: string;
  /** Its declared type, for a function that takes it. */
  readonly type?: string;
  readonly use: string;
  readonly close: string;
  /** `receiver`: what becomes open is there before; a function that opens it gives nothing back. */
  readonly opens?: "receiver";
  /** Shapes that are known to be missed, and good ones that are known to be told. */
  readonly misses?: readonly string[];
  readonly noise?: readonly string[];
}

export const SHAPES = ["direct", "helper", "loop", "closure", "finally"] as const;

/**
 * A file in which the resource is opened in each of the shapes twice: left open by one way out of several (`ruleid`), and closed on all of them
 * (`ok`). So there are as many good ones as bad ones, whatever the resource is.
 */
export function writeResourceShapes(shape: ResourceShape, syntax: Syntax, name: string): string {
  const open = shape.open.trim().split("\n");
  const use = shape.use.trim().split("\n");
  const close = shape.close.trim().split("\n");
  const type = shape.type ?? "";
  const given = shape.given ?? "";
  const pass = shape.pass ?? "";
  const awaitsOpen = open.some((line) => /\bawait\b/u.test(line));
  const awaitsClose = close.some((line) => /\bawait\b/u.test(line));

  const says = (good: boolean, at: string): string => {
    const todo = (good ? shape.noise : shape.misses)?.includes(at) === true ? "todo" : "";
    return `${syntax.comment} ${todo}${good ? "ok" : "ruleid"}: ${shape.rule}`;
  };
  // The annotation stands before the last line of what opens it: lines before that prepare.
  const opening = (good: boolean, at: string, lines: Lines = open): Lines => [...lines.slice(0, -1), says(good, at), lines.at(-1) ?? "", ...syntax.afterOpen(lines)];
  const waiting = (call: string, awaits: boolean): string => (awaits ? (/^(?:const |var |val )?[\w$]+ = /u.test(call) ? call.replace(" = ", " = await ") : `await ${call}`) : call);

  const bad = (at: string, lines: Lines = open, middle: Lines = use): Lines => [...opening(false, at, lines), ...middle, ...syntax.leaveEarly, ...close];
  const good = (at: string, cleanUp: Lines, lines: Lines = open): Lines => [...opening(true, at, lines), ...syntax.guarded(use, cleanUp)];
  const finish = [waiting(syntax.take("finish", shape.var), awaitsClose)];

  const functions: Lines[] = [
    syntax.fn("direct", given, [...bad("direct"), ...syntax.end]),
    syntax.fn("directOk", given, [...opening(true, "direct"), ...close, ...syntax.end]),
    syntax.taker("finish", shape.var, type, close),
    syntax.taker("look", shape.var, type, use),
  ];
  if (shape.opens === "receiver") functions.push(syntax.fn("helper", given, [...bad("helper", open, [waiting(syntax.take("look", shape.var), use.some((line) => /\bawait\b/u.test(line)))]), ...syntax.end]));
  else {
    const made = syntax.make("made", pass, shape.var, type).map((line) => waiting(line, awaitsOpen));
    // What a helper gives may fail in the same way.
    functions.push(syntax.maker("made", given, type, [...open.slice(0, -1), says(true, "maker"), open.at(-1) ?? ""], shape.var));
    const binding = syntax.afterOpen(open).length === 0 ? made.map((line) => line.replace(", err :=", " :=")) : made;
    functions.push(syntax.fn("helper", given, [...bad("helper", binding), ...syntax.end]));
  }
  functions.push(
    syntax.fn("helperOk", given, [...good("helper", finish), ...syntax.end]),
    syntax.fn("loop", given, [...syntax.loop([...opening(false, "loop"), ...use, ...syntax.goOnEarly, ...close]), ...syntax.end]),
    syntax.fn("loopOk", given, [...syntax.loop([...opening(true, "loop"), ...close]), ...syntax.end]),
    syntax.fn("closure", given, [...syntax.closure(bad("closure")), ...syntax.end]),
    syntax.fn("closureOk", given, [...opening(true, "closure"), ...syntax.later(close), ...syntax.guarded(use, [waiting(syntax.callLater, awaitsClose)]), ...syntax.end]),
    syntax.fn("finallyBad", given, [...syntax.aside(bad("finally")), ...syntax.end]),
    syntax.fn("finallyOk", given, [...good("finally", close), ...syntax.end]),
  );
  return `${syntax.file(name, shape.head?.trim().split("\n") ?? [], functions.flatMap((lines) => [...lines, ""])).join("\n")}\n`;
}
