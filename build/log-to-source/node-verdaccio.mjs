import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.mjs";
import { ask, runServer } from "./run-server.mjs";

const VERSION = "6.8.0";

/** pino hands each call to a hook when it is asked to: the caller's place is put before the message. */
const PLACES = `
const Module = require("node:module");
const load = Module._load;
const marked = new WeakMap();
function place() {
  const line = new Error().stack.split("\\n").slice(2).find((one) => /[(/].*\\.js:\\d+:\\d+/.test(one) && !/node_modules\\/(?:pino|@verdaccio\\/logger)|places\\.cjs/.test(one));
  const found = /\\(?([^() ]+\\.js):(\\d+):\\d+/.exec(line ?? "");
  return found === null ? "" : "\\x1f" + found[1] + ":" + found[2] + "\\x1f";
}
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request !== "pino" || typeof loaded !== "function") return loaded;
  if (!marked.has(loaded)) marked.set(loaded, Object.assign((options, ...more) => loaded({ ...options, hooks: { logMethod(args, method) { const at = args.findIndex((one) => typeof one === "string"); if (at >= 0) args[at] = place() + args[at]; return method.apply(this, args); } } }, ...more), loaded));
  return marked.get(loaded);
};
`;

/** Verdaccio writes with pino, its own layout over it. */
export const verdaccio = {
  name: `Verdaccio ${VERSION} (JavaScript, pino)`,
  prepare(folder) {
    const modules = join(folder, "node_modules");
    if (!existsSync(join(modules, "verdaccio"))) {
      writeFileSync(join(folder, "package.json"), '{"private":true,"overrides":{"node-fetch":"2.7.0"}}');
      execute("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", `verdaccio@${VERSION}`], folder);
    }
    writeFileSync(join(folder, "places.cjs"), PLACES);
    const source = join(folder, "source");
    if (!existsSync(source)) {
      mkdirSync(source);
      cpSync(join(modules, "verdaccio", "build"), join(source, "verdaccio", "build"), { recursive: true });
      for (const name of readdirSync(join(modules, "@verdaccio"))) if (!name.startsWith("logger") && name !== "ui-theme") cpSync(join(modules, "@verdaccio", name), join(source, "@verdaccio", name), { recursive: true, filter: (file) => !file.includes("/node_modules/@verdaccio/" + name + "/node_modules") });
    }
    return source;
  },
  async log(folder) {
    const texts = [];
    for (const [turn, level] of [[0, "trace"], [1, "http"]]) {
      const port = 29_473 + turn;
      const url = `http://127.0.0.1:${port}`;
      const storage = join(folder, "storage");
      if (turn === 0) rmSync(storage, { recursive: true, force: true });
      mkdirSync(storage, { recursive: true });
      writeFileSync(join(folder, "config.yaml"), `storage: ${storage}\nauth:\n  htpasswd:\n    file: ${storage}/htpasswd\n    max_users: 2\nuplinks:\n  up:\n    url: http://127.0.0.1:1/\n    max_fails: 2\n    timeout: 1s\npackages:\n  "closed":\n    access: nobody\n    publish: nobody\n  "**":\n    access: $all\n    publish: $authenticated\n    unpublish: $authenticated\n    proxy: up\nlog: { type: stdout, format: pretty, level: ${level}, colors: false }\nmiddlewares:\n  missing:\n    enabled: true\n`);
      const json = (method, path, body, headers = {}) => ask(url + path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });
      texts.push(await runServer(process.execPath, ["-r", join(folder, "places.cjs"), join(folder, "node_modules", "verdaccio", "bin", "verdaccio"), "--config", "config.yaml", "--listen", `127.0.0.1:${port}`], {
        cwd: folder,
        ready: (text) => /http address|listening/.test(text),
        use: async () => {
          const user = (name, password) => json("PUT", `/-/user/org.couchdb.user:${name}`, { name, password, _id: `org.couchdb.user:${name}`, type: "user", roles: [] });
          const { token } = JSON.parse((await user(`ada${turn}`, "secret-1234")) || "{}");
          for (const name of ["eve", "mallory", "x"]) await user(name, "p");
          await user(`ada${turn}`, "wrong");
          const auth = { authorization: `Bearer ${token}` };
          const tarball = Buffer.from("not really").toString("base64");
          const version = (name, number) => ({ _id: name, name, "dist-tags": { latest: number }, versions: { [number]: { name, version: number, dist: { tarball: `${url}/${name}/-/${name}-${number}.tgz` } } }, _attachments: { [`${name}-${number}.tgz`]: { data: tarball, length: 10 } } });
          for (let i = 0; i < 4; i++) await json("PUT", "/shop", version("shop", `1.0.${i}`), auth);
          await json("PUT", "/shop", version("shop", "1.0.1"), auth);
          await json("PUT", "/anonymous", version("anonymous", "1.0.0"));
          await json("PUT", "/closed", version("closed", "1.0.0"), auth);
          await json("PUT", "/nonsense", { a: 1 }, auth);
          for (let i = 0; i < 6; i++) for (const path of ["/shop", "/shop/1.0.0", "/shop/9.9.9", "/shop/-/shop-1.0.0.tgz", "/shop/-/shop-7.tgz", "/nowhere", "/closed", "/-/ping", "/-/v1/search?text=shop", "/-/whoami", "/%ff", "/-/all", "/-/package/shop/dist-tags", "/-/npm/v1/user"]) await ask(url + path, { headers: i % 2 === 0 ? auth : { authorization: "Bearer wrong" } });
          await json("PUT", "/-/package/shop/dist-tags/beta", "1.0.1", auth);
          await ask(`${url}/-/package/shop/dist-tags/beta`, { method: "DELETE", headers: auth });
          await json("PUT", "/-/npm/v1/user", { password: { new: "1", old: "2" } }, auth);
          await ask(`${url}/shop/-rev/1`, { method: "DELETE", headers: auth });
        },
      }));
    }
    return texts.join("");
  },
  /** The place stands between the level and the message. */
  take(line) {
    const found = /\x1f([^\x1f]*):(\d+)\x1f/.exec(line);
    return found === null ? null : { line: line.replace(found[0], ""), file: found[1], number: Number(found[2]) };
  },
};
