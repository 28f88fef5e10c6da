import * as fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { explain } from "../../../src/explain/explain";
import { readOpenedFile } from "../../../src/investigate/read-files";
import type { OpenedScene } from "../../../src/investigate/scene/read-scene";
import { readScene } from "../../../src/investigate/scene/read-scene";
import { sha256, writeScene } from "../../../src/investigate/scene/write-scene";
import { Failure } from "../../../src/model/failure";
import type { Investigation } from "../../../src/model/investigation";
import type { PreservedFacts } from "../../../src/model/preserved";
import { writeInvestigation } from "../../../src/protocol/investigation-file";
import { labA } from "../../explain/labs";
import { later } from "../../explain/look-builder";

const preserved: PreservedFacts = {
  target: "local", beganMs: 1_000, endedMs: 7_500, pids: [812], settings: { "net.core.somaxconn": "4096" }, unfinished: [], cost: { wallMs: 900, bytes: 10, rawBytes: 20, targetCpuMs: 30 },
  descriptors: [{ pid: 812, fd: 4, target: "anon_inode:[eventpoll]", watches: [5, 6] }, { pid: 812, fd: 5, target: "socket:[1234]" }],
  threads: [{ pid: 812, tid: 813, name: "shopd", state: "S", waitsIn: "futex_wait_queue", systemCall: 202, kernelStack: ["futex_wait_queue", "do_syscall_64"] }],
  limits: [{ pid: 812, name: "Max open files", soft: "1024", hard: "4096", unit: "files" }],
};

function caseOf(): Investigation {
  const snapshots = [labA(9_000), later(labA(12_000), 3_000)];
  const { services, groups, diagnoses, talk, timeline } = explain({ snapshots, configured: [] });
  return {
    targets: ["local"], startedAt: "2026-03-01T12:04:31.000Z", tookMs: 6_500, snapshots, services, groups, diagnoses, findings: [], suspects: [], analysis: null, workspace: null, talk,
    ...(timeline === undefined ? {} : { timeline }), preserved,
  };
}

const said = (investigation: Investigation): unknown => JSON.parse([...writeInvestigation(investigation)].join(""));
let bytes: Uint8Array;
beforeAll(() => {
  bytes = writeScene(caseOf(), { version: "1.2.3", report: "a report\n" });
});

/** The same archive with one part changed, or taken out. */
function changed(part: string, change: (content: Uint8Array) => Uint8Array | null): Uint8Array {
  const parts = unzipSync(bytes);
  const content = change(parts[part] ?? new Uint8Array());
  return zipSync(Object.fromEntries(Object.entries(parts).filter(([name]) => name !== part || content !== null).map(([name, old]) => [name, name === part && content !== null ? content : old])));
}

const damagedParts = (scene: OpenedScene): string[] => (scene.preserved?.damaged ?? []).map(({ part }) => part);

describe("a preserved scene in its file", () => {
  it("opens with all that was written", async () => {
    const scene = readScene("scene.zip", bytes);
    expect(damagedParts(scene)).toEqual([]);
    expect(scene.investigation).not.toBeNull();
    expect(said(scene.investigation as Investigation)).toEqual(said(caseOf()));
    const opened = await readOpenedFile({ name: "scene.zip", chunks: (async function* () { for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777); })() }, new AbortController().signal);
    expect(opened.kind).toBe("scene");
  });

  it("can be looked into with ordinary tools: named parts, a digest each, a look that opens alone", () => {
    const parts = unzipSync(bytes);
    const text = (name: string): string => new TextDecoder().decode(parts[name]);
    const sums = text("SHA256SUMS").trimEnd().split("\n").map((line) => line.split("  "));
    expect(sums.map(([, name]) => name).sort()).toEqual(Object.keys(parts).filter((name) => name !== "SHA256SUMS").sort());
    for (const [sum, name = ""] of sums) expect(sha256(parts[name] ?? new Uint8Array())).toBe(sum);
    expect(JSON.parse(text("looks/2.json"))).toMatchObject({ schema: "leakline.snapshot/1" });
    expect(text("README.txt")).toContain("sha256sum -c");
  });
});

describe("damage", () => {
  it.each(["descriptors.json", "threads.json", "limits.json", "settings.json", "logs.json", "report.txt", "README.txt"])("%s: is named, and the case is as it was", (part) => {
    const scene = readScene("scene.zip", changed(part, (content) => content.map((byte, at) => (at === 1 ? byte ^ 1 : byte))));
    expect(damagedParts(scene)).toEqual([part]);
    expect(scene.investigation?.diagnoses).toEqual(caseOf().diagnoses);
  });

  it.each(["case.json", "looks/1.json"])("%s: is named, and the rest can be told anew", (part) => {
    const scene = readScene("scene.zip", changed(part, (content) => content.slice(0, content.length / 2)));
    expect(damagedParts(scene)).toEqual([part]);
    expect(scene.investigation).toBeNull();
    expect(scene.snapshots).toHaveLength(part === "case.json" ? 2 : 1);
    expect(scene.preserved?.threads).toHaveLength(1);
  });

  it("a part that is gone is named", () => {
    expect(damagedParts(readScene("scene.zip", changed("looks/2.json", () => null)))).toEqual(["looks/2.json"]);
  });

  it("without its manifest the looks open by the other list of digests", () => {
    const scene = readScene("scene.zip", changed("manifest.json", () => null));
    expect(damagedParts(scene)).toEqual(["manifest.json"]);
    expect(scene.preserved?.descriptors).toHaveLength(2);
    expect(scene.snapshots).toHaveLength(2);
  });

  it("cut off: what was whole until then opens, or it says that no look is", () => {
    let opened = 0;
    for (let share = 0.02; share < 1; share += 0.02) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      try {
        const scene = readScene("scene.zip", cut);
        opened += 1;
        expect(scene.snapshots.length).toBeGreaterThan(0);
        expect(scene.preserved === null || damagedParts(scene).includes("the archive's directory")).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }
    expect(opened).toBeGreaterThan(5);
  });

  it("any byte changed anywhere: either nothing changes, or it is named, or it is refused by name", () => {
    const whole = said(caseOf());
    fc.assert(fc.property(fc.nat({ max: 1_000_000 }), fc.integer({ min: 1, max: 255 }), (place, flip) => {
      const broken = bytes.slice();
      const at = place % broken.length;
      broken[at] = (broken[at] ?? 0) ^ flip;
      let scene: OpenedScene;
      try {
        scene = readScene("scene.zip", broken);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        return;
      }
      if (scene.investigation !== null && damagedParts(scene).length === 0) expect(said(scene.investigation)).toEqual(whole);
    }), { numRuns: 300 });
  });

  it("an archive that is no scene is refused, and one that claims to be endless too", () => {
    expect(() => readScene("a.zip", zipSync({ "photo.jpg": new Uint8Array(10) }))).toThrow(/no preserved scene/);
    const claims = bytes.slice();
    const view = new DataView(claims.buffer);
    for (let at = 0; at + 46 < claims.length; at += 1) if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 0x7fff_ffff, true);
    expect(() => readScene("scene.zip", claims)).toThrow(/claims to hold/);
  });
});
