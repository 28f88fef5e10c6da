import { Pool, PoolClient } from "pg";
import type { DataSource } from "typeorm";
import type { Sequelize, Transaction } from "sequelize";

const pool = new Pool({ connectionTimeoutMillis: 5000 });

export async function early(client: PoolClient, amount: number) {
  // ruleid: javascript/pg-transaction
  await client.query("BEGIN");
  if (amount === 0) return;
  await client.query("UPDATE account SET amount = amount - $1", [amount]);
  await client.query("COMMIT");
}

export async function rolledBack(client: PoolClient, amount: number) {
  // ok: javascript/pg-transaction
  await client.query("BEGIN");
  try {
    await client.query("UPDATE account SET amount = amount - $1", [amount]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

/** Begun only when nobody else has begun one. */
export async function conditional(client: PoolClient, inside: boolean) {
  if (!inside) {
    // ok: javascript/pg-transaction
    await client.query("BEGIN");
  }
  try {
    await client.query("UPDATE account SET amount = 0");
    if (!inside) await client.query("COMMIT");
  } catch (error) {
    if (!inside) await client.query("ROLLBACK");
    throw error;
  }
}

/** Runs the work in a transaction, whatever it does. */
async function withTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  // ok: javascript/pg-pool-client
  const client = await pool.connect();
  try {
    // ok: javascript/pg-transaction
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

export const pay = (amount: number) => withTransaction((client) => client.query("UPDATE account SET amount = $1", [amount]));

/** Released inside its transaction: who gets the client next works in it. */
export async function released(amount: number) {
  // ok: javascript/pg-pool-client
  const client = await pool.connect();
  try {
    // ruleid: javascript/pg-transaction
    await client.query("BEGIN");
    await client.query("UPDATE account SET amount = $1", [amount]);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
}

export async function managed(sequelize: Sequelize) {
  // ok: javascript/sequelize-transaction
  return sequelize.transaction(async (t) => {
    await sequelize.query("UPDATE account SET amount = 0", { transaction: t });
  });
}

export async function unmanaged(sequelize: Sequelize, ok: boolean) {
  // ruleid: javascript/sequelize-transaction
  const t = await sequelize.transaction();
  await sequelize.query("UPDATE account SET amount = 0", { transaction: t });
  if (ok) await t.commit();
}

export async function unmanagedSafely(sequelize: Sequelize) {
  // ok: javascript/sequelize-transaction
  const t = await sequelize.transaction();
  try {
    await sequelize.query("UPDATE account SET amount = 0", { transaction: t });
    await t.commit();
  } catch (error) {
    await t.rollback();
    throw error;
  }
}

export async function runner(source: DataSource, fast: boolean) {
  // ruleid: javascript/typeorm-query-runner
  const queryRunner = source.createQueryRunner();
  await queryRunner.connect();
  if (fast) return queryRunner.query("SELECT 1");
  const rows = await queryRunner.query("SELECT 2");
  await queryRunner.release();
  return rows;
}

export async function runnerSafely(source: DataSource) {
  // ok: javascript/typeorm-query-runner
  const queryRunner = source.createQueryRunner();
  try {
    await queryRunner.connect();
    return await queryRunner.query("SELECT 2");
  } finally {
    await queryRunner.release();
  }
}

export class Unit {
  private transaction: Transaction | null = null;

  constructor(private readonly sequelize: Sequelize) {}

  async begin() {
    // ok: javascript/sequelize-transaction
    this.transaction = await this.sequelize.transaction();
  }

  async end(ok: boolean) {
    await (ok ? this.transaction?.commit() : this.transaction?.rollback());
  }
}
