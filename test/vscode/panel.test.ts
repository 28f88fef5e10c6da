import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { writeInvestigation } from "../../src/protocol/investigation-file";
import { pinnedCase } from "../editor/fixtures/pinned-case";
import { ROOT, SOON, Workbench } from "./workbench-rig";

const HOSTILE = "<img src=x onerror=\"document.title='owned'\"><b>sh</b>";

const HOSTILE_HOST = "<i>evil</i>&amp;";

/** A capture of our own making: 100,000 connections of one pool, as `ss -tanp` prints them. */
function largeCapture(): string {
  const lines = ["State      Recv-Q Send-Q Local Address:Port Peer Address:Port Process", "LISTEN     0      4096   0.0.0.0:8080       0.0.0.0:*         users:((\"hub\",pid=77,fd=3))"];
  for (let at = 0; at < 100_000; at++) {
    const peer = `10.${20 + ((at >> 16) & 255)}.${(at >> 8) & 255}.${at & 255}`;
    lines.push(at % 4 === 0
      ? `CLOSE-WAIT 1      0      10.0.0.5:8080      ${peer}:${20_000 + (at % 30_000)}   users:(("hub",pid=77,fd=${100 + at}))`
      : `ESTAB      0      0      10.0.0.5:8080      ${peer}:${20_000 + (at % 30_000)}   users:(("hub",pid=77,fd=${100 + at}))`);
  }
  return `${lines.join("\n")}\n`;
}

describe("the panel", () => {
  let bench: Workbench;
  let folder: string;
  const complaints: string[] = [];

  const open = async (file: string, name: string): Promise<Frame> => {
    await bench.run("Leakline: Open Capture or Investigation File...");
    await bench.chooseFile(join(folder, file));
    const panel = await bench.panelWithCase();
    await expect.poll(() => panel.locator(".head h1").textContent(), { timeout: 60_000 }).toBe(name);
    return bench.panelWithCase();
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "leakline-panel-"));
    cpSync(join(ROOT, "test/editor/fixtures/shop"), join(folder, "shop"), { recursive: true });
    mkdirSync(join(folder, "cases"));
    // In a folder beside the opened one, so that the cases are shown as they were saved.
    writeFileSync(join(folder, "cases", "pinned.json"), [...writeInvestigation(pinnedCase())].join(""));
    writeFileSync(join(folder, "cases", "hostile.json"), [...writeInvestigation(pinnedCase({ process: HOSTILE, hostname: HOSTILE_HOST }))].join(""));
    writeFileSync(join(folder, "cases", "large.txt"), largeCapture());
    writeFileSync(join(folder, "cases", "healthy.ss"), "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nLISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=1,fd=3))\n");
    bench = await Workbench.open({ folder: null });
    bench.page.on("console", (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text());
    });
    await bench.page.locator('.activitybar a[aria-label^="Leakline"]').click();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await bench?.picture(`panel ${task.name}`.replace(/\W+/g, "-"));
  });
  afterAll(async () => {
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("shows a saved investigation: host, states, diagnosis with its evidence, suspects with reasons", async () => {
    const panel = await open("cases/pinned.json", "prod-1");
    expect(await panel.locator(".states .figure").textContent()).toBe("412");
    expect(await panel.locator(".legend .state").first().textContent()).toBe("CLOSE_WAIT 126");
    expect(await panel.locator(".diagnosis h2").textContent()).toBe("Connections to mysql-lb:3306 are pinned and never closed");
    expect(await panel.locator(".diagnosis .summary").textContent()).toBe("126 CLOSE_WAIT, outbound, held by shopd (pid 812); the peer hangs up after 60.0 s idle");
    expect(await panel.locator(".row .label").allTextContents()).toEqual(["for", "for", "for", "against", "now", "now"]);
    expect(await panel.locator(".suspect .symbol").allTextContents()).toEqual(["MainController.update", "Report.rows"]);
    expect(await panel.locator(".missing summary").textContent()).toContain("owners of 4 sockets");
    expect(await panel.locator(".skipped summary").textContent()).toContain("1 lines were not understood");
  });

  test("tells a socket that nobody accepted from one that is only hidden", async () => {
    const panel = await bench.panelWithCase();
    await panel.locator('.legend .state[data-state="ESTABLISHED"]').click();
    const search = panel.locator("vscode-text-field input");
    await search.fill(":20049");
    await expect.poll(() => panel.locator(".line.socket .owner").allTextContents(), SOON).toEqual(["no owner: never accepted"]);
    await panel.locator(".chip").click();
    await expect.poll(() => panel.locator(".chip").count(), SOON).toBe(0);
  });

  test("can be walked by keyboard alone", async () => {
    const panel = await bench.panelWithCase();
    const grid = panel.locator(".grid");
    await grid.focus();
    const { keyboard } = bench.page;
    await keyboard.press("Home");
    await expect.poll(() => panel.locator(".line.active").getAttribute("aria-expanded"), SOON).toBe("false");
    await keyboard.press("ArrowRight");
    await expect.poll(() => panel.locator(".line.active").getAttribute("aria-expanded"), SOON).toBe("true");
    await keyboard.press("ArrowDown");
    await expect.poll(() => panel.locator(".line.active .state").textContent(), SOON).toBe("CLOSE_WAIT");
    await keyboard.press("End");
    await expect.poll(async () => Number(await panel.locator(".line.active").getAttribute("aria-rowindex")), SOON).toBe(Number(await grid.getAttribute("aria-rowcount")));
    await keyboard.press("Home");
    await keyboard.press("ArrowLeft");
    await expect.poll(() => panel.locator(".line.active").getAttribute("aria-expanded"), SOON).toBe("false");
  });

  test("every control has a name for a screen reader", async () => {
    const panel = await bench.panelWithCase();
    const nameless = await panel.evaluate<string[]>(`[...document.querySelectorAll("button, vscode-button, vscode-text-field, [role=treegrid], summary, [role=img]")]
      .filter((one) => (one.textContent ?? "").trim() === "" && !one.getAttribute("aria-label")).map((one) => one.outerHTML.slice(0, 80))`);
    expect(nameless).toEqual([]);
    expect(await panel.locator('[aria-live="polite"]').count()).toBe(2);
    expect(await panel.locator("h1").count()).toBe(1);
  });

  test("keeps what it is narrowed to while it is hidden", async () => {
    const before = await bench.panelWithCase();
    await before.locator('.legend .state[data-state="TIME_WAIT"]').click();
    await expect.poll(() => before.locator(".chip").textContent(), SOON).toBe("TIME_WAIT");
    await bench.page.locator('.activitybar a[aria-label^="Explorer"]').click();
    await bench.page.locator('.activitybar a[aria-label^="Leakline"]').click();
    const after = await bench.panelWithCase();
    await expect.poll(() => after.locator(".chip").textContent(), SOON).toBe("TIME_WAIT");
    await after.locator(".chip").click();
  });

  test("draws what a host says as text, whatever it says", async () => {
    const panel = await open("cases/hostile.json", HOSTILE_HOST);
    await expect.poll(() => panel.locator(".diagnosis .summary").textContent(), SOON).toContain(HOSTILE);
    await panel.locator('.legend .state[data-state="CLOSE_WAIT"]').click();
    await expect.poll(() => panel.locator(".line.socket .owner").first().textContent(), SOON).toContain(HOSTILE);
    expect(await panel.locator("#panel img, #panel b, #panel i, #panel script").count()).toBe(0);
    expect(await panel.title()).not.toBe("owned");
    expect(await bench.page.locator('img[src="x"]').count()).toBe(0);
    await panel.locator(".chip").click();
  });

  test("100,000 sockets: paints at once, holds only the rows in sight, and reaches the last one", async () => {
    const panel = await open("cases/large.txt", "large.txt");
    expect(await panel.locator(".states .figure").textContent()).toBe("100,001");
    await bench.run("Leakline: Open Investigation in Editor");
    const tab = await bench.panelWithCase("tab");
    await tab.locator('.legend .state[data-state="ESTABLISHED"]').click();
    const grid = tab.locator(".grid");
    await expect.poll(async () => Number(await grid.getAttribute("aria-rowcount")), SOON).toBe(75_000 + 2);
    await expect.poll(() => tab.locator(".line.socket").count(), SOON).toBeGreaterThan(10);
    expect(await tab.locator(".line").count()).toBeLessThan(150);
    await grid.focus();
    await bench.page.keyboard.press("End");
    await expect.poll(() => tab.locator(".line.active .state").textContent(), SOON).toBe("ESTABLISHED");
    expect(Number(await tab.locator(".line.active").getAttribute("aria-rowindex"))).toBe(75_002);
    expect(await tab.locator(".line").count()).toBeLessThan(150);
    await bench.page.keyboard.press("Control+w");
  });

  test("a healthy capture gets a clean bill", async () => {
    const panel = await open("cases/healthy.ss", "healthy.ss");
    expect(await panel.locator(".clean h2").textContent()).toBe("Nothing is stuck");
    await expect.poll(() => bench.statusBar.textContent(), SOON).toContain("nothing stuck");
    await expect.poll(() => bench.page.locator(".pane:has(.pane-header[aria-label^='Suspects']) .welcome-view").textContent(), SOON).toContain("Nothing is stuck");
  });

  test("a file that is no capture says what is wrong and what to do", async () => {
    writeFileSync(join(folder, "cases", "poem.txt"), "Roses are red\nviolets are blue\n");
    await bench.run("Leakline: Open Capture or Investigation File...");
    await bench.chooseFile(join(folder, "cases/poem.txt"));
    await expect.poll(() => bench.notifications.allTextContents(), { timeout: 20_000 }).toEqual([expect.stringMatching(/poem\.txt.*Leakline reads ss/s) as string]);
    // The case before it is still there.
    expect(await (await bench.panelWithCase()).locator(".head h1").textContent()).toBe("healthy.ss");
  });

  test("loads and runs nothing but its own: no complaint of the content security policy, save the toolkit's styles", () => {
    expect(complaints.filter((text) => /leakline/i.test(text) && !/style-src/.test(text))).toEqual([]);
  });
});

describe("a workspace that is not trusted", () => {
  let bench: Workbench;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "leakline-untrusted-"));
    cpSync(join(ROOT, "test/editor/fixtures/shop"), folder, { recursive: true });
    mkdirSync(join(folder, ".vscode"));
    // What an attacker would write: settings of a workspace must have no say.
    writeFileSync(join(folder, ".vscode", "settings.json"), JSON.stringify({ "leakline.timeLimitSeconds": 1, "leakline.engine": "native" }));
    mkdirSync(join(folder, "cases"));
    writeFileSync(join(folder, "cases", "pinned.json"), [...writeInvestigation({ ...pinnedCase(), suspects: [], findings: [], analysis: null, workspace: null })].join(""));
    bench = await Workbench.open({ folder, trust: true, settings: { "security.workspace.trust.startupPrompt": "never" } });
  });
  afterAll(async () => {
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("works, does not read its code, and says so", async () => {
    await bench.run("Leakline: Open Capture or Investigation File...");
    await bench.chooseFile(join(folder, "cases/pinned.json"));
    const panel = await bench.panelWithCase();
    await expect.poll(() => panel.locator(".note").allTextContents(), SOON).toContainEqual(expect.stringContaining("not trusted") as string);
    await expect.poll(() => bench.page.locator(".pane:has(.pane-header[aria-label^='Suspects']) .welcome-view").textContent(), SOON).toContain("not trusted");
  });
});
