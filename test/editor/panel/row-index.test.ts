import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRowIndex, listStates } from "../../../src/editor/panel/row-index";
import type { Investigation } from "../../../src/model/investigation";
import { EMPTY_QUERY, PANEL_METHODS } from "../../../src/protocol/panel";
import type { GroupRow, PanelRow, RowQuery } from "../../../src/protocol/panel";
import { pinnedCase } from "../fixtures/pinned-case";

const all = (investigation: Investigation, query: Partial<RowQuery>): PanelRow[] => createRowIndex(investigation, { ...EMPTY_QUERY, ...query }).page(0, 100_000).rows;
const groupsOf = (rows: readonly PanelRow[]): GroupRow[] => rows.filter((row) => row.kind === "group");
const socketsOf = (rows: readonly PanelRow[]) => rows.filter((row) => row.kind === "socket");

describe("without a query", () => {
  test("shows one row for each group and no sockets", () => {
    const investigation = pinnedCase();
    const rows = all(investigation, {});
    expect(rows.length).toBe(investigation.groups.length);
    expect(socketsOf(rows)).toEqual([]);
  });

  test("puts what is stuck on top, then the larger groups", () => {
    const [first, second] = groupsOf(all(pinnedCase(), {}));
    expect(first).toMatchObject({ service: "mysql-lb:3306", count: 126, states: [{ state: "CLOSE_WAIT", count: 126 }] });
    expect(second).toMatchObject({ endpoint: "0.0.0.0:8080", count: 210 });
  });

  test("an open group is followed by its own sockets", () => {
    const rows = all(pinnedCase(), { open: [0] });
    expect(rows.slice(1, 127).every((row) => row.kind === "socket" && row.state === "CLOSE_WAIT")).toBe(true);
    expect(rows[127]?.kind).toBe("group");
  });
});

describe("a filter", () => {
  test("by state leaves the groups that have it, open, with counts of what passes", () => {
    const rows = all(pinnedCase(), { filter: { kind: "state", state: "LISTEN" } });
    expect(groupsOf(rows).every((group) => group.open && group.count === 1)).toBe(true);
    expect(socketsOf(rows).length).toBe(6);
  });

  test("by evidence shows exactly the sockets behind the figure", () => {
    const investigation = pinnedCase();
    const behind = investigation.diagnoses[0]?.evidence[0]?.sockets.length;
    expect(socketsOf(all(investigation, { filter: { kind: "evidence", diagnosis: 0, evidence: 0 } })).length).toBe(behind);
  });

  test("by evidence that has no sockets shows none", () => {
    expect(all(pinnedCase(), { filter: { kind: "evidence", diagnosis: 0, evidence: 2 } })).toEqual([]);
  });

  test("by a diagnosis that is not there shows none", () => {
    expect(all(pinnedCase(), { filter: { kind: "diagnosis", diagnosis: 9 } })).toEqual([]);
  });

  test("keeps a group shut that was shut under it", () => {
    const rows = all(pinnedCase(), { filter: { kind: "state", state: "CLOSE_WAIT" }, closed: [0] });
    expect(rows).toMatchObject([{ kind: "group", group: 0, open: false, count: 126 }]);
  });

  test("by text finds addresses, ports, processes and services; every word must occur", () => {
    const investigation = pinnedCase();
    expect(socketsOf(all(investigation, { text: ":40007" })).length).toBe(1);
    expect(socketsOf(all(investigation, { text: "mysql" })).length).toBe(126);
    expect(socketsOf(all(investigation, { text: "SHOPD listen" })).length).toBe(2);
    expect(all(investigation, { text: "mysql nothing-such" })).toEqual([]);
  });
});

describe("a row", () => {
  test("tells a socket nobody accepted from an owned one", () => {
    const rows = socketsOf(all(pinnedCase(), { filter: { kind: "state", state: "ESTABLISHED" } }));
    expect(rows[0]).toMatchObject({ ownership: "owned", owner: "shopd (812) fd 200" });
    expect(rows[49]).toMatchObject({ ownership: "none", owner: "" });
  });

  test("passes the protocol's own check", () => {
    const page = createRowIndex(pinnedCase(), { ...EMPTY_QUERY, open: [0, 1, 2] }).page(0, 500);
    expect(PANEL_METHODS.rows.result.safeParse({ revision: 1, ...page }).success).toBe(true);
  });
});

test("pages, put together, are the whole: no row twice, none left out", () => {
  const investigation = pinnedCase();
  fc.assert(fc.property(
    fc.uniqueArray(fc.integer({ min: 0, max: investigation.groups.length - 1 })),
    fc.integer({ min: 1, max: 97 }),
    fc.option(fc.constantFrom("CLOSE_WAIT", "ESTABLISHED", "LISTEN", "TIME_WAIT"), { nil: null }),
    (groups, size, state) => {
      const query: RowQuery = { ...EMPTY_QUERY, open: groups, closed: groups, filter: state === null ? null : { kind: "state", state } };
      const index = createRowIndex(investigation, query);
      const whole = index.page(0, 1_000_000);
      const pieces: PanelRow[] = [];
      for (let from = 0; from < whole.total; from += size) pieces.push(...index.page(from, size).rows);
      expect(pieces).toEqual(whole.rows);
      expect(whole.rows.length).toBe(whole.total);
    },
  ), { numRuns: 40 });
});

test("a page beyond the end is empty", () => {
  const index = createRowIndex(pinnedCase(), EMPTY_QUERY);
  expect(index.page(1000, 50).rows).toEqual([]);
  expect(createRowIndex({ ...pinnedCase(), groups: [] }, EMPTY_QUERY).page(0, 50)).toMatchObject({ total: 0, rows: [] });
});

test("states come in the order of a connection's life", () => {
  expect(listStates({ CLOSE_WAIT: 2, LISTEN: 1, TIME_WAIT: 0 })).toEqual([{ state: "LISTEN", count: 1 }, { state: "CLOSE_WAIT", count: 2 }]);
});
