#!/usr/bin/env node
// Every construct that TypeScript 5 has beside JavaScript's; and JavaScript's own again, because another grammar reads them.
import type { Socket } from "node:net";
import { type Pool, Client as PgClient, default as same } from "pg";
import fs, * as everything from "fs";
import data from "./data.json" with { type: "json" };
import old = require("old");
import Short = Long.Name.Space;
import "./effects";
export * from "./all";
export * as inner from "./inner";
export { type Pool, PgClient as "client" };
export type { Socket };
export as namespace Everything;
export = old;
export default interface Given { }
<!-- a comment of old pages

declare module "other" { export function f(): void; }
declare global { interface Window { x: number } }
declare const version: string;
declare function ambient(x: number): string;
module Outer { export const x = 1; }
namespace N.M { export function inside(): number { return helper(); } export class C { } }
enum Color { Red, Green = "green", Blue = f(), "quoted", ["computed"] = 2 }
const enum Small { A = 1 << 2 }

type Alias<T extends object = {}, U = never> = { readonly [K in keyof T as `get${K & string}`]-?: T[K]; };
type Added = { +readonly [K in string]+?: number } | { [K in string]?: number };
type Simple = string | number | undefined | null | -1 | "x" | true | `a${string}b` | symbol | unique symbol;
type Things = [first: string, second?: number, ...rest: boolean[]] | [number?, ...string[]];
type Functions = ((a: string, b?: number, ...c: any[]) => void) & (new (x: number) => Shape) & (abstract new () => object) | ((x: unknown) => x is string) | ((x: unknown) => asserts x);
type Conditional<T> = T extends (infer U extends string)[] ? U : T extends { a: infer V } ? V : never;
type Queries = typeof old.member | keyof typeof old | readonly string[] | Short["a"]["b"] | import("x").Y | this;
type Flow = ?string | *;
interface Shape<T = unknown> extends Base<T>, Other.Kind { readonly a: string; b?: number; method(x: number): void; (call: string): number; new (made: string): Shape; [index: string]: unknown; get size(): number; set size(v: number); -readonly [K in T]: string }

abstract class Service<T> extends Base<T> implements Given, Other<T> {
  private readonly pool: Pool;
  static #count: number = 0;
  declare later: string;
  name!: string;
  optional?: number = 1;
  ["computed"]: string = f();
  static handler = async (): Promise<void> => { await this.run(); };
  [key: string]: unknown;
  constructor(private readonly client: PgClient, public override x = 1, @Inject() protected y?: string) { super(client); }
  abstract missing(a: number): void;
  overload(a: string): void;
  overload(a: number): void;
  overload(a: any): void { super.overload(a); }
  @Get("/x") @logged() async handle(@Body() body: Given, ...rest: string[]): Promise<Socket | null> { return body as unknown as Socket; }
  override get size(): number { return Service.#count; }
  static { this.#count = g(); }
  asserts(x: unknown): asserts x is string { }
  plainAsserts(this: Service<T>, x: unknown): asserts x { }
  isIt(x: unknown): x is string { return typeof x === "string"; }
  isThis(): this is Service<string> { return true; }
  accessor value = 2;
}
@decorated() @(expr.decorated) class Plain { }
export abstract class Exported { }
const made = class Named { }, gen = function* () { yield 1; }, made2 = function named<T>(this: T) { new.target; };

function overloaded(a: string): void;
function overloaded(a: number): void;
function overloaded(a: any): void { }
function generic<T extends string, U>(x: T, { a, b: [c = 1, ...d] }: Alias<U>, ...rest: T[]): x is T { return !!x; }
async function* both<T>(): AsyncGenerator<T> { yield await f<T>(); yield* g(); }
function* gives() { yield; }
using resource = acquire();
await using later = acquire(), second = acquire();
let cast = <Given>value, constant = <const>["a"];
let satisfied = [{ a: 1 }] satisfies Given[], assured = value!.member!.f(), typed: Map<string, Pool[]> = new Map<string, Pool[]>();
const instance = generic<string>, called = generic<string, number>("x", y), arrow = async <T,>(x: T, y?: number): Promise<T> => x, one = x => x;
const object = { a, b: 2, [f()]: 3, ...rest, m(): void { }, get g() { return 1; }, async *n<T>() { } };
const index = list[number] as string;
var text = `a${b}\n`, tagged = tag`x`, pattern = /x/g, s = 'it\'s';
({ a, b: object.c, d = 1, ...rest } = object);
[x.y, z[0], , ...last] = list;
a = b; a ??= c; a++;
label: for (let i = 0; i < 3; i++) { if (i) continue label; else break label; }
for (const k in object) ;
for await (const [x] of stream) use(x);
while (a) b();
do c(); while (d);
with (object) use(a);
switch (a) { case 1: f(); break; default: g(); }
try { risky(); } catch (error: unknown) { report(error); } finally { done(); }
try { risky(); } catch ({ code }) { }
throw new Error(meta), import.meta;
debugger;
const value = a ? b : c, logic = a && !b, chain = a?.[b]?.(c), ones = (f(), g()), is = a instanceof B, nil = undefined, nix = null, yes = true, no = false, m = await import("m");
export const handler = async () => await work();
