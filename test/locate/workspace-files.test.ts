import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Failure } from "../../src/model/failure";
import { moduleNames } from "../../src/locate/module-names";
import { listWorkspace } from "../../src/locate/workspace-files";
import { plainLanguage } from "./parsing/plain-languages";
import { temporaryWorkspace } from "./temporary-workspace";
import type { TemporaryWorkspace } from "./temporary-workspace";

const LANGUAGES = [plainLanguage("go", { generated: ["vendor", "*.pb.go"] }), plainLanguage("python", { generated: ["*_pb2.py"] })];

let made: TemporaryWorkspace | null = null;
afterEach(() => {
  made?.remove();
  made = null;
});
function listed(files: Readonly<Record<string, string>>, below = ""): string[] {
  made = temporaryWorkspace(files);
  return listWorkspace(join(made.root, below), LANGUAGES).files.map(({ file }) => file);
}

describe("listWorkspace", () => {
  it("gives source files of known languages by name", () => {
    expect(listed({ "b.go": "", "a/z.py": "", "a/b.go": "", "readme.md": "" })).toEqual(["a/b.go", "a/z.py", "b.go"]);
  });

  it("leaves out third-party, generated and hidden places", () => {
    const files = {
      "main.go": "", "vendor/x/y.go": "", "api.pb.go": "", "api_pb2.py": "", "node_modules/p/i.py": "", ".hidden/a.py": "", "__pycache__/a.py": "",
      "venv/lib/a.py": "", "odd-name/pyvenv.cfg": "", "odd-name/lib/b.py": "", "x/site-packages/c.py": "",
    };
    expect(listed(files)).toEqual(["main.go"]);
  });

  it("keeps a folder that is foreign to one language only", () => {
    expect(listed({ "vendor/a.py": "", "vendor/b.go": "" })).toEqual(["vendor/a.py"]);
  });

  it("respects .gitignore, nested and negated", () => {
    const files = {
      ".gitignore": "build/\n*.gen.go\n/only-root.py\n",
      "build/a.go": "", "x.gen.go": "", "only-root.py": "", "sub/only-root.py": "",
      "sub/.gitignore": "!kept.gen.go\nsecret.py\n", "sub/kept.gen.go": "", "sub/secret.py": "", "sub/deep/secret.py": "", "secret.py": "",
    };
    expect(listed(files)).toEqual(["secret.py", "sub/kept.gen.go", "sub/only-root.py"]);
  });

  it("respects the .gitignore of the repository around a root, and its exclude file", () => {
    const files = { ".git/info/exclude": "c.go\n", ".gitignore": "service/b.go\nd/\n", "service/a.go": "", "service/b.go": "", "service/c.go": "", "service/d/e.go": "" };
    expect(listed(files, "service")).toEqual(["a.go"]);
  });

  it("does not look above a root that is in no repository", () => {
    expect(listed({ ".gitignore": "*.go\n", "service/a.go": "" }, "service")).toEqual(["a.go"]);
  });

  it("follows no symbolic link, so that a loop cannot hold it", () => {
    made = temporaryWorkspace({ "a/one.go": "", "outside.txt": "" });
    symlinkSync(made.root, join(made.root, "a", "loop"));
    symlinkSync(join(made.root, "a", "one.go"), join(made.root, "two.go"));
    symlinkSync("/nonexistent", join(made.root, "broken.go"));
    expect(listWorkspace(made.root, LANGUAGES).files.map(({ file }) => file)).toEqual(["a/one.go"]);
  });

  it("takes a root that is itself a symbolic link", () => {
    made = temporaryWorkspace({ "real/one.go": "" });
    symlinkSync(join(made.root, "real"), join(made.root, "link"));
    expect(listWorkspace(join(made.root, "link"), LANGUAGES).files.map(({ file }) => file)).toEqual(["one.go"]);
  });

  it("says which root it cannot read", () => {
    made = temporaryWorkspace({ "a.go": "" });
    const { root } = made;
    expect(() => listWorkspace(join(root, "none"), LANGUAGES)).toThrow(Failure);
    expect(() => listWorkspace(join(root, "a.go"), LANGUAGES)).toThrow(/a\.go is not a folder/);
  });

  it("gives nothing for an empty folder", () => {
    made = temporaryWorkspace({});
    mkdirSync(join(made.root, "empty"));
    expect(listWorkspace(made.root, LANGUAGES).files).toEqual([]);
  });
});

describe("moduleNames", () => {
  function named(files: Readonly<Record<string, string>>, below = ""): Record<string, string> {
    made = temporaryWorkspace(files);
    const listing = listWorkspace(join(made.root, below), LANGUAGES);
    const names = moduleNames(listing.root, listing.landmarks);
    return Object.fromEntries(listing.files.map(({ file, language }) => [file, names.of(file, language.id)]));
  }

  it("reads Go import paths from the nearest go.mod", () => {
    expect(named({ "go.mod": "// shop\nmodule example.test/shop // the shop\n\ngo 1.22\n", "main.go": "", "store/db.go": "", "tools/go.mod": 'module "example.test/tools"\n', "tools/x/y.go": "" })).toEqual({
      "main.go": "example.test/shop", "store/db.go": "example.test/shop/store", "tools/x/y.go": "example.test/tools/x",
    });
  });

  it("knows the module around a root, each module of a go.work, and the standard library's own", () => {
    expect(named({ "go.mod": "module example.test/shop\n", "a/b/c.go": "" }, "a")).toEqual({ "b/c.go": "example.test/shop/a/b" });
    made?.remove();
    expect(named({ "go.work": "use ./x\n", "x/go.mod": "module x.test/x\n", "x/a.go": "", "b/c.go": "" })).toEqual({ "x/a.go": "x.test/x", "b/c.go": "b" });
    made?.remove();
    expect(named({ "go.mod": "module std\n", "net/http/client.go": "" })).toEqual({ "net/http/client.go": "net/http" });
  });

  it("reads Python names from the chain of packages", () => {
    expect(named({ "shop/__init__.py": "", "shop/db/__init__.py": "", "shop/db/pool.py": "", "run.py": "", "backend/app/__init__.py": "", "backend/app/main.py": "" })).toEqual({
      "shop/__init__.py": "shop", "shop/db/__init__.py": "shop.db", "shop/db/pool.py": "shop.db.pool", "run.py": "run",
      "backend/app/__init__.py": "app", "backend/app/main.py": "app.main",
    });
  });

  it("reads Python names of src layouts, of projects inside, and of namespace packages", () => {
    expect(named({ "pyproject.toml": "", "src/corp/shop/__init__.py": "", "src/corp/shop/a.py": "", "scripts/load.py": "", "services/x/pyproject.toml": "", "services/x/lib/y.py": "" })).toEqual({
      "src/corp/shop/__init__.py": "corp.shop", "src/corp/shop/a.py": "corp.shop.a", "scripts/load.py": "scripts.load", "services/x/lib/y.py": "lib.y",
    });
  });
});
