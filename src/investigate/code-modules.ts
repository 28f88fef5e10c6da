import { basename, dirname } from "node:path/posix";
import { parse as parseToml } from "smol-toml";
import type { CodeModule } from "../model/code-module";

/**
 * What one file says about a unit of code: a manifest names it, a main package or a main script can become a process.
 * `file` is relative to the workspace. null: nothing. Broken manifests say nothing rather than fail the scan.
 */
export function moduleOfFile(file: string, text: string): CodeModule | null {
  const name = basename(file);
  const parent = dirname(file);
  const folder = parent === "." ? "" : parent;
  switch (name) {
    case "go.mod": {
      const module = /^\s*module\s+"?([^\s"]+)/m.exec(text)?.[1];
      // The last element is what `go build` and `go install` name the executable, less a major version.
      return module === undefined ? null : { folder, language: "go", name: module, binaries: [lastGoElement(module)], manifest: file };
    }
    case "pyproject.toml":
      return pyproject(file, folder, text);
    case "package.json":
      return packageJson(file, folder, text);
  }
  if (name.endsWith("_test.go")) return null;
  if (name.endsWith(".go") && /^package main\b/m.test(text)) {
    return { folder, language: "go", name: null, binaries: [folder === "" ? "." : basename(folder)], manifest: null };
  }
  if (name.endsWith(".py") && (name === "__main__.py" || name === "manage.py" || /^if\s+__name__\s*==\s*["']__main__["']/m.test(text))) {
    return { folder, language: "python", name: null, binaries: [name], manifest: null };
  }
  return null;
}

function lastGoElement(module: string): string {
  const parts = module.split("/");
  const last = parts.at(-1) ?? module;
  return /^v\d+$/.test(last) && parts.length > 1 ? (parts.at(-2) ?? last) : last;
}

function pyproject(file: string, folder: string, text: string): CodeModule | null {
  let document: Record<string, unknown>;
  try {
    document = parseToml(text);
  } catch {
    return null;
  }
  const project = asRecord(document["project"]) ?? asRecord(asRecord(document["tool"])?.["poetry"]);
  if (project === null) return null;
  const scripts = asRecord(project["scripts"]);
  return {
    folder,
    language: "python",
    name: typeof project["name"] === "string" ? project["name"] : null,
    binaries: scripts === null ? [] : Object.keys(scripts),
    manifest: file,
  };
}

function packageJson(file: string, folder: string, text: string): CodeModule | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const record = asRecord(document);
  if (record === null) return null;
  const bin = record["bin"];
  const binaries = typeof bin === "string" ? [basename(bin)] : Object.keys(asRecord(bin) ?? {});
  if (typeof record["main"] === "string") binaries.push(basename(record["main"]));
  return { folder, language: "javascript", name: typeof record["name"] === "string" ? record["name"] : null, binaries, manifest: file };
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}
