import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../../src/observe/look";
import { openSshTarget } from "../../../src/observe/targets/open-ssh-target";
import type { Reach } from "../../../src/observe/targets/reach";
import { windowsAnswer } from "../../observe/probe/windows-answer";
import { scriptedPrompts } from "./scripted-prompts";
import { startSshd, until } from "./sshd-rig";
import type { Sshd } from "./sshd-rig";

/**
 * There is no Windows here. This plays its login shell behind a real sshd, as cmd.exe does it: `sh` is not known, in German; `powershell` takes the
 * program of -EncodedCommand (base64 of UTF-16LE), which is held to do what ours promises: read standard input up to the last line, say the
 * first one, answer, and end with standard input.
 */
const CMD = `#!/bin/sh
mode=$(cat "$(dirname "$0")/mode")
answer="$(dirname "$0")/answer"
case "$SSH_ORIGINAL_COMMAND" in
  "powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand "*)
    [ "$mode" = no-powershell ] && { printf 'Der Befehl "powershell" ist entweder falsch geschrieben oder konnte nicht gefunden werden.\\r\\n' >&2; exit 1; }
    program=$(printf %s "\${SSH_ORIGINAL_COMMAND##* }" | base64 -d | iconv -f UTF-16LE -t UTF-8) || exit 9
    case "$program" in *"-ceq 'leakline-script-ends'"*"ReadLine()"*"Kill()"*) ;; *) exit 8 ;; esac
    lines=0
    while :; do
      IFS= read -r line || exit 1
      [ "$line" = leakline-script-ends ] && break
      lines=$((lines + 1))
    done
    [ "$lines" -gt 40 ] || exit 7
    echo leakline-script-begins
    if [ "$mode" = hang ]; then while read -r line; do :; done; exit 1; fi
    cat "$answer"
    ;;
  *)
    printf 'Der Befehl "%s" ist entweder falsch geschrieben oder\\r\\nkonnte nicht gefunden werden.\\r\\n' "\${SSH_ORIGINAL_COMMAND%% *}" >&2
    exit 1
    ;;
esac
`;

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd({ config: ["ForceCommand exec $HOME/cmd.exe"] });
  const program = join(sshd.home, "cmd.exe");
  await writeFile(program, CMD);
  await chmod(program, 0o755);
  await writeFile(join(sshd.home, "answer"), windowsAnswer());
  await writeFile(join(sshd.home, ".ssh/config"), `IdentityFile ${sshd.clientKey}\nIdentitiesOnly yes\n`);
});
afterAll(() => sshd?.stop());

async function open(client: "builtin" | "system", mode: string): Promise<Reach> {
  await writeFile(join(sshd.home, "mode"), mode);
  return openSshTarget({ kind: "ssh", host: sshd.host, user: null, port: sshd.port }, client, {
    prompts: scriptedPrompts(), signal: new AbortController().signal, timeLimitMs: 20_000,
    environment: { home: sshd.home, agentSocket: null, systemConfigFile: null, variables: { PATH: process.env["PATH"] } },
  });
}
const signal = new AbortController().signal;

it.each(["builtin", "system"] as const)("a host that knows no sh but PowerShell is looked at with that (%s)", async (client) => {
  const reach = await open(client, "plain");
  const snapshot = await look(reach, { signal, timeLimitMs: 30_000 });
  expect(snapshot).toMatchObject({ source: { format: "probe:get-nettcpconnection" }, hostname: "WIN01" });
  expect(snapshot.sockets.map(({ state }) => state)).toEqual(["LISTEN", "CLOSE_WAIT", "TIME_WAIT"]);
  await reach.close();
});

it("a host that knows neither says what it said of sh", async () => {
  const reach = await open("builtin", "no-powershell");
  await expect(look(reach, { signal, timeLimitMs: 30_000 })).rejects.toMatchObject({ reason: "toolMissing", message: expect.stringContaining("Der Befehl \"sh\"") });
  await reach.close();
});

it.each(["builtin", "system"] as const)("a PowerShell that does not end is ended by its guard, with the end of its input (%s)", async (client) => {
  const reach = await open(client, "hang");
  await expect(look(reach, { signal, timeLimitMs: 2500 })).rejects.toMatchObject({ reason: "timeout" });
  await until(async () => {
    const lines = await Promise.all((await readdir("/proc")).filter((entry) => /^\d+$/.test(entry)).map((entry) => readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "")));
    return !lines.some((line) => line.includes(`${sshd.home}/cmd.exe`));
  }, 4000, () => "it still runs");
  await reach.close();
});
