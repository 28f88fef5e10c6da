import { basename } from "node:path/posix";
import type { ManifestReader } from "./manifest";
import { NOTHING, oneModule } from "./manifest";

/** go.mod names a module; `package main` is what an executable is built from. */
export const goManifests: ManifestReader = {
  wants: (name) => name === "go.mod" || (name.endsWith(".go") && !name.endsWith("_test.go")),
  read({ file, folder, name, text }) {
    if (name === "go.mod") {
      const module = /^\s*module\s+"?([^\s"]+)/m.exec(text)?.[1];
      // The last element is what `go build` and `go install` name the executable, less a major version.
      return module === undefined ? NOTHING : oneModule({ folder, language: "go", name: module, binaries: [lastGoElement(module)], manifest: file });
    }
    return /^package main\b/m.test(text) ? oneModule({ folder, language: "go", name: null, binaries: [folder === "" ? "." : basename(folder)], manifest: null }) : NOTHING;
  },
};

function lastGoElement(module: string): string {
  const parts = module.split("/");
  const last = parts.at(-1) ?? module;
  return /^v\d+$/.test(last) && parts.length > 1 ? (parts.at(-2) ?? last) : last;
}
