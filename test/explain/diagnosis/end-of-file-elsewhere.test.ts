import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { createCaptureReader } from "../../../src/observe/sockets/capture";
import type { Snapshot } from "../../../src/model/snapshot";

function read(text: string): Snapshot {
  const reader = createCaptureReader("pasted");
  reader.push(text);
  return reader.finish();
}

const ROWS = Array.from({ length: 8 }, (_, index) => index + 1);

describe("Recv-Q 0 of a CLOSE_WAIT", () => {
  it("says on Linux that the end of file was read and ignored", () => {
    const { diagnoses } = explain({ snapshots: [read(`Proto Recv-Q Send-Q Local Address Foreign Address State PID/Program name\n${ROWS.map((index) => `tcp 0 0 10.0.0.5:5100${index} 10.0.0.9:5432 CLOSE_WAIT 77/web`).join("\n")}\n`)], configured: [] });
    expect(diagnoses.map(({ cause }) => cause)).toEqual(["end-of-file-ignored"]);
  });

  it.each([
    ["BSD and macOS", `Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)\n${ROWS.map((index) => `tcp4       0      0  10.0.0.5.5100${index}       10.0.0.9.5432          CLOSE_WAIT`).join("\n")}\n`],
    ["Solaris", `TCP: IPv4\n   Local Address        Remote Address    Swind Send-Q Rwind Recv-Q    State\n-------------------- -------------------- ----- ------ ----- ------ -----------\n${ROWS.map((index) => `10.0.0.5.5100${index}       10.0.0.9.5432        49640      0 49640      0 CLOSE_WAIT`).join("\n")}\n`],
  ])("says nothing on %s, where an unread end of file is no byte", (_, text) => {
    const snapshot = read(text);
    expect(snapshot.sockets.map(({ state, recvQueue }) => [state, recvQueue])).toEqual(ROWS.map(() => ["CLOSE_WAIT", 0]));
    const { diagnoses } = explain({ snapshots: [snapshot], configured: [] });
    expect(diagnoses.map(({ cause, confidence }) => [cause, confidence])).toEqual([["connection-pinned", "low"]]);
    expect(diagnoses[0]?.evidence.find(({ text: words }) => words.startsWith("that system does not count"))).toMatchObject({ supports: false });
  });
});
