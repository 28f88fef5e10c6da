import { describe, expect, test } from "vitest";
import { createTranslate, formatCount, formatDuration, formatTimeout } from "../../webview/words";
import { ownerWords, summarize } from "../../webview/sentences";
import { toPanelCase } from "../../src/editor/panel/panel-case";
import type { SocketRow } from "../../src/protocol/panel";
import { pinnedCase } from "../editor/fixtures/pinned-case";

const english = createTranslate({});

describe("a translation", () => {
  test("fills in arguments, in the order of the language", () => {
    const t = createTranslate({ "{0} of {1}": "{1} 中的 {0}" });
    expect(t("{0} of {1}", 3, "shop")).toBe("shop 中的 3");
    expect(english("{0} of {1}", 3, "shop")).toBe("3 of shop");
  });

  test("does not fill in what an argument says", () => {
    expect(english("{0} {1}", "{1}", "x")).toBe("{1} x");
  });

  test("of a word that is no entry is the word, even one that every object has", () => {
    expect(createTranslate({})("constructor")).toBe("constructor");
  });
});

test.each([
  [0, "0 ms"], [999, "999 ms"], [1000, "1.0 s"], [59_999, "59.9 s"], [60_000, "1 min"], [252_000, "4 min 12 s"], [3_600_000, "1 h"], [7_500_000, "2 h 5 min"], [273_600_000, "3 d 4 h"],
])("%i ms reads %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("an idle timeout keeps its tenth of a second", () => {
  expect(formatTimeout(60_004)).toBe("60.0 s");
  expect(formatTimeout(7_200_000)).toBe("2 h");
});

test("counts are grouped as the reader groups them", () => {
  expect(formatCount(100_000, "en")).toBe("100,000");
});

test("the summary of a diagnosis is one line with its figures", () => {
  const [diagnosis] = toPanelCase(pinnedCase(), { workspace: "trusted", socketsNotKept: false, live: true }).diagnoses;
  if (diagnosis === undefined) throw new Error("the fixture has a diagnosis");
  expect(summarize(diagnosis, english, "en")).toBe("126 CLOSE_WAIT, outbound, held by shopd (pid 812); the peer hangs up after 60.0 s idle");
  expect(summarize({ ...diagnosis, states: [], direction: null, process: null, peerIdleMs: null }, english, "en")).toBe("");
});

describe("the owner", () => {
  const row: SocketRow = {
    kind: "socket", state: "ESTABLISHED", protocol: "tcp", local: "a", remote: "b", recvQueue: 0, sendQueue: 0, ownership: "none", owner: "", lastSendMs: null, lastReceiveMs: null,
    lastAckMs: null, timer: null, cgroup: null,
  };
  test("nobody and not-allowed-to-see are different answers", () => {
    const nobody = ownerWords(row, english);
    const hidden = ownerWords({ ...row, ownership: "hidden" }, english);
    expect(nobody.text).toBe("no owner: never accepted");
    expect(hidden.text).toBe("owner unknown: not root");
    expect(hidden.why).toContain("root");
  });
  test("a socket in its last states is not called never accepted", () => {
    for (const state of ["TIME_WAIT", "FIN_WAIT_2", "LAST_ACK", "CLOSING", "LISTEN", null]) expect(ownerWords({ ...row, state }, english).text).not.toContain("accepted");
  });
});

test("what nobody has accepted is waiting for the process, not held by it", () => {
  const { diagnoses } = toPanelCase(pinnedCase(), { workspace: "trusted", socketsNotKept: false, live: true });
  const [pinned] = diagnoses;
  if (pinned === undefined) throw new Error("the case has no diagnosis");
  expect(summarize(pinned, english, "en")).toContain("held by shopd (pid 812)");
  expect(summarize({ ...pinned, cause: "accept-queue-stalled" }, english, "en")).toContain("waiting for shopd (pid 812)");
});
