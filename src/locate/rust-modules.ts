import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders of a package whose files are programs of their own. */
const PROGRAMS: ReadonlySet<string> = new Set(["examples", "tests", "benches"]);

/**
 * Names Rust files as other files import them, with dots for `::`: the crate's name by the nearest `Cargo.toml`, then its modules (`src/db/pool.rs` and
 * `src/db/pool/mod.rs` are `shop.db.pool`). Programs of a package (`src/bin/x.rs`, examples, tests) are crates of their own. Without a manifest the
 * crate is called `crate`.
 *
 * @param landmarks paths of manifests relative to `root`
 */
export function rustNames(root: string, landmarks: ReadonlySet<string>): (file: string) => string {
  const crates = new Map<string, string | null>();
  const crateIn = (folder: string): string | null => {
    let name = crates.get(folder);
    if (name === undefined) {
      const manifest = folder === "" ? "Cargo.toml" : `${folder}/Cargo.toml`;
      name = landmarks.has(manifest) ? readCrate(join(root, manifest)) : null;
      crates.set(folder, name);
    }
    return name;
  };

  return (file) => {
    const parts = file.replace(/\.rs$/, "").split("/");
    let base = parts.length - 1;
    while (base > 0 && crateIn(parts.slice(0, base).join("/")) === null) base--;
    const crate = crateIn(parts.slice(0, base).join("/")) ?? "crate";
    const below = parts.slice(base);
    if (below[0] !== "src") {
      const [folder, ...rest] = below;
      if (folder !== undefined && PROGRAMS.has(folder) && rest.length > 0) return named(`${crate}_${folder}_${rest[0]}`, rest.slice(1));
      return named(below.length === 1 && folder !== "lib" && folder !== "main" ? `${crate}_${folder}` : crate, below.length === 1 ? [] : below);
    }
    const inside = below.slice(1);
    if (inside[0] === "bin" && inside.length > 1) return named(`${crate}_bin_${inside[1]}`, inside.slice(2));
    return named(crate, inside);
  };
}

/** `mod`, `lib` and `main` are the folder's own module. */
function named(crate: string, modules: readonly string[]): string {
  const last = modules.at(-1);
  const own = last === "mod" || ((last === "lib" || last === "main") && modules.length === 1) ? modules.slice(0, -1) : modules;
  return [crate, ...own].map((part) => part.replace(/[-.]/g, "_")).join(".");
}

/** The crate's name as paths write it; null: the file is no package's (a workspace's), or cannot be read. */
function readCrate(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  const nameIn = (section: string): string | null => {
    const body = new RegExp(`^[ \\t]*\\[${section}\\][^\\n]*\\n((?:(?![ \\t]*\\[)[^\\n]*\\n?)*)`, "m").exec(text)?.[1];
    return body === undefined ? null : /^[ \t]*name[ \t]*=[ \t]*["']([^"'\n]+)["']/m.exec(body)?.[1] ?? null;
  };
  const name = nameIn("lib") ?? nameIn("package");
  return name === null ? null : name.replaceAll("-", "_");
}
