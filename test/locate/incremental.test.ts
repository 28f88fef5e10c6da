import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Analysis } from "../../src/model/finding";
import { AnalysisSession } from "../../src/locate/analysis-session";
import type { SessionParts } from "../../src/locate/analysis-session";
import { LANGUAGES } from "../../src/locate/languages/registry";
import { FileLowerer } from "../../src/locate/parsing/lowerer";
import type { LowerOutcome, LowerTask, Lowerer } from "../../src/locate/parsing/lowerer";
import { ruledNames } from "../../src/locate/prefilter";
import { loadBuiltInRules } from "../../src/locate/rules/built-in";
import { temporaryWorkspace } from "./temporary-workspace";
import type { TemporaryWorkspace } from "./temporary-workspace";
import { testEngine } from "./text-analysis";
import { WORKSPACES } from "./incremental-workspaces";

const RULES = loadBuiltInRules();
/** What a text was lowered to: the same for a session that goes on and for one that begins. */
const lowered = new Map<string, LowerOutcome>();
let lowerer: Lowerer;

beforeAll(async () => {
  const inner = new FileLowerer(await testEngine(LANGUAGES), LANGUAGES, new Map(LANGUAGES.map(({ id }) => [id, ruledNames(RULES, id)])));
  lowerer = {
    width: 1,
    lower: async (task: LowerTask) => {
      const path = join(task.root, task.file);
      const key = `${existsSync(path) ? createHash("sha1").update(readFileSync(path)).digest("hex") : ""} ${task.file} ${task.module}`;
      const outcome = lowered.get(key) ?? (await inner.lower(task, 20_000));
      lowered.set(key, outcome);
      return outcome;
    },
    dispose: () => Promise.resolve(),
  };
});

let workspace: TemporaryWorkspace | null = null;
afterEach(() => {
  workspace?.remove();
  workspace = null;
});

const session = (more: Partial<SessionParts> = {}): AnalysisSession => new AnalysisSession({ engine: "wasm", lowerer, languages: LANGUAGES, rules: RULES, cacheDirectory: null, version: "", ...more });
const OPTIONS = { only: [], onProgress: () => undefined };

/** All that must be the same, however it was come to. */
function said({ findings, stats: { files, bytes, opaque, givenUp } }: Analysis): string {
  return JSON.stringify({ findings, files, bytes, opaque: Object.entries(opaque).sort(), givenUp }, null, 1);
}

/** Numbers from 0 up to `below`, the same row of them for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

/** Changes one text somewhere, as a person at work does. */
const CHANGES: readonly ((lines: string[], at: number, step: number) => void)[] = [
  (lines, at) => lines.splice(at, 0, ""),
  (lines, at) => lines.splice(at, 1),
  (lines, at) => lines.splice(at, 0, lines[at] ?? ""),
  (lines, at) => lines.splice(at, 0, "((( {"),
  // A helper closes no longer, or is called by another name.
  (lines, at) => replaceFrom(lines, at, /\b(?:Close|close|Rollback|rollback|rollBack|Commit|commit)\b/, "Leave"),
  (lines, at, step) => replaceFrom(lines, at, /\b(func (?:\([^)]*\) )?|def |function |fn |fun |Task |void |Connection )(\w+)/, `$1$2${step}`),
  (lines, at) => replaceFrom(lines, at, /^\s*(?:import|from|use|using|require|const .* require).*$/, ""),
  // A function becomes longer than it was by another's last lines.
  (lines, at) => lines.push(...lines.slice(at, at + 6)),
  (lines, at) => replaceFrom(lines, at, /\breturn\b/, "return null ||"),
  (lines, at) => replaceFrom(lines, at, /\basync\s/, ""),
];

function replaceFrom(lines: string[], at: number, pattern: RegExp, by: string): void {
  const found = lines.findIndex((line, i) => i >= at && pattern.test(line));
  if (found >= 0) lines[found] = lines[found]!.replace(pattern, by);
}

/** Changes the workspace on disk. Gives the files that a watcher would name. */
function change(root: TemporaryWorkspace, texts: Map<string, string>, first: ReadonlyMap<string, string>, roll: (below: number) => number, step: number): readonly string[] {
  const present = [...texts.keys()];
  const file = present[roll(present.length)]!;
  const text = texts.get(file)!;
  const put = (name: string, content: string): void => {
    texts.set(name, content);
    root.write(name, content);
  };
  const drop = (name: string): void => {
    texts.delete(name);
    rmSync(join(root.root, name));
  };
  switch (roll(14)) {
    case 0: {
      const copy = file.replace(/(\.\w+)$/, `_${step}$1`);
      put(copy, text);
      return [copy];
    }
    case 1: {
      if (present.length < 3) return [];
      drop(file);
      return [file];
    }
    case 2: {
      const moved = file.replace(/([^/]+)$/, `z${step % 3}_$1`);
      drop(file);
      put(moved, text);
      return [file, moved];
    }
    case 3:
    case 4: {
      const [name, content] = [...first][roll(first.size)]!;
      put(name, content);
      return [name];
    }
    default: {
      const lines = text.split("\n");
      CHANGES[roll(CHANGES.length)]!(lines, roll(lines.length), step);
      put(file, lines.join("\n"));
      return [file];
    }
  }
}

describe("after any change", () => {
  it.each(Object.keys(WORKSPACES))("an update of %s says what a look from the start says", async (name) => {
    const first = new Map(Object.entries(WORKSPACES[name]!));
    for (const seed of [1, 2]) {
      const roll = dice(seed);
      const texts = new Map(first);
      const root = (workspace = temporaryWorkspace(Object.fromEntries(first)));
      const going = session();
      let pending: readonly string[] = [];
      const begun = await going.analyze(root.root, OPTIONS);
      if (seed === 1) expect(begun.findings.length).toBeGreaterThan(1);
      for (let step = 0; step < 40; step++) {
        const changed = change(root, texts, first, roll, step);
        // Several saves may be told of at once.
        pending = [...new Set([...pending, ...changed])];
        if (roll(4) === 0) continue;
        const updated = await going.update(root.root, pending, OPTIONS);
        expect(said(updated), `seed ${seed}, step ${step}, ${pending.join(", ")}`).toBe(said(await session().analyze(root.root, OPTIONS)));
        pending = [];
      }
      root.remove();
    }
  }, 120_000);
});

describe("where memory is short", () => {
  it.each(Object.keys(WORKSPACES))("what was let go of is unpacked again, and an update of %s says the same", async (name) => {
    const first = new Map(Object.entries(WORKSPACES[name]!));
    const root = (workspace = temporaryWorkspace(Object.fromEntries(first)));
    const cacheDirectory = mkdtempSync(join(tmpdir(), "leakline-tight-"));
    try {
      let answers = 0;
      // Now and then it is not: what goes on and what begins must be able to follow each other in any order.
      const going = session({ cacheDirectory, isTight: () => ++answers % 3 !== 0 });
      const begun = await going.analyze(root.root, OPTIONS);
      const unchanged = await going.update(root.root, [], OPTIONS);
      expect(unchanged.stats).toMatchObject({ parsed: 0, cached: begun.stats.parsed });
      expect(said(unchanged)).toBe(said(begun));
      const roll = dice(7);
      const texts = new Map(first);
      for (let step = 0; step < 12; step++) {
        const changed = change(root, texts, first, roll, step);
        expect(said(await going.update(root.root, changed, OPTIONS)), `step ${step}, ${changed.join(", ")}`).toBe(said(await session().analyze(root.root, OPTIONS)));
      }
    } finally {
      rmSync(cacheDirectory, { recursive: true, force: true });
    }
  }, 60_000);
});
