import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ROOT, SOON, Workbench, until } from "./workbench-rig";

/** Line and column of a text in the demo's own source: what the click must land on, known without asking the product. */
function placeOf(file: string, text: string): { line: number; column: number } {
  const lines = readFileSync(join(ROOT, "src/demo/workspace", file), "utf8").split("\n");
  const at = lines.findIndex((line) => line.includes(text));
  if (at < 0) throw new Error(`${file} has no "${text}"`);
  return { line: at + 1, column: (lines[at]?.indexOf(text) ?? 0) + 1 };
}

const BEGIN = placeOf("shopd/orders/update.go", "d.db.Begin()");

describe("the demo, from the palette to the line", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open({ folder: null, settings: { "leakline.watch.intervalSeconds": 1 } });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await bench?.picture(`demo ${task.name}`.replace(/\W+/g, "-"));
  });
  afterAll(async () => {
    await bench?.close();
  });

  test("the window has Leakline and says that nothing was scanned", async () => {
    await bench.page.locator('.activitybar a[aria-label^="Leakline"]').click();
    const panel = await bench.panel();
    await expect.poll(() => panel.locator(".empty vscode-button").allTextContents(), SOON).toEqual(["Scan This Machine", "Scan Host...", "Open Capture...", "Try the Demo"]);
    await expect.poll(() => bench.page.locator(".pane:has(.pane-header[aria-label^='Suspects']) .welcome-view").textContent(), SOON).toContain("No scan yet");
  });

  test("Start Demo scans this machine and shows both stories", async () => {
    await bench.run("Leakline: Start Demo");
    const panel = await bench.panelWithCase();
    const causes = await panel.locator(".diagnosis").evaluateAll((all) => all.map((one) => one.getAttribute("data-cause")));
    expect(causes).toContain("connection-pinned");
    expect(causes).toContain("accept-queue-stalled");
    expect(await panel.locator('.legend .state[data-state="CLOSE_WAIT"] .count').textContent()).toMatch(/^[1-9]/);
  });

  test("a click on the first suspect of the pinned connections lands on the line and column where the transaction begins", async () => {
    const panel = await bench.panelWithCase();
    const first = panel.locator('.diagnosis[data-cause="connection-pinned"] .suspect-link').first();
    expect(await first.locator(".where").textContent()).toBe(`shopd/orders/update.go:${BEGIN.line}`);
    await first.click();
    await bench.waitForEditor("update.go", BEGIN.line, BEGIN.column);
  });

  test("a click on a step of the leak path lands there", async () => {
    const panel = await bench.panelWithCase();
    const suspect = panel.locator('.diagnosis[data-cause="connection-pinned"] .suspect').first();
    await suspect.locator("summary").click();
    const last = suspect.locator(".path .step").last();
    const where = /update\.go:(\d+):(\d+)/.exec((await last.getAttribute("title")) ?? "");
    expect(Number(where?.[1])).toBeGreaterThan(BEGIN.line);
    await last.click();
    await bench.waitForEditor("update.go", Number(where?.[1]), Number(where?.[2]));
  });

  test("the suspects stand in the tree, and a click there lands on the line too", async () => {
    const row = bench.tree("Suspects").filter({ hasText: /update\.go:/ }).first();
    await row.click();
    await bench.waitForEditor("update.go", BEGIN.line, BEGIN.column);
  });

  test("the findings stand in Problems with the rule as their code", async () => {
    const problems = await bench.problems();
    expect(problems.join("\n")).toMatch(/update\.go|transaction/);
    expect(problems.join("\n")).toContain("Leakline");
  });

  test("a figure shows the sockets behind it", async () => {
    const panel = await bench.panelWithCase();
    const figure = panel.locator('.diagnosis[data-cause="connection-pinned"] .row.for button.figure').first();
    const count = Number(/\d+/.exec((await figure.getAttribute("title")) ?? "")?.[0]);
    await figure.click();
    await expect.poll(() => panel.locator(".connections .line.socket").count(), SOON).toBeGreaterThan(0);
    await expect.poll(() => panel.locator(".connections .chip").count(), SOON).toBe(1);
    await expect.poll(async () => Number(await panel.locator(".grid").getAttribute("aria-rowcount")), SOON).toBeGreaterThanOrEqual(count + 1);
    expect(await panel.locator(".connections .line.socket .state").allTextContents()).toContain("CLOSE_WAIT");
  });

  test("Look Again takes a second look", async () => {
    await bench.run("Leakline: Look Again");
    await expect.poll(async () => (await (await bench.panelWithCase()).locator(".head .when").textContent()) ?? "", { timeout: 60_000 }).toContain("2 looks");
  });

  test("the log line that goes with the leak stands with it, one click from the statement that wrote it", async () => {
    const panel = await bench.panelWithCase();
    const line = panel.locator('.diagnosis[data-cause="connection-pinned"] .row.log-evidence').first();
    expect(await line.textContent()).toContain("no amount, nothing to do");
    await line.locator(".figure").click();
    const { line: at } = placeOf("shopd/orders/update.go", "no amount, nothing to do");
    await expect.poll(async () => (await bench.editorPlace())?.line, SOON).toBe(at);
  });

  test("Watch looks again and again until it is cancelled, and the looks stand over time", async () => {
    await bench.run("Leakline: Watch");
    const panel = await bench.panel();
    await expect.poll(() => panel.locator(".activity .step").textContent(), { timeout: 60_000 }).toMatch(/^look [4-9]; a look costs \d+ ms of the host's CPU/);
    await panel.locator(".timeline canvas").waitFor();
    await panel.locator(".activity vscode-button").click();
    await expect.poll(() => panel.locator(".activity .doing").count(), SOON).toBe(0);
    expect(await panel.locator(".head .when").textContent()).toMatch(/\d looks/);
    expect(await panel.locator('.diagnosis[data-cause="connection-pinned"]').count()).toBeGreaterThan(0);
    await bench.picture("watched");
  });

  test("the case, its sockets and its problems survive a reload of the window", async () => {
    // The two looks by hand, and those of the watch.
    await expect.poll(() => bench.keptCase()?.snapshots.length ?? 0, SOON).toBeGreaterThan(2);
    const before = await (await bench.panelWithCase()).locator(".diagnosis h2").allTextContents();
    await bench.reload();
    const panel = await bench.panelWithCase();
    expect(await panel.locator(".diagnosis h2").allTextContents()).toEqual(before);
    await panel.locator('.legend .state[data-state="CLOSE_WAIT"]').click();
    await expect.poll(() => panel.locator(".connections .line.socket").count(), SOON).toBeGreaterThan(0);
    await expect.poll(() => bench.statusBar.textContent(), SOON).toContain("diagnos");
  });

  test("the panel opens as a full editor tab with the same case", async () => {
    await bench.run("Leakline: Open Investigation in Editor");
    const tab = await bench.panelWithCase("tab");
    expect(await tab.locator(".diagnosis").count()).toBeGreaterThan(0);
  });

  test("Clear empties the panel and the problems", async () => {
    await bench.run("Leakline: Clear Investigation");
    const panel = await bench.panel();
    await expect.poll(() => panel.locator(".empty").count(), SOON).toBe(1);
    await until("no problems", 10_000, async () => ((await bench.page.locator(".markers-panel .monaco-list-row").count()) === 0));
  });
});
