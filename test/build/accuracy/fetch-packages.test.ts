import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fetchPackages, packageList } from "../../../build/accuracy/fetch-packages.mjs";

const cache = mkdtempSync(join(tmpdir(), "leakline-fetched-"));
afterAll(() => {
  rmSync(cache, { recursive: true, force: true });
});

test("what the cache has of a package is not fetched again: any version, or the one asked for", () => {
  mkdirSync(join(cache, "sources/pypi/own"), { recursive: true });
  writeFileSync(join(cache, "sources/pypi/own.version"), "1.2");
  const told: string[] = [];
  const asked = ["", "latest", "1.2"].map((version) => ({ registry: "pypi", name: "own", version, language: "python", key: "pypi/own" }));
  expect(fetchPackages(asked, cache, (line) => told.push(line))).toEqual(asked.map((one) => ({ ...one, version: "1.2", folder: join(cache, "sources/pypi/own") })));
  expect(told).toEqual([]);
});

test("a package that cannot be had is named with its reason, and the rest goes on", () => {
  const told: string[] = [];
  const [lost, had] = fetchPackages([{ registry: "nowhere", name: "lost", version: "", language: "go", key: "nowhere/lost" }, { registry: "pypi", name: "own", version: "", language: "python", key: "pypi/own" }], cache, (line) => told.push(line));
  expect(typeof lost!.missing).toBe("string");
  expect(lost!.folder).toBeUndefined();
  expect(had).toMatchObject({ key: "pypi/own", version: "1.2" });
  expect(told.some((line) => line.includes("nowhere/lost cannot be had"))).toBe(true);
});

test("the packages of the page: at least twenty, each once, of every language", () => {
  const list = packageList();
  expect(new Set(list.map(({ key }) => key)).size).toBe(list.length);
  expect(list.length).toBeGreaterThanOrEqual(20);
  expect([...new Set(list.map(({ language }) => language))].sort()).toEqual(["csharp", "go", "java", "javascript", "kotlin", "php", "python", "ruby", "rust"]);
});
