import { WHAT_IS_READ } from "../../src/model/what-is-read";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

interface Manifest {
  readonly main: string;
  readonly engines: { readonly vscode: string };
  readonly extensionKind: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly type?: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly when: string; readonly contents: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
    readonly grammars: readonly { readonly path: string }[];
  };
}
const manifest = JSON.parse(read("package.json")) as Manifest;
const { contributes } = manifest;

function sources(...folders: string[]): string[] {
  return folders.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).map((name) => join(folder, name)));
}
const editorSources = [...sources("src/editor"), "src/extension.ts"].map(read).join("\n");

describe("commands", () => {
  const declared = contributes.commands.map(({ command }) => command).sort();

  test("of the manifest are those of the code, one file each", () => {
    const files = sources("src/editor/commands").map(read);
    const defined = files.flatMap((text) => [...text.matchAll(/\bid: "(leakline\.\w+)"/g)].map(([, id]) => id ?? "")).sort();
    expect(defined).toEqual(declared);
    expect(new Set(defined).size).toBe(defined.length);
  });

  test("of the code are all in the list that is registered", () => {
    const list = read("src/editor/commands/all-commands.ts");
    const registered = /ALL_COMMANDS[^=]*=\s*\[([^\]]*)\]/.exec(list)?.[1]?.split(",").map((name) => name.trim()).filter((name) => name !== "") ?? [];
    expect(registered.map((name) => `leakline.${name}`).sort()).toEqual(declared);
  });

  test("stand in the palette under Leakline, save those that need a place in a tree", () => {
    expect(contributes.commands.every(({ category }) => category === "Leakline")).toBe(true);
    const hidden = contributes.menus["commandPalette"]?.filter(({ when }) => when === "false").map(({ command }) => command).sort();
    expect(hidden).toEqual(["leakline.forgetTarget", "leakline.openLead", "leakline.openPlace", "leakline.scanTarget"]);
  });

  test("that menus, welcome views and code name are there", () => {
    const named = [
      ...Object.values(contributes.menus).flat().map(({ command }) => command),
      ...[...read("package.nls.json").matchAll(/command:(leakline\.\w+)/g)].map(([, id]) => id ?? ""),
      ...[...editorSources.matchAll(/"(leakline\.(?:scan|open|save|start|stop|cancel|look|analyze|show|clear|forget|explain)\w*)"/g)].map(([, id]) => id ?? ""),
    ];
    expect(named.filter((id) => !declared.includes(id))).toEqual([]);
  });
});

describe("views", () => {
  test("of the manifest are the ones that the code fills", () => {
    for (const { id } of contributes.views["leakline"] ?? []) expect(editorSources).toContain(`"${id}"`);
  });

  test("are two trees and one webview", () => {
    expect(contributes.views["leakline"]?.map(({ type }) => type ?? "tree")).toEqual(["tree", "tree", "webview"]);
  });

  test("say for each empty reason what to do", () => {
    const reasons = contributes.viewsWelcome.map(({ when }) => /noSuspect == ([\w-]+)/.exec(when)?.[1]);
    expect(reasons).toEqual(["no-scan", "no-workspace", "not-trusted", "no-diagnosis", "nothing-found"]);
  });

  test("have files where the manifest says", () => {
    for (const { icon } of contributes.viewsContainers.activitybar) expect(existsSync(join(root, icon))).toBe(true);
    for (const { path } of contributes.grammars) expect(() => JSON.parse(read(path))).not.toThrow();
  });
});

describe("trust", () => {
  test("settings that say what runs or where have machine scope and are restricted", () => {
    const { properties } = contributes.configuration;
    expect(Object.entries(properties).filter(([, { scope }]) => scope !== "machine")).toEqual([]);
    expect([...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort()).toEqual(Object.keys(properties).sort());
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe("limited");
  });

  test("every setting of the manifest is read, from the user's own value alone", () => {
    const text = read("src/editor/settings.ts");
    for (const key of Object.keys(contributes.configuration.properties)) expect(text).toContain(`read("${key.replace("leakline.", "")}")`);
    expect(text).not.toMatch(/workspaceValue|\.get\(/);
  });

  test("the extension runs where the source is", () => {
    expect(manifest.extensionKind).toEqual(["workspace", "ui"]);
  });
});

describe("words", () => {
  const english = JSON.parse(read("package.nls.json")) as Record<string, string>;
  const chinese = JSON.parse(read("package.nls.zh-cn.json")) as Record<string, string>;
  const bundle = JSON.parse(read("l10n/bundle.l10n.zh-cn.json")) as Record<string, string>;

  test("of the manifest are all there, in both languages", () => {
    const used = [...new Set([...read("package.json").matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? ""))].sort();
    expect(Object.keys(english).sort()).toEqual(used);
    expect(Object.keys(chinese).sort()).toEqual(used);
  });

  const spoken = [...sources("src/editor", "webview"), "src/extension.ts"].flatMap((file) =>
    [...read(file).matchAll(/\bt\(\s*"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => JSON.parse(`"${text ?? ""}"`) as string));

  test("that the code speaks have a Chinese translation, and none is stale", () => {
    expect(spoken.length).toBeGreaterThan(100);
    expect(Object.keys(bundle).sort()).toEqual([...new Set([...spoken, ...WHAT_IS_READ.map(({ text }) => text)])].sort());
  });

  test("keep their placeholders in translation", () => {
    const holders = (text: string): string[] => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();
    const wrong = Object.entries(bundle).filter(([text, translated]) => holders(text).join() !== holders(translated).join());
    expect(wrong).toEqual([]);
    const commands = (text: string): string[] => [...text.matchAll(/\(command:([\w.]+)\)/g)].map(([, id]) => id ?? "");
    for (const key of Object.keys(english)) expect(commands(chinese[key] ?? "")).toEqual(commands(english[key] ?? ""));
  });

  test("are not put together from something that is no literal", () => {
    const loose = [...sources("src/editor", "webview"), "src/extension.ts"].flatMap((file) =>
      [...read(file).matchAll(/(?<![\w.])(?:vscode\.l10n\.)?t\(\s*([^"\s)][\w.]*)/g)].map((match) => `${file}: ${match[0]}`));
    // The list of what a look reads is a constant that the README shows too; test/model/what-is-read.test.ts holds each of its texts to a translation.
    expect(loose.filter((place) => place !== "webview/notes.ts: t(fact.text")).toEqual([]);
  });
});
