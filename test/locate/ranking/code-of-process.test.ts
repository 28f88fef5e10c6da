import { describe, expect, it } from "vitest";
import { codeOfProcess } from "../../../src/locate/ranking/code-of-process";
import type { KnownProcess } from "../../../src/locate/ranking/code-of-process";
import { languageOfProcess } from "../../../src/locate/ranking/language-of-process";
import type { CodeModule } from "../../../src/model/code-module";

const known = (more: Partial<KnownProcess> & { name: string }): KnownProcess => ({ exe: null, commandLine: null, cwd: null, ...more });
const module = (language: string, folder: string, binaries: readonly string[] = [], name: string | null = null): CodeModule => ({ folder, language, name, binaries, manifest: null });
const fitOf = (process: KnownProcess, one: CodeModule, root: string | null = null) => codeOfProcess(process, [one], root)[0];

describe("which language a process runs", () => {
  it.each([
    [{ name: "python3", exe: "/usr/bin/python3.11" }, "python"],
    [{ name: "gunicorn: worke", exe: "/srv/venv/bin/python3" }, "python"],
    [{ name: "gunicorn", commandLine: "/srv/venv/bin/python /srv/venv/bin/gunicorn app:app" }, "python"],
    [{ name: "MainThread", exe: "/usr/local/bin/node" }, "javascript"],
    [{ name: "java", exe: "/usr/lib/jvm/17/bin/java" }, "java"],
    [{ name: "shopd", exe: "/srv/bin/shopd (deleted)" }, "native"],
    [{ name: "python3", exe: null, commandLine: null }, "python"],
  ])("%o", (process, language) => {
    expect(languageOfProcess(known(process))?.language).toBe(language);
  });
  it("is unknown when a capture gives a name that is no runtime", () => {
    expect(languageOfProcess(known({ name: "shopd" }))).toBeNull();
  });
});

describe("which code a process runs", () => {
  it.each([
    ["a binary of the module", known({ name: "shopd", exe: "/opt/shop/shopd" }), module("go", "cmd/shopd", ["shopd"]), null, 1],
    ["a name cut at 15 bytes", known({ name: "very-long-servi" }), module("go", "cmd/x", ["very-long-service"]), null, 1],
    ["a script by its absolute path", known({ name: "python3", commandLine: "python3 /w/front/app.py" }), module("python", "front", ["app.py"]), "/w", 1],
    ["a script relative to the working directory", known({ name: "python3", commandLine: "python3 app.py", cwd: "/w/front" }), module("python", "front", ["app.py"]), "/w", 1],
    ["a script by its folder, on another machine", known({ name: "python3", commandLine: "python3 /srv/deploy/front/app.py" }), module("python", "front", ["app.py"]), null, 1],
    ["a module after -m", known({ name: "python3", commandLine: "python3 -m front.app" }), module("python", "front", ["app.py"]), null, 1],
    ["an ASGI application", known({ name: "python3", commandLine: "/v/bin/python /v/bin/uvicorn front.app:app --port 80" }), module("python", "front", ["app.py"]), null, 1],
    ["the working directory", known({ name: "python3", commandLine: "python3 -c x", cwd: "/w/front" }), module("python", "front"), "/w", 0.9],
    ["the go.mod name, less its version", known({ name: "shopd", exe: "/usr/local/bin/shopd" }), module("go", "", [], "example.com/team/shopd/v2"), null, 0.9],
    ["the folder's name", known({ name: "billing", exe: "/usr/local/bin/billing" }), module("go", "services/billing"), null, 0.8],
  ])("ties %s", (_what, process, one, root, least) => {
    expect(fitOf(process, one, root)?.fit).toBeGreaterThanOrEqual(least);
  });

  it("is less sure of a file name alone: app.py is everywhere", () => {
    const fit = fitOf(known({ name: "python3", commandLine: "python3 /srv/other/app.py" }), module("python", "front", ["app.py"]))?.fit ?? 0;
    expect(fit).toBeGreaterThan(0);
    expect(fit).toBeLessThan(0.9);
  });
  it("rules out another language", () => {
    expect(fitOf(known({ name: "python3", exe: "/usr/bin/python3" }), module("go", "", ["shopd"]))?.fit).toBe(-1);
    expect(fitOf(known({ name: "java", exe: "/usr/bin/java" }), module("python", ""))?.fit).toBe(-1);
  });
  it("does not rule out interpreted code in a native process, but doubts it", () => {
    const fit = fitOf(known({ name: "shopd", exe: "/srv/shopd" }), module("python", "scripts"))?.fit ?? 0;
    expect(fit).toBeGreaterThan(-1);
    expect(fit).toBeLessThan(0);
  });
  it("runs TypeScript in node", () => {
    expect(fitOf(known({ name: "node", exe: "/usr/bin/node" }), module("typescript", ""))?.fit).toBeGreaterThan(0);
  });
  it("takes general folder names for nothing", () => {
    expect(fitOf(known({ name: "x", exe: "/usr/bin/x", commandLine: "/usr/bin/x /srv/app/data" }), module("go", "app"))?.fit).toBeLessThan(0.5);
  });
});
