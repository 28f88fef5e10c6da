import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eachBody, eachChild, eachExpression } from "../../../src/locate/flow/bindings";
import type { Expression, FileFlow, FunctionFlow, Step } from "../../../src/locate/flow/flow-model";
import { createResolver } from "../../../src/locate/flow/resolver";
import type { CallResolution } from "../../../src/locate/flow/resolution";
import { loadBuiltInRules } from "../../../src/locate/rules/built-in";
import { flowsOf, resolverOf } from "../rules/findings-in";

const RULES = loadBuiltInRules();

interface Found extends CallResolution {
  readonly file: string;
  readonly line: number;
  readonly written: string;
  /** Symbols of the workspace functions that may run. */
  readonly runs: readonly string[];
}

/** All calls of a workspace given as `path -> text`. A Go file's module is its folder below example.test, a Python file's its dotted path. */
async function calls(files: Readonly<Record<string, string>>): Promise<readonly Found[]> {
  const texts = Object.entries(files).map(([file, text]) => ({
    file,
    text,
    module: file.endsWith(".py") ? file.replace(/(\/__init__)?\.py$/u, "").replaceAll("/", ".") : `example.test/${file.split("/").slice(0, -1).join("/")}`,
  }));
  const resolver = await resolverOf(RULES, texts);
  const found: Found[] = [];
  for (const file of resolver.files) {
    const lines = (files[file.file] ?? "").split("\n");
    for (const fn of file.functions) {
      const scope = resolver.scope(file, fn);
      const visit = (value: Expression): void => {
        eachChild(value, visit);
        if (value.is !== "call") return;
        const [line, column, endLine, endColumn] = value.at;
        const written = line === endLine ? (lines[line - 1] ?? "").slice(column - 1, endColumn - 1) : "";
        const resolution = scope.call(value);
        found.push({ ...resolution, file: file.file, line, written, runs: resolution.targets.map((ref) => resolver.functionOf(ref).function.symbol) });
      };
      const steps = (list: readonly Step[]): void => {
        for (const step of list) {
          eachExpression(step, visit);
          eachBody(step, steps);
        }
      };
      steps(fn.body);
    }
  }
  return found;
}

async function names(files: Readonly<Record<string, string>>, written: string): Promise<readonly string[] | undefined> {
  return (await calls(files)).find((call) => call.written === written)?.names;
}

async function call(files: Readonly<Record<string, string>>, written: string): Promise<Found> {
  const all = await calls(files);
  const found = all.find((one) => one.written === written);
  if (found === undefined) throw new Error(`no call ${written} among ${all.map((one) => one.written).join(" ; ")}`);
  return found;
}

describe("Go", () => {
  const go = (body: string, imports = '"database/sql"', more = ""): Record<string, string> => ({ "shop/a.go": `package shop\n\nimport (\n\t${imports.replaceAll(";", "\n\t")}\n)\n\n${more}\n\nfunc run() {\n\t${body.replaceAll(";", "\n\t")}\n}\n` });

  it("names a package's function by its import path, under any name", async () => {
    expect((await call(go("h.Get(u)", 'h "net/http"'), "h.Get(u)")).names).toEqual(["net/http.Get"]);
    expect((await call(go("http.Get(u)", '"net/http"'), "http.Get(u)")).certainty).toBe("exact");
  });

  it("follows results through variables", async () => {
    const files = go("db, err := sql.Open(a, b);tx, err := db.Begin();rows, err := tx.Query(q);rows.Close()");
    expect(await names(files, "db.Begin()")).toEqual(["database/sql.DB.Begin"]);
    expect(await names(files, "rows.Close()")).toEqual(["database/sql.Rows.Close"]);
    expect((await call(files, "tx.Query(q)")).results).toEqual([{ name: "database/sql.Rows", element: null }]);
  });

  it("knows fields, globals, embedded types, elements and literals", async () => {
    const more = [
      "type store struct { db *sql.DB; all []*sql.DB; by map[string]*sql.DB; *sql.Conn }",
      "type outer struct { store }",
      "var global *sql.DB",
      "var shared = &store{}",
      "func make2(s *store, o outer) {",
      "\ts.db.Ping()\n\ts.all[0].Ping()\n\ts.by[k].Ping()\n\tfor _, d := range s.all {\n\t\td.Stats()\n\t}\n\ts.PingContext(c)\n\to.db.Close()\n\to.store.db.Driver()\n\tglobal.SetMaxOpenConns(1)\n\tshared.db.Begin()\n\t(&store{}).db.Prepare(q)",
      "}",
    ].join("\n");
    const files = go("x()", '"database/sql"', more);
    for (const [written, method] of [
      ["s.db.Ping()", "DB.Ping"], ["s.all[0].Ping()", "DB.Ping"], ["s.by[k].Ping()", "DB.Ping"], ["d.Stats()", "DB.Stats"], ["o.db.Close()", "DB.Close"],
      ["o.store.db.Driver()", "DB.Driver"], ["global.SetMaxOpenConns(1)", "DB.SetMaxOpenConns"], ["shared.db.Begin()", "DB.Begin"], ["(&store{}).db.Prepare(q)", "DB.Prepare"],
    ] as const) {
      expect({ written, names: await names(files, written) }).toEqual({ written, names: [`database/sql.${method}`] });
    }
    expect(await names(files, "s.PingContext(c)")).toEqual(["example.test/shop.store.PingContext", "database/sql.Conn.PingContext"]);
  });

  it("resolves functions and methods of other files and packages, aliases of imports too", async () => {
    const files = {
      "shop/a.go": 'package shop\n\nimport st "example.test/store"\n\nfunc run(s *st.Store) {\n\ttx, err := s.Start()\n\ttx.Commit()\n\tst.Open()\n\thelper()\n}\n',
      "shop/b.go": "package shop\n\nfunc helper() {}\n",
      "store/s.go": 'package store\n\nimport "database/sql"\n\ntype Store struct{ db *sql.DB }\n\nfunc Open() *Store { return nil }\n',
      "store/t.go": 'package store\n\nimport "database/sql"\n\nfunc (s *Store) Start() (*sql.Tx, error) { return s.db.Begin() }\n',
    };
    expect(await call(files, "s.Start()")).toMatchObject({ runs: ["Store.Start"], results: [{ name: "database/sql.Tx" }, { name: "error" }], unknown: false });
    expect(await names(files, "tx.Commit()")).toEqual(["database/sql.Tx.Commit"]);
    expect((await call(files, "st.Open()")).runs).toEqual(["Open"]);
    expect((await call(files, "helper()")).runs).toEqual(["helper"]);
  });

  it("does not take a variable for a package", async () => {
    const files = go("x()", '"database/sql";"net/http"', "func f(http *sql.DB) {\n\thttp.Ping()\n}\n\nfunc g() {\n\tdb, _ := sql.Open(a, b)\n\tsql := 1\n\tdb.Ping()\n\tuse(sql)\n}");
    const all = await calls(files);
    expect(all.filter((one) => one.written === "http.Ping()").map((one) => one.names)).toEqual([["database/sql.DB.Ping"]]);
    // Above its own `sql`, `sql` is still the package.
    expect(all.find((one) => one.written === "sql.Open(a, b)")?.names).toEqual(["database/sql.Open"]);
    expect(all.find((one) => one.written === "db.Ping()")?.names).toEqual(["database/sql.DB.Ping"]);
  });

  it("finds the packages of a workspace without a manifest by the prefix that most imports share", async () => {
    const texts = (files: Readonly<Record<string, string>>): readonly { file: string; text: string; module: string }[] =>
      Object.entries(files).map(([file, text]) => ({ file, text, module: file.split("/").slice(0, -1).join("/") || "." }));
    const main = 'package main\n\nimport (\n\t"net/http"\n\t"shop/models"\n\t"shop/http"\n)\n\nfunc main() {\n\tmodels.Save()\n\thttp.Get(u)\n}\n';
    const resolver = await resolverOf(RULES, texts({ "main.go": main, "models/m.go": "package models\n\nfunc Save() {}\n", "http/h.go": "package http\n\nfunc Serve() {}\n", "web/w.go": 'package web\n\nimport "net/http"\n\nfunc f() {\n\thttp.Get(u)\n}\n' }));
    const answer = (path: string, name: string): CallResolution | undefined => {
      const file = resolver.files.find((one) => one.file === path) as FileFlow;
      for (const fn of file.functions) for (const step of fn.body) if (step.is === "do" && step.value.is === "call" && step.value.callee.is === "member" && step.value.callee.name === name) return resolver.scope(file, fn).call(step.value);
      return undefined;
    };
    expect(answer("main.go", "Save")?.targets).toEqual([{ file: "models/m.go", id: 1 }]);
    expect(answer("web/w.go", "Get")?.names).toEqual(["net/http.Get"]);
  });

  it("runs closures that are called, by name or at once", async () => {
    const files = go("f := func() {};f();func() {}()");
    expect((await call(files, "f()")).runs).toEqual([expect.stringContaining("<closure>")]);
  });

  it("takes an interface's only implementation, and none of two", async () => {
    const one = { "shop/a.go": "package shop\n\ntype Loader interface{ LoadAll() }\ntype db struct{ n int }\n\nfunc (d *db) LoadAll() {}\n\nfunc run(l Loader) {\n\tl.LoadAll()\n}\n" };
    expect((await call(one, "l.LoadAll()")).runs).toEqual(["db.LoadAll"]);
    const two = { "shop/a.go": `${one["shop/a.go"]}\ntype web struct{ n int }\n\nfunc (w *web) LoadAll() {}\n` };
    expect((await call(two, "l.LoadAll()")).runs).toEqual([]);
  });

  it("guesses by a receiver's name last, only where the library is imported", async () => {
    const code = (imported: string): Record<string, string> => ({ "shop/a.go": `package shop\n\nimport "${imported}"\n\nfunc run(h Holder) {\n\th.inner().db.Begin()\n\tuse(${imported.split("/").at(-1)}.X)\n}\n` });
    expect(await call(code("database/sql"), "h.inner().db.Begin()")).toMatchObject({ names: ["database/sql.DB.Begin"], certainty: "named" });
    expect(await call(code("net/url"), "h.inner().db.Begin()")).toMatchObject({ names: [], unknown: true });
  });

  it("does not guess where a value comes from another library", async () => {
    const files = go("db, err := leveldb.Open(p);db.Begin();use(sql.ErrNoRows)", '"database/sql";"example.org/leveldb"');
    expect((await call(files, "db.Begin()")).names).not.toContain("database/sql.DB.Begin");
  });

  it("has one name for a library that has several", async () => {
    expect(await names(go("orm.NewOrm()", '"github.com/beego/beego/orm"'), "orm.NewOrm()")).toEqual(["github.com/astaxie/beego/orm.NewOrm"]);
    expect(await names(go("pgx.Connect(c, d)", '"github.com/jackc/pgx/v4"'), "pgx.Connect(c, d)")).toEqual(["github.com/jackc/pgx/v5.Connect"]);
  });

  it("knows the library's own variables, and what embeds or extends a type", async () => {
    expect(await names(go("http.DefaultClient.Do(r)", '"net/http"'), "http.DefaultClient.Do(r)")).toEqual(["net/http.Client.Do"]);
    expect(await names(go("x()", '"github.com/jmoiron/sqlx"', "func f(db *sqlx.DB) {\n\tdb.Begin()\n}"), "db.Begin()")).toEqual(["github.com/jmoiron/sqlx.DB.Begin", "database/sql.DB.Begin"]);
    expect(await names(go("x()", '"net/http"', "func f() {\n\tc := new(http.Client)\n\tc.Get(u)\n}"), "c.Get(u)")).toEqual(["net/http.Client.Get"]);
  });
});

describe("Python", () => {
  const py = (text: string): Record<string, string> => ({ "app.py": text });

  it.each([
    ["import urllib.request", "urllib.request.urlopen(u)", "urllib.request.urlopen"],
    ["import urllib.request, urllib.parse", "urllib.parse.quote(u)", "urllib.parse.quote"],
    ["import urllib.request as r", "r.urlopen(u)", "urllib.request.urlopen"],
    ["from urllib import request", "request.urlopen(u)", "urllib.request.urlopen"],
    ["from urllib.request import urlopen as o", "o(u)", "urllib.request.urlopen"],
    ["import urllib2", "urllib2.urlopen(u)", "urllib.request.urlopen"],
    ["try:\n    from urllib2 import urlopen\nexcept ImportError:\n    from urllib.request import urlopen", "urlopen(u)", "urllib.request.urlopen"],
    ["from requests import *\nimport requests", "requests.sessions.Session()", "requests.Session"],
  ])("imports, case %#", async (imports, written, expected) => {
    expect(await names(py(`${imports}\n\n\ndef f(u):\n    ${written}\n`), written)).toEqual([expected]);
  });

  it("leaves parameters and locals alone", async () => {
    const files = py("import requests\n\n\ndef f(requests):\n    requests.get(1)\n\n\ndef g():\n    requests = make()\n    requests.get(2)\n");
    expect((await call(files, "requests.get(1)")).names).not.toContain("requests.get");
    expect((await call(files, "requests.get(2)")).names).not.toContain("requests.get");
  });

  it("resolves relative imports, packages, submodules and re-exports", async () => {
    const files = {
      "pkg/__init__.py": "from .deep.inner import work as exported\n",
      "pkg/deep/__init__.py": "",
      "pkg/deep/inner.py": "from ..top import base\n\n\ndef work():\n    return base()\n",
      "pkg/top.py": "def base():\n    return 1\n",
      "main.py": "import pkg\nfrom pkg import exported, top\nimport pkg.deep.inner as i\n\n\ndef run():\n    exported()\n    pkg.exported()\n    top.base()\n    i.work()\n    pkg.deep.inner.work()\n",
    };
    expect((await call(files, "base()")).runs).toEqual(["base"]);
    expect((await call(files, "exported()")).runs).toEqual(["work"]);
    expect((await call(files, "pkg.exported()")).runs).toEqual(["work"]);
    expect((await call(files, "top.base()")).runs).toEqual(["base"]);
    expect((await call(files, "i.work()")).runs).toEqual(["work"]);
    expect((await call(files, "pkg.deep.inner.work()")).runs).toEqual(["work"]);
  });

  it("finds a sibling module of a script, and not the library of the same name", async () => {
    const files = {
      "tool/main.py": "import store\nimport redis\n\n\ndef run():\n    store.load()\n    redis.Redis()\n",
      "tool/store.py": "def load():\n    return 1\n",
      "tool/redis.py": "import redis\n\n\ndef make():\n    return redis.Redis(1)\n",
    };
    expect((await call(files, "store.load()")).runs).toEqual(["load"]);
    expect(await names(files, "redis.Redis(1)")).toEqual(["redis.Redis"]);
  });

  it("resolves methods through bases, super and instances in fields", async () => {
    const files = py(
      "import requests\n\n\nclass A:\n    def go(self):\n        return 1\n\n\nclass B(A):\n    def __init__(self):\n        self.session = requests.Session()\n\n    def go(self):\n        super().go()\n        self.session.get('u')\n        return self.other()\n\n    def other(self):\n        return B().go()\n",
    );
    expect((await call(files, "super().go()")).runs).toEqual(["A.go"]);
    expect((await call(files, "self.other()")).runs).toEqual(["B.other"]);
    expect((await call(files, "B().go()")).runs).toEqual(["B.go"]);
    expect(await names(files, "self.session.get('u')")).toEqual(["requests.Session.get"]);
  });

  it("reads results off what a function returns, through recursion", async () => {
    const files = py(
      "import requests\n\n\ndef make(n):\n    if n:\n        return make(n - 1)\n    return requests.Session()\n\n\ndef ping(n):\n    return pong(n)\n\n\ndef pong(n):\n    return ping(n)\n\n\ndef f():\n    make(3).get('u')\n    ping(1).get('v')\n",
    );
    expect(await names(files, "make(3).get('u')")).toEqual(["requests.Session.get"]);
    expect((await call(files, "ping(1).get('v')")).names).toEqual([]);
  });

  it("keeps what it knows of a name that is bound to something made of itself", async () => {
    const files = py("from sqlalchemy.orm import Session\n\n\ndef f(s: Session):\n    q = s.query(1)\n    q = q.filter(2)\n    q = q.order_by(3)\n    q.all()\n");
    expect(await names(files, "q.all()")).toEqual(["sqlalchemy.orm.Query.all"]);
    expect(await names(files, "q.order_by(3)")).toEqual(["sqlalchemy.orm.Query.order_by"]);
  });

  it("calls an object: a session factory", async () => {
    const files = py("from sqlalchemy.orm import sessionmaker\n\nLocal = sessionmaker()\n\n\ndef f():\n    s = Local()\n    s.commit()\n");
    expect(await names(files, "Local()")).toEqual(["sqlalchemy.orm.sessionmaker.__call__"]);
    expect(await names(files, "s.commit()")).toEqual(["sqlalchemy.orm.Session.commit"]);
  });

  it("takes the only method of an uncommon name for what an unknown receiver has", async () => {
    const files = py("class Repo:\n    def load_orders(self):\n        return 1\n\n    def get(self):\n        return 2\n\n\ndef f(thing):\n    thing.load_orders()\n    thing.get()\n");
    expect(await call(files, "thing.load_orders()")).toMatchObject({ runs: ["Repo.load_orders"], certainty: "named" });
    expect(await call(files, "thing.get()")).toMatchObject({ runs: [], unknown: true });
  });

  it("answers the same in whatever order it is asked", async () => {
    const text =
      "import requests\n\n\ndef a(x):\n    return b(x)\n\n\ndef b(x):\n    x = a(x)\n    return c(x)\n\n\ndef c(x):\n    if x:\n        return a(x)\n    return requests.Session()\n\n\ndef use():\n    a(1).get('1')\n    b(1).get('2')\n    c(1).get('3')\n";
    const [flow] = (await flowsOf([{ file: "app.py", text, module: "app" }])) as [FileFlow];
    const rounds: { readonly fn: number; readonly call: Expression & { readonly is: "call" } }[] = [];
    for (const fn of flow.functions) {
      const visit = (value: Expression): void => {
        eachChild(value, visit);
        if (value.is === "call") rounds.push({ fn: fn.id, call: value });
      };
      const steps = (list: readonly Step[]): void => {
        for (const step of list) {
          eachExpression(step, visit);
          eachBody(step, steps);
        }
      };
      steps(fn.body);
    }
    const ask = (order: readonly number[]): readonly (readonly string[])[] => {
      const resolver = createResolver({ files: [flow], rules: RULES, traits: new Map() });
      const answers: (readonly string[])[] = [];
      for (const i of order) {
        const { fn, call: asked } = rounds[i] as (typeof rounds)[number];
        answers[i] = resolver.scope(flow, flow.functions[fn] as FunctionFlow).call(asked).names;
      }
      return answers;
    };
    const first = ask(rounds.map((_, i) => i));
    expect(first.flat()).toContain("requests.Session.get");
    fc.assert(fc.property(fc.shuffledSubarray(rounds.map((_, i) => i), { minLength: rounds.length }), (order) => {
      expect(ask(order)).toEqual(first);
    }), { numRuns: 40 });
  });
});
