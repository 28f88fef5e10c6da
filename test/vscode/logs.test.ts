import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { SOON, Workbench, until } from "./workbench-rig";

/** Two folders of one workspace, as services lie beside each other. Both have a `main.py`, and both a `util/dates.py`. */
const SHOP: Readonly<Record<string, string>> = {
  "orders/update.go": "package orders\n\nimport \"log/slog\"\n\nfunc Update(id int, err error) {\n\tslog.Error(\"the order could not be booked\", \"order\", id, \"err\", err)\n}\n",
  "main.py": "import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef refund(order):\n    log.warning(\"refund of order %s is late by %d s\", order, 3)\n",
  "util/dates.py": "def today():\n    raise ValueError(1)\n",
  "web/server.ts": "export function listen(port: number): void {\n  console.log(`the shop listens on port ${port}`);\n}\n",
};
const BILLING: Readonly<Record<string, string>> = {
  "main.py": "import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef bill(customer):\n    log.error(\"no bill for customer %s: the printer is out of paper\", customer)\n",
  "util/dates.py": "def today():\n    raise ValueError(2)\n",
  "src/main/java/com/acme/Invoice.java": "package com.acme;\nclass Invoice {\n  void print() {\n    throw new IllegalStateException();\n  }\n}\n",
  "Acme/Ledger.cs": "namespace Acme;\nclass Ledger {\n  void Book() {\n    throw new System.Exception();\n  }\n}\n",
  "lib/mail.rb": "class Mail\n  def deliver\n    raise 'no'\n  end\nend\n",
  "src/Tax.php": "<?php\nclass Tax {\n  function rate() {\n    throw new Exception('no');\n  }\n}\n",
  "src/sum.rs": "fn sum() {\n    let x: Option<u8> = None;\n    x.unwrap();\n}\n",
};

const LOG = [
  "2026-03-01T10:00:00.000Z ERROR the order could not be booked order=4711 err=\"bad connection\"", // 1
  "2026-03-01T10:00:01.000Z WARN refund of order 12 is late by 3 s", // 2
  "2026-03-01T10:00:02.000Z INFO the shop listens on port 8080", // 3
  "2026-03-01T10:00:03.000Z ERROR no bill for customer 7: the printer is out of paper", // 4
  "2026-03-01T10:00:04.000Z INFO something that nobody here says", // 5
].join("\n");

/** A trace of each language, as it is written on a host where the code lies elsewhere: what is clicked, and where it leads. */
const FRAMES: readonly (readonly [language: string, lines: string, link: string, file: string, line: number])[] = [
  ["Go", "goroutine 1 [running]:\nmain.Update(0x1)\n\t/build/shop/orders/update.go:6 +0x1d", "/build/shop/orders/update.go:6", "update.go", 6],
  ["Python", "Traceback (most recent call last):\n  File \"/srv/billing/main.py\", line 7, in bill", "/srv/billing/main.py\", line 7", "main.py", 7],
  ["Java", "java.lang.IllegalStateException: no\n\tat com.acme.Invoice.print(Invoice.java:4)", "Invoice.java:4", "Invoice.java", 4],
  ["Node", "Error: no\n    at listen (/app/web/server.ts:2:3)", "/app/web/server.ts:2:3", "server.ts", 2],
  ["C#", "System.Exception: no\n   at Acme.Ledger.Book() in C:\\agent\\Acme\\Ledger.cs:line 4", "C:\\agent\\Acme\\Ledger.cs:line 4", "Ledger.cs", 4],
  ["Ruby", "/opt/mail/lib/mail.rb:3:in `deliver': no (RuntimeError)", "/opt/mail/lib/mail.rb:3", "mail.rb", 3],
  ["PHP", "#0 /var/www/src/Tax.php(4): Tax->rate()", "/var/www/src/Tax.php(4", "Tax.php", 4],
  ["Rust", "thread 'main' panicked at src/sum.rs:3:7:", "src/sum.rs:3:7", "sum.rs", 3],
];

const TRACES = FRAMES.map(([, lines]) => `2026-03-01T10:00:00.000Z ERROR no\n${lines}\n`).join("");
const PASTED = `2026-03-01T10:00:03.000Z ERROR no bill for customer 9: the printer is out of paper\nTraceback (most recent call last):\n  File "/opt/x/util/dates.py", line 2, in today\n`;

describe("logs and scenes in a workspace of two folders", () => {
  let bench: Workbench;
  let folder: string;

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  /** The link on this text, opened as by Ctrl and a click; the cursor goes there first. */
  const openLink = async (log: string, text: string): Promise<void> => {
    const at = log.split("\n").findIndex((line) => line.includes(text));
    await bench.goTo(at + 1, (log.split("\n")[at] ?? "").indexOf(text) + 2);
    await bench.page.locator(".view-line .detected-link").first().waitFor({ timeout: 60_000 });
    await bench.run("Open Link");
  };
  const inFront = (): Promise<string> => bench.page.locator(".editor-group-container.active .view-lines").innerText();
  const backTo = async (name: string): Promise<void> => {
    await bench.page.locator(`.tabs-container .tab[data-resource-name="${name}"]`).click();
    await until(`${name} in front`, 10_000, async () => (await bench.editorPlace())?.file === name);
  };
  const fromLine = async (line: number): Promise<void> => {
    await bench.goTo(line);
    await bench.run("Leakline: Go to the Statement of This Log Line");
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "leakline-logs-"));
    for (const [path, text] of Object.entries(SHOP)) write(`shop/${path}`, text);
    for (const [path, text] of Object.entries(BILLING)) write(`billing/${path}`, text);
    write("shop/app.log", LOG);
    write("shop/traces.log", TRACES);
    write("elsewhere/pasted.txt", PASTED);
    write("two.code-workspace", JSON.stringify({ folders: [{ path: "shop" }, { path: "billing" }] }));
    bench = await Workbench.open({ folder: join(folder, "two.code-workspace") });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await bench?.picture(`logs ${task.name}`.replace(/\W+/g, "-"));
  });
  afterAll(async () => {
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a line leads to its statement in Go, Python and TypeScript, in whichever folder that lies", async () => {
    await bench.openFile("app.log");
    await fromLine(1);
    await bench.waitForEditor("update.go", 6, 2);
    await backTo("app.log");
    await fromLine(3);
    await bench.waitForEditor("server.ts", 2, 3);
    await backTo("app.log");
    await fromLine(4);
    await bench.waitForEditor("main.py", 7, 5);
    await expect.poll(inFront, SOON).toContain("printer");
  });

  test("Go to Definition on a line does the same, and a line that nobody wrote says so", async () => {
    await backTo("app.log");
    await bench.goTo(2, 30);
    await bench.page.keyboard.press("F12");
    await bench.waitForEditor("main.py", 7, 5);
    await expect.poll(inFront, SOON).toContain("refund");
    await backTo("app.log");
    await fromLine(5);
    await expect.poll(() => bench.notifications.allTextContents(), SOON).toContainEqual(expect.stringContaining("No statement of this workspace is known to write this line") as string);
  });

  test("a frame of each language is a link to its file and line, wherever the code lay on the host", async () => {
    await bench.openFile("traces.log");
    for (const [language, , link, file, line] of FRAMES) {
      await openLink(TRACES, link);
      await until(`${language}: ${file}:${line}`, 20_000, async () => {
        const place = await bench.editorPlace();
        return place?.file === file && place.line === line;
      });
      if (language === "Python") await expect.poll(inFront, SOON).toContain("printer");
      await backTo("traces.log");
    }
  });

  test("a log outside of the workspace does the same; where two folders' files end alike, it asks", async () => {
    await bench.run("File: Open File...");
    await bench.chooseFile(join(folder, "elsewhere/pasted.txt"));
    await until("the pasted log", 20_000, async () => (await bench.editorPlace())?.file === "pasted.txt");
    await fromLine(1);
    await bench.waitForEditor("main.py", 7, 5);
    await backTo("pasted.txt");
    await openLink(PASTED, "/opt/x/util/dates.py");
    const rows = bench.page.locator(".quick-input-list .monaco-list-row");
    await expect.poll(() => rows.allTextContents(), SOON).toEqual([expect.stringContaining("shop/util/dates.py:2") as string, expect.stringContaining("billing/util/dates.py:2") as string]);
    await bench.picture("which-file");
    await bench.answer("billing/util");
    await bench.waitForEditor("dates.py", 2, 1);
    await expect.poll(inFront, SOON).toMatch(/ValueError\(2\)/);
  });

  test.each([["update.go", 6, "order=4711"], ["main.py", 7, "refund of order 12"], ["server.ts", 2, "port 8080"]])("the statement in %s leads to its lines, in a log that nobody has opened", async (file, line, says) => {
    if (file === "update.go") await bench.run("View: Close All Editors");
    await bench.openFile(file);
    // Both folders have a main.py; quick open lists the shop's first.
    await bench.goTo(line);
    await bench.run("Leakline: Show Lines of This Statement");
    const rows = bench.page.locator(".quick-input-list .monaco-list-row");
    await expect.poll(() => rows.allTextContents(), SOON).toEqual([expect.stringContaining("app.log:") as string]);
    await bench.page.keyboard.press("Enter");
    await until("the log at the line", 20_000, async () => {
      const place = await bench.editorPlace();
      return place?.file === "app.log" && LOG.split("\n")[place.line - 1]?.includes(says);
    });
  });

  test("what is saved counts at once: a statement that was changed wrote no line any more", async () => {
    write("shop/web/server.ts", SHOP["web/server.ts"]?.replace("the shop listens on port", "ready for customers at") ?? "");
    await bench.openFile("app.log");
    await until("the line is nobody's", 30_000, async () => {
      await fromLine(3);
      return (await bench.notifications.allTextContents()).length > 0 && (await bench.editorPlace())?.file === "app.log";
    });
  });

  test("Preserve the Scene: cancelled, no file is written; else one file, told of, and the case of it is shown", async () => {
    await bench.run("View: Close All Editors");
    await bench.page.locator('.activitybar a[aria-label^="Leakline"]').click();
    const preserve = async (file: string): Promise<void> => {
      await bench.run("Leakline: Preserve the Scene...");
      await bench.answer("This machine");
      await bench.chooseFile(join(folder, file));
      // Two folders are open: whose code it is, only a person knows.
      await bench.answer("shop");
    };
    await preserve("shop/cancelled.scene.zip");
    const panel = await bench.panel();
    await expect.poll(() => panel.locator(".activity").textContent(), SOON).toContain("Preserving the scene of this machine");
    await bench.picture("preserving");
    await panel.locator(".activity vscode-button").click();
    await expect.poll(() => panel.locator(".activity .doing").count(), SOON).toBe(0);
    expect(existsSync(join(folder, "shop/cancelled.scene.zip"))).toBe(false);

    await preserve("shop/before.scene.zip");
    await until("the file", 60_000, () => Promise.resolve(existsSync(join(folder, "shop/before.scene.zip"))));
    await expect.poll(() => bench.notifications.allTextContents(), SOON).toContainEqual(expect.stringMatching(/kept before\.scene\.zip \(\d+ kB\)/) as string);
    const shown = await bench.panelWithCase();
    expect(await shown.locator(".note.kept summary").textContent()).toContain("A preserved scene, kept");
    await bench.picture("preserved");
  });

  test("a scene opens from the explorer, and two compare as text in an editor", async () => {
    await bench.run("Leakline: Clear Investigation");
    await bench.run("File: Focus on Files Explorer");
    const row = bench.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "before.scene.zip" });
    await row.click({ button: "right" });
    const entry = bench.page.locator(".monaco-menu .action-label", { hasText: "Open Capture or Investigation File" });
    await entry.waitFor();
    // A menu that has just opened takes the end of the click that opened it for nothing.
    await until("the menu's answer", SOON.timeout, async () => {
      await bench.page.waitForTimeout(300);
      await entry.click({ timeout: 1_000 }).catch(() => undefined);
      return (await entry.count()) === 0;
    });
    await bench.answer("shop");
    const panel = await bench.panelWithCase();
    expect(await panel.locator(".note.kept").count()).toBe(1);
    expect(await panel.locator(".head .when").last().textContent()).toContain("2 looks");

    await bench.run("Leakline: Compare Two Scenes...");
    await bench.chooseFile(join(folder, "shop/before.scene.zip"));
    await bench.chooseFile(join(folder, "shop/before.scene.zip"));
    await expect.poll(() => bench.page.locator(".editor-group-container.active .view-lines").innerText(), SOON).toMatch(/Nothing\sgot\sworse/);
    await bench.picture("compared");
  });
});
