import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRecord } from "../../../../src/investigate/watch/record/record-reader";
import type { RecordRange } from "../../../../src/investigate/watch/record/record-reader";
import { BLOCK_GROWTH, BLOCK_LOOKS, RecordWriter } from "../../../../src/investigate/watch/record/record-writer";
import type { RecordedLook } from "../../../../src/investigate/watch/record/snapshot-codec";
import { Failure } from "../../../../src/model/failure";
import type { Snapshot } from "../../../../src/model/snapshot";
import type { Socket } from "../../../../src/model/socket";
import { TCP_STATES } from "../../../../src/model/tcp-state";
import { later, listener, look, process, socket, TAKEN_MS } from "../../../explain/look-builder";
import { madeDay } from "../made-day";

const HEADER = { target: "ssh://db7", startedAt: "2026-03-01T00:00:00.000Z", intervalMs: 5000 };
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leakline-record-"));
  path = join(folder, "watch.lk");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function write(snapshots: Iterable<Snapshot>, gaps: Readonly<Record<number, string>> = {}): Promise<number[]> {
  const writer = await RecordWriter.open(path, "watch.lk", HEADER);
  const ends: number[] = [];
  let at = 0;
  try {
    for (const snapshot of snapshots) {
      await writer.append({ snapshot, gap: gaps[at] ?? null });
      ends.push(writer.bytes);
      at += 1;
    }
  } finally {
    await writer.close();
  }
  return ends;
}

/** The file in pieces of an awkward size. */
async function* chunksOf(bytes: Uint8Array, size = 1009): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(range: RecordRange = {}, bytes: Uint8Array = readFileSync(path)): Promise<{ looks: RecordedLook[]; damage: readonly string[] }> {
  const record = await readRecord(chunksOf(bytes), "watch.lk");
  const looks: RecordedLook[] = [];
  for await (const one of record.looks(range)) looks.push(one);
  return { looks, damage: record.damage };
}

const byCookie = (sockets: readonly Socket[]): Socket[] => [...sockets].sort((a, b) => ((a.cookie ?? "") < (b.cookie ?? "") ? -1 : 1));
/** Without what a record keeps to a quarter of a second, or two seconds where counters prove that nothing happened. */
const withoutTimes = (one: Socket): Socket => ({ ...one, timer: one.timer === null ? null : { ...one.timer, expiresInMs: null }, info: one.info === null ? null : { ...one.info, lastSendMs: null, lastReceiveMs: null, lastAckMs: null } });

describe("a record", () => {
  it("gives back every look with all its facts, and last uses to the quarter of a second", async () => {
    const day = [...madeDay(100, 40)];
    await write(day);
    const { looks, damage } = await read();
    expect(damage).toEqual([]);
    expect(looks).toHaveLength(40);
    for (const [at, { snapshot, gap }] of looks.entries()) {
      const before = day[at] as Snapshot;
      expect(gap).toBeNull();
      expect({ ...snapshot, sockets: [], processes: [] }).toEqual({ ...before, sockets: [], processes: [] });
      expect(snapshot.processes.map((one) => ({ ...one, startedAtMs: 0 }))).toEqual(before.processes.map((one) => ({ ...one, startedAtMs: 0 })));
      expect(byCookie(snapshot.sockets).map(withoutTimes)).toEqual(byCookie(before.sockets).map(withoutTimes));
      const was = byCookie(before.sockets);
      byCookie(snapshot.sockets).forEach((one, place) => {
        for (const time of ["lastSendMs", "lastReceiveMs", "lastAckMs"] as const) expect(Math.abs((one.info?.[time] ?? 0) - (was[place]?.info?.[time] ?? 0))).toBeLessThanOrEqual(250);
      });
    }
  });

  it("keeps the moment of a use to the millisecond, however often it is looked at later", async () => {
    const idle = (ms: number): Snapshot => later(look([socket("ESTABLISHED", "10.0.0.7:40000", "10.0.0.3:3306", { cookie: "a1", info: { lastSendMs: 137 + ms, lastReceiveMs: 136 + ms, lastAckMs: 136 + ms, bytesSent: 500, bytesReceived: 900 } })]), ms);
    await write([idle(0), idle(5000), idle(10_003)]);
    const { looks } = await read();
    for (const { snapshot } of looks) expect((snapshot.clock?.targetMs ?? 0) - (snapshot.sockets[0]?.info?.lastSendMs ?? 0)).toBe(TAKEN_MS - 137);
  });

  it("survives sockets of every kind", async () => {
    const number = fc.option(fc.nat(2 ** 40), { nil: null });
    const text = fc.option(fc.string(), { nil: null });
    const endpoint = fc.record({ address: fc.string(), port: fc.option(fc.nat(65_535), { nil: null }), zone: text });
    const any: fc.Arbitrary<Socket> = fc.record({
      protocol: fc.constantFrom("tcp", "udp", "mptcp", "sctp", "other"), state: fc.option(fc.constantFrom(...TCP_STATES), { nil: null }), local: endpoint, remote: endpoint, recvQueue: number, sendQueue: number,
      owners: fc.array(fc.record({ pid: fc.nat(), process: text, fd: fc.option(fc.integer({ min: -1, max: 1e6 }), { nil: null }) }), { maxLength: 3 }), ownership: fc.constantFrom("owned", "none", "hidden", "not-asked"),
      inode: number, uid: fc.option(fc.integer({ min: -1, max: 2 ** 32 }), { nil: null }), timer: fc.constant(null), cgroup: text, namespace: text, cookie: fc.option(fc.oneof(fc.string(), fc.nat().map((n) => n.toString(16))), { nil: null }),
      info: fc.option(fc.record({
        lastSendMs: number, lastReceiveMs: number, lastAckMs: number, bytesSent: number, bytesAcked: number, bytesReceived: number, retransmits: number, totalRetransmits: number, unacked: number, notSent: number,
        rttMs: fc.option(fc.nat(1e6).map((n) => n / 1000), { nil: null }), rtoMs: number, backoff: number, congestionWindow: number, congestionControl: text,
      }), { nil: null }),
    });
    const inOneOrder = (_key: string, value: unknown): unknown => (typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value);
    const sorted = (sockets: readonly Socket[]): string[] => sockets.map((one) => JSON.stringify(withoutTimes(one), inOneOrder)).sort();
    await fc.assert(fc.asyncProperty(fc.array(fc.array(any, { maxLength: 6 }), { minLength: 1, maxLength: 4 }), async (tables) => {
      rmSync(path, { force: true });
      await write(tables.map((sockets, at) => later(look(sockets), at * 5000)));
      const { looks } = await read();
      expect(looks.map(({ snapshot }) => sorted(snapshot.sockets))).toEqual(tables.map(sorted));
    }), { numRuns: 60 });
  });

  it("opens by range: what lies outside is not given, and the looks inside are whole", async () => {
    const day = [...madeDay(50, 900)];
    await write(day);
    const from = day[600]?.clock?.targetMs ?? 0;
    const to = day[640]?.clock?.targetMs ?? 0;
    const { looks } = await read({ fromMs: from, toMs: to });
    expect(looks).toHaveLength(41);
    expect(byCookie(looks[0]?.snapshot.sockets ?? []).map(withoutTimes)).toEqual(byCookie(day[600]?.sockets ?? []).map(withoutTimes));
  });

  it("goes on in a file of the same target, and in no other file", async () => {
    await write([...madeDay(50, 3)]);
    await write([...madeDay(50, 6)].slice(3), { 0: "the watch was ended and begun again" });
    const { looks } = await read();
    expect(looks.map(({ gap }) => gap)).toEqual([null, null, null, "the watch was ended and begun again", null, null]);
    await expect(RecordWriter.open(path, "watch.lk", { ...HEADER, target: "local" })).rejects.toThrow("a record of ssh://db7, not of local");
    const before = statSync(path).size;
    expect(before).toBe(statSync(path).size);
    writeFileSync(path, "a letter to my landlord\n");
    await expect(RecordWriter.open(path, "watch.lk", HEADER)).rejects.toThrow("is no record of a watch");
    expect(readFileSync(path, "utf8")).toBe("a letter to my landlord\n");
  });

  it("loses no more than its torn tail, wherever it is torn, and says so", async () => {
    const ends = await write([...madeDay(40, 12)]);
    const whole = readFileSync(path);
    for (let cut = (ends[5] ?? 0) + 1; cut < (ends[7] ?? 0); cut += 7) {
      const { looks, damage } = await read({}, whole.subarray(0, cut));
      const expected = ends.filter((end) => end <= cut).length;
      expect(looks).toHaveLength(expected);
      if (!ends.includes(cut)) expect(damage[0]).toMatch(/the last look is torn \(\d+ bytes\), after the look of 2026-03-01T/);
    }
    // The next watch goes on behind it: the tear is a gap, and nothing after it is lost.
    truncateSync(path, (ends[11] ?? 0) - 5);
    await write([...madeDay(40, 14)].slice(12));
    const { looks, damage } = await read();
    expect(looks).toHaveLength(13);
    expect(looks[11]?.gap).toMatch(/the record is damaged there/);
    expect(damage).toHaveLength(1);
  });

  it("tells damage in its middle, gives what is whole before and after it, and never makes facts up", async () => {
    const day = [...madeDay(20, 900)];
    const ends = await write(day);
    const whole = readFileSync(path);
    const known = new Map(day.map((one) => [one.clock?.targetMs, byCookie(one.sockets).map(withoutTimes)]));
    for (const look of [3, 500]) {
      const broken = Uint8Array.from(whole);
      const at = (ends[look] ?? 0) - 9;
      broken[at] = (broken[at] ?? 0) ^ 0x40;
      const { looks, damage } = await read({}, broken);
      expect(damage).toHaveLength(1);
      expect(looks.length).toBeGreaterThanOrEqual(look);
      expect(looks.filter(({ gap }) => gap !== null)).toHaveLength(1);
      for (const { snapshot } of looks.filter((_, place) => place % 50 === 0)) expect(byCookie(snapshot.sockets).map(withoutTimes)).toEqual(known.get(snapshot.clock?.targetMs));
    }
  });

  it("refuses other versions and what is no record, and says what to do", async () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    await expect(readRecord(chunksOf(bytes('leakline.watch/2 {"target":"local"}\nxxxx')), "new.lk")).rejects.toMatchObject({ reason: "notUnderstood", message: expect.stringContaining("a record of version 2; this Leakline reads version 1") });
    await expect(readRecord(chunksOf(bytes("leakline.watch/1 {broken\n")), "odd.lk")).rejects.toThrow(Failure);
    await expect(readRecord(chunksOf(bytes("Netid State")), "ss.txt")).rejects.toThrow("no record of a watch");
  });

  it("keeps listeners, processes that come and go, and gaps", async () => {
    const one = look([listener("0.0.0.0:8080", 3, 128)], { processes: [process(7, "a"), process(8, "b")] });
    const two = later(look([listener("0.0.0.0:8080", 9, 128)], { processes: [process(8, "b"), process(9, "c")] }), 60_000);
    await write([one, two], { 1: "this machine slept" });
    const { looks } = await read();
    expect(looks[1]).toEqual({ snapshot: two, gap: "this machine slept" });
  });
});

describe("a day of one look every five seconds at ten thousand sockets, one in a hundred changing", () => {
  it("takes less than 50 MB, reckoned from its first looks; the whole day is in the bench", async () => {
    const looks = 30;
    const writer = await RecordWriter.open(path, "watch.lk", HEADER);
    for (const snapshot of madeDay(10_000, looks)) await writer.append({ snapshot, gap: null });
    await writer.close();
    const { first, next } = writer.block;
    const each = next / (looks - 1);
    const looksInBlock = Math.min(BLOCK_LOOKS, Math.floor((BLOCK_GROWTH * first) / each));
    expect(Math.ceil(17_280 / looksInBlock) * first + 17_280 * each).toBeLessThan(50e6);
  });
});
