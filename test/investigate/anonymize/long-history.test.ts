import { describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { pastOf } from "../../../src/explain/history/timeline";
import { anonymize } from "../../../src/investigate/anonymize/anonymize";
import { createInvestigator } from "../../../src/investigate/create-investigator";
import type { OpenedFile } from "../../../src/investigate/investigator";
import { spreadLooks } from "../../../src/investigate/watch/spread-looks";
import type { Investigation } from "../../../src/model/investigation";
import type { Snapshot } from "../../../src/model/snapshot";
import { readDocument, writeInvestigation } from "../../../src/protocol/investigation-file";
import { later, listener, look, numbers, process, socket, TAKEN_MS, times } from "../../explain/look-builder";

/** A service of somebody's own that leaks, and is restarted three times, each time sooner. */
function* looks(): Generator<Snapshot> {
  let ms = 0;
  for (const [period, length] of [60, 45, 30, 20].entries()) {
    const by = { pid: 800 + period, process: "umbrellad" };
    const startedAtMs = TAKEN_MS + ms - 1500;
    for (let at = 0; at < length; at += 1, ms += 5000) {
      const leaked = numbers(Math.round((60 * at) / length)).map((n) => socket("ESTABLISHED", `10.0.0.7:${40_000 + n}`, "172.19.5.3:3306", { by, cookie: `${period}-${n}`, info: { ...times(3000 + at * 2500, 3000 + at * 2500, 1500), bytesSent: 300, bytesReceived: 900 } }));
      yield later(look([listener("0.0.0.0:8080", 0, 128, by), ...leaked], { processes: [process(by.pid, "umbrellad", { startedAtMs, openDescriptors: 21 + leaked.length })] }), ms);
    }
  }
}

/** The case as a watch leaves it: all looks in its history, twelve of them in its snapshots. */
function watchedCase(): Investigation {
  let kept: readonly Snapshot[] = [];
  let told = explain({ snapshots: [look([])], configured: [] });
  let histories: typeof told.histories | undefined;
  for (const snapshot of looks()) {
    kept = spreadLooks([...kept, snapshot], 12);
    told = explain({ snapshots: kept, configured: [], ...(histories === undefined || histories.size === 0 ? {} : { histories }) });
    histories = told.histories;
  }
  const { services, groups, diagnoses, talk, timeline } = told;
  const [history] = told.histories.values();
  if (timeline === undefined || history === undefined) throw new Error("a watch has a time line");
  return {
    targets: ["ssh://db7.umbrella.example"], startedAt: "2026-03-01T12:00:00.000Z", tookMs: 1, snapshots: kept, services, groups, diagnoses, talk, timeline, past: pastOf(history),
    findings: [], suspects: [], analysis: null, workspace: null,
  };
}

const written = (investigation: Investigation): string => [...writeInvestigation(investigation)].join("");
function reopened(investigation: Investigation): Investigation {
  const document = readDocument("case.json", JSON.parse(written(investigation)));
  if (!("investigation" in document)) throw new Error("no investigation");
  return document.investigation;
}
/** As opening with a workspace or logs at hand does. */
const toldAnew = ({ snapshots, timeline, past }: Investigation) => explain({ snapshots, configured: [], ...(timeline === undefined || past === undefined ? {} : { kept: { timeline, past } }) });
const causes = ({ diagnoses }: Pick<Investigation, "diagnoses">): string[] => diagnoses.map(({ cause, confidence, count }) => `${cause} ${confidence} ${count}`).sort();

describe("a case of a long watch", () => {
  const before = watchedCase();

  it("has causes that its looks alone do not tell", () => {
    expect(before.snapshots).toHaveLength(12);
    expect(before.diagnoses.find(({ cause }) => cause === "restart-masks-leak")?.evidence.find(({ text }) => text.startsWith("its start time changed"))?.figure).toBe("3 restarts");
    expect(causes(explain({ snapshots: before.snapshots, configured: [] }))).not.toEqual(causes(before));
  });

  it("tells the same causes, with the same evidence and figures, when it is explained anew from its file", () => {
    const again = toldAnew(reopened(before));
    expect(causes(again)).toEqual(causes(before));
    expect(again.timeline?.timesMs).toEqual(before.timeline?.timesMs);
    expect(again.timeline?.trends).toEqual(before.timeline?.trends);
    const evidence = (diagnoses: Investigation["diagnoses"]) => diagnoses.find(({ cause }) => cause === "restart-masks-leak")?.evidence.filter(({ text }) => !text.includes("used again")).map(({ text, figure }) => `${text} ${figure ?? ""}`);
    expect(evidence(again.diagnoses)).toEqual(evidence(before.diagnoses));
  });

  it("keeps them when logs are brought to it, and may be saved and opened with logs once more", async () => {
    const investigator = createInvestigator({
      reach: () => Promise.reject(new Error("nothing is reached")), locator: () => { throw new Error("no code is read"); }, textEngine: () => Promise.reject(new Error("no code is read")), ruleFiles: [], now: () => TAKEN_MS,
    });
    const file = (name: string, text: string): OpenedFile => ({ name, chunks: (async function* () { yield await Promise.resolve(new TextEncoder().encode(text)); })() });
    const open = (one: Investigation) => investigator.open([file("case.json", written(one)), file("app.log", "2026-03-01 12:00:01,123 INFO order 8 accepted\n")], { workspaceRoot: null, signal: new AbortController().signal, onProgress: () => {} });
    const once = await open(before);
    expect(causes(once)).toEqual(causes(before));
    expect(once.logs?.sources).toHaveLength(1);
    expect(causes(await open(once))).toEqual(causes(before));
  });

  it("keeps them when it is anonymised, and when that is opened again, with nobody's name in it", () => {
    const after = anonymize(before, new Set());
    expect(causes(after)).toEqual(causes(before));
    expect(causes(toldAnew(reopened(after)))).toEqual(causes(before));
    expect(after.timeline?.timesMs).toEqual(before.timeline?.timesMs);
    expect(after.timeline?.trends.map(({ verdict }) => verdict).sort()).toEqual(before.timeline?.trends.map(({ verdict }) => verdict).sort());
    expect(written(after)).not.toMatch(/umbrella|172\.19\.5\.3|db7/);
  });
});
