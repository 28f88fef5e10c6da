export type Lines = readonly string[];

/** How a language writes the ways in which a resource is opened and closed. Bodies are lines; the writers indent them. */
export interface Syntax {
  readonly extension: string;
  readonly comment: "//" | "#";
  /** A whole file. `name` is one that no other file has. */
  file(name: string, head: Lines, functions: Lines): Lines;
  /** A function with the parameters `given`, and one more that makes it leave early. */
  fn(name: string, given: string, body: Lines): Lines;
  /** A function that gives back what it opens. */
  maker(name: string, given: string, type: string, open: Lines, variable: string): Lines;
  /** Binds the variable to what the maker gives. */
  make(name: string, pass: string, variable: string, type: string): Lines;
  /** A function that gets the object, and does this with it. */
  taker(name: string, variable: string, type: string, body: Lines): Lines;
  take(name: string, variable: string): string;
  leaveEarly: Lines;
  goOnEarly: Lines;
  loop(body: Lines): Lines;
  /** A function without a name that runs where it stands. */
  closure(body: Lines): Lines;
  /** A function without a name that is called later, by `callLater`. */
  later(body: Lines): Lines;
  readonly callLater: string;
  /** What the language does when an opening call tells a failure by a result. */
  afterOpen(open: Lines): Lines;
  /** The body, and on every way out of it the clean-up. */
  guarded(body: Lines, cleanUp: Lines): Lines;
  /** A guard that has nothing to do with the object. */
  aside(body: Lines): Lines;
  /** The last line of a function that came to its end. */
  readonly end: Lines;
}

export function indent(lines: Lines): Lines {
  return lines.map((line) => `    ${line}`);
}

function braces(head: string, body: Lines, tail = "}"): Lines {
  return [head, ...indent(body), tail];
}

const go: Syntax = {
  extension: "go",
  comment: "//",
  file: (name, head, functions) => [`package ${name}`, "", ...head, "", ...functions],
  fn: (name, given, body) => braces(`func ${name}(${join(given, "early bool, items []bool")}) error {`, body),
  maker: (name, given, type, open, variable) => braces(`func ${name}(${given}) ${fails(open) ? `(${type}, error)` : type} {`, [...open, ...(fails(open) ? [...go.afterOpen(open).map((line) => line.replace("return err", "return nil, err")), `return ${variable}, nil`] : [`return ${variable}`])]),
  make: (name, pass, variable) => [`${variable}, err := ${name}(${pass})`],
  taker: (name, variable, type, body) => braces(`func ${name}(${variable} ${type}) {`, body),
  take: (name, variable) => `${name}(${variable})`,
  leaveEarly: ["if early {", "    return nil", "}"],
  goOnEarly: ["if item {", "    continue", "}"],
  loop: (body) => braces("for _, item := range items {", body),
  closure: (body) => [...braces("if err := func() error {", [...body, "return nil"], "}(); err != nil {"), "    return err", "}"],
  later: (body) => braces("stop := func() {", body),
  callLater: "stop()",
  afterOpen: (open) => (fails(open) ? ["if err != nil {", "    return err", "}"] : []),
  guarded: (body, cleanUp) => [...(cleanUp.length === 1 ? [`defer ${cleanUp[0]}`] : braces("defer func() {", cleanUp, "}()")), ...body],
  aside: (body) => [...braces("defer func() {", ["recover()"], "}()"), ...body],
  end: ["return nil"],
};

function fails(open: Lines): boolean {
  return open.some((line) => /\berr\b/u.test(line));
}

const python: Syntax = {
  extension: "py",
  comment: "#",
  file: (_name, head, functions) => [...head, "", ...functions],
  fn: (name, given, body) => [`${asyncIn(body) ? "async " : ""}def ${name}(${join(given, "early, items")}):`, ...indent(body)],
  maker: (name, given, _type, open, variable) => [`${asyncIn(open) ? "async " : ""}def ${name}(${given}):`, ...indent([...open, `return ${variable}`])],
  make: (name, pass, variable) => [`${variable} = ${name}(${pass})`],
  taker: (name, variable, type, body) => [`${asyncIn(body) ? "async " : ""}def ${name}(${variable}${type === "" ? "" : `: ${type}`}):`, ...indent(body)],
  take: (name, variable) => `${name}(${variable})`,
  leaveEarly: ["if early:", "    return None"],
  goOnEarly: ["if item:", "    continue"],
  loop: (body) => ["for item in items:", ...indent(body)],
  closure: (body) => [`${asyncIn(body) ? "async " : ""}def inner():`, ...indent(body), asyncIn(body) ? "await inner()" : "inner()"],
  later: (body) => [`${asyncIn(body) ? "async " : ""}def stop():`, ...indent(body)],
  callLater: "stop()",
  afterOpen: () => [],
  guarded: (body, cleanUp) => ["try:", ...indent(body), "finally:", ...indent(cleanUp)],
  aside: (body) => ["try:", ...indent(body), "finally:", '    print("left")'],
  end: ["return None"],
};

function asyncIn(lines: Lines): boolean {
  return lines.some((line) => /\bawait\b/u.test(line));
}

const javascript: Syntax = {
  extension: "ts",
  comment: "//",
  file: (_name, head, functions) => [...head, "", ...functions],
  fn: (name, given, body) => braces(`export async function ${name}(${join(given, "early: boolean, items: boolean[]")}) {`, body),
  maker: (name, given, _type, open, variable) => braces(`export ${asyncIn(open) ? "async " : ""}function ${name}(${given}) {`, [...open, `return ${variable};`]),
  make: (name, pass, variable) => [`const ${variable} = ${name}(${pass});`],
  taker: (name, variable, type, body) => braces(`export ${asyncIn(body) ? "async " : ""}function ${name}(${variable}${type === "" ? "" : `: ${type}`}) {`, body),
  take: (name, variable) => `${name}(${variable});`,
  leaveEarly: ["if (early) {", "    return null;", "}"],
  goOnEarly: ["if (item) {", "    continue;", "}"],
  loop: (body) => braces("for (const item of items) {", body),
  closure: (body) => braces("await (async () => {", body, "})();"),
  later: (body) => braces(`const stop = ${asyncIn(body) ? "async " : ""}() => {`, body, "};"),
  callLater: "stop();",
  afterOpen: () => [],
  guarded: (body, cleanUp) => [...braces("try {", body, "} finally {"), ...indent(cleanUp), "}"],
  aside: (body) => [...braces("try {", body, "} finally {"), '    console.log("left");', "}"],
  end: ["return null;"],
};

const java: Syntax = {
  extension: "java",
  comment: "//",
  file: (name, head, functions) => [...head, "", ...braces(`class ${name} {`, functions)],
  fn: (name, given, body) => braces(`void ${name}(${join(given, "boolean early, boolean[] items")}) throws Exception {`, body),
  maker: (name, given, type, open, variable) => braces(`${type} ${name}(${given}) throws Exception {`, [...open, `return ${variable};`]),
  make: (name, pass, variable, type) => [`${type} ${variable} = ${name}(${pass});`],
  taker: (name, variable, type, body) => braces(`void ${name}(${type} ${variable}) throws Exception {`, body),
  take: (name, variable) => `${name}(${variable});`,
  leaveEarly: ["if (early) {", "    return;", "}"],
  goOnEarly: ["if (item) {", "    continue;", "}"],
  loop: (body) => braces("for (boolean item : items) {", body),
  closure: (body) => braces("Runnable inner = () -> {", body, "};").concat("inner.run();"),
  later: (body) => braces("Runnable stop = () -> {", body, "};"),
  callLater: "stop.run();",
  afterOpen: () => [],
  guarded: (body, cleanUp) => [...braces("try {", body, "} finally {"), ...indent(cleanUp), "}"],
  aside: (body) => [...braces("try {", body, "} finally {"), '    System.out.println("left");', "}"],
  end: ["return;"],
};

const kotlin: Syntax = {
  ...java,
  extension: "kt",
  file: (_name, head, functions) => [...head, "", ...functions],
  fn: (name, given, body) => braces(`${suspending(body)}fun ${name}(${join(given, "early: Boolean, items: List<Boolean>")}) {`, body),
  maker: (name, given, type, open, variable) => braces(`${suspending(open)}fun ${name}(${given}): ${type} {`, [...open, `return ${variable}`]),
  make: (name, pass, variable) => [`val ${variable} = ${name}(${pass})`],
  taker: (name, variable, type, body) => braces(`${suspending(body)}fun ${name}(${variable}: ${type}) {`, body),
  take: (name, variable) => `${name}(${variable})`,
  leaveEarly: ["if (early) {", "    return", "}"],
  goOnEarly: ["if (item) {", "    continue", "}"],
  loop: (body) => braces("for (item in items) {", body),
  closure: (body) => braces("run {", body),
  later: (body) => braces("val stop = {", body),
  callLater: "stop()",
  aside: (body) => [...braces("try {", body, "} finally {"), '    println("left")', "}"],
  end: ["return"],
};

function suspending(lines: Lines): string {
  return lines.some((line) => /\bawait\w*\(/u.test(line)) ? "suspend " : "";
}

const csharp: Syntax = {
  ...java,
  extension: "cs",
  file: (name, head, functions) => ["using System;", "using System.Threading.Tasks;", ...head, "", ...braces(`public class ${name}`, [], "").slice(0, 1), "{", ...indent(functions), "}"],
  fn: (name, given, body) => braces(`public async Task ${name}(${join(given, "bool early, bool[] items")}) {`, body),
  maker: (name, given, type, open, variable) => braces(`public ${asyncIn(open) ? `async Task<${type}>` : type} ${name}(${given}) {`, [...open, `return ${variable};`]),
  make: (name, pass, variable) => [`var ${variable} = ${name}(${pass});`],
  taker: (name, variable, type, body) => braces(`public ${asyncIn(body) ? "async Task" : "void"} ${name}(${type} ${variable}) {`, body),
  take: (name, variable) => `${name}(${variable});`,
  loop: (body) => braces("foreach (var item in items) {", body),
  closure: (body) => braces("Func<Task> inner = async () => {", body, "};").concat("await inner();"),
  later: (body) => braces(`${asyncIn(body) ? "Func<Task>" : "Action"} stop = ${asyncIn(body) ? "async " : ""}() => {`, body, "};"),
  callLater: "stop();",
  aside: (body) => [...braces("try {", body, "} finally {"), '    Console.WriteLine("left");', "}"],
};

const php: Syntax = {
  ...java,
  extension: "php",
  file: (name, head, functions) => ["<?php", "", `namespace Shapes\\${name};`, "", ...head, "", ...functions],
  fn: (name, given, body) => braces(`function ${name}(${join(given, "bool $early, array $items")}) {`, body),
  maker: (name, given, _type, open, variable) => braces(`function ${name}(${given}) {`, [...open, `return ${variable};`]),
  make: (name, pass, variable) => [`${variable} = ${name}(${pass});`],
  taker: (name, variable, type, body) => braces(`function ${name}(${type === "" ? "" : `${type} `}${variable}) {`, body),
  take: (name, variable) => `${name}(${variable});`,
  leaveEarly: ["if ($early) {", "    return;", "}"],
  goOnEarly: ["if ($item) {", "    continue;", "}"],
  loop: (body) => braces("foreach ($items as $item) {", body),
  closure: (body) => braces("(function () use ($given, $early) {", body, "})();"),
  later: (body) => braces(`$stop = function () use (${[...new Set(body.join(" ").match(/\$\w+/gu) ?? [])].join(", ")}) {`, body, "};"),
  callLater: "$stop();",
  aside: (body) => [...braces("try {", body, "} finally {"), '    error_log("left");', "}"],
};

const ruby: Syntax = {
  extension: "rb",
  comment: "#",
  file: (name, head, functions) => [...head, "", `module ${name}`, ...indent(["module_function", "", ...functions]), "end"],
  fn: (name, given, body) => braces(`def ${name}(${join(given, "early, items")})`, body, "end"),
  maker: (name, given, _type, open, variable) => braces(`def ${name}(${given})`, [...open, variable], "end"),
  make: (name, pass, variable) => [`${variable} = ${name}(${pass})`],
  taker: (name, variable, _type, body) => braces(`def ${name}(${variable})`, body, "end"),
  take: (name, variable) => `${name}(${variable})`,
  leaveEarly: ["return nil if early"],
  goOnEarly: ["next if item"],
  loop: (body) => braces("items.each do |item|", body, "end"),
  closure: (body) => braces("[1].each do |_one|", body, "end"),
  later: (body) => braces("stop = lambda do", body, "end"),
  callLater: "stop.call",
  afterOpen: () => [],
  guarded: (body, cleanUp) => [...braces("begin", body, "ensure"), ...indent(cleanUp), "end"],
  aside: (body) => [...braces("begin", body, "ensure"), '    puts "left"', "end"],
  end: ["nil"],
};

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}

export const SYNTAXES: Readonly<Record<string, Syntax>> = { go, python, javascript, java, kotlin, csharp, php, ruby };
