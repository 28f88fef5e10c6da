import type { ClueKind, CodeModule } from "../../model/code-module";
import type { IdentityKind, Process } from "../../model/process";
import { baseName } from "./language-of-process";

/** Something that ties a process to a module, or shows that it is another one's: below 0. */
export interface Tie {
  readonly fit: number;
  readonly text: string;
}

type Known = Pick<Process, "name" | "exe" | "commandLine" | "cwd"> & { readonly identity?: Process["identity"] };

/** What the program, its unit and its container say of themselves, held against what the workspace says of this module. */
export function identityTies(process: Known, module: CodeModule, modules: readonly CodeModule[]): Tie[] {
  return [...goTies(process, module, modules), ...jvmTies(process, module), ...npmTies(process, module), ...dotnetTies(process, module), ...hostTies(process, module)];
}

function said(process: Known, ...kinds: readonly IdentityKind[]): { readonly value: string; readonly from: string }[] {
  return (process.identity ?? []).filter(({ kind }) => kinds.includes(kind));
}

function clues(module: CodeModule, ...kinds: readonly ClueKind[]): { readonly value: string; readonly from: string }[] {
  return (module.clues ?? []).filter(({ kind }) => kinds.includes(kind));
}

/** A main package is named by its import path: the module's of the go.mod above it, and the folders below that. */
function goTies(process: Known, module: CodeModule, modules: readonly CodeModule[]): Tie[] {
  if (module.language !== "go") return [];
  const [main] = said(process, "go-main");
  const [built] = said(process, "go-module");
  // `go build main.go` knows no better.
  if (main !== undefined && main.value !== "command-line-arguments") {
    const path = importPath(module, modules);
    if (path !== null && path === main.value) return [{ fit: 1, text: `${process.name} was built from ${main.value} (${main.from})` }];
    // Nothing can import another main package.
    if (path !== null && module.name === null && module.binaries.length > 0) return [{ fit: -1, text: `${process.name} was built from ${main.value} (${main.from}), and this is ${path}` }];
  }
  if (built === undefined || module.name === null) return [];
  if (module.name === built.value) return [{ fit: 0.9, text: `${process.name} was built from the module ${built.value} (${built.from})` }];
  return [];
}

function importPath(module: CodeModule, modules: readonly CodeModule[]): string | null {
  let above: CodeModule | null = null;
  for (const one of modules) {
    if (one.language !== "go" || one.name === null || !(one.folder === "" || one.folder === module.folder || module.folder.startsWith(`${one.folder}/`))) continue;
    if (above === null || one.folder.length > above.folder.length) above = one;
  }
  if (above === null) return null;
  const below = above.folder === "" ? module.folder : module.folder.slice(above.folder.length + 1);
  return below === "" ? above.name : `${above.name ?? ""}/${below}`;
}

function jvmTies(process: Known, module: CodeModule): Tie[] {
  if (module.language !== "java") return [];
  const words = (process.commandLine ?? "").split(/\s+/);
  const found: Tie[] = [];
  for (const { value, from } of clues(module, "main-class")) {
    const told = said(process, "start-class", "main-class").find((one) => one.value === value);
    if (told !== undefined) found.push({ fit: 1, text: `${process.name} starts ${value} (${told.from}), which is ${from}` });
    else if (words.includes(value)) found.push({ fit: 1, text: `${process.name} was started with the class ${value}, which is ${from}` });
  }
  const jars = words.filter((word) => word.endsWith(".jar")).map((word) => baseName(word));
  for (const { value, from } of clues(module, "jar")) {
    const jar = jars.find((one) => isJarOf(one, value));
    if (jar !== undefined) found.push({ fit: 0.9, text: `${process.name} runs ${jar}, which ${from} builds` });
  }
  const title = said(process, "title", "artifact").find(({ value }) => value === module.name);
  if (title !== undefined) found.push({ fit: 0.9, text: `${process.name}'s jar calls itself ${title.value}, as this project does` });
  return found;
}

/** `orders-1.4.2-SNAPSHOT-all.jar` is built by `orders`, and not by `ord`. */
function isJarOf(jar: string, name: string): boolean {
  const stem = jar.replace(/\.jar$/, "");
  return stem === name || (stem.startsWith(`${name}-`) && /^(\d|all\b|fat\b|exec\b|boot\b|shaded\b|runner\b|jar-with)/.test(stem.slice(name.length + 1)));
}

function npmTies(process: Known, module: CodeModule): Tie[] {
  if (module.language !== "javascript" || module.name === null) return [];
  return said(process, "npm-package").filter(({ value }) => value === module.name).map(({ value, from }) => ({ fit: 1, text: `${process.name} runs the package ${value} (${from})` }));
}

/** `dotnet Shop.Api.dll`, or the program that the SDK makes beside it. */
function dotnetTies(process: Known, module: CodeModule): Tie[] {
  if (module.language !== "csharp") return [];
  const words = (process.commandLine ?? "").split(/\s+/);
  const own = baseName(process.exe ?? words[0] ?? process.name);
  return clues(module, "assembly").flatMap(({ value, from }): Tie[] => {
    const dll = words.find((word) => baseName(word.replaceAll("\\", "/")) === `${value}.dll`);
    if (dll !== undefined) return [{ fit: 1, text: `${process.name} runs ${value}.dll, which ${from} builds` }];
    return own === value || own === `${value}.exe` ? [{ fit: 1, text: `${process.name} is built from ${from}` }] : [];
  });
}

/** Names that say nothing of whose they are. */
const GENERAL: ReadonlySet<string> = new Set(["app", "web", "api", "server", "main", "service", "worker", "backend", "frontend", "node", "python", "java", "php", "ruby", "latest"]);

/** Its systemd unit, its container and image, and where a Dockerfile puts the code. */
function hostTies(process: Known, module: CodeModule): Tie[] {
  const found: Tie[] = [];
  const names = [module.name === null ? null : baseName(module.name.replace(/\/v\d+$/, "")), module.folder === "" ? null : baseName(module.folder), ...module.binaries.filter((binary) => !binary.includes("."))]
    .filter((name): name is string => name !== null && name.length >= 3);
  for (const { value } of said(process, "unit")) {
    const stem = value.replace(/\.service$/, "").replace(/@.*$/, "");
    if (names.includes(stem)) found.push({ fit: GENERAL.has(stem) ? 0.5 : 0.8, text: `${process.name} runs as the unit ${value}` });
  }
  for (const { value, from } of said(process, "container")) {
    const clue = clues(module, "container").find((one) => isContainerOf(value, one.value));
    if (clue !== undefined) found.push({ fit: 0.8, text: `${process.name} runs in the container ${value}, which ${clue.from} builds from here` });
    else if (names.some((name) => !GENERAL.has(name) && isContainerOf(value, name))) found.push({ fit: 0.6, text: `${process.name} runs in the container ${value} (${from})` });
  }
  for (const { value, from } of said(process, "image")) {
    const image = imageName(value);
    const clue = clues(module, "image").find((one) => imageName(one.value) === image);
    if (clue !== undefined) found.push({ fit: 0.9, text: `${process.name} runs the image ${value}, which ${clue.from} builds from here` });
    else if (names.includes(baseName(image)) && !GENERAL.has(baseName(image))) found.push({ fit: 0.7, text: `${process.name} runs the image ${value} (${from})` });
  }
  const command = (process.commandLine ?? "").trim();
  for (const { value, from } of clues(module, "command")) {
    // Long enough to be somebody's own: `node server.js` is everybody's.
    if (value.length >= 8 && /[/.:-]/.test(value) && endsWithWords(command, value)) found.push({ fit: GENERAL_COMMAND.test(value) ? 0.5 : 0.7, text: `${process.name} was started as ${from} says (${value})` });
  }
  for (const { value, from } of clues(module, "folder")) {
    if (process.cwd !== null && value.split("/").length > 2 && (process.cwd === value || process.cwd.startsWith(`${value}/`))) found.push({ fit: 0.7, text: `${process.name} works in ${value}, where ${from} puts this code` });
  }
  return found;
}

const GENERAL_COMMAND = /^(node|python3?|npm|java|php)\s+\S*\b(server|index|main|app)\.\w+$/;

/** Compose calls them `project-service-1`, older ones `project_service_1`; Kubernetes `name-5d9f8b7c4d-x2x9z`. */
function isContainerOf(container: string, service: string): boolean {
  return container === service || new RegExp(`(^|[-_/])${service.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}([-_]\\d+|-[a-z0-9]{6,10}-[a-z0-9]{5})?$`).test(container);
}

/** Without registry, tag and digest. */
function imageName(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "").replace(/^[^/]*[.:][^/]*\//, "").replace(/^localhost\//, "");
}

function endsWithWords(command: string, words: string): boolean {
  const wanted = words.replace(/\s+/g, " ").trim();
  return command === wanted || command.endsWith(` ${wanted}`) || command.endsWith(`/${wanted}`);
}
