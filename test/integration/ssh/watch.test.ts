import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { runCommand } from "../../../src/command/program";
import { createInvestigator } from "../../../src/investigate/create-investigator";
import { openTarget } from "../../../src/observe/targets/open-target";
import { scriptedPrompts } from "./scripted-prompts";
import { startSshd, until } from "./sshd-rig";

const never = (): never => {
  throw new Error("a watch without a workspace reads no code");
};

it("a watch keeps its connection, says when that drops, and looks again when the host is back", async () => {
  const keys = await startSshd();
  const host = await startSshd({ hostKeyFiles: keys.hostKeyFiles });
  let current = host;
  try {
    await writeFile(join(keys.home, ".ssh/config"), `IdentityFile ${keys.clientKey}\nIdentitiesOnly yes\n`);
    await writeFile(keys.knownHosts, `${host.hostKeyLines.join("\n")}\n`);
    await writeFile(host.authorizedKeys, await readFile(`${keys.clientKey}.pub`));
    let stdout = "";
    let stderr = "";
    const catching = (add: (text: string) => void): Writable => new Writable({ write: (chunk: Buffer, _encoding, done) => { add(String(chunk)); done(); } });
    const interrupt = new AbortController();
    const looks = (): number => stdout.split("\n").filter((line) => line.includes("leakline.investigation/1")).length;
    const watching = runCommand(["scan", `ssh://${host.host}:${host.port}`, "--watch", "--interval", "0.3", "--json", "--ssh", "builtin"], {
      version: "0", cwd: "/", stdin: (async function* () { /* nothing */ })(), prompts: scriptedPrompts(), startDemo: never, configuredHosts: never, signal: interrupt.signal,
      output: { stdout: catching((text) => { stdout += text; }), stderr: catching((text) => { stderr += text; }), interactive: false },
      investigator: () => createInvestigator({
        now: Date.now, ruleFiles: [], locator: never, textEngine: never,
        reach: (target, options) => openTarget(target, { ...options, environment: { home: keys.home, agentSocket: null, systemConfigFile: null } }),
      }),
    });
    const failed = watching.then(() => null, (error: unknown) => error);
    await until(async () => looks() >= 3, 60_000, () => `only ${looks()} looks: ${stderr}`);
    expect(host.log().split("Accepted publickey").length - 1).toBe(1);
    await host.stop();
    await until(async () => stderr.includes("Looking again in"), 30_000, () => `not said: ${stderr}`);
    const before = looks();
    current = await startSshd({ hostKeyFiles: keys.hostKeyFiles, port: host.port });
    await writeFile(current.authorizedKeys, await readFile(`${keys.clientKey}.pub`));
    await until(async () => looks() > before, 60_000, () => `not back: ${stderr}`);
    expect(current.log().split("Accepted publickey").length - 1).toBe(1);
    interrupt.abort();
    expect(await failed).toBe(null);
    expect([0, 1]).toContain(await watching);
  } finally {
    await current.stop();
    await keys.stop();
  }
});
