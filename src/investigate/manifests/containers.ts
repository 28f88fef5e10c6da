import { join } from "node:path/posix";
import type { ClueKind, CodeClue } from "../../model/code-module";
import { isCompose } from "../../observe/config/compose";
import { get, textOf } from "../../observe/config/tree";
import { fillVariables } from "../../observe/config/variables";
import { readYamlTrees } from "../../observe/config/yaml";
import type { ManifestReader } from "./manifest";
import { NOTHING } from "./manifest";

type FolderClue = CodeClue & { readonly folder: string };

/** Dockerfile, Procfile and Compose: what is started from a folder, where it is put, and what its container is called. The language they do not tell. */
export const containerManifests: ManifestReader = {
  wants: (name) => /^(Dockerfile|Containerfile)([.-].*)?$|\.dockerfile$/i.test(name) || name === "Procfile" || /^(docker-)?compose[\w.-]*\.ya?ml$/.test(name),
  read({ file, folder, name, text }) {
    if (name === "Procfile") {
      return { modules: [], folderClues: [...text.matchAll(/^[\w-]+:\s*(.+)$/gm)].map((match): FolderClue => ({ folder, kind: "command", value: (match[1] ?? "").trim(), from: file })) };
    }
    if (/\.ya?ml$/.test(name)) return { modules: [], folderClues: compose(file, folder, text) };
    return { modules: [], folderClues: dockerfile(file, folder, text) };
  },
};

/** Dockerfile reference: the last stage is the one that runs. */
function dockerfile(file: string, folder: string, text: string): FolderClue[] {
  const lines = text.replace(/\\\r?\n/g, " ").split(/\r?\n/);
  const last = lines.findLastIndex((line) => /^\s*FROM\s/i.test(line));
  const clues: FolderClue[] = [];
  const add = (kind: ClueKind, value: string): void => void clues.push({ folder, kind, value, from: file });
  for (const line of lines.slice(Math.max(0, last))) {
    const match = /^\s*(ENTRYPOINT|CMD|WORKDIR)\s+(.+?)\s*$/i.exec(line);
    if (match === null) continue;
    const [, instruction = "", rest = ""] = match;
    if (/workdir/i.test(instruction)) {
      if (rest.startsWith("/") && !rest.includes("$")) add("folder", rest.replace(/\/+$/, ""));
      continue;
    }
    const words = rest.startsWith("[") ? readExecForm(rest) : rest;
    if (words !== "") add("command", words);
  }
  return clues;
}

function readExecForm(text: string): string {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? words.filter((word) => typeof word === "string").join(" ") : "";
  } catch {
    return "";
  }
}

/** compose-spec: `build: ./orders` or `build: {context: ./orders}` ties a service to a folder. */
function compose(file: string, folder: string, text: string): FolderClue[] {
  const tree = readYamlTrees(text).find(isCompose);
  const services = tree === undefined ? null : get(tree, "services");
  if (services?.kind !== "map") return NOTHING.folderClues.slice();
  return services.entries.flatMap(([name, service]): FolderClue[] => {
    const build = get(service, "build");
    const context = textOf(build) ?? textOf(get(build, "context"));
    if (context === null || /^(https?:|git@|ssh:)/.test(context)) return [];
    const built = join(folder, fillVariables(context)).replace(/\/+$/, "");
    // A context outside the workspace is nobody's folder here.
    if (built.startsWith("..")) return [];
    const at = built === "." ? "" : built;
    const clues: FolderClue[] = [{ folder: at, kind: "container", value: name, from: file }];
    const container = textOf(get(service, "container_name"));
    if (container !== null) clues.push({ folder: at, kind: "container", value: container, from: file });
    const image = textOf(get(service, "image"));
    if (image !== null) clues.push({ folder: at, kind: "image", value: fillVariables(image), from: file });
    return clues;
  });
}
