import { expect, test } from "vitest";
import { toldAgain } from "../../src/investigate/told-again";
import type { Investigation } from "../../src/model/investigation";
import { pinnedCase } from "../editor/fixtures/pinned-case";
import { watchedCase } from "../editor/fixtures/watched-case";

test("a case that is told again keeps its logs, bound to the same diagnosis wherever it stands now, and its longer time line", () => {
  const saved = watchedCase();
  const plain = pinnedCase();
  const [pinned] = plain.diagnoses;
  if (pinned === undefined) throw new Error("the fixture has a diagnosis");
  const again: Investigation = { ...plain, diagnoses: [{ ...pinned, cause: "held-but-dead" }, pinned] };
  const told = toldAgain(again, saved);
  expect(told.timeline?.timesMs).toHaveLength(720);
  expect(told.logs?.events).toEqual(saved.logs?.events);
  expect(told.logs?.correlations.map(({ diagnosis, template }) => [diagnosis, template])).toEqual([[1, "order <*> refused: amount is 0"]]);
  expect(told.diagnoses).toBe(again.diagnoses);
});

test("what went with a diagnosis that is no longer made is not hung onto another", () => {
  const told = toldAgain({ ...pinnedCase(), diagnoses: [] }, watchedCase());
  expect(told.logs?.correlations).toEqual([]);
});

test("logs that were brought anew, and a longer time line of the looks themselves, stand", () => {
  const { logs, timeline, ...rest } = watchedCase();
  if (logs === undefined || timeline === undefined) throw new Error("the fixture has both");
  const told = toldAgain({ ...rest, logs: { ...logs, events: [] }, timeline }, watchedCase(10));
  expect(told.logs?.events).toEqual([]);
  expect(told.timeline).toBe(timeline);
});
