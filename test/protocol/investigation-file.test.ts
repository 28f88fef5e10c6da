import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Investigation } from "../../src/model/investigation";
import type { Snapshot } from "../../src/model/snapshot";
import type { Socket } from "../../src/model/socket";
import { NO_OWNERS } from "../../src/model/socket";
import { TCP_STATES } from "../../src/model/tcp-state";
import { readDocument, writeInvestigation, writeSnapshot } from "../../src/protocol/investigation-file";
import { pinnedCase } from "../editor/fixtures/pinned-case";

const joined = (chunks: Iterable<string>): unknown => JSON.parse([...chunks].join(""));

const endpoint = fc.record({
  address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("*", "0.0.0.0", "::")),
  port: fc.option(fc.nat(65_535)),
  zone: fc.option(fc.string({ minLength: 1, maxLength: 8 })),
});
const owner = fc.record({ pid: fc.nat(), process: fc.option(fc.string()), fd: fc.option(fc.nat()) });
const socket: fc.Arbitrary<Socket> = fc
  .record({
    protocol: fc.constantFrom("tcp" as const, "udp" as const, "other" as const),
    state: fc.option(fc.constantFrom(...TCP_STATES)),
    local: endpoint,
    remote: endpoint,
    recvQueue: fc.option(fc.nat()),
    sendQueue: fc.option(fc.nat()),
    owners: fc.array(owner, { maxLength: 3 }),
    inode: fc.option(fc.nat()),
    uid: fc.option(fc.nat()),
    timer: fc.option(fc.record({ kind: fc.constantFrom("keepalive" as const, "on" as const), expiresInMs: fc.option(fc.nat()), retransmits: fc.option(fc.nat()) })),
    info: fc.constant(null),
    cgroup: fc.option(fc.string()),
    namespace: fc.option(fc.string()),
    cookie: fc.option(fc.string()),
  })
  .map((made) => ({
    ...made,
    owners: made.owners.length === 0 ? NO_OWNERS : made.owners,
    ownership: made.owners.length === 0 ? ("none" as const) : ("owned" as const),
  }));

function snapshotOf(sockets: readonly Socket[]): Snapshot {
  return {
    source: { format: "ss", target: "a capture", takenAt: null },
    sockets, statesOnly: null, processes: [], kernel: null, clock: null, privilege: null, hostname: null, hostNames: [], namespaces: [], summaries: [], ownAddresses: [],
    skipped: [{ line: 3, text: "what is this\u001b[31m", reason: "not a socket" }], missing: [], cost: null,
  };
}

describe("leakline.snapshot/1", () => {
  test("whatever sockets are written are read back the same", () => {
    fc.assert(
      fc.property(fc.array(socket, { maxLength: 20 }), (sockets) => {
        const snapshot = snapshotOf(sockets);
        const read = readDocument("x", joined(writeSnapshot(snapshot)));
        expect(read).toEqual({ snapshot });
      }),
    );
  });

  test("more sockets than one chunk holds keep their order and their number", () => {
    const one = fc.sample(socket, { numRuns: 1, seed: 7 })[0];
    if (one === undefined) throw new Error("no sample");
    const sockets = Array.from({ length: 1_300 }, (_, index) => ({ ...one, inode: index }));
    const read = readDocument("x", joined(writeSnapshot(snapshotOf(sockets))));
    expect("snapshot" in read && read.snapshot.sockets.map((entry) => entry.inode)).toEqual(sockets.map((entry) => entry.inode));
  });

  test("has the contract's fields: the first owner flat, the states counted", () => {
    const sample = fc.sample(socket, { numRuns: 1, seed: 1 })[0];
    if (sample === undefined) throw new Error("no sample");
    const held: Socket = {
      ...sample, state: "CLOSE_WAIT", local: { address: "10.0.0.1", port: 40_000, zone: null },
      owners: [{ pid: 8, process: "shopd", fd: 9 }, { pid: 10, process: "shopd", fd: 9 }], ownership: "owned",
    };
    const document = joined(writeSnapshot(snapshotOf([held]))) as { schema: string; states: object; sockets: object[]; skipped: object[] };
    expect(document.schema).toBe("leakline.snapshot/1");
    expect(document.states).toEqual({ CLOSE_WAIT: 1 });
    expect(document.sockets[0]).toMatchObject({ state: "CLOSE_WAIT", pid: 8, process: "shopd", fd: 9, local: { address: "10.0.0.1", port: 40_000 } });
    expect(document.skipped).toEqual([{ line: 3, text: "what is this\u001b[31m", reason: "not a socket" }]);
  });
});

describe("leakline.investigation/1", () => {
  const whole = (): Investigation => pinnedCase();

  test("a saved case opens with everything the live one had", () => {
    const investigation = whole();
    const read = readDocument("case.json", joined(writeInvestigation(investigation)));
    expect(read).toEqual({ investigation });
  });

  test("has the contract's fields: process, service with how, timeout, ISO leak moments", () => {
    const investigation = whole();
    const document = joined(writeInvestigation(investigation)) as { diagnoses: Record<string, unknown>[]; logs: unknown };
    const [first] = investigation.diagnoses;
    expect(document.logs).toEqual([]);
    expect(document.diagnoses[0]).toMatchObject({ cause: first?.cause, peerIdleTimeoutMs: first?.peerIdleTimeout?.medianMs });
    expect(document.diagnoses[0]?.["leakMoments"]).toEqual(first?.leakMomentsMs.map((ms) => new Date(ms).toISOString()));
    expect(typeof (document.diagnoses[0]?.["service"] as { how: unknown }).how).toBe("string");
  });

  test.each([
    ["a dangling finding", (text: string) => text.replace(/"finding":\d+/, '"finding":99'), /suspects\.0\.finding.*99/],
    ["a state that is none", (text: string) => text.replaceAll("CLOSE_WAIT", "CLOSED_WAIT"), /CLOSE_WAIT/],
    ["a socket that is cut", (text: string) => text.replace(/"recvQueue":\d+,/, ""), /recvQueue/],
  ])("%s is refused, naming the place", (_, damage, place) => {
    const text = [...writeInvestigation(whole())].join("");
    const damaged = damage(text);
    expect(damaged).not.toBe(text);
    expect(() => readDocument("case.json", JSON.parse(damaged))).toThrow(place);
  });

  test.each([[{}], [[]], [null], [{ schema: "leakline.investigation/9" }]])("%j is no document, and the error says what is", (json) => {
    expect(() => readDocument("x.json", json)).toThrow(/x\.json: .*no Leakline document/);
  });
});
