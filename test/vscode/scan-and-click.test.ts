import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT, Workbench } from "./workbench-rig";

describe("thin", () => {
  let bench: Workbench;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "leakline-shop-"));
    cpSync(join(ROOT, "test/editor/fixtures/shop"), folder, { recursive: true });
    bench = await Workbench.open({ folder });
  });
  afterAll(async () => {
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("scan from the palette, click the first suspect", async () => {
    await bench.run("Leakline: Scan This Machine");
    const panel = await bench.panelWithCase();
    await bench.page.screenshot({ path: "/tmp/shot1.png" });
    expect(await panel.locator(".head h1").textContent()).toBe("prod-1");
    await panel.locator(".suspect-link").first().click();
    await bench.waitForEditor("main.go", 12, 13);
    await bench.page.screenshot({ path: "/tmp/shot2.png" });
  });
});
