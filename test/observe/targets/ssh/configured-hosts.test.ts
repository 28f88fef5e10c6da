import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listConfiguredHosts } from "../../../../src/observe/targets/ssh/configured-hosts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "leakline-home-"));
  mkdirSync(join(home, ".ssh"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("lists the hosts that have a name of their own, in order, includes too", async () => {
  writeFileSync(join(home, ".ssh", "more"), "Host included\n  User deploy\n");
  writeFileSync(join(home, ".ssh", "config"), "Host prod-1 prod-2\n  User root\nHost *.internal !bad bastion\n  Port 2222\nInclude more\nHost *\n  ServerAliveInterval 5\nHost prod-1\n  Port 22\n");
  expect(await listConfiguredHosts(home)).toEqual(["prod-1", "prod-2", "bastion", "included"]);
});

test("no configuration is no hosts", async () => {
  expect(await listConfiguredHosts(home)).toEqual([]);
});
