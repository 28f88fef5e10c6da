import type { Endpoint } from "../../model/endpoint";
import { isWildcard } from "../../model/endpoint";
import type { SocketOwner } from "../../model/socket";
import type { SnapshotDraft, SocketDraft, SocketTable } from "./snapshot-draft";

/** Of the smaller of two tables of one tool, the share of rows that both list from which on the later one is another look at the same sockets. */
const ANOTHER_LOOK = 0.5;

/**
 * A capture may hold the same sockets several times: `netstat -c` and `watch` repeat their table, and people paste the output of several
 * tools one below the other. A socket is counted once:
 *
 * - tables that one tool printed alike and that share most of their rows are looks at different moments: the last complete one is the
 *   snapshot, the earlier ones are dropped, and `missing` says so;
 * - other tables that share a connection are of one moment, near enough: what they tell of a socket is put together.
 *
 * Nothing is done where nothing proves that the tables are of one host: a shared connection (both ends told) or a shared inode does, two
 * listeners on port 22 do not, and different hosts in the prompts forbid it.
 */
export function settleRepeatedLooks(draft: SnapshotDraft): void {
  const filled = draft.tables.filter((table) => table.endSocket > table.firstSocket);
  if (filled.length < 2) return;
  const tables = filled.map((table) => new ReadTable(table, draft.sockets.slice(table.firstSocket, table.endSocket)));
  const outcome = { looks: 0, gone: 0 };
  let kept: ReadTable[] = [];
  for (const [index, table] of tables.entries()) kept = withLook(kept, table, index === tables.length - 1, outcome);
  const merged = new Set<SocketDraft>();
  for (const [index, table] of kept.entries()) {
    for (const earlier of kept.slice(0, index)) if (ofOneHost(table, earlier) && table.shared(earlier).proof) merge(table, earlier, merged);
  }
  if (outcome.looks === 0 && merged.size === 0) return;

  draft.sockets.length = 0;
  for (const table of tables) {
    table.table.firstSocket = draft.sockets.length;
    if (kept.includes(table)) for (const row of table.rows) draft.sockets.push(row);
    table.table.endSocket = draft.sockets.length;
  }
  if (outcome.looks > 0) {
    draft.missing.push({
      what: `${outcome.looks} other looks at the same sockets`,
      why: `the capture repeats its table: the last complete one is taken, and ${outcome.gone} sockets that only the others list are left out`,
      remedy: "cut the capture into one file a look to see the course, or watch the host (leakline scan --watch)",
    });
  }
  if (merged.size > 0) {
    draft.missing.push({
      what: `the moments between the tables of ${[...new Set(kept.map(({ table }) => table.format))].join(" and ")}`,
      why: `${merged.size} sockets stand in more than one of them and are counted once, as if all were printed at the same moment`,
      remedy: "put tables of different moments into files of their own",
    });
  }
}

class ReadTable {
  rows: readonly SocketDraft[];
  readonly byKey = new Map<string, SocketDraft[]>();

  constructor(readonly table: SocketTable, rows: readonly SocketDraft[]) {
    this.rows = rows;
    for (const row of rows) {
      const key = keyOf(row);
      const same = this.byKey.get(key);
      if (same === undefined) this.byKey.set(key, [row]);
      else same.push(row);
    }
  }

  /** How many rows of this table the other one lists too, and whether one of them proves that both are of one host. */
  shared(other: ReadTable): { rows: number; proof: boolean } {
    let rows = 0;
    let proof = false;
    for (const [key, own] of this.byKey) {
      const others = other.byKey.get(key);
      if (others === undefined) continue;
      rows += Math.min(own.length, others.length);
      proof ||= own.some(isConnection) || own.some((row) => row.inode !== null && row.inode > 0 && others.some(({ inode }) => inode === row.inode));
    }
    return { rows, proof };
  }

  drop(rows: ReadonlySet<SocketDraft>): void {
    if (rows.size === 0) return;
    this.rows = this.rows.filter((row) => !rows.has(row));
    for (const [key, same] of this.byKey) {
      const left = same.filter((row) => !rows.has(row));
      if (left.length === 0) this.byKey.delete(key);
      else this.byKey.set(key, left);
    }
  }
}

function ofOneHost(one: ReadTable, other: ReadTable): boolean {
  return one.table.host === null || other.table.host === null || one.table.host === other.table.host;
}

/** The tables to keep once this one is read: it takes the place of an earlier look, unless it was cut off. */
function withLook(kept: readonly ReadTable[], table: ReadTable, last: boolean, outcome: { looks: number; gone: number }): ReadTable[] {
  for (const earlier of kept) {
    if (!ofOneHost(table, earlier)) continue;
    const { rows, proof } = table.shared(earlier);
    if (!proof || !isAnotherLook(table, earlier, rows)) continue;
    outcome.looks += 1;
    // What is cut off at the end of the capture is no complete look.
    const cutOff = last && table.rows.length < earlier.rows.length / 2;
    outcome.gone += (cutOff ? table : earlier).rows.length - rows;
    return cutOff ? [...kept] : [...kept.filter((each) => each !== earlier), table];
  }
  return [...kept, table];
}

function isAnotherLook(table: ReadTable, earlier: ReadTable, shared: number): boolean {
  const { format, command, ownersAsked } = table.table;
  return format === earlier.table.format && command === earlier.table.command && ownersAsked === earlier.table.ownersAsked && shared >= Math.min(table.rows.length, earlier.rows.length) * ANOTHER_LOOK;
}

/** Puts what two tables tell of the same sockets into the rows of the one that was asked for owners. */
function merge(table: ReadTable, earlier: ReadTable, merged: Set<SocketDraft>): void {
  const into = earlier.table.ownersAsked === true && table.table.ownersAsked !== true ? earlier : table;
  const from = into === table ? earlier : table;
  const dropped = new Set<SocketDraft>();
  for (const [key, rows] of from.byKey) {
    const targets = into.byKey.get(key);
    if (targets === undefined) continue;
    for (const [index, row] of rows.entries()) {
      const target = targets[index];
      if (target === undefined || dropped.has(row)) continue;
      fill(target, row, from === table);
      dropped.add(row);
      merged.delete(row);
      merged.add(target);
    }
  }
  from.drop(dropped);
}

/** @param newer Whether `row` was printed after `target`. */
function fill(target: SocketDraft, row: SocketDraft, newer: boolean): void {
  if (row.state !== null && (newer || target.state === null)) target.state = row.state;
  target.recvQueue = newer ? (row.recvQueue ?? target.recvQueue) : (target.recvQueue ?? row.recvQueue);
  target.sendQueue = newer ? (row.sendQueue ?? target.sendQueue) : (target.sendQueue ?? row.sendQueue);
  if (target.local.zone === null && row.local.zone !== null) target.local = row.local;
  if (target.remote.zone === null && row.remote.zone !== null) target.remote = row.remote;
  target.inode ??= row.inode;
  target.uid ??= row.uid;
  target.timer ??= row.timer;
  target.info ??= row.info;
  target.cgroup ??= row.cgroup;
  target.cookie ??= row.cookie;
  target.namespace ??= row.namespace;
  if (row.owners.length > 0) {
    target.owners = joinOwners(target.owners, row.owners);
    target.ownership = "owned";
  }
}

/** netstat knows no descriptor, ss does: an owner without one is the same process's. */
function joinOwners(one: readonly SocketOwner[], other: readonly SocketOwner[]): readonly SocketOwner[] {
  const joined = [...one];
  for (const owner of other) {
    const known = joined.findIndex((each) => each.pid === owner.pid && (each.fd === owner.fd || each.fd === null || owner.fd === null));
    const same = joined[known];
    if (same === undefined) joined.push(owner);
    else if (same.fd === null && owner.fd !== null) joined[known] = owner;
  }
  return joined;
}

function isConnection(row: SocketDraft): boolean {
  return row.remote.port !== null && row.remote.port !== 0 && row.local.port !== null && !isWildcard(row.remote.address);
}

function keyOf(row: SocketDraft): string {
  return `${row.protocol} ${row.namespace ?? ""} ${endOf(row.local)} ${isWildcard(row.remote.address) ? "*" : endOf(row.remote)}`;
}

/** Tools print a dual-stack wildcard as `*` or as `::`, and netstat prints no zone. */
function endOf({ address, port }: Endpoint): string {
  return `${address === "*" ? "::" : address} ${port ?? "?"}`;
}
