import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileFlow, Step } from "../../../src/locate/flow/flow-model";
import { findLeaksWithStats } from "../../../src/locate/flow/leaks";
import type { LeakResult } from "../../../src/locate/flow/leaks";
import { attempt, again, bind, call, defers, FileBuilder, handler, leave, loop, point, returns, RULES, run, stubResolver, traits, when } from "./build-flow";

type Kind = "raises" | "returns";

function analyse(file: FileFlow, kind: Kind): LeakResult {
  return findLeaksWithStats({ resolver: stubResolver(file), rules: [RULES], traits: new Map([["made", traits(kind)]]) });
}

/** Programs over one variable x. Every condition is a call of its own, so each may come out either way at each time. */
type Program =
  | { readonly is: "open"; readonly site: number }
  | { readonly is: "close" | "return" | "break" | "continue" | "point" | "defer" }
  | { readonly is: "if"; readonly then: readonly Program[]; readonly else: readonly Program[] }
  | { readonly is: "loop"; readonly body: readonly Program[] }
  | { readonly is: "try"; readonly body: readonly Program[]; readonly handler: readonly Program[] | null; readonly last: readonly Program[] };

/** Clean-up code without conditions: what is not known there is taken for the better, which trying every way does not do. */
const plain: fc.Arbitrary<Program> = fc.oneof(fc.record({ is: fc.constant("open" as const), site: fc.constant(0) }), fc.record({ is: fc.constantFrom("close" as const, "point" as const) }));

const { list } = fc.letrec<{ one: Program; list: readonly Program[] }>((tie) => ({
  one: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ is: fc.constant("open" as const), site: fc.constant(0) }),
    fc.record({ is: fc.constantFrom("close" as const, "close" as const, "point" as const, "return" as const, "break" as const, "continue" as const, "defer" as const) }),
    fc.record({ is: fc.constant("if" as const), then: tie("list"), else: tie("list") }),
    fc.record({ is: fc.constant("loop" as const), body: tie("list") }),
    fc.record({ is: fc.constant("try" as const), body: tie("list"), handler: fc.option(tie("list")), last: fc.array(plain, { maxLength: 2 }) }),
  ),
  list: fc.array(tie("one"), { maxLength: 3 }),
}));

/** The same program as a flow; opening calls are numbered by the way. */
function lower(programs: readonly Program[], kind: Kind, inLoop: boolean, sites: Step[]): Step[] {
  return programs.flatMap((one): Step[] => {
    switch (one.is) {
      case "open": {
        const step = bind("x", call("open"));
        sites.push(step);
        return [step];
      }
      case "close":
        return [run(call("x.close"))];
      case "point":
        return [point("work")];
      case "return":
        return [returns()];
      case "break":
        return inLoop ? [leave()] : [];
      case "continue":
        return inLoop ? [again()] : [];
      case "defer":
        return kind === "returns" ? [defers(call("x.close"))] : [];
      case "if":
        return [when(call("ask"), lower(one.then, kind, inLoop, sites), lower(one.else, kind, inLoop, sites))];
      case "loop":
        return [loop(call("ask"), lower(one.body, kind, true, sites))];
      case "try":
        return [attempt(lower(one.body, kind, inLoop, sites), one.handler === null ? [] : [handler([], lower(one.handler, kind, inLoop, sites))], lower(one.last, kind, inLoop, sites))];
    }
  });
}

type Completion = "normal" | "return" | "break" | "continue" | "throw";

/** Runs a program with every choice given; the object followed is the first that the site opens. */
class Machine {
  x: number | null = null;
  next = 1;
  followed: number | null = null;
  readonly open = new Set<number>();
  readonly deferred: (number | null)[] = [];
  raisesAfter = 0;
  steps = 0;

  constructor(readonly wanted: number, readonly kind: Kind, readonly choose: (ways: number) => number) {}

  run(program: readonly Program[]): Completion {
    const completion = this.#list(program, 0, false);
    for (const id of this.deferred.reverse()) if (id !== null) this.open.delete(id);
    return completion;
  }

  /** A call that may raise: as often as it likes before the object is open, and once after. */
  #raises(): boolean {
    if (this.kind === "returns") return false;
    const isOpen = this.followed !== null && this.open.has(this.followed);
    if (this.followed !== null && (!isOpen || this.raisesAfter > 0)) return false;
    if (this.choose(2) === 0) return false;
    if (isOpen) this.raisesAfter++;
    return true;
  }

  #list(programs: readonly Program[], firstSite: number, inLoop: boolean): Completion {
    let site = firstSite;
    for (const one of programs) {
      const completion = this.#one(one, site, inLoop);
      site += sitesIn(one);
      if (completion !== "normal") return completion;
    }
    return "normal";
  }

  #one(one: Program, site: number, inLoop: boolean): Completion {
    if (++this.steps > 60) throw new TooLong();
    switch (one.is) {
      case "open": {
        if (this.#raises()) return "throw";
        const id = this.next++;
        this.open.add(id);
        this.x = id;
        if (site === this.wanted && this.followed === null) this.followed = id;
        return "normal";
      }
      case "close":
        if (this.x !== null) this.open.delete(this.x);
        return "normal";
      case "defer":
        if (this.kind === "returns") this.deferred.push(this.x);
        return "normal";
      case "point":
        return this.#raises() ? "throw" : "normal";
      case "return":
        return "return";
      case "break":
      case "continue":
        return inLoop ? one.is : "normal";
      case "if":
        if (this.#raises()) return "throw";
        return this.choose(2) === 0 ? this.#list(one.then, site, inLoop) : this.#list(one.else, site + sitesOf(one.then), inLoop);
      case "loop":
        for (let turn = 0; ; turn++) {
          if (this.#raises()) return "throw";
          if (turn === 2 || this.choose(2) === 1) return "normal";
          const completion = this.#list(one.body, site, true);
          if (completion === "break") return "normal";
          if (completion === "return" || completion === "throw") return completion;
        }
      case "try": {
        let completion = this.#list(one.body, site, inLoop);
        if (completion === "throw" && one.handler !== null) completion = this.#list(one.handler, site + sitesOf(one.body), inLoop);
        const last = this.#list(one.last, site + sitesOf(one.body) + sitesOf(one.handler ?? []), inLoop);
        return last === "normal" ? completion : last;
      }
    }
  }
}
class TooLong extends Error {}

const sitesOf = (programs: readonly Program[]): number => programs.reduce((sum, one) => sum + sitesIn(one), 0);
function sitesIn(one: Program): number {
  switch (one.is) {
    case "open":
      return 1;
    case "if":
      return sitesOf(one.then) + sitesOf(one.else);
    case "loop":
      return sitesOf(one.body);
    case "try":
      return sitesOf(one.body) + sitesOf(one.handler ?? []) + sitesOf(one.last);
    default:
      return 0;
  }
}

/** By trying every choice: is the object left open without an exception after the opening, or with one? null: too many ways to try. */
function leaksByTrying(program: readonly Program[], wanted: number, kind: Kind): "path" | "raise" | "no" | null {
  let prefix: number[] = [];
  let found: "raise" | "no" = "no";
  for (let tries = 0; tries < 1200; tries++) {
    const taken: { way: number; ways: number }[] = [];
    const machine = new Machine(wanted, kind, (ways) => {
      const way = prefix[taken.length] ?? 0;
      taken.push({ way, ways });
      return way;
    });
    try {
      machine.run(program);
      if (machine.followed !== null && machine.open.has(machine.followed)) {
        if (machine.raisesAfter === 0) return "path";
        found = "raise";
      }
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      return null;
    }
    while (taken.length > 0 && taken.at(-1)!.way === taken.at(-1)!.ways - 1) taken.pop();
    if (taken.length === 0) return found;
    prefix = taken.map(({ way }) => way);
    prefix[prefix.length - 1]!++;
  }
  return null;
}

describe("against trying every way", () => {
  for (const kind of ["returns", "raises"] as const) {
    test(`where calls ${kind === "raises" ? "raise" : "give errors back"}, a leak is found exactly where some run leaves the object open`, () => {
      let compared = 0;
      fc.assert(
        fc.property(list, (program) => {
          const sites: Step[] = [];
          const builder = new FileBuilder();
          builder.add("f", [...(kind === "returns" ? [bind("x", null, true)] : []), ...lower(program, kind, false, sites)]);
          const { findings, stats } = analyse(builder.file(), kind);
          expect(stats.gaveUp).toBe(0);
          sites.forEach((site, index) => {
            const expected = leaksByTrying(program, index, kind);
            if (expected === null) return;
            compared++;
            const line = site.is === "bind" ? site.value!.at[0] : 0;
            const finding = findings.find(({ range }) => range.start.line === line);
            const got = finding === undefined || finding.message.includes("is closed only when the function returns") ? "no" : finding.grade;
            expect({ line, got }).toEqual({ line, got: expected });
          });
        }),
        { numRuns: 400 },
      );
      expect(compared).toBeGreaterThan(150);
    });
  }
});

describe("the same twice", () => {
  test("findings do not depend on anything but the program", () => {
    fc.assert(
      fc.property(list, (program) => {
        const builder = new FileBuilder();
        builder.add("f", lower(program, "raises", false, []));
        const file = builder.file();
        expect(analyse(file, "raises")).toEqual(analyse(file, "raises"));
      }),
      { numRuns: 50 },
    );
  });
});
