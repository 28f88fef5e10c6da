import fc from "fast-check";
import { expect, test, vi } from "vitest";

vi.mock("vscode", () => ({}));
const { resolveInside } = await import("../../src/editor/open-place");

test("a file of the workspace is found under its folder", () => {
  expect(resolveInside("/srv/shop", "controllers/main.go")).toBe("/srv/shop/controllers/main.go");
});

test.each(["../secrets", "/etc/passwd", "a/../../x", "", ".", "./.."])("%s does not lead out of the folder", (file) => {
  expect(resolveInside("/srv/shop", file)).toBeNull();
});

test("whatever a saved case names, the path stays inside", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom("..", ".", "a", "b.go", "", "/", "\\", "...")), (parts) => {
    const path = resolveInside("/srv/shop", parts.join("/"));
    expect(path === null || path.startsWith("/srv/shop/")).toBe(true);
  }));
});
