import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.mjs";
import { ask, runServer } from "./run-server.mjs";

const VERSION = "v3.5.17";
const MODULES = ["server", "raft", "client", "pkg", "api"];

/** etcd writes JSON with zap, and each line names its caller. */
export const etcd = {
  name: `etcd ${VERSION} (Go, zap)`,
  prepare(folder) {
    const built = join(folder, "etcd");
    if (!existsSync(built)) {
      execute("go", ["mod", "init", "example.test/etcd"], folder, { mayFail: true });
      execute("go", ["get", `go.etcd.io/etcd/server/v3@${VERSION}`], folder);
      execute("go", ["build", "-o", "etcd", "go.etcd.io/etcd/server/v3"], folder);
    }
    const source = join(folder, "source");
    if (existsSync(source)) return source;
    const cache = join(execute("go", ["env", "GOMODCACHE"], folder).trim(), "go.etcd.io", "etcd");
    for (const name of MODULES) {
      for (const version of readdirSync(join(cache, name))) {
        if (version.endsWith(`@${VERSION}`)) cpSync(join(cache, name, version), join(source, name), { recursive: true, filter: (file) => !file.endsWith("_test.go") });
      }
    }
    // The module cache is read-only.
    execute("chmod", ["-R", "u+w", source], folder);
    return source;
  },
  async log(folder) {
    const texts = [];
    for (const [turn, level] of [[0, "debug"], [1, "info"], [2, "info"]]) {
      const data = join(folder, `data-${process.pid}`);
      mkdirSync(data, { recursive: true });
      const [client, peer] = [23_790 + turn, 23_890 + turn];
      const url = `http://127.0.0.1:${client}`;
      const json = (path, body) => ask(`${url}/v3/${path}`, { method: "POST", body: JSON.stringify(body) });
      const b64 = (text) => Buffer.from(text).toString("base64");
      const args = ["--data-dir", data, "--listen-client-urls", url, "--advertise-client-urls", url, "--listen-peer-urls", `http://127.0.0.1:${peer}`, "--initial-advertise-peer-urls", `http://127.0.0.1:${peer}`, "--initial-cluster", `default=http://127.0.0.1:${peer}`, "--log-level", level, "--snapshot-count", "20", "--auto-compaction-retention", "1", ...(turn === 2 ? ["--force-new-cluster"] : [])];
      texts.push(await runServer(join(folder, "etcd"), args, {
        ready: (text) => text.includes("ready to serve client requests"),
        use: async () => {
          for (let i = 0; i < 60; i++) await json("kv/put", { key: b64(`k${i}`), value: b64("v".repeat(i)) });
          await json("kv/range", { key: b64("k1") });
          await json("lease/grant", { TTL: 1 });
          await json("kv/compaction", { revision: 10, physical: true });
          await json("maintenance/defragment", {});
          await json("maintenance/alarm", { action: "ACTIVATE", alarm: "NOSPACE" });
          await json("maintenance/alarm", { action: "DEACTIVATE", alarm: "NOSPACE" });
          await json("auth/user/add", { name: "root", password: "root" });
          await json("auth/role/add", { name: "root" });
          await json("auth/user/grant", { user: "root", role: "root" });
          await json("auth/enable", {});
          await json("auth/authenticate", { name: "root", password: "wrong" });
          const { token } = JSON.parse((await json("auth/authenticate", { name: "root", password: "root" })) || "{}");
          await ask(`${url}/v3/auth/disable`, { method: "POST", body: "{}", headers: { authorization: token ?? "" } });
          await json("cluster/member/add", { peerURLs: ["http://127.0.0.1:1"], isLearner: true });
          for (const path of ["/version", "/health", "/metrics", "/nowhere"]) await ask(url + path);
        },
      }));
    }
    return texts.join("");
  },
  /** The line without its place, and the place. */
  take(line) {
    const found = /"caller":"([^"]+):(\d+)",/.exec(line);
    return found === null ? null : { line: line.replace(found[0], ""), file: found[1], number: Number(found[2]) };
  },
};
