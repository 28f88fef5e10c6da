import { describe, expect, test } from "vitest";
import { toPanelCase, whyNoSuspect } from "../../../src/editor/panel/panel-case";
import type { CaseContext } from "../../../src/editor/panel/panel-case";
import { EMPTY_QUERY, PANEL_METHODS } from "../../../src/protocol/panel";
import { pinnedCase } from "../fixtures/pinned-case";

const live: CaseContext = { workspace: "trusted", socketsNotKept: false, live: true };

describe("the case at a glance", () => {
  test("has the host, the counts, and the figures of each diagnosis", () => {
    const shown = toPanelCase(pinnedCase(), live);
    expect(shown).toMatchObject({ name: "prod-1", target: "ssh://prod-1", sockets: 412, looks: 1, live: true, noSuspect: null });
    expect(Object.fromEntries(shown.states.map(({ state, count }) => [state, count]))).toEqual({ LISTEN: 6, ESTABLISHED: 210, CLOSE_WAIT: 126, TIME_WAIT: 70 });
    expect(shown.diagnoses[0]).toMatchObject({ count: 126, peerIdleMs: 60_000, direction: "outbound", process: { pid: 812 }, service: { name: "mysql-lb:3306" } });
    expect(shown.diagnoses[0]?.evidence.map((one) => one.sockets)).toEqual([126, 126, 0, 0]);
  });

  test("gives each suspect its place and its leak path", () => {
    const [first] = toPanelCase(pinnedCase(), live).suspects;
    expect(first).toMatchObject({ rank: 1, place: { file: "controllers/main.go", line: 12, column: 13 } });
    expect(first?.path.map((step) => step.place.line)).toEqual([12, 16, 17]);
  });

  test("passes the protocol's own check and does not grow with the sockets", () => {
    const wrap = (established: number) => ({ revision: 1, activity: null, case: toPanelCase(pinnedCase({ established }), live), query: EMPTY_QUERY, words: {}, locale: "en" });
    expect(PANEL_METHODS.ready.result.safeParse(wrap(210)).success).toBe(true);
    expect(JSON.stringify(wrap(50_000)).length - JSON.stringify(wrap(10)).length).toBeLessThan(100);
  });

  test("shortens skipped lines and keeps their count", () => {
    const base = pinnedCase();
    const snapshot = base.snapshots[0];
    if (snapshot === undefined) throw new Error("the fixture has a snapshot");
    const skipped = Array.from({ length: 250 }, (_, at) => ({ line: at + 1, text: "x".repeat(10_000), reason: "broken" }));
    const shown = toPanelCase({ ...base, snapshots: [{ ...snapshot, skipped }] }, live);
    expect(shown.skipped.count).toBe(250);
    expect(shown.skipped.first.length).toBeLessThan(250);
    expect(shown.skipped.first[0]?.text.length).toBeLessThan(1000);
  });

  test("tells what the machine is called, which files were not read, and what a preserved scene holds and lacks", () => {
    const base = pinnedCase();
    const snapshot = base.snapshots[0];
    if (snapshot === undefined) throw new Error("the fixture has a snapshot");
    const plain = toPanelCase(base, live);
    expect([plain.machineNames, plain.leftOut, plain.kept]).toEqual([[], { count: 0, first: [] }, null]);
    const shown = toPanelCase({
      ...base,
      snapshots: [{ ...snapshot, machineNames: [{ what: "instance id", value: "i-0abc", from: "/var/lib/cloud/data/instance-id" }] }],
      leftOut: Array.from({ length: 300 }, (_, at) => ({ file: `conf/${at}.yaml`, reason: "larger than 1 MB" })),
      preserved: {
        target: "ssh://prod-1", beganMs: 1_000, endedMs: 6_500, pids: [812], descriptors: [{ pid: 812, fd: 3, target: "socket:[12]" }], threads: [], limits: [], settings: { "net.core.somaxconn": "128" },
        unfinished: [{ what: "the logs", why: "no time was left", remedy: "preserve again" }], cost: { wallMs: 1, bytes: null, rawBytes: null, targetCpuMs: null }, damaged: [{ part: "threads.json", why: "its digest is not that which was written" }],
      },
    }, live);
    expect(shown.machineNames).toEqual([{ host: null, what: "instance id", value: "i-0abc", from: "/var/lib/cloud/data/instance-id" }]);
    expect(shown.leftOut.count).toBe(300);
    expect(shown.leftOut.first.length).toBeLessThan(300);
    expect(shown.kept).toMatchObject({ tookMs: 5_500, processes: 1, descriptors: 1, settings: 1, unfinished: [{ what: "the logs" }], damaged: [{ part: "threads.json" }] });
    expect(PANEL_METHODS.ready.result.safeParse({ revision: 1, activity: null, case: shown, query: EMPTY_QUERY, words: {}, locale: "en" }).success).toBe(true);
  });

  test("counts states of a capture that has no sockets", () => {
    const base = pinnedCase();
    const snapshot = base.snapshots[0];
    if (snapshot === undefined) throw new Error("the fixture has a snapshot");
    const shown = toPanelCase({ ...base, groups: [], diagnoses: [], suspects: [], snapshots: [{ ...snapshot, sockets: [], statesOnly: { CLOSE_WAIT: 900, LISTEN: 3 } }] }, live);
    expect(shown.sockets).toBe(903);
  });

  test("does not invent a time for a capture that tells none", () => {
    const base = pinnedCase();
    const snapshot = base.snapshots[0];
    if (snapshot === undefined) throw new Error("the fixture has a snapshot");
    const shown = toPanelCase({ ...base, snapshots: [{ ...snapshot, source: { ...snapshot.source, takenAt: null } }] }, { ...live, live: false });
    expect(shown.takenAtMs).toBeNull();
  });
});

describe("why there is no suspect", () => {
  const none = { ...pinnedCase(), suspects: [] };
  test.each([
    ["no diagnosis: the clean bill", { ...none, diagnoses: [] }, "trusted", "no-diagnosis"],
    ["the code was read", none, "trusted", "nothing-found"],
    ["no folder is open", { ...none, analysis: null }, "none", "no-workspace"],
    ["the folder is not trusted", { ...none, analysis: null }, "untrusted", "not-trusted"],
    ["there are some", pinnedCase(), "trusted", null],
  ] as const)("%s", (_, investigation, workspace, reason) => {
    expect(whyNoSuspect(investigation, workspace)).toBe(reason);
  });
});
