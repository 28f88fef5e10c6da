import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { factsWithPools } from "../../src/investigate/facts-with-pools";
import { LANGUAGES } from "../../src/locate/languages/registry";
import type { PoolSize } from "../../src/model/pool-size";
import { testEngine } from "../locate/text-analysis";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The pools of a workspace of these files. */
async function poolsOf(files: Readonly<Record<string, string>>): Promise<readonly PoolSize[]> {
  const root = mkdtempSync(join(tmpdir(), "pools-"));
  made.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const { pools, leftOut } = await factsWithPools(() => testEngine(LANGUAGES), root, new AbortController().signal);
  expect(leftOut).toEqual([]);
  return pools;
}

const short = (pools: readonly PoolSize[]): unknown[] => pools.map(({ file, line, library, service, size, per }) => [`${file}:${line}`, library, service, size, ...(per === "host" ? ["to each host"] : [])]);

describe("sizes of pools in code", () => {
  it.each([
    ["database/sql", "db.go", "package db\nimport (\n\t\"database/sql\"\n\t_ \"github.com/lib/pq\"\n)\nfunc Open(dsn string) *sql.DB {\n\tdb, _ := sql.Open(\"postgres\", dsn)\n\tdb.SetMaxOpenConns(20)\n\treturn db\n}\n", ["db.go:8", "database/sql", "postgresql", 20]],
    ["two drivers: the product is not told", "db.go", "package db\nfunc Open() {\n\ta, _ := sql.Open(\"postgres\", x)\n\tb, _ := sql.Open(\"mysql\", x)\n\ta.SetMaxOpenConns(7)\n}\n", ["db.go:5", "database/sql", "database", 7]],
    ["pgxpool", "db.go", "package db\nimport \"github.com/jackc/pgx/v5/pgxpool\"\nfunc Open() {\n\tconfig, _ := pgxpool.ParseConfig(dsn)\n\tconfig.MaxConns = int32(workers * 2)\n}\nconst workers = 8\n", ["db.go:5", "pgxpool", "postgresql", 16]],
    ["http.Transport", "c.go", "package c\nvar client = &http.Client{Transport: &http.Transport{MaxIdleConns: 100, MaxConnsPerHost: 32}}\n", ["c.go:2", "net/http", "http", 32, "to each host"]],
    ["SQLAlchemy", "db.py", "from sqlalchemy import create_engine\nengine = create_engine('postgresql+psycopg://shop@db/shop', pool_size=5, max_overflow=3)\n", ["db.py:2", "SQLAlchemy", "postgresql", 8]],
    ["SQLAlchemy's defaults", "db.py", "from sqlalchemy.ext.asyncio import create_async_engine\nengine = create_async_engine(URL)\n", ["db.py:2", "SQLAlchemy", "database", 15]],
    ["asyncpg", "db.py", "import asyncpg\nasync def start():\n    return await asyncpg.create_pool(dsn, max_size=12)\n", ["db.py:3", "asyncpg", "postgresql", 12]],
    ["psycopg_pool", "db.py", "from psycopg_pool import ConnectionPool\nMOST = 6\npool = ConnectionPool(DSN, min_size=1, max_size=MOST)\n", ["db.py:3", "psycopg_pool", "postgresql", 6]],
    ["psycopg2, by place", "db.py", "from psycopg2 import pool\np = pool.ThreadedConnectionPool(1, 9, dsn)\n", ["db.py:2", "psycopg2", "postgresql", 9]],
    ["redis", "c.py", "import redis\nr = redis.Redis(host='cache', max_connections=50)\n", ["c.py:2", "redis-py", "redis", 50]],
    ["aiohttp", "c.py", "import aiohttp\nc = aiohttp.TCPConnector(limit=40)\n", ["c.py:2", "aiohttp", "http", 40]],
    ["HikariCP", "src/main/java/Db.java", "import com.zaxxer.hikari.*;\nclass Db {\n  static final int MOST = 15;\n  HikariDataSource open() {\n    HikariConfig c = new HikariConfig();\n    c.setJdbcUrl(\"jdbc:mysql://db/shop\");\n    c.setMaximumPoolSize(MOST);\n    return new HikariDataSource(c);\n  }\n}\n", ["src/main/java/Db.java:7", "HikariCP", "mysql", 15]],
    ["HikariCP's default", "Db.java", "import com.zaxxer.hikari.*;\nclass Db { HikariConfig c = new HikariConfig(); }\n", ["Db.java:2", "HikariCP", "database", 10]],
    ["pg", "db.js", "const { Pool } = require('pg');\nmodule.exports = new Pool({ host: 'db', max: 25 });\n", ["db.js:2", "pg", "postgresql", 25]],
    ["pg's default", "db.ts", "import pg from \"pg\";\nexport const pool = new pg.Pool();\n", ["db.ts:2", "pg", "postgresql", 10]],
    ["pg, with options that have a name", "db.ts", "import { Pool } from \"pg\";\nconst options = { host: \"db\", max: 4 };\nexport const pool = new Pool(options);\n", ["db.ts:3", "pg", "postgresql", 4]],
    ["mysql2", "db.mjs", "import mysql from 'mysql2/promise';\nexport default mysql.createPool({ host: 'db', connectionLimit: 30 });\n", ["db.mjs:2", "mysql", "mysql", 30]],
    ["knex, called by its name", "db.js", "const db = require('knex').knex({ client: 'mysql2', pool: { min: 0, max: 7 } });\n", ["db.js:1", "knex", "mysql", 7]],
    ["knex, beside its queries", "db.js", "const knex = require('knex');\nconst db = knex({ client: 'pg', pool: { min: 0, max: 9 } });\nknex('orders').select();\nknex(table).insert(row);\n", ["db.js:2", "knex", "postgresql", 9]],
    ["mongodb, by its static method", "db.js", "const { MongoClient } = require('mongodb');\nMongoClient.connect(url, { maxPoolSize: 22 });\nserver.connect(url, { maxPoolSize: 3 });\n", ["db.js:2", "mongodb", "mongodb", 22, "to each host"]],
    ["mongoose's default", "db.ts", "import mongoose from \"mongoose\";\nawait mongoose.connect(\"mongodb://db/shop\");\n", ["db.ts:2", "mongoose", "mongodb", 100, "to each host"]],
    ["sqlx", "src/db.rs", "use sqlx::postgres::PgPoolOptions;\nasync fn open() {\n    let pool = PgPoolOptions::new().max_connections(5u32).connect(\"postgres://db/shop\").await;\n}\n", ["src/db.rs:3", "sqlx", "postgresql", 5]],
    ["Sequel", "db.rb", "require 'sequel'\nDB = Sequel.connect(ENV['URL'], max_connections: 12)\n", ["db.rb:2", "Sequel", "database", 12]],
    ["HikariCP in Kotlin", "Db.kt", "import com.zaxxer.hikari.HikariConfig\nfun open() {\n    val config = HikariConfig().apply {\n        maximumPoolSize = 14\n    }\n}\n", ["Db.kt:4", "HikariCP", "database", 14]],
    ["SocketsHttpHandler", "C.cs", "class C { HttpMessageHandler H() => new SocketsHttpHandler { MaxConnectionsPerServer = 6 }; }\n", ["C.cs:1", "SocketsHttpHandler", "http", 6, "to each host"]],
  ])("%s", async (_, file, text, expected) => {
    expect(short(await poolsOf({ [file]: text })).filter((one) => JSON.stringify(one).includes(String((expected as unknown[])[1])))).toEqual([expected]);
  });

  it("follows a constant of another file", async () => {
    expect(short(await poolsOf({ "app/settings.py": "POOL_SIZE = 11\n", "app/db.py": "from sqlalchemy import create_engine\nfrom app.settings import POOL_SIZE\nengine = create_engine(URL, pool_size=POOL_SIZE, max_overflow=0)\n" }))).toEqual([["app/db.py:3", "SQLAlchemy", "database", 11]]);
    expect(short(await poolsOf({ "config/pool.go": "package config\nconst MaxOpen = 18\n", "db/db.go": "package db\nimport \"shop/config\"\nfunc f() { db.SetMaxOpenConns(config.MaxOpen) }\n" }))).toEqual([["db/db.go:3", "database/sql", "database", 18]]);
    expect(short(await poolsOf({ "db/most.go": "package db\nconst mostOpen = 3\n", "db/db.go": "package db\nfunc f() { db.SetMaxOpenConns(mostOpen) }\n" }))).toEqual([["db/db.go:2", "database/sql", "database", 3]]);
    expect(short(await poolsOf({ "config.js": "module.exports.x = 1;\nconst pool = { max: 14 };\nconst config = { pool };\n", "limits.ts": "export const MOST = 13;\n", "db.ts": "import { Pool } from \"pg\";\nimport { MOST } from \"./limits\";\nexport const pool = new Pool({ max: MOST });\n" }))).toEqual([["db.ts:3", "pg", "postgresql", 13]]);
  });
  it("says that it does not know what is told when the program runs", async () => {
    const unknown = async (file: string, text: string): Promise<unknown> => (await poolsOf({ [file]: text })).map(({ size, unknown: why }) => [size, why]);
    expect(await unknown("db.go", "package db\nfunc Open(most int) { db.SetMaxOpenConns(most) }\n")).toEqual([[null, "most is a parameter: the callers decide"]]);
    expect(await unknown("db.go", "package db\nfunc Open() { db.SetMaxOpenConns(cfg.Database.MaxOpen) }\n")).toEqual([[null, "what Database.MaxOpen is was not found"]]);
    expect(await unknown("db.js", "const { Pool } = require('pg');\nconst pool = new Pool({ max: Number(process.env.POOL_MAX) || 10 });\n")).toMatchObject([[null, expect.stringContaining("is not known before it runs")]]);
    // The address may say it.
    expect(await unknown("db.ts", "import mongoose from \"mongoose\";\nawait mongoose.connect(url);\n")).toMatchObject([[null, expect.stringContaining("is not known before it runs")]]);
    expect(await unknown("db.js", "const { Pool } = require('pg');\nconst pool = new Pool(loadConfig());\n")).toMatchObject([[null, expect.stringContaining("is not known before it runs")]]);
    expect(await unknown("db.js", "const { Pool } = require('pg');\nconst pool = new Pool({ ...defaults, host: 'db' });\n")).toMatchObject([[null, expect.stringContaining("is not known before it runs")]]);
    expect(await unknown("db.py", "from sqlalchemy import create_engine\ndef make(size=5):\n    return create_engine(URL, pool_size=size)\n")).toEqual([[null, "size is a parameter: the callers decide"]]);
    expect(await unknown("db.py", "from sqlalchemy import create_engine\nSIZE = 5\nif BIG:\n    SIZE = 50\nengine = create_engine(URL, pool_size=SIZE)\n")).toEqual([[null, "SIZE is given a value in several places"]]);
  });
  it("takes no limit for a limit: what is endless, no pool, or a test's", async () => {
    expect(await poolsOf({
      "a.go": "package a\nfunc f() { db.SetMaxOpenConns(0) }\n", "a_test.go": "package a\nfunc g() { db.SetMaxOpenConns(1) }\n",
      "b.py": "from sqlalchemy import create_engine\nfrom sqlalchemy.pool import NullPool\na = create_engine(URL, poolclass=NullPool)\nb = create_engine('sqlite://')\nc = create_engine(URL, max_overflow=-1)\n",
      "c.py": "import redis\nr = redis.Redis(host='cache')\n", "d.py": "import multiprocessing\nasync def f(): return await library.create_pool(max_size=3)\n",
      "tests/db.py": "import asyncpg\npool = asyncpg.create_pool(dsn, max_size=2)\n",
    })).toEqual([]);
  });
});

describe("sizes of pools in configuration", () => {
  it.each([
    ["src/main/resources/application.properties", "spring.datasource.url=jdbc:postgresql://db/shop\nspring.datasource.hikari.maximum-pool-size=12\n", "application.properties:2", "HikariCP", "postgresql", 12],
    ["src/main/resources/application.yml", "spring:\n  datasource:\n    url: jdbc:mysql://db/shop\n    hikari:\n      maximumPoolSize: 9\n", "application.yml:5", "HikariCP", "mysql", 9],
    [".env", "SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE=8\n", ".env:1", "HikariCP", "database", 8],
    ["config/database.yml", "development:\n  adapter: postgresql\n  pool: 2\nproduction:\n  adapter: postgresql\n  pool: 17\n", "database.yml:6", "Active Record", "postgresql", 17],
    [".env", "DATABASE_URL=postgres://shop:secret@db/shop?pool_max_conns=20\n", ".env:1", "pgxpool", "postgresql", 20],
    ["appsettings.json", "{\n  \"ConnectionStrings\": { \"Shop\": \"Server=db;Database=shop;Password=secret;Max Pool Size=33;\" }\n}\n", "appsettings.json:2", "ADO.NET", "database", 33],
    ["Db.cs", "class Db { const string C = \"Server=db;Max Pool Size=30\"; }\n", "Db.cs:1", "ADO.NET", "database", 30],
  ])("%s: %s", async (file, text, place, library, service, size) => {
    const pools = await poolsOf({ [file]: text });
    expect(pools).toMatchObject([{ library, service, size }]);
    expect(`${pools[0]?.file}:${pools[0]?.line}`.endsWith(place)).toBe(true);
    expect(JSON.stringify(pools)).not.toContain("secret");
  });
  it("is unknown where a variable fills it in, and comes before a library's default", async () => {
    expect(await poolsOf({ "application.properties": "spring.datasource.hikari.maximum-pool-size=${POOL:10}\n" })).toMatchObject([{ size: null, unknown: "maximum-pool-size is filled in when it runs" }]);
    expect(await poolsOf({ "Db.java": "import com.zaxxer.hikari.*;\nclass Db { HikariConfig c = new HikariConfig(); }\n", "application.properties": "spring.datasource.hikari.maximum-pool-size=5\n" })).toMatchObject([{ file: "application.properties", size: 5 }]);
  });
});
