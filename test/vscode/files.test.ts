import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { writeInvestigation } from "../../src/protocol/investigation-file";
import { watchedCase } from "../editor/fixtures/watched-case";
import { SOON, Workbench, until } from "./workbench-rig";

const PINNED = Array.from({ length: 40 }, (_, at) =>
  `CLOSE-WAIT 1 0 10.0.0.21:${41_000 + at} 10.0.0.3:3306 users:(("shopd",pid=812,fd=${10 + at})) timer:(keepalive,12sec,0) uid:1000 ino:${9000 + at} sk:${at} <->\n\t cubic rto:204 rtt:0.3/0.1 lastsnd:${70_000 + at * 900} lastrcv:${70_000 + at * 900} lastack:${10_000 + at * 900}`);
const CAPTURE = `State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n${PINNED.join("\n")}\nLISTEN 0 128 0.0.0.0:8080 0.0.0.0:* users:(("shopd",pid=812,fd=3)) ino:12 sk:99 <->\nnot a line of ss at all\n`;

describe("captures as files", () => {
  let bench: Workbench;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "leakline-files-"));
    writeFileSync(join(folder, "night.ss"), CAPTURE);
    bench = await Workbench.open({ folder });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await bench?.picture(`files ${task.name}`.replace(/\W+/g, "-"));
  });
  afterAll(async () => {
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a capture has its own language, and CLOSE_WAIT stands out in it", async () => {
    await bench.openFile("night.ss");
    await expect.poll(() => bench.page.locator("#status\\.editor\\.mode").textContent(), SOON).toContain("Socket Table");
    const colour = (text: string): Promise<string> => bench.page.locator(".view-line span span", { hasText: text }).first()
      .evaluate((span) => (globalThis as unknown as { getComputedStyle(element: unknown): { color: string } }).getComputedStyle(span).color);
    expect(await colour("CLOSE-WAIT")).not.toBe(await colour("users"));
  });

  test("Explain This Capture explains the open file", async () => {
    await bench.run("Leakline: Explain This Capture");
    const panel = await bench.panelWithCase();
    await expect.poll(() => panel.locator(".head h1").textContent(), SOON).toBe("night.ss");
    expect(await panel.locator(".diagnosis").first().getAttribute("data-cause")).toBe("connection-pinned");
    expect(await panel.locator(".diagnosis .summary").first().textContent()).toContain("the peer hangs up after 60.0 s idle");
    expect(await panel.locator(".skipped").textContent()).toContain("not a line of ss at all");
  });

  test("with a selection it explains the selection alone", async () => {
    await bench.page.locator(".view-lines").first().click();
    await bench.run("Go to Line/Column...");
    await bench.answer(":1");
    for (let line = 0; line < 5; line++) await bench.page.keyboard.press("Shift+ArrowDown");
    await bench.run("Leakline: Explain This Capture");
    const panel = await bench.panelWithCase();
    await expect.poll(() => panel.locator(".states .figure").textContent(), SOON).toBe("2");
  });

  test("Save Investigation writes one file that opens again as the same case", async () => {
    await bench.run("Leakline: Explain This Capture");
    await bench.page.locator(".view-lines").first().click();
    await bench.page.keyboard.press("Home");
    await bench.run("Leakline: Explain This Capture");
    const panel = await bench.panelWithCase();
    await expect.poll(() => panel.locator(".states .figure").textContent(), SOON).toBe("41");
    const titles = await panel.locator(".diagnosis h2").allTextContents();
    const saved = join(folder, "kept.leakline.json");
    await bench.run("Leakline: Save Investigation...");
    await bench.chooseFile(saved);
    await until("the file", 20_000, async () => existsSync(saved) && readFileSync(saved, "utf8").trimEnd().endsWith("}"));
    expect((JSON.parse(readFileSync(saved, "utf8")) as { schema: string }).schema).toBe("leakline.investigation/1");
    await bench.run("Leakline: Clear Investigation");
    await expect.poll(async () => (await bench.panel()).locator(".empty").count(), SOON).toBe(1);
    await bench.run("Leakline: Open Capture or Investigation File...");
    await bench.chooseFile(saved);
    await expect.poll(async () => (await bench.panelWithCase()).locator(".diagnosis h2").allTextContents(), SOON).toEqual(titles);
  });

  test("a case with looks over time and logs: a stretch that is selected narrows everything, and a line leads to its statement", async () => {
    const saved = join(folder, "watched.leakline.json");
    writeFileSync(saved, [...writeInvestigation(watchedCase(240))].join(""));
    mkdirSync(join(folder, "controllers"), { recursive: true });
    writeFileSync(join(folder, "controllers/main.go"), Array.from({ length: 30 }, (_, at) => `// line ${at + 1}`).join("\n"));
    await bench.run("Leakline: Open Capture or Investigation File...");
    await bench.chooseFile(saved);
    await bench.run("Leakline: Open Investigation in Editor");
    const tab = await bench.panelWithCase("tab");
    await tab.locator(".timeline canvas").waitFor();
    expect(await tab.locator(".timeline .choice").allTextContents()).toEqual(["States", "Services", "Accept queue", "Descriptors"]);
    await tab.locator(".timeline .choice", { hasText: "Descriptors" }).click();
    await expect.poll(() => tab.locator(".lines .line-name").allTextContents(), SOON).toEqual([expect.stringMatching(/^shopd \(812\) \d+ of 1,024$/)]);

    const all = Number((await tab.locator(".logs .more").textContent())?.match(/(\d+) in all/)?.[1]);
    await tab.locator(".timeline .picture").scrollIntoViewIfNeeded();
    const box = await tab.locator(".timeline .u-over").boundingBox();
    if (box === null) throw new Error("the picture is not shown");
    await bench.page.mouse.move(box.x + box.width * 0.8, box.y + 40);
    await bench.page.mouse.down();
    await bench.page.mouse.move(box.x + box.width * 0.95, box.y + 50, { steps: 4 });
    await bench.page.mouse.up();
    await expect.poll(() => tab.locator(".connections .chip-text").textContent(), SOON).toContain("used ");
    expect(await tab.locator(".diagnosis").first().textContent()).toMatch(/\d+ of 126 were last used in the selected time/);
    await expect.poll(() => tab.locator(".log-row").count(), SOON).toBeGreaterThan(0);
    expect(await tab.locator(".log-row").count()).toBeLessThan(all);
    await bench.picture("over-time");

    // By the keyboard: out of the selection again.
    await tab.locator(".timeline .picture").focus();
    await bench.page.keyboard.press("Escape");
    await expect.poll(() => tab.locator(".chip").count(), SOON).toBe(0);
    await tab.locator(".talk > summary").click();
    await tab.locator(".drawing .edge.stuck", { hasText: "126/" }).locator(".edge-count").click();
    await expect.poll(() => tab.locator(".connections .chip-text").textContent(), SOON).toContain("3306");

    await tab.locator(".row.log-evidence .figure").click();
    await expect.poll(() => bench.editorPlace(), SOON).toMatchObject({ file: "main.go", line: 16 });
    await bench.run("View: Close All Editors");
  });

  test("an open rule file has its mistakes in Problems, at the place, until they are mended", async () => {
    mkdirSync(join(folder, ".leakline/rules"), { recursive: true });
    writeFileSync(join(folder, ".leakline/rules/acme.yaml"), "library: acme\nlanguage: go\nimports: corp.example/acme\nresources:\n  - rule: go/acme-lease\n    nuon: lease\n    opens: corp.example/acme.Take\n    closes: Return\n");
    await bench.openFile("acme.yaml");
    await expect.poll(async () => (await bench.problems()).join("\n"), SOON).toMatch(/unknown key `nuon`.* at line 6 and character 5\b/);
  });

  test("every command of the palette is there", async () => {
    // The palette draws what fits: each is asked for by its name.
    for (const title of [
      "Scan This Machine", "Scan Host...", "Watch", "Watch and Record...", "Open Capture or Investigation File...", "Explain This Capture", "Explain Rule...", "Analyze Workspace", "Save Anonymised Copy...",
      "Open Investigation", "Open Investigation in Editor", "Save Investigation...", "Preserve the Scene...", "Compare Two Scenes...", "Clear Investigation", "Forget Stored Secrets", "Start Demo", "Show Log",
    ]) {
      expect(await bench.paletteTitles(`Leakline: ${title}`)).toContain(`Leakline: ${title}`);
    }
  });

  test("Explain Rule shows the page of a rule that a person chooses, whatever is wrong with the workspace's own rules", async () => {
    await bench.run("Leakline: Explain Rule...");
    // The rules are loaded while the list shows already.
    await bench.page.locator(".quick-input-list .monaco-list-row").first().waitFor();
    await bench.page.locator(".quick-input-widget input.input").fill("go/sql-rows");
    // On a busy machine the list follows what was typed after a while.
    await expect.poll(() => bench.page.locator(".quick-input-list .monaco-list-row").allTextContents(), SOON).toEqual([expect.stringContaining("go/sql-rows")]);
    await bench.page.keyboard.press("Enter");
    await expect.poll(async () => (await bench.page.locator(".tabs-container .tab").allTextContents()).join("\n"), SOON).toMatch(/Preview sql-rows\.md/);
  });
});

describe("a window that is told to scan as it opens, as `npm start` tells it", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open({ folder: null, env: { LEAKLINE_SCAN_ON_START: "local" } });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await bench?.picture(`files ${task.name}`.replace(/\W+/g, "-"));
  });
  afterAll(async () => {
    await bench?.close();
  });

  test("shows the case of this machine without a key pressed", async () => {
    const panel = await bench.panelWithCase();
    expect(Number((await panel.locator(".states .figure").textContent())?.replace(/\D/g, ""))).toBeGreaterThan(0);
  });
});
