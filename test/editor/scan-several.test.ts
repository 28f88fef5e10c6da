import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ScanOptions } from "../../src/investigate/investigator";
import type { Target } from "../../src/model/target";
import { formatTarget } from "../../src/model/target";
import type { CommandParts } from "../../src/editor/commands/command";
import { pinnedCase } from "./fixtures/pinned-case";
import type { fakeEditor } from "./fixtures/set-editor";
import { setParts } from "./fixtures/set-editor";

const editor = vi.hoisted(() => ({ current: null as ReturnType<typeof fakeEditor> | null }));
vi.mock("vscode", async () => {
  const made = (await import("./fixtures/set-editor")).fakeEditor();
  editor.current = made;
  return made.vscode;
});
const { scanSeveralHosts } = await import("../../src/editor/commands/scan-several");
const { watchSeveralAndRecord, watchSeveralHosts, watchTarget } = await import("../../src/editor/commands/watch-target");
const { lookAgain } = await import("../../src/editor/commands/look-again");
const { wordsOf } = await import("../../src/editor/targets/pick-set");

const ui = (): ReturnType<typeof fakeEditor> => {
  if (editor.current === null) throw new Error("vscode was not loaded");
  return editor.current;
};

/** Reaches all but `db-1`. */
function allButTheDatabase(targets: readonly Target[], { onTarget }: ScanOptions): Promise<ReturnType<typeof pinnedCase>> {
  const names = targets.map(formatTarget);
  for (const target of names) onTarget?.({ target, state: "under-way", text: `Connecting to ${target}` });
  for (const target of names) onTarget?.(target === "ssh://db-1" ? { target, state: "unreached", text: "no answer" } : { target, state: "seen", text: null });
  return Promise.resolve({ ...pinnedCase(), targets: names, ...(names.includes("ssh://db-1") ? { unreached: [{ target: "ssh://db-1", why: "no answer within 30 s", remedy: "Check that it is up." }] } : {}) });
}

/** The command runs until its first list is on the screen. */
async function begun(command: { run(parts: CommandParts): Promise<void> | void }, parts: unknown): Promise<{ readonly pick: ReturnType<typeof fakeEditor>["picks"][number]; readonly done: Promise<void> }> {
  const done = Promise.resolve(command.run(parts as CommandParts));
  await vi.waitFor(() => expect(ui().picks).toHaveLength(1));
  return { pick: ui().picks[0] as ReturnType<typeof fakeEditor>["picks"][number], done };
}

beforeEach(() => {
  const { picks, confirmed, told, say } = ui();
  picks.length = confirmed.length = told.length = 0;
  Object.assign(say, { trusted: true, confirm: (labels: readonly string[]) => labels, record: null });
});

describe("choosing several hosts", () => {
  test("a typed list has blanks, commas, semicolons or lines between its words", () => {
    expect(wordsOf(" web-*, db-1;root@cache:2222\nlocal ")).toEqual(["web-*", "db-1", "root@cache:2222", "local"]);
  });

  test("a pattern shows what it resolves to while it is typed, and nothing is contacted before the whole set was confirmed", async () => {
    const { parts, scanned } = setParts(allButTheDatabase);
    const { pick, done } = await begun(scanSeveralHosts, parts);
    expect(pick.canSelectMany).toBe(true);
    await pick.type("web-* root@cache");
    expect(pick.row("web-* root@cache").description).toBe("4 hosts: web-1, web-2, web-3, root@cache");
    ui().say.confirm = (labels) => {
      expect(scanned).toEqual([]);
      return labels;
    };
    pick.enter();
    await done;
    expect(ui().confirmed).toEqual([["web-1", "web-2", "web-3", "root@cache"]]);
    expect(scanned.map(({ how, targets }) => ({ how, targets }))).toEqual([{ how: "set", targets: ["ssh://web-1", "ssh://web-2", "ssh://web-3", "ssh://root@cache"] }]);
  });

  test("hosts that are checked stay checked while something else is typed, and a typed word that only filters is no host", async () => {
    const { parts, scanned } = setParts(allButTheDatabase);
    const { pick, done } = await begun(scanSeveralHosts, parts);
    pick.check("db-1");
    await pick.type("web");
    pick.check("web-2");
    await pick.type("web-");
    expect(pick.selectedItems.map(({ label }) => label)).toEqual(["db-1", "web-2"]);
    pick.enter();
    await done;
    expect(scanned[0]?.targets).toEqual(["ssh://db-1", "ssh://web-2"]);
  });

  test("a pattern that is checked stays in the list behind the next one, and hosts that both name are there once", async () => {
    const { parts } = setParts(allButTheDatabase);
    const { pick, done } = await begun(scanSeveralHosts, parts);
    await pick.type("web-*");
    pick.check("web-*");
    await pick.type("*-1");
    pick.check("*-1");
    pick.enter();
    await done;
    expect([...(ui().confirmed[0] ?? [])].sort()).toEqual(["db-1", "web-1", "web-2", "web-3"]);
  });

  test("a pattern that matches nothing says so where it is typed, and ends in an error that contacts nobody", async () => {
    const { parts, scanned } = setParts(allButTheDatabase);
    const { pick, done } = await begun(scanSeveralHosts, parts);
    await pick.type("mail-*");
    expect(pick.row("mail-*").description).toContain("no alias in ~/.ssh/config matches");
    pick.enter();
    await done;
    expect(ui().told.join()).toContain("mail-*: no alias in ~/.ssh/config matches");
    expect(scanned).toEqual([]);
  });

  test("what is unchecked in the second list is not contacted; leaving either list contacts nobody", async () => {
    for (const [confirm, expected] of [[(labels: readonly string[]) => labels.slice(1), [["ssh://web-2", "ssh://web-3"]]], [() => null, []], [() => [], []]] as const) {
      ui().picks.length = 0;
      ui().say.confirm = confirm;
      const { parts, scanned } = setParts(allButTheDatabase);
      const { pick, done } = await begun(scanSeveralHosts, parts);
      await pick.type("web-*");
      pick.enter();
      await done;
      expect(scanned.map(({ targets }) => targets)).toEqual(expected);
    }
    ui().picks.length = 0;
    const { parts, scanned } = setParts(allButTheDatabase);
    const { pick, done } = await begun(scanSeveralHosts, parts);
    pick.hide();
    await done;
    expect(scanned).toEqual([]);
  });

  test("in a workspace that nobody trusts no list is shown and nobody is contacted", async () => {
    ui().say.trusted = false;
    const { parts, scanned } = setParts(allButTheDatabase);
    for (const command of [scanSeveralHosts, watchSeveralHosts, watchSeveralAndRecord]) await command.run(parts as unknown as CommandParts);
    expect(ui().picks).toEqual([]);
    expect(scanned).toEqual([]);
    expect(ui().told).toHaveLength(3);
  });
});

describe("several hosts together", () => {
  async function chosen(command: { run(parts: CommandParts): Promise<void> | void }, typed: string) {
    const made = setParts(allButTheDatabase);
    const { pick, done } = await begun(command, made.parts);
    await pick.type(typed);
    pick.enter();
    await done;
    return made;
  }

  test("the progress counts hosts and names those that are not reached; who was not reached, and why, is told at the end", async () => {
    const { steps, warned, recent } = await chosen(scanSeveralHosts, "web-1 web-2 db-1");
    expect(steps[0]).toBe("Scanning 3 hosts");
    expect(steps).toContain("0 of 3 looked at; db-1: Connecting to ssh://db-1");
    expect(steps.at(-1)).toBe("2 of 3 looked at; not reached: db-1");
    expect(ui().told).toEqual(["Leakline: 1 of 3 hosts could not be reached: db-1 (no answer within 30 s)"]);
    expect(warned).toEqual(["ssh://db-1: no answer within 30 s. Check that it is up."]);
    expect(recent).toEqual(["ssh://web-1", "ssh://web-2", "ssh://db-1"]);
  });

  test("the case can be looked at again and watched as the same set, with the case before as its history", async () => {
    const { parts, scanned, shown } = await chosen(scanSeveralHosts, "web-1 web-2");
    const first = shown()?.["investigation"];
    await lookAgain.run(parts as unknown as CommandParts);
    await watchTarget.run(parts as unknown as CommandParts);
    expect(scanned.map(({ how, targets }) => `${how} ${targets.join(" ")}`)).toEqual(["set ssh://web-1 ssh://web-2", "set ssh://web-1 ssh://web-2", "watch ssh://web-1 ssh://web-2"]);
    expect(scanned[1]?.previous).toBe(first);
    expect(shown()?.["target"]).toBeNull();
  });

  test("one host out of the lists is scanned as one", async () => {
    const { scanned, shown } = await chosen(scanSeveralHosts, "web-3");
    expect(scanned.map(({ how }) => how)).toEqual(["one"]);
    expect(shown()?.["target"]).toMatchObject({ host: "web-3" });
  });

  test("a watch names who is away in its line, and records where the person said", async () => {
    ui().say.record = "/srv/incident.leakline-record";
    const { scanned, steps, shown } = await chosen(watchSeveralAndRecord, "web-* db-1");
    expect(scanned).toEqual([{ how: "watch", targets: ["ssh://web-1", "ssh://web-2", "ssh://web-3", "ssh://db-1"], record: "/srv/incident.leakline-record" }]);
    expect(steps[0]).toBe("Watching 4 hosts");
    expect(steps.at(-1)).toBe("look 1; not reached: db-1");
    expect(shown()?.["set"]).toHaveLength(4);
  });

  test("a watch without a file to record to does not begin", async () => {
    const { scanned } = await chosen(watchSeveralAndRecord, "web-*");
    expect(scanned).toEqual([]);
  });

  test("a scan that was cancelled leaves the case that was there", async () => {
    const { parts, shown } = setParts(() => Promise.reject(new Error("aborted")));
    const { pick, done } = await begun(scanSeveralHosts, parts);
    await pick.type("web-*");
    pick.enter();
    await done;
    expect(shown()).toBeNull();
    expect(parts.problems.endEarly).toHaveBeenCalledOnce();
  });
});
