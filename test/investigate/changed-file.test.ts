import { describe, expect, test } from "vitest";
import { concernOf, concernOfFolder } from "../../src/investigate/changed-file";

describe("what a changed file matters to", () => {
  test.each([
    ["store/db.go", "code"], ["web/app.tsx", "code"], ["go.mod", "code"], ["shop/__init__.py", "code"], [".gitignore", "code"], ["a/tsconfig.json", "code"],
    [".leakline/rules/own.yaml", "rules"], [".leakline/rules/readme.md", null],
    ["config/database.yml", "configuration"], [".env", "configuration"], ["deploy/docker-compose.yaml", "configuration"],
    ["README.md", null], ["web/logo.png", null], ["node_modules/x/index.js", null], [".git/index", null],
  ] as const)("%s: %s", (file, concern) => {
    expect(concernOf(file)).toBe(concern);
  });
});

test.each([
  ["store", "code"], ["Acme.Orders", "code"], [".leakline", "rules"], [".leakline/rules", "rules"], [".leakline/rule", "code"], ["node_modules", null], ["web/node_modules", null], [".git", null],
] as const)("a folder that came or went, %s: %s", (folder, concern) => {
  expect(concernOfFolder(folder)).toBe(concern);
});
