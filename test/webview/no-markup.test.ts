import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "..", "..", "webview");
const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));

test.each(files)("%s makes no markup from text", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  const doors = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTMLUnsafe|srcdoc|\beval\(|new Function\b|javascript:/g;
  expect(text.match(doors)).toBeNull();
});

test.each(files)("%s sets no style or handler as an attribute", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  expect(text.match(/setAttribute\(\s*["'`](style|on\w+|href|src)/g)).toBeNull();
});

test("the toolkit is known to one file alone", () => {
  const knowing = files.filter((file) => readFileSync(join(folder, file), "utf8").includes("@vscode/webview-ui-toolkit"));
  expect(knowing).toEqual(["ui.ts"]);
});

test("the style sheet names no colour of its own and loads nothing", () => {
  const css = readFileSync(join(folder, "panel.css"), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  expect(css.match(/#[0-9a-f]{3,8}\b(?![^{]*\{)|\brgba?\(|\bhsla?\(|url\(|@import/gi)).toBeNull();
});
