// Fetches the packages of packages.json through the registries' own clients into a cache outside the repository: their sources are read,
// never kept here. A package that cannot be had is named, and the rest goes on.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Runs a client; throws its last words when it fails. */
function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26, timeout: 600_000, ...options });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(" ")}: ${(result.stderr || result.stdout).trim().split("\n").slice(-3).join(" / ")}`);
  return result.stdout;
}

const only = (folder, ending) => {
  const name = readdirSync(folder).find((one) => one.endsWith(ending));
  if (name === undefined) throw new Error(`no ${ending} came`);
  return join(folder, name);
};
const unzip = (file, to) => run("python3", ["-m", "zipfile", "-e", file, to]);

/** Each puts the sources into `to` and gives the version that came. */
const REGISTRIES = {
  go({ name, version }, to) {
    const { Dir, Version } = JSON.parse(run("go", ["mod", "download", "-json", `${name}@${version}`], { env: { ...process.env, GOFLAGS: "-mod=mod" }, cwd: tmpdir() }));
    // The module cache is read-only, and what is analysed here gets its own place.
    cpSync(Dir, to, { recursive: true });
    run("chmod", ["-R", "u+w", to]);
    return Version;
  },
  pypi({ name, version }, to, folder) {
    run("python3", ["-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", folder, version === "" ? name : `${name}==${version}`]);
    const wheel = only(folder, ".whl");
    unzip(wheel, to);
    return /^[^-]+-([^-]+)-/u.exec(wheel.slice(folder.length + 1))[1];
  },
  maven({ name, version }, to, folder) {
    run("mvn", ["-q", "-B", "dependency:copy", `-Dartifact=${name}:${version}:jar:sources`, `-DoutputDirectory=${folder}`], { cwd: folder });
    unzip(only(folder, ".jar"), to);
    return version;
  },
  npm({ name, version }, to, folder) {
    const [{ filename, version: came }] = JSON.parse(run("npm", ["pack", "--json", "--silent", `${name}@${version}`], { cwd: folder }));
    mkdirSync(to, { recursive: true });
    run("tar", ["xzf", join(folder, filename.replace("@", "").replace("/", "-")), "-C", to, "--strip-components=1"]);
    return came;
  },
  crates({ name, version }, to, folder) {
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "src/lib.rs"), "");
    writeFileSync(join(folder, "Cargo.toml"), `[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${name} = "${version === "" ? "*" : `=${version}`}"\n`);
    const { packages } = JSON.parse(run("cargo", ["metadata", "--format-version", "1"], { cwd: folder }));
    const found = packages.find((one) => one.name === name);
    cpSync(join(found.manifest_path, ".."), to, { recursive: true });
    return found.version;
  },
  debian({ name, version }, to, folder) {
    run("apt-get", ["download", "-q", version === "" ? name : `${name}=${version}`], { cwd: folder });
    const file = only(folder, ".deb");
    mkdirSync(to, { recursive: true });
    run("dpkg-deb", ["-x", file, to]);
    return decodeURIComponent(/_([^_]+)_/u.exec(file)[1]);
  },
  "debian-source"({ name, version, within }, to, folder) {
    run("apt-get", ["source", "-q", "--download-only", version === "" ? name : `${name}=${version}`], { cwd: folder });
    const description = only(folder, ".dsc");
    run("dpkg-source", ["--no-check", "--skip-patches", "-x", description, `${folder}/tree`]);
    cpSync(join(folder, "tree", within ?? "."), to, { recursive: true });
    return decodeURIComponent(/_([^_]+)\.dsc$/u.exec(description)[1]);
  },
};

/** `within`: the folder of a large package that is looked at. */
export const keyOf = ({ registry, name, within }) => `${registry}/${[name, ...(within === undefined ? [] : [within])].join("-").replaceAll(/[/:@]/gu, "-").replace(/^-/u, "")}`;

/** `[{ ...package, key, folder, version } | { ...package, key, missing }]`. Packages that the cache has are not fetched again. */
export function fetchPackages(packages, cache, tell = () => {}) {
  return packages.map((one) => {
    const key = keyOf(one);
    const folder = join(cache, "sources", key);
    const mark = `${folder}.version`;
    if (existsSync(mark)) {
      const have = readFileSync(mark, "utf8");
      if (one.version === have || one.version === "" || one.version === "latest") return { ...one, key, folder, version: have };
    }
    const scratch = mkdtempSync(join(tmpdir(), "leakline-fetch-"));
    try {
      tell(`fetching ${key}`);
      const fresh = join(scratch, "sources");
      mkdirSync(join(scratch, "download"));
      const version = REGISTRIES[one.registry](one, fresh, join(scratch, "download"));
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(join(folder, ".."), { recursive: true });
      try {
        renameSync(fresh, folder);
      } catch {
        cpSync(fresh, folder, { recursive: true });
      }
      writeFileSync(mark, version);
      return { ...one, key, folder, version };
    } catch (error) {
      tell(`${key} cannot be had: ${error.message}`);
      return { ...one, key, missing: error.message };
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}

/** All packages, with their keys. */
export function packageList(list = "packages.json") {
  return JSON.parse(readFileSync(new URL(list, import.meta.url), "utf8")).map((one) => ({ ...one, key: keyOf(one) }));
}

/** Where fetched sources and tools lie: outside the repository, kept from run to run. */
export function cacheFolder() {
  return process.env.LEAKLINE_ACCURACY_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "leakline-accuracy");
}
