import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DARK, LIGHT, ROOT, SOON, Workbench } from "./workbench-rig";

/** `LEAKLINE_IMAGES=write` renews the pictures of the README; otherwise they go where nothing is committed. */
const FOLDER = process.env["LEAKLINE_IMAGES"] === "write" ? join(ROOT, "docs", "images") : join(import.meta.dirname, ".cache", "images");

describe.each([["dark", DARK], ["light", LIGHT]])("the product as a person sees it, %s", (name, theme) => {
  let bench: Workbench;
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    bench = await Workbench.open({ folder: null, theme, width: 1600, height: 1000, settings: { "editor.tabSize": 4, "window.menuBarVisibility": "hidden" } });
    await bench.page.locator('.activitybar a[aria-label^="Leakline"]').click();
    await bench.run("Leakline: Start Demo");
    await bench.panelWithCase();
  });
  afterAll(async () => {
    await bench?.close();
  });

  const settle = (): Promise<void> => bench.page.waitForTimeout(900);
  const picture = async (file: string): Promise<void> => {
    const path = join(FOLDER, file);
    await bench.page.mouse.move(5, 995);
    await settle();
    await bench.page.screenshot({ path });
    expect(statSync(path).size).toBeGreaterThan(20_000);
  };

  test("narrow: the side bar beside the line", async () => {
    const panel = await bench.panelWithCase();
    await panel.locator('.diagnosis[data-cause="connection-pinned"] .suspect-link').first().click();
    await expect.poll(async () => (await bench.editorPlace())?.file, SOON).toBe("update.go");
    await panel.locator('.diagnosis[data-cause="connection-pinned"] h2').first().evaluate((heading) => (heading as unknown as { scrollIntoView(): void }).scrollIntoView());
    await picture(`side-${name}.png`);
  });

  test("wide: the investigation as a tab, the line beside it, the trees at the left", async () => {
    await bench.run("View: Close All Editors");
    await bench.page.locator('.pane-header[aria-label^="Investigation"]').click();
    await bench.run("Leakline: Open Investigation in Editor");
    const tab = await bench.panelWithCase("tab");
    await bench.tree("Suspects").first().waitFor();
    await tab.locator('.diagnosis[data-cause="connection-pinned"] .suspect-link').first().click();
    await expect.poll(async () => (await bench.editorPlace())?.file, SOON).toBe("update.go");
    await picture(`panel-${name}.png`);
  });

  test("wide: the sockets behind a figure", async () => {
    const tab = await bench.panelWithCase("tab");
    await tab.locator('.legend .state[data-state="CLOSE_WAIT"]').click();
    await expect.poll(() => tab.locator(".line.socket").count(), SOON).toBeGreaterThan(0);
    await picture(`sockets-${name}.png`);
  });
});

test("the README's pictures are there", () => {
  for (const file of ["panel-dark.png", "panel-light.png", "side-dark.png", "side-light.png"]) expect(existsSync(join(ROOT, "docs", "images", file)), file).toBe(true);
});
