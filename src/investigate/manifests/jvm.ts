import type { CodeClue } from "../../model/code-module";
import { basename } from "node:path/posix";
import type { ManifestFile, ManifestReader, ManifestWord } from "./manifest";
import { NOTHING, oneModule } from "./manifest";

/**
 * Maven and Gradle projects, and the classes that the JVM starts. Java, Kotlin and Scala share projects: all are modules of `java`, whose
 * process they are.
 */
export const jvmManifests: ManifestReader = {
  wants: (name) => name === "pom.xml" || /^(build|settings)\.gradle(\.kts)?$/.test(name) || name === "build.sbt" || /\.(java|kt|scala|groovy)$/.test(name),
  read(file) {
    if (file.name === "pom.xml") return maven(file);
    if (/\.(java|kt|scala|groovy)$/.test(file.name)) return mainClass(file);
    return gradle(file);
  },
};

/** Maven's POM reference. A value with `${...}` in it says nothing. */
function maven({ file, folder, text }: ManifestFile): ManifestWord {
  if (!/<project[\s>]/.test(text)) throw new Error("no <project> in it");
  const bare = text.replace(/<!--[\s\S]*?-->/g, "").replace(/<parent>[\s\S]*?<\/parent>/g, "");
  const own = bare.replace(/<(dependencies|dependencyManagement|build|profiles|reporting|modules|pluginRepositories|repositories)>[\s\S]*<\/\1>/g, "");
  const artifact = tagOf(own, "artifactId");
  const jar = tagOf(bare, "finalName") ?? artifact;
  const clues = [clue("jar", jar, file), ...["mainClass", "start-class", "mainClassName"].map((tag) => clue("main-class", tagOf(bare, tag), file))].filter((one) => one !== null);
  // A parent of modules makes no program.
  if (tagOf(own, "packaging") === "pom") return oneModule({ folder, language: "java", name: artifact, binaries: [], manifest: file });
  return oneModule({ folder, language: "java", name: artifact, binaries: artifact === null ? [] : [artifact], manifest: file, clues });
}

function tagOf(xml: string, tag: string): string | null {
  const value = new RegExp(`<${tag}>\\s*([^<\\s]+)\\s*</${tag}>`).exec(xml)?.[1] ?? null;
  return value === null || value.includes("${") ? null : value;
}

/** Gradle's application, Spring Boot and Shadow plugins in either of its languages, and sbt; `settings.gradle` names the root. */
function gradle({ file, folder, name, text }: ManifestFile): ManifestWord {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
  const assigned = (...keys: readonly string[]): string | null => {
    for (const key of keys) {
      const value = new RegExp(`(?<![\\w.])${key.replace(".", "\\.")}\\s*(?:\\.set\\(|:?=|\\s)\\s*(?:Some\\()?["']([\\w.$-]+)["']`).exec(bare)?.[1];
      if (value !== undefined) return value;
    }
    return null;
  };
  if (name.startsWith("settings.")) {
    const root = assigned("rootProject.name");
    return root === null ? NOTHING : oneModule({ folder, language: "java", name: root, binaries: [], manifest: file, clues: [{ kind: "jar", value: root, from: file }] });
  }
  const told = name === "build.sbt" ? assigned("name") : null;
  const jar = assigned("archiveBaseName", "archivesBaseName", "archivesName", "baseName") ?? told ?? (folder === "" ? null : basename(folder));
  const main = assigned("mainClass", "mainClassName", "Main-Class", "attributes\\('Main-Class'");
  const clues = [clue("jar", jar, file), clue("main-class", main, file)].filter((one) => one !== null);
  const application = assigned("applicationName");
  return oneModule({ folder, language: "java", name: told, binaries: application === null ? [] : [application], manifest: file, clues });
}

const JAVA_MAIN = /\bstatic\s+(?:final\s+)?void\s+main\s*\(\s*(?:final\s+)?String\b/;
const KOTLIN_MAIN = /^(?:suspend\s+)?fun\s+main\s*\(/m;
const SCALA_MAIN = /\bobject\s+(\w+)\s+extends\s+(?:App|IOApp|ZIOAppDefault)\b|@main\s+def\s+(\w+)/;

/** A class with a `main`: it belongs to the project that its source folder lies in. */
function mainClass({ file, folder, name, text }: ManifestFile): ManifestWord {
  const stem = name.replace(/\.\w+$/, "");
  const pack = /^\s*package\s+([\w.]+)/m.exec(text)?.[1] ?? "";
  let simple: string | null = null;
  if (/\.kt$/.test(name)) simple = KOTLIN_MAIN.test(text) ? `${stem.charAt(0).toUpperCase()}${stem.slice(1)}Kt` : /@JvmStatic\s+fun\s+main\s*\(/.test(text) ? stem : null;
  else if (/\.scala$/.test(name)) simple = SCALA_MAIN.exec(text)?.slice(1).find((one) => one !== undefined) ?? null;
  else if (JAVA_MAIN.test(text) || /^\s*(?:static\s+)?void\s+main\s*\(\s*\)/m.test(text)) simple = stem;
  if (simple === null) return NOTHING;
  const full = pack === "" ? simple : `${pack}.${simple}`;
  return oneModule({ folder: projectOf(folder, pack), language: "java", name: null, binaries: [], manifest: null, clues: [{ kind: "main-class", value: full, from: file }] });
}

/** `shop/src/main/java/com/acme` is of the project `shop`; without such a layout the packages alone are taken off. */
function projectOf(folder: string, pack: string): string {
  const source = /^(.*?)\/?src\/(?:\w+\/)?(?:java|kotlin|scala|groovy)(?:\/|$)/.exec(folder)?.[1];
  if (source !== undefined) return source;
  const packages = pack.replaceAll(".", "/");
  const bare = folder === packages ? "" : packages !== "" && folder.endsWith(`/${packages}`) ? folder.slice(0, -packages.length - 1) : folder;
  return bare === "src" ? "" : bare.replace(/\/src$/, "");
}

function clue(kind: CodeClue["kind"], value: string | null, from: string): CodeClue | null {
  return value === null ? null : { kind, value, from };
}
