import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.mjs";
import { takeMarked } from "./python-radicale.mjs";
import { ask, pause, runServer } from "./run-server.mjs";

const VERSION = "6.4.4";

/** log4js knows the place of a call when it is asked to: every configuration that Karma makes asks. */
const PLACES = `
const Module = require("node:module");
const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request === "log4js" && !loaded.placed) {
    const configure = loaded.configure;
    loaded.placed = true;
    loaded.configure = (config) => {
      if (typeof config === "object") {
        for (const category of Object.values(config.categories)) category.enableCallStack = true;
        for (const appender of Object.values(config.appenders)) if (appender.type !== "file") appender.layout = { type: "pattern", pattern: "\\x1f%f:%l\\x1f%p [%c]: %m" };
      }
      return configure(config);
    };
  }
  return loaded;
};
`;

/** Karma's server writes with log4js. */
export const karma = {
  name: `Karma ${VERSION} (JavaScript, log4js)`,
  prepare(folder) {
    if (!existsSync(join(folder, "node_modules", "karma"))) {
      writeFileSync(join(folder, "package.json"), '{"private":true}');
      execute("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", `karma@${VERSION}`], folder);
    }
    writeFileSync(join(folder, "places.cjs"), PLACES);
    // The sources as the package has them, outside of node_modules: a workspace's own code.
    const source = join(folder, "source");
    if (!existsSync(source)) execute("cp", ["-r", join(folder, "node_modules", "karma"), source], folder);
    mkdirSync(join(folder, "files"), { recursive: true });
    return source;
  },
  async log(folder) {
    const texts = [];
    for (const [turn, level] of [[0, "LOG_DEBUG"], [1, "LOG_INFO"]]) {
      const port = 29_876 + turn;
      const file = join(folder, "files", "a.js");
      writeFileSync(file, "var a = 1\n");
      writeFileSync(join(folder, "karma.conf.cjs"), `module.exports = (config) => config.set({ basePath: ${JSON.stringify(folder)}, frameworks: [], files: ["files/*.js", "nothing/*.js"${turn === 1 ? ', "http://127.0.0.1:1/x.js", {pattern: "files/a.js", type: "strange"}' : ""}], preprocessors: { "files/*.js": [${turn === 1 ? '"missing"' : ""}] }, reporters: ["progress", ${turn === 1 ? '"unknown"' : ""}].filter(Boolean), browsers: [${turn === 1 ? '"Nowhere"' : ""}], hostname: "127.0.0.1", port: ${port}, singleRun: false, autoWatch: true, proxies: { "/api": "http://127.0.0.1:1" }, logLevel: config.${level}, captureTimeout: 2000, plugins: [] })\n`);
      const url = `http://127.0.0.1:${port}`;
      texts.push(await runServer(process.execPath, ["-r", join(folder, "places.cjs"), join(folder, "node_modules", "karma", "bin", "karma"), "start", join(folder, "karma.conf.cjs")], {
        cwd: folder,
        ready: (text) => /server started|Karma v/.test(text),
        signal: "SIGINT",
        use: async () => {
          for (let i = 0; i < 10; i++) for (const path of ["/", "/context.html", "/debug.html", "/base/files/a.js", "/base/nothing.js", "/absolute/etc/passwd", "/karma.js", "/context.json", "/api/x", "/favicon.ico", "/base/../../x", "/__karma__/x"]) await ask(url + path);
          for (let i = 0; i < 5; i++) {
            const id = /"sid":"([^"]+)"/.exec(await ask(`${url}/socket.io/?EIO=4&transport=polling`))?.[1];
            const socket = `${url}/socket.io/?EIO=4&transport=polling&sid=${id}`;
            await ask(socket, { method: "POST", body: "40" });
            await ask(socket);
            await ask(socket, { method: "POST", body: `42["register",{"id":"${1000 + i}","name":"Mozilla/5.0 Firefox/12${i}.0","isSocketReconnect":false}]` });
            await ask(socket);
            await ask(socket, { method: "POST", body: `42["karma_error",{"message":"boom"}]` });
            await ask(socket, { method: "POST", body: `42["complete",{}]` });
            await ask(socket, { method: "POST", body: "41" });
            writeFileSync(file, `var a = ${i}\n`);
            await pause(400);
          }
          await ask(`${url}/run`, { method: "POST", body: JSON.stringify({ args: [], removedFiles: [], changedFiles: [file], addedFiles: [], refresh: true }), headers: { "content-type": "application/json" } });
          await ask(`${url}/stop`, { method: "POST" });
        },
      }));
    }
    return texts.join("");
  },
  take: takeMarked,
};
