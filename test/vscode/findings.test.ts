import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { SOON, Workbench, until } from "./workbench-rig";

// A service whose connections are stuck, beside much other code that has to be read as well.
const ORDERS = `package main

import "database/sql"

func cancel(db *sql.DB, paid bool) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if paid {
		return nil
	}
	return tx.Commit()
}
`;
const BEGIN_LINE = 6;
/** The first step of its path, as the Problems view shows it. */
const BEGUN = `transaction opened by db.Begin() at line ${BEGIN_LINE} and character 13 in orders.go`;
const LATE = ORDERS.replace("package main", "package late").replace("cancel", "settle");
const MENDED = LATE.replace("\tif paid", "\tdefer tx.Rollback()\n\tif paid");
const BULK_FILES = 120;
const BULK_FUNCTIONS = 40;

function bulk(file: number): string {
  const functions = Array.from({ length: BULK_FUNCTIONS }, (_, at) => `
func count${file}x${at}(db *sql.DB, names []string) (int, error) {
	rows, err := db.Query("SELECT n FROM t${at} WHERE name IN (?)", names)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	sum := 0
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, rows.Err()
}`);
  return `package bulk\n\nimport "database/sql"\n${functions.join("\n")}\n`;
}

const CAPTURE = `State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n${Array.from({ length: 40 }, (_, at) =>
  `CLOSE-WAIT 1 0 10.0.0.21:${41_000 + at} 10.0.0.3:3306 users:(("shopd",pid=812,fd=${10 + at})) timer:(keepalive,12sec,0) uid:1000 ino:${9000 + at} sk:${at} <->\n\t cubic rto:204 rtt:0.3/0.1 lastsnd:${70_000 + at * 900} lastrcv:${70_000 + at * 900} lastack:${10_000 + at * 900}`).join("\n")}\n`;

describe("findings follow the code in a window", () => {
  let bench: Workbench;
  let folder: string;
  const rows = (): Promise<string[]> => bench.page.locator(".markers-panel .monaco-list-row").evaluateAll((all) => all.map((row) => row.getAttribute("aria-label") ?? ""));
  const problems = async (): Promise<string> => (await rows()).join("\n");
  const write = (file: string, text: string): void => {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "leakline-findings-"));
    write("night.ss", CAPTURE);
    write("shopd/go.mod", "module corp.example/shopd\n\ngo 1.22\n");
    write("shopd/orders.go", ORDERS);
    write("later/go.mod", "module corp.example/later\n\ngo 1.22\n");
    write("later/late.go", LATE);
    for (let file = 0; file < BULK_FILES; file++) write(`later/bulk/b${file}.go`, bulk(file));
    bench = await Workbench.open({ folder, settings: { "editor.quickSuggestions": false, "editor.autoIndent": "none" } });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await bench?.picture(`findings ${task.name}`.replace(/\W+/g, "-"));
  });
  afterAll(async () => {
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("they come while the workspace is read, those of the stuck service first, and then say no more that they are provisional", async () => {
    await bench.run("Problems: Focus on Problems View");
    // Each state of the view, as it was drawn. As text: this project knows no DOM.
    await bench.page.evaluate(`globalThis.seen = []; setInterval(() => {
      const now = [...document.querySelectorAll(".markers-panel .monaco-list-row")].map((row) => row.getAttribute("aria-label") ?? "").join("\\n");
      if (now !== globalThis.seen.at(-1)) globalThis.seen.push(now);
    }, 15)`);
    await bench.openFile("night.ss");
    await bench.run("Leakline: Explain This Capture");
    await bench.panelWithCase();
    await expect.poll(problems, SOON).toContain("late.go");
    const seen = await bench.page.evaluate<string[]>("globalThis.seen");
    const early = seen.find((state) => state.includes("orders.go"));
    expect(early).toMatch(/transaction[^\n]*\(so far: the workspace is still being read\)/);
    expect(early).not.toContain("late.go");
    expect(seen.at(-1)).not.toContain("so far");
    expect(seen.at(-1)).toContain("orders.go");
  });

  test("the stuck connections lead to the line, in the panel as well", async () => {
    const panel = await bench.panelWithCase();
    expect(await panel.locator('.diagnosis[data-cause="connection-pinned"] .suspect-link .where').first().textContent()).toBe(`shopd/orders.go:${BEGIN_LINE}`);
  });

  test("a leak that is mended and saved goes, from Problems and from the panel; taken out again and saved it comes back", async () => {
    await bench.openFile("orders.go");
    await bench.goTo(10);
    await bench.page.keyboard.insertText("\tdefer tx.Rollback()\n");
    await bench.page.keyboard.press("Control+s");
    await expect.poll(problems, SOON).not.toContain("orders.go");
    expect(await problems()).toContain("late.go");
    const panel = await bench.panelWithCase();
    await expect.poll(async () => (await panel.locator(".suspect-link .where").allTextContents()).join(), SOON).not.toContain("orders.go");
    await bench.goTo(10);
    await bench.page.keyboard.press("Control+Shift+k");
    await bench.page.keyboard.press("Control+s");
    await expect.poll(problems, SOON).toContain(BEGUN);
    await expect.poll(async () => (await panel.locator(".suspect-link .where").allTextContents()).join(), SOON).toContain(`shopd/orders.go:${BEGIN_LINE}`);
  });

  test("what another program changes on disk counts as well", async () => {
    write("later/late.go", MENDED);
    await expect.poll(problems, SOON).not.toContain("late.go");
    write("later/new/found.go", LATE);
    await expect.poll(problems, SOON).toContain("found.go");
    rmSync(join(folder, "later/new"), { recursive: true });
    await expect.poll(problems, SOON).not.toContain("found.go");
  });

  test("a comment silences a finding, and is one itself when it silences nothing any more", async () => {
    await bench.openFile("orders.go");
    await bench.goTo(BEGIN_LINE);
    await bench.page.keyboard.insertText("\t// leakline-ignore: go/sql-transaction -- settled by the nightly job\n");
    await bench.page.keyboard.press("Control+s");
    await expect.poll(problems, SOON).not.toContain("orders.go");
    await bench.goTo(11);
    await bench.page.keyboard.insertText("\tdefer tx.Rollback()\n");
    await bench.page.keyboard.press("Control+s");
    await expect.poll(problems, SOON).toMatch(new RegExp(`leakline-ignore[^\\n]*at line ${BEGIN_LINE} `));
    expect(await problems()).not.toContain(BEGUN);
    write("shopd/orders.go", ORDERS);
    await expect.poll(problems, SOON).toContain(BEGUN);
  });

  test("a rule of the workspace's own counts as soon as it is saved; while it is wrong, its place says so", async () => {
    const rule = (noun: string): string => `library: acme\nlanguage: go\nimports: corp.example/acme\nresources:\n  - rule: go/acme-lease\n    ${noun}: lease\n    type: $.Lease\n    opens: $.Take\n    closes: Give\n    advice: Give it back.\n`;
    write("shopd/lease.go", 'package main\n\nimport "corp.example/acme"\n\nfunc lend(ready bool) error {\n\tlease, err := acme.Take()\n\tif err != nil {\n\t\treturn err\n\t}\n\tif !ready {\n\t\treturn nil\n\t}\n\treturn lease.Give()\n}\n');
    write(".leakline/rules/acme.yaml", rule("noun"));
    await expect.poll(problems, SOON).toMatch(/lease[^\n]*at line 6 and character/);
    write(".leakline/rules/acme.yaml", rule("nuon"));
    await bench.openFile("acme.yaml");
    await expect.poll(problems, SOON).toMatch(/unknown key `nuon`.* at line 6 and character 5\b/);
  });

  test("a rule file is completed from the schema", async () => {
    await bench.goTo(6, 5);
    await bench.page.keyboard.press("Shift+End");
    await bench.page.keyboard.insertText("nou");
    await bench.page.keyboard.press("Control+Space");
    await expect.poll(async () => (await bench.page.locator(".suggest-widget.visible .monaco-list-row.focused").allTextContents()).join(), SOON).toContain("noun");
    await bench.page.keyboard.press("Enter");
    await bench.page.keyboard.insertText("lease");
    await bench.page.keyboard.press("Control+s");
    await expect.poll(problems, SOON).not.toContain("acme.yaml");
    expect(await problems()).toMatch(/lease[^\n]*at line 6 and character/);
  });

  test("after a restart of the window they are there without the code being read again, with a case and without one", async () => {
    const before = (await rows()).sort();
    await bench.reload();
    await bench.run("Problems: Focus on Problems View");
    await expect.poll(async () => (await rows()).sort(), SOON).toEqual(before);

    await bench.run("Leakline: Clear Investigation");
    await until("no problems", 10_000, async () => (await rows()).length === 0);
    await bench.run("Leakline: Analyze Workspace");
    // Said when all has been read: what is seen before that is provisional, and not what is kept.
    await expect.poll(async () => (await bench.notifications.allTextContents()).join(), SOON).toMatch(/Leakline read \d+ files/);
    await expect.poll(async () => /orders\.go/.test(await problems()) && !/so far/.test(await problems()), SOON).toBe(true);
    const after = (await rows()).sort();
    const pack = (): number => Math.max(...bench.filesNamed(/\/analysis\/[^/]+$/).map((file) => statSync(file).mtimeMs));
    const written = pack();
    await bench.reload();
    await bench.run("Problems: Focus on Problems View");
    await expect.poll(async () => (await rows()).sort(), SOON).toEqual(after);
    // A cold run writes what it read.
    expect(pack()).toBe(written);
  });
});
