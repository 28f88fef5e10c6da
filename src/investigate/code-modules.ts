import { basename, dirname } from "node:path/posix";
import type { CodeClue, CodeModule } from "../model/code-module";
import { containerManifests } from "./manifests/containers";
import { dotnetManifests } from "./manifests/dotnet";
import { goManifests } from "./manifests/go";
import { javascriptManifests } from "./manifests/javascript";
import { jvmManifests } from "./manifests/jvm";
import type { ManifestReader, ManifestWord } from "./manifests/manifest";
import { phpManifests } from "./manifests/php";
import { pythonManifests } from "./manifests/python";
import { rubyManifests } from "./manifests/ruby";
import { rustManifests } from "./manifests/rust";

const READERS: readonly ManifestReader[] = [goManifests, pythonManifests, javascriptManifests, jvmManifests, dotnetManifests, phpManifests, rubyManifests, rustManifests, containerManifests];

/** Is this file worth reading for what can become a process? By its name alone. `file` with `/`. */
export function isManifest(file: string): boolean {
  const name = basename(file);
  return READERS.some((reader) => reader.wants(name));
}

/** The units of code of a workspace, gathered file by file. */
export class CodeModules {
  readonly #modules = new Map<string, CodeModule>();
  readonly #clues: (CodeClue & { readonly folder: string })[] = [];

  /** Takes what this file says. A broken manifest says nothing; the reason is returned, so that it can be named. */
  add(file: string, text: string): string | null {
    const name = basename(file);
    const parent = dirname(file);
    for (const reader of READERS) {
      if (!reader.wants(name)) continue;
      let word: ManifestWord;
      try {
        word = reader.read({ file, folder: parent === "." ? "" : parent, name, text: text.startsWith("\uFEFF") ? text.slice(1) : text });
      } catch (error) {
        return `not understood: ${(error instanceof Error ? error.message : "broken").split("\n")[0] ?? ""}`;
      }
      this.#clues.push(...word.folderClues);
      for (const module of word.modules) {
        const key = `${module.language}:${module.folder}`;
        const known = this.#modules.get(key);
        this.#modules.set(key, known === undefined ? module : merge(known, module));
      }
    }
    return null;
  }

  /** All of them, in the order in which they were found. `rootName` is what the workspace's folder is called. */
  finish(rootName: string): CodeModule[] {
    const modules = [...this.#modules.values()];
    // What a Dockerfile says holds for the code beside it; with none there, for the one unit below it.
    const clues = modules.map(() => [] as CodeClue[]);
    for (const { folder, ...clue } of this.#clues) {
      const inside = modules.flatMap((module, index) => (module.folder === folder ? [index] : []));
      const below = modules.flatMap((module, index) => (module.folder.startsWith(folder === "" ? "" : `${folder}/`) ? [index] : []));
      for (const index of inside.length > 0 ? inside : below.length === 1 ? below : []) clues[index]?.push(clue);
    }
    return modules.map((module, index) => withClues(nameFromFolder(module, rootName), clues[index] ?? []));
  }
}

function merge(a: CodeModule, b: CodeModule): CodeModule {
  return withClues(
    { folder: a.folder, language: a.language, name: a.name ?? b.name, manifest: a.manifest ?? b.manifest, binaries: [...new Set([...a.binaries, ...b.binaries])] },
    [...(a.clues ?? []), ...(b.clues ?? [])],
  );
}

function withClues(module: CodeModule, more: readonly CodeClue[]): CodeModule {
  const clues = [...(module.clues ?? []), ...more];
  const { clues: _old, ...rest } = module;
  return clues.length === 0 ? rest : { ...rest, clues };
}

/** A main package at the root builds an executable named for the root folder. */
function nameFromFolder(module: CodeModule, rootName: string): CodeModule {
  if (module.folder !== "" || module.language !== "go") return module;
  return { ...module, binaries: [...new Set(module.binaries.map((binary) => (binary === "." ? rootName : binary)))] };
}
