// What is lent to a function that a caller gave, promises that are waited for together, retries, generators, labels and functions that close what their own call opened.
import { watch } from "node:fs";
import { Pool, type PoolClient } from "pg";

const pool = new Pool({ connectionTimeoutMillis: 1000 });

export async function retried<T>(work: (client: PoolClient) => Promise<T>, attempts: number): Promise<T> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    // ruleid: javascript/pg-pool-client
    const client = await pool.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      if ((error as { code?: string }).code !== "40001") {
        client.release();
        throw error;
      }
      continue;
    }
  }
  throw new Error("gave up");
}

export async function retriedWell<T>(work: (client: PoolClient) => Promise<T>, attempts: number): Promise<T> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    // ok: javascript/pg-pool-client
    const client = await pool.connect();
    try {
      return await work(client);
    } catch (error) {
      if ((error as { code?: string }).code !== "40001") throw error;
    } finally {
      client.release();
    }
  }
  throw new Error("gave up");
}

export async function lent<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  // ok: javascript/pg-pool-client
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

export async function givenAway(take: (client: PoolClient) => void) {
  // ok: javascript/pg-pool-client
  const client = await pool.connect();
  take(client);
}

export async function together(first: string, second: string) {
  // ok: javascript/pg-pool-client
  const [limit, client] = await Promise.all([limitOf(first), pool.connect()]);
  try {
    return await client.query(first, [second, limit]);
  } finally {
    client.release();
  }
}

export async function* scanned(sql: string) {
  // ok: javascript/pg-pool-client
  const client = await pool.connect();
  try {
    for (const row of (await client.query(sql)).rows) yield row;
  } finally {
    client.release();
  }
}

export async function* scannedHalf(sql: string) {
  // ruleid: javascript/pg-pool-client
  const client = await pool.connect();
  const { rows } = await client.query(sql);
  if (rows.length === 0) return;
  yield* rows;
  client.release();
}

export async function labelled(groups: number[][]) {
  outer: for (const group of groups) {
    // ruleid: javascript/pg-pool-client
    const client = await pool.connect();
    for (const id of group) {
      const { rowCount } = await client.query("SELECT $1", [id]);
      if (!rowCount) continue outer;
    }
    client.release();
  }
}

export async function stacked() {
  await using stack = new AsyncDisposableStack();
  // ok: javascript/pg-pool-client
  const client = stack.adopt(await pool.connect(), (one) => one.release());
  return client.query("SELECT 1");
}

export function changed(path: string): Promise<void> {
  return new Promise((resolve) => {
    // ok: javascript/file-watcher
    const watcher = watch(path, () => {
      watcher.close();
      resolve();
    });
  });
}

async function limitOf(sql: string) {
  return sql.length;
}
