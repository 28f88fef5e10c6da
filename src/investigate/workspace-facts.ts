import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path/posix";
import { sep } from "node:path";
import type { CodeModule } from "../model/code-module";
import { Failure } from "../model/failure";
import type { PoolSize } from "../model/pool-size";
import type { ConfiguredEndpoint } from "../model/service";
import { isTrialFile } from "../model/trial-file";
import { isConfigFile, readConfiguredEndpoints } from "../observe/config/configured-endpoints";
import { readPoolSettings } from "../observe/config/pool-settings";
import { languageOf } from "../locate/languages/registry";
import { mayHoldPool } from "../locate/pools/pool-forms";
import { CodeModules, isManifest } from "./code-modules";
import type { PoolSource } from "./pool-sizes";

/** How `leakline.snapshot/1`, `leakline.analysis/1` and `leakline.investigation/1` begin. */
const OUR_OWN_DOCUMENT = /^\s*\{\s*"schema"\s*:\s*"leakline\.\w+\//;

/** What the workspace says about the world around it: endpoints that its configuration names, and what of it can become a process. */
export interface WorkspaceFacts {
  readonly configured: readonly ConfiguredEndpoint[];
  readonly modules: readonly CodeModule[];
  /** Sizes of pools that its configuration sets. */
  readonly poolSettings: readonly PoolSize[];
  /** Source files that may make a pool, and all source files by path. */
  readonly poolSources: readonly PoolSource[];
  readonly sources: readonly string[];
  /** Files that could not be read, or were left out because a bound was reached. */
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Folders whose content is not the workspace's own word. Not `.gitignore`: the `.env` that names the database is usually ignored by git,
 * and it is the very file that is wanted.
 */
const FOREIGN_FOLDERS = new Set([
  ".git", ".hg", ".svn", "node_modules", "vendor", "bower_components", "__pycache__", ".venv", "venv", ".tox", ".mypy_cache", ".pytest_cache", ".ruff_cache",
  "site-packages", "dist", "target", ".gradle", ".next", ".nuxt", ".terraform", ".idea", "testdata",
]);
const MAX_FILES = 50_000;
const MAX_BYTES = 1_000_000;

function toPosix(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}

/**
 * Reads the facts of the folder `root` (absolute). Bounded: at most 50,000 files, each at most 1 MB; what is left out is named.
 * Rejects with `Failure("notFound")` when the folder is not there, and with the signal's reason when it aborts.
 */
export async function readWorkspaceFacts(root: string, signal: AbortSignal): Promise<WorkspaceFacts> {
  const base = toPosix(root);
  const isFolder = await stat(base).then((found) => found.isDirectory(), () => false);
  if (!isFolder) throw new Failure("notFound", `${root}: no such folder`, "Name the folder that holds the service's source code.");

  const configured: ConfiguredEndpoint[] = [];
  const modules = new CodeModules();
  const leftOut: { file: string; reason: string }[] = [];
  const poolSettings: PoolSize[] = [];
  const poolSources: PoolSource[] = [];
  const sources: string[] = [];
  const pending: string[] = [""];
  let files = 0;

  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    signal.throwIfAborted();
    let entries: Dirent[];
    try {
      entries = await readdir(join(base, folder), { withFileTypes: true });
    } catch (error) {
      leftOut.push({ file: folder, reason: error instanceof Error ? error.message : "not readable" });
      continue;
    }
    // Sorted, so that the same workspace always gives the same facts in the same order.
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
      // Links are not followed: they lead out of the workspace, or round in a circle.
      if (entry.isDirectory()) {
        if (!FOREIGN_FOLDERS.has(entry.name)) pending.push(file);
        continue;
      }
      if (!entry.isFile() || (!isConfigFile(file) && !isManifest(file))) continue;
      files += 1;
      if (files > MAX_FILES) {
        leftOut.push({ file, reason: `more than ${MAX_FILES} files: the rest was not searched for endpoints` });
        pending.length = 0;
        break;
      }
      let text: string;
      try {
        if ((await stat(join(base, file))).size > MAX_BYTES) {
          // Data and generated code are large too, and no loss.
          if (/\.(ya?ml|toml|properties|ini|cfg|conf|env|xml)$|(^|\/)[^/.]+$/.test(file)) leftOut.push({ file, reason: "larger than 1 MB" });
          continue;
        }
        text = await readFile(join(base, file), "utf8");
      } catch (error) {
        leftOut.push({ file, reason: error instanceof Error ? error.message : "not readable" });
        continue;
      }
      // A saved case that lies in the workspace is full of addresses, and none of them is configuration.
      if (OUR_OWN_DOCUMENT.test(text)) continue;
      if (isConfigFile(file)) configured.push(...readConfiguredEndpoints(file, text));
      const language = languageOf(file);
      if (language !== null) sources.push(file);
      if (!isTrialFile(file)) {
        poolSettings.push(...readPoolSettings(file, text));
        if (language !== null && mayHoldPool(language.id, text)) poolSources.push({ file, text });
      }
      const broken = modules.add(file, text);
      if (broken !== null) leftOut.push({ file, reason: broken });
    }
  }
  return { configured, modules: modules.finish(basename(base)), poolSettings, poolSources, sources, leftOut };
}
