import { beforeAll, describe, expect, it } from "vitest";
import { Failure } from "../../../src/model/failure";
import { LANGUAGES as LANGUAGES_REGISTERED } from "../../../src/locate/languages/registry";
import type { Engine } from "../../../src/locate/parsing/engine";
import { unknownPredicates } from "../../../src/locate/parsing/engine";
import { createNativeEngine } from "../../../src/locate/parsing/native-engine";
import type { SyntaxNode } from "../../../src/locate/parsing/syntax";
import { checkRoles, createWasmEngine } from "../../../src/locate/parsing/wasm-engine";
import { wasmFromNodeModules } from "../../../src/locate/parsing/wasm-from-node-modules";
import { ensureNativeEngine } from "../../../build/native-engine.mjs";
import { countNamed, plainLanguage } from "./plain-languages";

const GO = plainLanguage("go");
const PYTHON = plainLanguage("python");
const LANGUAGES = [GO, PYTHON];
const wasm = wasmFromNodeModules(process.cwd());

/** 400 functions: long enough for the parser to ask whether to go on. */
const LONG = `package p\n${Array.from({ length: 400 }, (_, i) => `func f${i}(a int) int { if a > ${i} { return a + ${i} }; return g(a, "x") }\n`).join("")}`;

const ODD_TEXTS: readonly (readonly [name: string, language: "go" | "python", text: string])[] = [
  ["empty", "go", ""],
  ["blank", "python", "\n\n   \n"],
  ["CRLF", "go", "package p\r\n\r\nfunc a() {\r\n\tb()\r\n}\r\n"],
  ["byte order mark", "python", "\uFEFFimport os\nx = os.getpid()\n"],
  ["NUL in the middle", "python", "a = 1\n\0\ndef f():\n    pass\n"],
  ["columns after letters of two units", "python", "s = '😀é漢' ; call(s)\n"],
  ["a repaired text", "go", "package p\nfunc a( { b() }\nfunc c() { d() }\n"],
  ["over the native binding's 32,768 units", "python", Array.from({ length: 4000 }, (_, i) => `v${i} = call(${i}, 'é')\n`).join("")],
  ["one long line", "python", `x = [${"1, ".repeat(30_000)}]\n`],
];

function functionNames(root: SyntaxNode): (string | undefined)[] {
  return root.namedChildren.filter((node) => node.type === "function_declaration").map((node) => node.childForFieldName("name")?.text);
}

describe.each(["wasm", "native"] as const)("the %s engine", (id) => {
  let engine: Engine;
  beforeAll(async () => {
    if (id === "native") ensureNativeEngine();
    engine = id === "wasm" ? await createWasmEngine(wasm, LANGUAGES) : await createNativeEngine(process.cwd(), LANGUAGES);
    return () => {
      engine.dispose();
    };
  }, 300_000);

  it("hands over the tree", () => {
    const names = engine.withTree(GO, "package p\nfunc a() {}\nfunc b() {}\n", (root) => {
      expect(root.type).toBe("source_file");
      return functionNames(root);
    });
    expect(names).toEqual(["a", "b"]);
  });

  it("counts columns in UTF-16 units", () => {
    const column = engine.withTree(PYTHON, "s = '😀é漢' ; call(s)\n", (root) => root.namedChildren[1]?.startPosition.column);
    expect(column).toBe("s = '😀é漢' ; ".length);
  });

  it("gives the right tree after a cancelled parse", () => {
    let asked = 0;
    const stopped = () => engine.withTree(GO, LONG, countNamed, { shouldStop: () => ++asked > 1 });
    expect(stopped).toThrow(Failure);
    expect(asked).toBeGreaterThan(0);
    const names = engine.withTree(GO, "package q\nfunc only() {}\n", functionNames);
    expect(names).toEqual(["only"]);
  });

  it("says which failure a cancelled parse is", () => {
    try {
      engine.withTree(GO, LONG, countNamed, { shouldStop: () => true });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ name: "Failure", reason: "cancelled" });
    }
  });

  it("goes on after `use` has thrown", () => {
    expect(() => engine.withTree(GO, "package p\n", () => { throw new RangeError("of the caller"); })).toThrow(RangeError);
    expect(engine.withTree(GO, "package p\nfunc a() {}\n", countNamed)).toBeGreaterThan(3);
  });

  it("refuses a language that it was not made with", () => {
    expect(() => engine.withTree(plainLanguage("go", { id: "cobol" }), "", countNamed)).toThrow(/cobol|go/);
  });
});

/** A tree as text: type, place and whether it is named, for every node. */
function outline(node: SyntaxNode): string {
  const { startPosition: start, endPosition: end } = node;
  const head = `${node.type}${node.isNamed ? "" : "'"}${node.isMissing ? "?" : ""}${node.hasError ? "!" : ""}@${start.row}:${start.column}-${end.row}:${end.column}/${node.startIndex}-${node.endIndex}`;
  return `${head}(${node.children.map(outline).join(" ")})`;
}

describe("both engines", () => {
  let engines: Engine[] = [];
  beforeAll(async () => {
    ensureNativeEngine();
    engines = [await createWasmEngine(wasm, LANGUAGES), await createNativeEngine(process.cwd(), LANGUAGES)];
    return () => {
      for (const engine of engines) engine.dispose();
    };
  }, 300_000);

  it.each(ODD_TEXTS)("see the same in: %s", (_name, language, text) => {
    const [one, other] = engines.map((engine) => engine.withTree(language === "go" ? GO : PYTHON, text, outline));
    expect(one).toBe(other);
    expect(one).toMatch(/^(source_file|module)[!@]/);
  });
});

describe("role queries", () => {
  it.each(LANGUAGES_REGISTERED.map((language) => [language.id, language] as const))("of %s fit the grammar", async (_id, language) => {
    await expect(checkRoles(wasm, language)).resolves.toBeUndefined();
  });

  it("are refused with predicates that would be ignored", async () => {
    const wrong = plainLanguage("go", { roles: '((identifier) @x (#is-not? local))\n((identifier) @y (#eq? @y "a"))' });
    await expect(checkRoles(wasm, wrong)).rejects.toMatchObject({ reason: "unsupported", message: expect.stringContaining("#is-not?") as string });
  });

  it("are refused with node types and fields that the grammar has not", async () => {
    await expect(checkRoles(wasm, plainLanguage("python", { roles: "(no_such_node) @x" }))).rejects.toMatchObject({ reason: "unsupported" });
    await expect(checkRoles(wasm, plainLanguage("python", { roles: "(call nofield: (_) @x)" }))).rejects.toMatchObject({ reason: "unsupported" });
  });
});

describe("unknownPredicates", () => {
  it("names what no engine evaluates, and nothing else", () => {
    expect(unknownPredicates('((a) @b (#eq? @b "x")) ; (#comment? x)\n((c) @d (# lua-match? @d "y") (#gsub! @d)) "(#string?)"')).toEqual(["gsub!"]);
    expect(unknownPredicates("")).toEqual([]);
  });
});

it("a native engine without its binding fails with the remedy", async () => {
  await expect(createNativeEngine("/nonexistent", LANGUAGES)).rejects.toMatchObject({ name: "Failure", reason: "toolMissing" });
});
