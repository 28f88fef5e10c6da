import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.mjs";
import { ask, runServer } from "./run-server.mjs";

const VERSION = "v0.28.0";
const MODULE = "github.com/prometheus/alertmanager";

/** Alertmanager writes logfmt with log/slog, and each line names its file and line. */
export const alertmanager = {
  name: `Alertmanager ${VERSION} (Go, log/slog)`,
  prepare(folder) {
    if (!existsSync(join(folder, "alertmanager"))) {
      execute("go", ["mod", "init", "example.test/am"], folder, { mayFail: true });
      execute("go", ["get", `${MODULE}/cmd/alertmanager@${VERSION}`], folder);
      execute("go", ["build", "-o", "alertmanager", `${MODULE}/cmd/alertmanager`], folder);
    }
    const source = join(folder, "source");
    if (!existsSync(source)) {
      cpSync(execute("go", ["list", "-m", "-f", "{{.Dir}}", MODULE], folder).trim(), source, { recursive: true, filter: (file) => !file.endsWith("_test.go") && !/\/(?:ui|doc|examples)$/.test(file) });
      // The module cache is read-only.
      execute("chmod", ["-R", "u+w", source], folder);
    }
    return source;
  },
  async log(folder) {
    const texts = [];
    for (const [turn, level] of [[0, "debug"], [1, "debug"], [2, "info"]]) {
      const port = 29_093 + 10 * turn;
      const url = `http://127.0.0.1:${port}`;
      const data = join(folder, `data-${turn}`);
      if (turn !== 1) rmSync(data, { recursive: true, force: true });
      mkdirSync(data, { recursive: true });
      const config = (extra = "") => `route:\n  receiver: hook\n  group_by: [alertname]\n  group_wait: 1s\n  group_interval: 2s\n  repeat_interval: 5s\nreceivers:\n- name: hook\n  webhook_configs:\n  - url: http://127.0.0.1:1/nobody\n- name: mail\n  email_configs:\n  - to: a@example.test\n    from: b@example.test\n    smarthost: 127.0.0.1:1\n${extra}`;
      writeFileSync(join(folder, "am.yml"), config());
      chmodSync(data, 0o755);
      const json = (path, body, method = "POST") => ask(`${url}/api/v2/${path}`, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
      const args = ["--config.file=am.yml", `--storage.path=${data}`, `--web.listen-address=127.0.0.1:${port}`, `--cluster.listen-address=127.0.0.1:${port + 1}`, "--cluster.peer=127.0.0.1:2", `--log.level=${level}`, "--cluster.settle-timeout=2s", "--data.maintenance-interval=3s"];
      texts.push(await runServer(join(folder, "alertmanager"), args, {
        cwd: folder,
        ready: (text) => text.includes("Listening on"),
        use: async () => {
          for (let i = 0; i < 10; i++) await json("alerts", [{ labels: { alertname: `a${i}`, severity: "page" }, annotations: { text: "x".repeat(i) } }]);
          await json("alerts", [{ labels: { "bad name": "x" } }]);
          await json("alerts", "nonsense");
          const silence = { matchers: [{ name: "alertname", value: "a1", isRegex: false, isEqual: true }], startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 60_000).toISOString(), createdBy: "ada", comment: "c" };
          const { silenceID } = JSON.parse((await json("silences", silence)) || "{}");
          await json("silences", { ...silence, id: "none" });
          await ask(`${url}/api/v2/silence/${silenceID}`, { method: "DELETE" });
          await ask(`${url}/api/v2/silence/none`, { method: "DELETE" });
          for (const path of ["api/v2/alerts?filter=%7Bbad", "api/v2/alerts/groups", "api/v2/status", "api/v2/silences?filter=~", "metrics", "-/ready", "nowhere"]) await ask(`${url}/${path}`);
          await ask(`${url}/-/reload`, { method: "POST" });
          writeFileSync(join(folder, "am.yml"), config("nonsense: true\n"));
          await ask(`${url}/-/reload`, { method: "POST" });
          await new Promise((resolve) => setTimeout(resolve, 7_000));
        },
      }));
    }
    return texts.join("");
  },
  /** The line without its place, and the place: `source=main.go:179`. */
  take(line) {
    const found = / source=([\w.-]+\.go):(\d+)/.exec(line);
    return found === null ? null : { line: line.replace(found[0], ""), file: found[1], number: Number(found[2]) };
  },
};
