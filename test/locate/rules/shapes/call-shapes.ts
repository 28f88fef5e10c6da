import { SYNTAXES, indent } from "./syntax";
import type { Lines } from "./syntax";

/** A call that blocks, lacks a limit or makes a client anew, as `test/corpus/shapes/<language>.yaml` says it. */
export interface CallShape {
  readonly rule: string;
  readonly head?: string;
  readonly given?: string;
  readonly pass?: string;
  /** The statement that is found; of a call that blocks, where the event loop runs. */
  readonly bad: string;
  /** The same as it is right. Absent: where `bad` stands makes the difference (elsewhere than on the event loop; once, and not in each turn). */
  readonly good?: string;
  readonly misses?: readonly string[];
  readonly noise?: readonly string[];
}

/** What a call's shapes need of a language beside its loops and guards. */
interface CallSyntax {
  plain(name: string, given: string, body: Lines): Lines;
  /** A function that runs on the event loop. */
  evented(name: string, given: string, body: Lines): Lines;
  /** A function without a name that runs where it stands. */
  closure(body: Lines): Lines;
  /** The closure has a name, and the last line of it calls it: that call is what is told of one that blocks. */
  readonly callsClosure?: boolean;
  /** Kinds of call that are not found in a closure, as far as is known. */
  readonly missesClosures?: readonly ("blocking" | "churn")[];
  file(name: string, head: Lines, functions: Lines): Lines;
  loop(body: Lines): Lines;
  aside(body: Lines): Lines;
  call(name: string, pass: string): string;
}

function braces(head: string, body: Lines, tail = "}"): Lines {
  return [head, ...indent(body), tail];
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}

const { python, javascript, java, kotlin, csharp, go, php, ruby } = SYNTAXES as { readonly [id: string]: (typeof SYNTAXES)[string] } & Record<"python" | "javascript" | "java" | "kotlin" | "csharp" | "go" | "php" | "ruby", (typeof SYNTAXES)[string]>;

export const CALL_SYNTAXES: Readonly<Record<string, CallSyntax & { readonly comment: string; readonly extension: string }>> = {
  python: {
    ...python,
    plain: (name, given, body) => [`def ${name}(${join(given, "items")}):`, ...indent(body)],
    evented: (name, given, body) => [`async def ${name}(${join(given, "items")}):`, ...indent(body)],
    closure: (body) => ["def inner():", ...indent(body), "inner()"],
    callsClosure: true,
    missesClosures: ["churn"],
    call: (name, pass) => `${name}(${join(pass, "items")})`,
  },
  javascript: {
    ...javascript,
    plain: (name, given, body) => braces(`export function ${name}(${join(given, "items: boolean[]")}) {`, body),
    evented: (name, given, body) => braces(`export function ${name}(${join("req: Request, res: Response", given, "items: boolean[]")}) {`, body),
    closure: (body) => braces("(() => {", body, "})();"),
    call: (name, pass) => `${name}(${join(pass, "items")});`,
  },
  java: {
    ...java,
    file: (name, head, functions) => java.file(name, ["import reactor.core.publisher.Mono;", ...head], functions),
    plain: (name, given, body) => braces(`void ${name}(${join(given, "boolean[] items")}) throws Exception {`, body),
    evented: (name, given, body) => braces(`Mono<String> ${name}(${join(given, "boolean[] items")}) throws Exception {`, [...body, "return Mono.empty();"]),
    closure: (body) => braces("java.util.Optional.of(1).ifPresent(one -> {", body, "});"),
    missesClosures: ["blocking", "churn"],
    call: (name, pass) => `${name}(${join(pass, "items")});`,
  },
  kotlin: {
    ...kotlin,
    plain: (name, given, body) => braces(`fun ${name}(${join(given, "items: List<Boolean>")}) {`, body),
    evented: (name, given, body) => braces(`suspend fun ${name}(${join(given, "items: List<Boolean>")}) {`, body),
    call: (name, pass) => `${name}(${join(pass, "items")})`,
  },
  csharp: {
    ...csharp,
    plain: (name, given, body) => braces(`public void ${name}(${join(given, "bool[] items")}) {`, body),
    evented: (name, given, body) => braces(`public async Task ${name}(${join(given, "bool[] items")}) {`, [...body, "await Task.Yield();"]),
    closure: (body) => braces("Action inner = () => {", body, "};").concat("inner();"),
    callsClosure: true,
    missesClosures: ["blocking", "churn"],
    call: (name, pass) => `${name}(${join(pass, "items")});`,
  },
  go: {
    ...go,
    plain: (name, given, body) => braces(`func ${name}(${join(given, "items []bool")}) {`, body),
    evented: (name, given, body) => braces(`func ${name}(${join(given, "items []bool")}) {`, body),
    closure: (body) => braces("func() {", body, "}()"),
    loop: (body) => braces("for range items {", body),
    call: (name, pass) => `${name}(${join(pass, "items")})`,
  },
  php: {
    ...php,
    plain: (name, given, body) => braces(`function ${name}(${join(given, "array $items")}) {`, body),
    evented: (name, given, body) => braces(`function ${name}(${join(given, "array $items")}) {`, body),
    closure: (body) => braces("(function () {", body, "})();"),
    call: (name, pass) => `${name}(${join(pass, "$items")});`,
  },
  ruby: {
    ...ruby,
    plain: (name, given, body) => braces(`def ${name}(${join(given, "items")})`, body, "end"),
    evented: (name, given, body) => braces(`def ${name}(${join(given, "items")})`, body, "end"),
    closure: (body) => braces("1.tap do |_one|", body, "end"),
    call: (name, pass) => `${name}(${join(pass, "items")})`,
  },
  rust: {
    extension: "rs",
    comment: "//",
    file: (_name, head, functions) => [...head, "", ...functions],
    plain: (name, given, body) => braces(`fn ${name}(${join(given, "items: &[bool]")}) {`, body),
    evented: (name, given, body) => braces(`async fn ${name}(${join(given, "items: &[bool]")}) {`, body),
    closure: (body) => braces("let inner = || {", body, "};").concat("inner();"),
    callsClosure: true,
    missesClosures: ["churn"],
    loop: (body) => braces("for _item in items {", body),
    // There is no `finally`: what is dropped at the end of a block comes nearest.
    aside: (body) => braces("{", ["let _left = Left;", ...body]),
    call: (name, pass) => `${name}(${join(pass, "items")});`,
  },
};

/** The statement in each shape, and around each what `inside` puts around it. */
function shapesOf(syntax: CallSyntax, name: string, given: string, statement: (shape: string) => Lines, way: "plain" | "evented", inside: (body: Lines) => Lines): Lines {
  return [
    ...syntax[way](`${name}Direct`, given, inside(statement("direct"))), "",
    ...syntax[way](`${name}Loop`, given, syntax.loop(inside(statement("loop")))), "",
    ...syntax[way](`${name}Closure`, given, inside(closureOf(syntax, statement("closure"), way))), "",
    ...syntax[way](`${name}Finally`, given, inside(syntax.aside(statement("finally")))), "",
  ];
}

/** A closure on the event loop is told where it is called. */
function closureOf(syntax: CallSyntax, statement: Lines, way: "plain" | "evented"): Lines {
  if (way === "plain" || syntax.callsClosure !== true) return syntax.closure(statement);
  const says = statement.at(-2) ?? "";
  const written = syntax.closure(statement.filter((line) => line !== says));
  return [...written.slice(0, -1), says, written.at(-1) ?? ""];
}

/** Two files: one in which the call is found in each shape, and one in which it is right in each. */
export function writeCallShapes(shape: CallShape, kind: "blocking" | "limit" | "churn", language: string, name: string): { readonly bad: string; readonly good: string } {
  const syntax = CALL_SYNTAXES[language];
  if (syntax === undefined) throw new Error(`${language}: nobody says how its calls are written`);
  const head = shape.head?.trim().split("\n") ?? [];
  const given = shape.given ?? "";
  const pass = shape.pass ?? "";
  const isOpen = (good: boolean, at: string): boolean => (good ? shape.noise : shape.misses)?.includes(at) === true || (!good && at === "closure" && kind !== "limit" && syntax.missesClosures?.includes(kind) === true);
  const says = (good: boolean, at: string): string => `${syntax.comment} ${isOpen(good, at) ? "todo" : ""}${good ? "ok" : "ruleid"}: ${shape.rule}`;
  const marked = (text: string, good: boolean, at: string): Lines => {
    const lines = text.trim().split("\n");
    return [...lines.slice(0, -1), says(good, at), lines.at(-1) ?? ""];
  };
  const alone = (body: Lines): Lines => body;
  const bad = (at: string): Lines => marked(shape.bad, false, at);
  const good = (at: string): Lines => marked(shape.good ?? shape.bad, true, at);
  const calling = syntax.call("work", pass);
  switch (kind) {
    case "blocking":
      return {
        bad: write([...syntax.plain("work", given, marked(shape.bad, true, "work")), "", ...shapesOf(syntax, "bad", given, bad, "evented", alone), ...syntax.evented("badHelper", given, [says(false, "helper"), calling])]),
        good: write([...shapesOf(syntax, "good", given, good, "plain", alone), ...syntax.plain("work", given, good("helper")), "", ...syntax.plain("goodHelper", given, [calling])]),
      };
    case "limit":
      return {
        bad: write([...shapesOf(syntax, "bad", given, bad, "plain", alone), ...syntax.plain("work", given, bad("helper")), "", ...syntax.plain("badHelper", given, [calling])]),
        good: write([...shapesOf(syntax, "good", given, good, "plain", alone), ...syntax.plain("work", given, good("helper")), "", ...syntax.plain("goodHelper", given, [calling])]),
      };
    case "churn":
      // In each turn of a loop it is made anew; the shape of the loop is one in a loop.
      return {
        bad: write(shapesOf(syntax, "bad", given, bad, "plain", (body) => syntax.loop(body))),
        good: write([
          ...syntax.plain("goodDirect", given, good("direct")), "",
          ...syntax.plain("goodLoop", given, [...good("loop"), ...syntax.loop([says(true, "loop"), ...shape.bad.trim().split("\n")].slice(2))]), "",
          ...syntax.plain("goodClosure", given, syntax.closure(good("closure"))), "",
          ...syntax.plain("goodFinally", given, syntax.aside(good("finally"))), "",
        ]),
      };
  }

  function write(functions: Lines): string {
    return `${syntax!.file(name, head, functions).join("\n")}\n`;
  }
}
