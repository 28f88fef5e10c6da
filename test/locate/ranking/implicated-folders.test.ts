import { describe, expect, it } from "vitest";
import type { CodeModule } from "../../../src/model/code-module";
import { implicatedFolders } from "../../../src/locate/ranking/implicated-folders";
import { pinned, stalled } from "./case-builder";

const go: CodeModule = { folder: "cmd/shopd", language: "go", name: "example.test/shop/cmd/shopd", manifest: "m", binaries: ["shopd"] };
const front: CodeModule = { folder: "front", language: "python", name: null, manifest: "m", binaries: ["app.py"] };
const other: CodeModule = { folder: "tools", language: "go", name: "example.test/shop/tools", manifest: "m", binaries: ["migrate"] };

describe("folders of the implicated service", () => {
  it("are those whose code the stuck processes run, in the order of the diagnoses", () => {
    expect(implicatedFolders({ diagnoses: [stalled(), pinned()], snapshots: [], modules: [other, go, front], workspaceRoot: null })).toEqual(["front", "cmd/shopd"]);
  });

  it("are none where nothing tells which code runs", () => {
    expect(implicatedFolders({ diagnoses: [pinned({ process: { pid: 1, name: "java", commandLine: null } }), pinned({ process: null })], snapshots: [], modules: [go, other], workspaceRoot: null })).toEqual([]);
    expect(implicatedFolders({ diagnoses: [pinned({ lookFor: [] })], snapshots: [], modules: [go], workspaceRoot: null })).toEqual([]);
  });
});
