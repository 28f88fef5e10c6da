import { describe, expect, test } from "vitest";
import type { Finding } from "../../../src/model/finding";
import type { Step } from "../../../src/locate/flow/flow-model";
import { findLeaks, findLeaksWithStats } from "../../../src/locate/flow/leaks";
import { attempt, bind, call, defers, each, FALSE, FileBuilder, handler, isNull, isSet, loop, name, NULL, or, point, returns, RULES, run, stubResolver, throws, traits, using, when } from "./build-flow";

type Kind = "raises" | "returns";
const opens = (target = "x"): Step => bind(target, call("open"), true);
const closes = (target = "x"): Step => run(call(`${target}.close`));

function leaks(build: (builder: FileBuilder) => void, kind: Kind = "returns"): readonly Finding[] {
  const builder = new FileBuilder();
  build(builder);
  return findLeaks({ resolver: stubResolver(builder.file()), rules: [RULES], traits: new Map([["made", traits(kind)]]) });
}
const leaksIn = (body: readonly Step[], kind: Kind = "returns"): readonly Finding[] => leaks((builder) => void builder.add("f", body), kind);

describe("what a finding says", () => {
  test("the symbol, the noun, the line of the exit, and the branch that led to it", () => {
    const back = returns();
    const [finding] = leaksIn([opens(), when(isSet(name("problem")), [back]), closes()]);
    expect(finding!.message).toBe(`f: the object opened by open() is left open by the return at line ${back.at[0]}, when problem is not null`);
    expect(finding!.path.map((step) => step.label)).toEqual(["object opened by open()", "when problem is not null", "returns, and the object is still open"]);
    expect(finding!.path.at(-1)!.line).toBe(back.at[0]);
    expect(finding).toMatchObject({ rule: "made/object", kind: "resource-leak", grade: "path", confidence: "high", symbol: "f", library: "made", service: null, advice: "Close it." });
  });

  test("the shortest of several ways", () => {
    const near = returns();
    const [finding] = leaksIn([opens(), when(call("a"), [near]), when(call("b"), [returns()]), point("c"), returns()]);
    expect(finding!.path.at(-1)!.line).toBe(near.at[0]);
  });

  test("a loop without a turn", () => {
    const [finding] = leaksIn([opens(), each(call("items"), "i", [closes(), returns()])]);
    expect(finding!.path.map((step) => step.label)).toContain("when the loop ends without a turn");
  });

  test("the call that raises, with its line, and the way through its handler", () => {
    const risky = point("risky");
    const [unhandled] = leaksIn([opens(), risky, closes()], "raises");
    expect(unhandled).toMatchObject({ grade: "raise", confidence: "medium" });
    expect(unhandled!.message).toContain(`if risky() raises at line ${risky.is === "do" ? risky.value.at[0] : 0}`);
    const back = returns();
    const [handled] = leaksIn([opens(), attempt([point("risky")], [handler([], [back])]), closes()], "raises");
    expect(handled!.path.map((step) => step.label)).toContain("risky() raises");
    expect(handled!.path.at(-1)!.line).toBe(back.at[0]);
  });

  test("a way without an exception is told before one with it", () => {
    const back = returns();
    const [finding] = leaksIn([opens(), point("risky"), when(call("a"), [back]), closes()], "raises");
    expect(finding).toMatchObject({ grade: "path" });
    expect(finding!.path.at(-1)!.line).toBe(back.at[0]);
  });

  test("one finding an opening", () => {
    expect(leaksIn([opens(), when(call("a"), [returns()]), when(call("b"), [returns()])])).toHaveLength(1);
  });
});

describe("helpers of the workspace", () => {
  test("one that closes on every way closes; one that only looks does not", () => {
    const caller = (helper: string): Step[] => [opens(), run(call(helper, name("x")))];
    expect(leaks((b) => { b.add("shut", [when(call("a"), [closes()], [closes()])], { parameters: ["x"] }); b.add("f", caller("shut")); })).toEqual([]);
    expect(leaks((b) => { b.add("look", [run(call("x.read"))], { parameters: ["x"] }); b.add("f", caller("look")); })).toHaveLength(1);
  });

  test("one that closes only when it fails leaves the rest to its caller", () => {
    const helper = (b: FileBuilder): void => void b.add("tryIt", [bind("e", call("x.read"), true), when(isSet(name("e")), [closes(), returns(name("e"))]), returns(NULL())], { parameters: ["x"] });
    const caller = (after: readonly Step[]): Step[] => [opens(), bind("err", call("tryIt", name("x")), true), when(isSet(name("err")), [returns(name("err"))]), ...after];
    expect(leaks((b) => { helper(b); b.add("f", caller([closes()])); })).toEqual([]);
    expect(leaks((b) => { helper(b); b.add("f", caller([])); })).toHaveLength(1);
  });

  test("one that keeps it makes it somebody else's", () => {
    expect(leaks((b) => { b.add("keep", [run(call("nobodyKnows", name("x")))], { parameters: ["x"] }); b.add("f", [opens(), run(call("keep", name("x")))]); })).toEqual([]);
  });

  test("one that calls itself is taken to keep it", () => {
    expect(leaks((b) => { b.add("deep", [run(call("deep", name("x")))], { parameters: ["x"] }); b.add("f", [opens(), run(call("deep", name("x")))]); })).toEqual([]);
  });

  test("what two functions hand up is the last one's to close, and its path goes down to the opening", () => {
    const found = leaks((b) => {
      b.add("inner", [returns(call("open"))]);
      b.add("outer", [bind("y", call("inner"), true), returns(name("y"))]);
      b.add("f", [bind("x", call("outer"), true), point("work")]);
    });
    expect(found).toHaveLength(1);
    expect(found[0]!.symbol).toBe("f");
    expect(found[0]!.path.slice(1, 3).map((step) => step.label)).toEqual(["outer opens it here, by inner()", "inner opens it here, by open()"]);
  });

  test("the order of functions in the file makes no difference", () => {
    const found = leaks((b) => {
      b.add("f", [bind("x", call("outer"), true), point("work")]);
      b.add("outer", [returns(call("inner"))]);
      b.add("inner", [returns(call("open"))]);
    });
    expect(found.map(({ symbol }) => symbol)).toEqual(["f"]);
  });

  test("one that never returns ends the way", () => {
    const die = (b: FileBuilder): void => void b.add("die", [point("log"), run(call("exit"))]);
    expect(leaks((b) => { die(b); b.add("f", [opens(), when(call("bad"), [run(call("die"))]), closes()]); })).toEqual([]);
  });

  test("one that always throws leaves by the exception", () => {
    const found = leaks((b) => { b.add("fail", [throws(call("Problem"))]); b.add("f", [opens(), when(call("bad"), [run(call("fail"))]), closes()]); }, "raises");
    expect(found[0]).toMatchObject({ grade: "path" });
  });
});

describe("what is known on the way", () => {
  test("the error twin: where it is set nothing is open", () => {
    const both = (): Step => bind(["x", "err"], call("tryOpen"), true);
    expect(leaksIn([both(), when(isSet(name("err")), [returns()]), closes()])).toEqual([]);
    expect(leaksIn([both(), when(isNull(name("err")), [closes()])])).toEqual([]);
    expect(leaksIn([both(), when(or(isSet(name("err")), call("other")), [returns()]), closes()])).toHaveLength(1);
    // Another value in err: it tells nothing of x any more.
    expect(leaksIn([both(), bind("err", call("work")), when(isSet(name("err")), [returns()]), closes()])).toHaveLength(1);
  });

  test("a flag that goes with the object", () => {
    const flagged = (last: readonly Step[]): Step[] => [bind("mine", FALSE(), true), bind("x", NULL(), true), when(call("ask"), [bind("x", call("open")), bind("mine", { is: "literal", kind: "true", text: "true", at: [999, 1, 999, 2] })]), point("work"), ...last];
    expect(leaksIn(flagged([when(name("mine"), [closes()])]))).toEqual([]);
    expect(leaksIn(flagged([when(name("other"), [closes()])]))).toHaveLength(1);
  });

  test("a test of the object itself", () => {
    expect(leaksIn([opens(), when(isNull(name("x")), [returns()]), closes()])).toEqual([]);
    expect(leaksIn([opens(), when(name("x"), [closes()])])).toEqual([]);
  });

  test("a guard of clean-up code of which nothing is known is taken to hold", () => {
    const guarded = (): Step => when(call("stillOpen"), [closes()]);
    expect(leaksIn([opens(), attempt([point("a")], [], [guarded()])], "raises")).toEqual([]);
    expect(leaksIn([opens(), point("a"), guarded()])).toHaveLength(1);
  });
});

describe("who holds it", () => {
  test("aliases, and the last one that lets go", () => {
    expect(leaksIn([opens(), bind("y", name("x"), true), bind("x", NULL()), closes("y")])).toEqual([]);
    const lost = bind("y", NULL());
    const [finding] = leaksIn([opens(), bind("y", name("x"), true), bind("x", NULL()), lost, point("after")]);
    expect(finding!.path.at(-1)!.line).toBe(lost.at[0]);
  });

  test("nobody: dropped in the statement that opens it, unless the process ends there", () => {
    expect(leaksIn([run(call("open")), point("after")])[0]!.message).toContain("nothing holds it");
    expect(leaksIn([run(call("open")), run(call("exit"))])).toEqual([]);
  });

  test("a with, a borrower, a deferred call, a spawned one", () => {
    expect(leaksIn([using(call("open"), "x", [point("risky")])], "raises")).toEqual([]);
    expect(leaksIn([opens(), run(call("borrow", name("x")))])).toHaveLength(1);
    expect(leaksIn([opens(), defers(call("x.close")), when(call("a"), [returns()])])).toEqual([]);
    expect(leaksIn([opens(), { is: "spawn", call: call("serve", name("x")), at: [998, 1, 998, 2] }])).toEqual([]);
  });

  test("a deferred close in a loop waits for the function's end: medium", () => {
    const [finding] = leaksIn([loop(call("more"), [opens(), defers(call("x.close"))])]);
    expect(finding).toMatchObject({ confidence: "medium", grade: "path" });
    expect(finding!.message).toContain("each turn of the loop opens another");
  });
});

describe("cost", () => {
  test("functions that open nothing are not looked at", () => {
    const builder = new FileBuilder();
    for (let i = 0; i < 500; i++) builder.add(`g${i}`, [when(call("a"), [point("b")]), returns(call("c"))]);
    builder.add("f", [opens(), closes()]);
    const { stats } = findLeaksWithStats({ resolver: stubResolver(builder.file()), rules: [RULES], traits: new Map([["made", traits("returns")]]) });
    expect(stats).toEqual({ functions: 1, openings: 1, gaveUp: 0 });
  });

  test("too many ways: silent, and counted", () => {
    const flags = Array.from({ length: 16 }, (_, i) => `flag${i}`);
    const body: Step[] = [opens(), ...flags.map((flag) => when(isNull(name(flag)), [point("a")])), ...flags.map((flag) => when(isNull(name(flag)), [point("b")]))];
    const builder = new FileBuilder();
    builder.add("f", body);
    const { findings, stats } = findLeaksWithStats({ resolver: stubResolver(builder.file()), rules: [RULES], traits: new Map([["made", traits("returns")]]) });
    expect(findings).toEqual([]);
    expect(stats.gaveUp).toBe(1);
  });

  test("an aborted search gives what it has", () => {
    const builder = new FileBuilder();
    builder.add("f", [opens()]);
    expect(findLeaks({ resolver: stubResolver(builder.file()), rules: [RULES], traits: new Map([["made", traits("returns")]]), signal: { aborted: true } })).toEqual([]);
  });
});
