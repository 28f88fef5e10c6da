// What a fresh machine needs, and how it gets it. Used by `npm start`, `npm test` and `npm run bench`; plain Node, no packages,
// because it runs before there are any.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Debian packages by the command that shows they are there. */
export const DEBIAN = {
  look: { ss: "iproute2" },
  workbench: { chromium: "chromium" },
  engine: { "g++": "g++", make: "make", python3: "python3" },
  observe: { "systemd-journal-remote": "systemd-journal-remote", ss: "iproute2", ip: "iproute2", netstat: "net-tools", busybox: "busybox", dash: "dash", setpriv: "util-linux", nsenter: "util-linux", unshare: "util-linux", perl: "perl", lsof: "lsof", python3: "python3" },
  ssh: { sshd: "openssh-server", "ssh-agent": "openssh-client", "ssh-keygen": "openssh-client", useradd: "passwd", pgrep: "procps", sudo: "sudo", doas: "opendoas", fish: "fish", tcsh: "tcsh" },
  containers: { podman: "podman", runc: "runc", crun: "crun", docker: "docker.io", dockerd: "docker.io", kubectl: "kubernetes-client", gcc: "gcc" },
  labs: { go: "golang-go", mariadbd: "mariadb-server", haproxy: "haproxy", nginx: "nginx", curl: "curl", ss: "iproute2", ip: "iproute2", setpriv: "util-linux", python3: "python3", "redis-server": "redis-server", pg_ctlcluster: "postgresql" },
};

/** What the labs' Python programs import: Debian's own packages for Debian's own Python. */
const PYTHON_MODULES = { tornado: "python3-tornado", psycopg2: "python3-psycopg2" };

function missingModules() {
  return Object.entries(PYTHON_MODULES).filter(([module]) => spawnSync("/usr/bin/python3", ["-c", `import ${module}`], { stdio: "ignore" }).status !== 0).map(([, name]) => name);
}

function onPath(command) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/go/bin", "/usr/sbin", "/sbin", "/usr/bin", "/bin", "/lib/systemd"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"], ...options });
  if (result.error !== undefined) throw result.error;
  return result.status === 0;
}

/** Installs what is missing of the groups when we are root on Debian; otherwise throws with the exact command to run. */
export function ensureDebian(groups) {
  const wanted = Object.assign({}, ...groups.map((group) => DEBIAN[group]));
  const missing = () => [...new Set(Object.entries(wanted).filter(([command]) => !onPath(command)).map(([, name]) => name))];
  let names = missing();
  const modules = () => (groups.includes("labs") ? missingModules() : []);
  names.push(...modules());
  if (names.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${names.join(" ")}`;
  if (process.getuid?.() !== 0 || !onPath("apt-get")) {
    throw new Error(`These programs are missing. Install them, then run this again:\n  sudo ${command}`);
  }
  console.error(`set-up: ${command}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-q"], { env, stdio: ["ignore", "ignore", "inherit"] });
  if (!run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...names], { env, stdio: ["ignore", "ignore", "inherit"] })) {
    throw new Error(`apt-get could not install them. Try it by hand:\n  ${command}`);
  }
  names = missing();
  names.push(...modules());
  if (names.length > 0) throw new Error(`Still missing after the installation: ${names.join(", ")}`);
}

/** npm packages of a folder, exactly as its lock file says; nothing to do when they are there already. */
export function ensureNpm(folder = ROOT) {
  const lock = join(folder, "package-lock.json");
  const installed = join(folder, "node_modules", ".package-lock.json");
  if (existsSync(installed) && sameLock(lock, installed)) return;
  console.error(`set-up: npm ci (${folder === ROOT ? "the project" : folder})`);
  // Install scripts of packages are not run: what needs building is built by name (build/native-engine.mjs).
  if (!run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder })) {
    throw new Error(`npm ci failed in ${folder}. Check that the npm registry can be reached, then run this again.`);
  }
}

function sameLock(lock, installed) {
  const versions = (file) => {
    const { packages } = JSON.parse(readFileSync(file, "utf8"));
    return new Map(Object.entries(packages).filter(([name]) => name !== "").map(([name, entry]) => [name, entry]));
  };
  try {
    const wanted = versions(lock);
    const have = versions(installed);
    for (const [name, entry] of wanted) {
      // Optional packages for other platforms are in the lock file and rightly not installed.
      if (have.get(name)?.version !== entry.version && !entry.optional && !entry.devOptional) return false;
    }
    return true;
  } catch {
    return false;
  }
}

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 12)) {
    throw new Error(`Node ${process.versions.node} is too old: Leakline needs 20.12 or newer.`);
  }
}
