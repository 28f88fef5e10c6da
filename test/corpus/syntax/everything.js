#!/usr/bin/env node
<!-- as in a page of old
"use strict";
// Every construct of JavaScript (ECMAScript 2025, with `using`), JSX included.
import fs, * as everything from "node:fs";
import { readFile as read, "strange name" as strange, default as same } from "./helpers.js";
import data from "./data.json" with { type: "json" };
import "./effects.js";
export * from "./all.js";
export * as inner from "./inner.js";
export { read as readAgain, strange as "another name" };
export { default } from "./given.js";
export default class extends Base { }
export const exported = 1;

const pg = require("pg");
const { Pool, Client: PgClient } = require("pg");
const { promises: { open } } = require("fs");
let a = 1, b, c = /a[/]b/giu;
var d = `text`, e = `${a} and ${b + 1}\n`, f = tag`x${a}`;
using resource = acquire();
await using later = acquire();

label: for (let i = 0, n = list.length; i < n; i++, n--) {
  if (i === 3) continue label;
  else if (i == 4) break label;
  else { work(i); }
}
for (;;) break;
for (const key in object) use(key);
for (const [key, { value = 1 }] of Object.entries(object)) use(key, value);
for await (const chunk of stream) { use(chunk); }
for (x.y of list) ;
while (a < 10) a++;
do { --a; } while (a > 0);
block: { break block; }
with (object) { use(member); }
switch (a) {
  case 1:
  case "two": first(); break;
  case f(): { second(); }
  default: third();
}
try { risky(); } catch ({ code, message }) { report(code); } finally { done(); }
try { risky(); } catch { ignore(); }
throw new Error("x", { cause: null }), undefined;
debugger;

function plain(p, { q, r: [s = 2, , ...t], ...u }, v = p + 1, ...rest) { return arguments.length; }
async function waits() { await f(); return await Promise.all([g(), h()]); }
function* gives() { const got = yield; yield f(); yield* other(); }
async function* both() { yield await f(); }
const arrow = x => x * 2, block = async (x, y = 1) => { await x; }, made = function named() { new.target; }, gen = function* () { yield 1; };

@decorated @decorated(1) class Shape extends mixin(Base) {
  #hidden = 1;
  static count = f();
  plain;
  ["computed" + 1] = 2;
  handler = async () => { await this.#hidden; };
  @logged method(a) { return super.method(a); }
  static async *all() { yield this.count; }
  get size() { return this.#hidden; }
  set size(value) { this.#hidden = value; }
  static { this.count = 2; }
  constructor(a) { super(a); this.a = a; }
  [Symbol.dispose]() { close(this); }
  has(x) { return #hidden in x; }
}
const anonymous = class { }, inside = class Name { };

const object2 = { a, b: 2, "c": 3, 4: 4, [f()]: 5, ...rest, method() { return this.a; }, async *gen() { }, get x() { return 1; }, set x(v) { } };
[a, b] = [b, a];
({ a, b: object.c, d = 1, ...rest } = object);
[x.y, z[0], , ...[last]] = list;
a = b = c;
a += f(); a ||= g(); a ??= h(); a &&= i(); a **= 2; a >>>= 1;
const chain = object?.member?.[index]?.(argument)?.method(), called = object.f`x`;
const value = a ? b : c, logic = a && b || c ?? d, compared = a === b, other = a !== b, less = a <= b, is = a instanceof B, within = "k" in a;
const signs = -1 + +a - ~b, not = !a, kind = typeof a, nothing = void 0, yes = true, no = false, removed = delete a.b, power = 2 ** 8n, text = 'it\'s';
const sequence = (f(), g()), indirect = (0, object.method)(1), loaded = await import("./lazy.js"), meta = import.meta.url;
new Pool; new Pool(); new (require("pg").Pool)({ max: 1 }); new object.Type(...list);
import("./other.js").then(m => m.run());
const page = <Page title="x" {...props} on:click={() => go()} data-x='&amp;'>text &nbsp; {value} {/* nothing */}<Inner.Part /><svg:path /><></>{...list}</Page>;
exports.one = function () { };
module.exports.two = arrow;
module.exports = { three() { }, four: () => { }, five, six: plain };
Old.prototype.method = function () { return this; };
Old.prototype = { constructor: Old, more() { } };
