import { Pool, PoolClient } from "pg";

const pool = new Pool({ connectionTimeoutMillis: 1000 });

class Unit {
  readonly #client: PoolClient;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  static async open(): Promise<Unit> {
    return new Unit(await pool.connect());
  }

  ask(text: string) {
    return this.#client.query(text);
  }

  close(): void {
    this.#client.release();
  }
}

export async function endedWhenAllGoesWell() {
  // ruleid: javascript/pg-pool-client
  const unit = await Unit.open();
  const answer = await unit.ask("select 1");
  unit.close();
  return answer;
}

export async function neverEnded() {
  // ruleid: javascript/pg-pool-client
  const unit = await Unit.open();
  return unit.ask("select 1");
}

export async function ended() {
  // ok: javascript/pg-pool-client
  const unit = await Unit.open();
  try {
    return await unit.ask("select 1");
  } finally {
    unit.close();
  }
}

export function givenOn() {
  // ok: javascript/pg-pool-client
  return Unit.open();
}
