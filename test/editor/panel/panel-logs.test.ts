import { describe, expect, test } from "vitest";
import { findEvents, toLogRow, toPanelLogs } from "../../../src/editor/panel/panel-logs";
import { toPanelTalk } from "../../../src/editor/panel/panel-talk";
import { createRowIndex } from "../../../src/editor/panel/row-index";
import type { InvestigationLogs } from "../../../src/model/log";
import { EMPTY_QUERY } from "../../../src/protocol/panel";
import { watchedCase } from "../fixtures/watched-case";

const logs = watchedCase().logs as InvestigationLogs;
const all = { range: null, text: "", level: null };

describe("the logs of a case", () => {
  test("say where they lie, what was assumed, and what goes with the leak, with its statement's place", () => {
    const shown = toPanelLogs(logs);
    expect(shown?.sources.map(({ name, assumptions, leftUnread }) => [name, assumptions.length, leftUnread])).toEqual([
      ["/var/log/shop/shopd.log", 1, null], ["/var/log/nginx/error.log", 0, "the last 8 MB of 2.1 GB"],
    ]);
    expect(shown?.correlations).toMatchObject([{ diagnosis: 0, statement: { place: { file: "controllers/main.go", line: 16 }, symbol: "MainController.update" } }]);
    expect(toPanelLogs(undefined)).toBeNull();
  });

  test("are narrowed by time, level and words, together", () => {
    expect(findEvents(logs, all)).toHaveLength(240);
    const wrong = findEvents(logs, { ...all, level: "error" });
    expect(wrong.map((at) => logs.events[at]?.level)).toEqual(wrong.map(() => "error"));
    expect(findEvents(logs, { ...all, level: "warning" }).length).toBeGreaterThan(wrong.length);
    const proxy = findEvents(logs, { ...all, text: "NGINX timed" });
    expect(proxy).toHaveLength(6);
    const at = logs.events[proxy[2] ?? 0]?.timeMs ?? 0;
    expect(findEvents(logs, { text: "timed", level: "error", range: { fromMs: at, toMs: at } })).toEqual([proxy[2]]);
  });

  test("lead from a line to its statement; a record of several lines keeps them, cut where they are huge", () => {
    const refused = findEvents(logs, { ...all, text: "refused" })[0] ?? 0;
    expect(toLogRow(logs, refused)).toMatchObject({ text: null, statement: { place: { line: 16 } } });
    const panic = findEvents(logs, { ...all, text: "goroutine" })[0] ?? 0;
    expect(toLogRow(logs, panic)).toMatchObject({ statement: null, text: expect.stringContaining("main.go:19") as unknown });
    const huge: InvestigationLogs = { ...logs, events: [{ source: 0, line: 1, timeMs: null, level: null, message: "x".repeat(1e6), text: "y".repeat(1e7), fields: {} }], writtenBy: [null] };
    expect(JSON.stringify(toLogRow(huge, 0)).length).toBeLessThan(10_000);
  });
});

test("a stretch of time leaves the sockets that were used or hung up on in it; those whose times are unknown are not guessed in", () => {
  const found = watchedCase();
  const [diagnosis] = found.diagnoses;
  const moment = diagnosis?.leakMomentsMs[40] ?? 0;
  const index = createRowIndex(found, { ...EMPTY_QUERY, filter: { kind: "state", state: "CLOSE_WAIT" }, range: { fromMs: moment - 10, toMs: moment + 10 } });
  expect(index.page(0, 50)).toMatchObject({ sockets: 1 });
  const timeWaits = createRowIndex(found, { ...EMPTY_QUERY, filter: { kind: "state", state: "TIME_WAIT" }, range: { fromMs: 0, toMs: moment * 2 } });
  expect(timeWaits.page(0, 50).sockets).toBe(0);
});

test("an edge of the picture leads to its sockets", () => {
  const found = watchedCase();
  const shown = toPanelTalk(found);
  const stuck = shown?.edges.findIndex((edge) => edge.stuck > 0) ?? -1;
  expect(shown?.edges[stuck]).toMatchObject({ count: 130, stuck: 126, sockets: 126, states: [{ state: "ESTABLISHED", count: 4 }, { state: "CLOSE_WAIT", count: 126 }] });
  const page = createRowIndex(found, { ...EMPTY_QUERY, filter: { kind: "edge", edge: stuck } }).page(0, 200);
  expect(page.sockets).toBe(126);
  expect(page.rows.slice(1).every((row) => row.kind === "socket" && row.remote === "10.0.0.3:3306")).toBe(true);
  expect(createRowIndex(found, { ...EMPTY_QUERY, filter: { kind: "edge", edge: 99 } }).page(0, 200).sockets).toBe(0);
  const { talk, ...without } = found;
  expect(talk).toBeDefined();
  expect(toPanelTalk(without)).toBeNull();
});
