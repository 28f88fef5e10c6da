// PMD's CloseResource and SpotBugs, from Maven Central.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { must, readPlainLines, run } from "./tool-runs.mjs";

/** A classpath with these artifacts and all that they need (or with nothing more: `alone`), by Maven. */
function classpath(cache, name, artifacts, { alone = false } = {}) {
  const folder = join(cache, "maven", name);
  const file = join(folder, "classpath");
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const nothing = alone ? "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>" : "";
    const dependencies = artifacts.map(([group, artifact, version]) => `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${nothing}</dependency>`).join("");
    writeFileSync(join(folder, "pom.xml"), `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>${dependencies}</dependencies></project>`);
    must(run("mvn", ["-q", "-B", "dependency:build-classpath", `-Dmdep.outputFile=${file}.new`], { cwd: folder }), "mvn");
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, "utf8").trim();
}

const PMD = "7.7.0";
export const pmd = {
  name: "PMD CloseResource", language: "java",
  install(cache) {
    classpath(cache, "pmd", [["net.sourceforge.pmd", "pmd-cli", PMD], ["net.sourceforge.pmd", "pmd-java", PMD]]);
    return PMD;
  },
  run(folder, cache) {
    const rules = join(cache, "maven/pmd/rules.xml");
    writeFileSync(rules, '<ruleset name="x" xmlns="http://pmd.sourceforge.net/ruleset/2.0.0"><description>x</description><rule ref="category/java/errorprone.xml/CloseResource"/></ruleset>');
    const result = run("java", ["-Xmx4g", "-cp", classpath(cache, "pmd", []), "net.sourceforge.pmd.cli.PmdCli", "check", "--no-cache", "--no-progress", "-f", "text", "-R", rules, "-d", folder]);
    if (result.status !== 0 && result.status !== 4 && result.status !== 5) must(result, "pmd");
    return readPlainLines(result.stdout, folder, "CloseResource");
  },
};

/** The jar that was published with these sources, and the jars that it needs as far as they are to be had. */
function publishedClasses(cache, { key, name, version }) {
  const [group, artifact] = name.split(":");
  const asked = [[group, artifact, version]];
  const place = `jars/${key.replaceAll("/", "-")}-${version}`;
  let all;
  try {
    all = classpath(cache, place, asked);
  } catch {
    all = classpath(cache, `${place}-alone`, asked, { alone: true });
  }
  const jars = all.split(":");
  const jar = jars.find((one) => basename(one) === `${artifact}-${version}.jar`);
  if (jar === undefined) throw new Error(`no jar of ${name} came`);
  return { jar, needs: jars.filter((one) => one !== jar) };
}

/** `-xml`: a bug's own place is the line directly in it, not the one of its class, method or of what else it names. */
export function readSpotBugs(xml) {
  const found = [];
  for (const [, type, body] of xml.matchAll(/<BugInstance\b[^>]*?\btype="([^"]+)"[^>]*>([\s\S]*?)<\/BugInstance>/gu)) {
    const own = body.replaceAll(/<(Class|Method|Field|Type)\b[^>]*?(?:\/>|>[\s\S]*?<\/\1>)/gu, "");
    const line = /<SourceLine\b[^>]*>/u.exec(own)?.[0];
    const [file, start] = ["sourcepath", "start"].map((attribute) => (line === undefined ? undefined : new RegExp(`\\b${attribute}="([^"]+)"`, "u").exec(line)?.[1]));
    if (file !== undefined && start !== undefined && /^(?:ODR|OS|OBL)_/u.test(type)) found.push({ file, line: Number(start), rule: type });
  }
  return found;
}

const SPOTBUGS = "4.8.6";
export const spotbugs = {
  name: "SpotBugs", language: "java", wantsClasses: true,
  install(cache) {
    classpath(cache, "spotbugs", [["com.github.spotbugs", "spotbugs", SPOTBUGS]]);
    return SPOTBUGS;
  },
  /** The classes lie in `jar`; of a package they are those that were published beside its sources. */
  run(_folder, cache, { jar: compiled, package: one }) {
    const { jar, needs } = compiled === undefined ? publishedClasses(cache, one) : { jar: compiled, needs: [] };
    const result = run("java", ["-Xmx4g", "-cp", classpath(cache, "spotbugs", []), "edu.umd.cs.findbugs.LaunchAppropriateUI", "-textui", "-effort:max", "-low", "-nested:false", "-visitors", "FindOpenStream,FindUnsatisfiedObligation", "-xml", ...(needs.length === 0 ? [] : ["-auxclasspath", needs.join(":")]), jar], { env: { ...process.env, JAVA_TOOL_OPTIONS: "" } });
    if (!result.stdout.includes("<BugCollection")) must({ ...result, status: 1 }, "spotbugs");
    return readSpotBugs(result.stdout);
  },
};
