import { open } from "node:fs/promises";
import { MongoClient } from "mongodb";
import mysql, { Pool, PoolConnection } from "mysql2/promise";
import pg from "pg";

const db: Pool = mysql.createPool({ uri: "mysql://shop", queueLimit: 9 });

export async function oneBranch(id: number) {
  // ruleid: javascript/mysql-pool-connection
  const connection = await db.getConnection();
  const [rows] = await connection.query("SELECT * FROM item WHERE id = ?", [id]);
  if (Array.isArray(rows) && rows.length > 0) {
    connection.release();
    return rows[0];
  }
  return null;
}

export async function everyBranch(id: number) {
  // ok: javascript/mysql-pool-connection
  const connection = await db.getConnection();
  try {
    const [rows] = await connection.query("SELECT * FROM item WHERE id = ?", [id]);
    return Array.isArray(rows) ? rows[0] : null;
  } finally {
    connection.release();
  }
}

/** The caller gets it. */
export function taken(): Promise<PoolConnection> {
  // ok: javascript/mysql-pool-connection
  return db.getConnection();
}

export async function takenAndKept(id: number) {
  // ruleid: javascript/mysql-pool-connection
  const connection = await taken();
  const [rows] = await connection.query("SELECT 1");
  if (id === 0) return null;
  connection.release();
  return rows;
}

async function giveBack(connection: PoolConnection) {
  await connection.query("SELECT 1");
  connection.release();
}

export async function byHelper() {
  // ok: javascript/mysql-pool-connection
  const connection = await db.getConnection();
  await giveBack(connection);
}

export async function inClosure(work: (connection: PoolConnection) => Promise<void>) {
  // ok: javascript/mysql-pool-connection
  const connection = await db.getConnection();
  const done = () => connection.release();
  return work(connection).finally(done);
}

/** Only the function that is called last gives it back: what it does there is not followed. */
export function withCallbacks(pool: pg.Pool, done: (error: Error | null, rows?: unknown[]) => void) {
  // todoruleid: javascript/pg-pool-client
  pool.connect((error, client, release) => {
    if (error) return done(error);
    client!.query("SELECT 1", (failed: Error, result: { rows: unknown[] }) => {
      if (failed) return done(failed);
      release();
      done(null, result.rows);
    });
  });
}

export function withCallbacksSafely(pool: pg.Pool, done: (error: Error | null, rows?: unknown[]) => void) {
  // ok: javascript/pg-pool-client
  pool.connect((error, client, release) => {
    if (error) return done(error);
    client!.query("SELECT 1", (failed: Error, result: { rows: unknown[] }) => {
      release();
      if (failed) return done(failed);
      done(null, result.rows);
    });
  });
}

export class Store {
  private client: MongoClient | null = null;

  async connect(url: string) {
    // ok: javascript/mongo-client
    this.client = await MongoClient.connect(url);
  }

  async names() {
    // ok: javascript/mongo-session
    const session = this.client!.startSession();
    try {
      return await this.client!.db("shop").collection("item").distinct("name", {}, { session });
    } finally {
      await session.endSession();
    }
  }

  async first() {
    // ruleid: javascript/mongo-session
    const session = this.client!.startSession();
    const item = await this.client!.db("shop").collection("item").findOne({}, { session });
    if (item === null) return null;
    await session.endSession();
    return item;
  }

  async close() {
    await this.client?.close();
  }
}

export async function declared(path: string) {
  // ok: javascript/file-handle
  await using file = await open(path);
  return file.readFile("utf8");
}

export async function eachFile(paths: string[]) {
  for (const path of paths) {
    // ruleid: javascript/file-handle
    const file = await open(path);
    if ((await file.stat()).size === 0) continue;
    await file.close();
  }
}

export async function eachFileSafely(paths: string[]) {
  for (const path of paths) {
    // ok: javascript/file-handle
    const file = await open(path);
    try {
      if ((await file.stat()).size === 0) continue;
    } finally {
      await file.close();
    }
  }
}

export async function single(options: object) {
  // ruleid: javascript/mysql-connection
  const connection = await mysql.createConnection(options);
  await connection.query("SELECT 1");
}

/** `connect` of a thing of our own. */
class Radio {
  connect() {
    return { tune: () => 1 };
  }
}

export function listen() {
  const radio = new Radio().connect();
  return radio.tune();
}
