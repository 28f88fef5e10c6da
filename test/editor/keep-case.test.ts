import { describe, expect, test, vi } from "vitest";
import { readDocument, writeInvestigation } from "../../src/protocol/investigation-file";
import { countStates } from "../../src/model/snapshot";
import { pinnedCase } from "./fixtures/pinned-case";

vi.mock("vscode", () => ({}));
const { SOCKETS_KEPT, trimForKeeping, withoutSockets } = await import("../../src/editor/keep-case");

const open = (investigation: ReturnType<typeof pinnedCase>) => ({ investigation, target: null, root: "/srv/shop", socketsNotKept: false });

describe("what is kept over a reload", () => {
  test("is the whole case, sockets included, up to the limit", () => {
    const shown = open(pinnedCase());
    expect(trimForKeeping(shown)).toBe(shown);
  });

  test("beyond the limit is all but the sockets, and says so", () => {
    const shown = open(pinnedCase({ established: SOCKETS_KEPT }));
    const kept = trimForKeeping(shown);
    expect(kept.socketsNotKept).toBe(true);
    expect(kept.investigation.suspects).toEqual(shown.investigation.suspects);
    expect(kept.investigation.snapshots[0]?.sockets).toEqual([]);
  });

  test("keeps the counts of states when the sockets are left out", () => {
    const [before] = pinnedCase().snapshots;
    const [after] = withoutSockets(pinnedCase()).snapshots;
    if (before === undefined || after === undefined) throw new Error("the fixture has a snapshot");
    expect(countStates(after)).toEqual(countStates(before));
  });

  test.each([["with", pinnedCase()], ["without", withoutSockets(pinnedCase())]])("comes back as it was, %s sockets", (_, investigation) => {
    const text = [...writeInvestigation(investigation)].join("");
    expect(readDocument("case.json", JSON.parse(text))).toEqual({ investigation });
  });
});
