import { DataSource } from "typeorm";
import type { Pool } from "pg";

declare const ambient: DataSource;
declare global {
  var everybodys: DataSource;
}
let later: DataSource;
export let handedOut: DataSource | undefined;
declare const unknownThing: ReturnType<typeof makeThing>;

export function start(source: DataSource) {
  later = source;
  handedOut = source;
}

export async function ofAmbient(wanted: boolean) {
  // ruleid: javascript/typeorm-query-runner
  const runner = ambient.createQueryRunner();
  if (!wanted) return;
  await runner.release();
}

export async function ofAmbientReleased() {
  // ok: javascript/typeorm-query-runner
  const runner = ambient.createQueryRunner();
  try {
    await runner.query("SELECT 1");
  } finally {
    await runner.release();
  }
}

export async function ofEverybodys(wanted: boolean) {
  // ruleid: javascript/typeorm-query-runner
  const runner = everybodys.createQueryRunner();
  if (!wanted) return;
  await runner.release();
}

export async function ofLater(wanted: boolean) {
  // ruleid: javascript/typeorm-query-runner
  const runner = later.createQueryRunner();
  if (!wanted) return;
  await runner.release();
}

export async function ofLaterReleased() {
  // ok: javascript/typeorm-query-runner
  const runner = later.createQueryRunner();
  await runner.release();
}

export async function ofHandedOut(wanted: boolean) {
  // ruleid: javascript/typeorm-query-runner
  const runner = handedOut!.createQueryRunner();
  if (!wanted) return;
  await runner.release();
}

export async function ofUnknown(wanted: boolean) {
  // ok: javascript/typeorm-query-runner
  const runner = unknownThing.createQueryRunner();
  if (!wanted) return;
  await runner.release();
}

export async function ofWrittenType({ source, wanted }: { readonly source: DataSource; wanted?: boolean }) {
  // ruleid: javascript/typeorm-query-runner
  const runner = source.createQueryRunner();
  if (!wanted) return;
  await runner.release();
}

export async function ofWrittenTypeReleased({ source }: { readonly source: DataSource; wanted?: boolean }) {
  // ok: javascript/typeorm-query-runner
  const runner = source.createQueryRunner();
  await runner.release();
}

export async function ofWrittenOther({ source, wanted }: { source: { createQueryRunner(): { release(): void } }; wanted: boolean }) {
  // ok: javascript/typeorm-query-runner
  const runner = source.createQueryRunner();
  if (!wanted) return;
  runner.release();
}

export async function ofPromised(coming: Promise<Pool>, wanted: boolean) {
  const shared = await coming;
  // ruleid: javascript/pg-pool-client
  const client = await shared.connect();
  if (!wanted) return;
  client.release();
}

export async function ofPromisedReleased(coming: Promise<Pool>) {
  const shared = await coming;
  // ok: javascript/pg-pool-client
  const client = await shared.connect();
  client.release();
}

export class Store {
  private source!: DataSource;
  declare other: DataSource;

  async one(wanted: boolean) {
    // ruleid: javascript/typeorm-query-runner
    const runner = this.source.createQueryRunner();
    if (!wanted) return;
    await runner.release();
  }

  async oneReleased() {
    // ok: javascript/typeorm-query-runner
    const runner = this.other.createQueryRunner();
    await runner.release();
  }

  async oneHandedOn() {
    // ok: javascript/typeorm-query-runner
    return this.other.createQueryRunner();
  }
}
