import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/model/snapshot";
import { readText } from "./made-captures";
import type { RealSockets } from "./real-sockets";
import { everyMix, keyOfOpened, keyOfRead, openRealSockets } from "./real-sockets";

let real: RealSockets;
let all: string[];

/** New ones for each tool: TIME_WAIT lives for a minute. */
function withRealSockets(): void {
  beforeAll(async () => {
    real = await openRealSockets();
    all = real.sockets.map(keyOfOpened).sort();
  });
  afterAll(() => real.close());
}

/** What each command printed, all run by one shell. */
async function outputsOf(commands: readonly string[]): Promise<string[]> {
  const mark = "@@ the next command @@";
  const text = await real.run(commands.map((command) => `${command} 2>&1; echo '${mark}'`).join("\n"));
  const outputs = text.split(`${mark}\n`).slice(0, -1);
  expect(outputs).toHaveLength(commands.length);
  return outputs;
}

const tcpKeys = (snapshot: Snapshot): string[] => snapshot.sockets.filter((socket) => socket.protocol === "tcp").map(keyOfRead).sort();

/** The wrong ones only: a thousand mixes that hold are no news. */
async function wrong(commands: readonly string[], check: (snapshot: Snapshot, command: string) => string | null): Promise<string[]> {
  const outputs = await outputsOf(commands);
  return commands.flatMap((command, index) => {
    const snapshot = readText(outputs[index] ?? "");
    const keys = tcpKeys(snapshot);
    const problem = snapshot.skipped.length > 0 ? `line not understood: ${snapshot.skipped[0]?.text}`
      : keys.join("\n") !== all.join("\n") ? `read ${keys.filter((key) => !all.includes(key)).join(", ")}; not ${all.filter((key) => !keys.includes(key)).join(", ")}`
        : check(snapshot, command);
    return problem === null ? [] : [`${command}: ${problem}`];
  }).slice(0, 20);
}

/** netstat names a process by its arguments, ss by the kernel's name for it. */
const ownersWrong = (snapshot: Snapshot, name: string, fds: boolean): string | null => {
  for (const opened of real.sockets) {
    const owner = snapshot.sockets.find((socket) => socket.owners.length > 0 && keyOfRead(socket) === keyOfOpened(opened))?.owners[0];
    if (opened.fd !== null && (owner?.pid !== real.pid || owner.process !== name || (fds && owner.fd !== opened.fd))) return `owner ${JSON.stringify(owner)} of ${keyOfOpened(opened)}`;
  }
  return null;
};

describe("ss", () => {
  withRealSockets();

  it("reads the same sockets out of every mix of options", async () => {
    const commands = [
      ...everyMix(["p", "o", "i", "e", "m", "H", "O", "T"]).map((mix) => `ss -tan${mix.join("")}`),
      ...everyMix(["p", "o", "i", "e", "H", "O"]).map((mix) => `ss -tuan${mix.join("")}`),
      ...["-an", "-ta"].flatMap((kinds) => everyMix(["p", "i", "e", "H"]).map((mix) => `ss ${kinds}${mix.join("")}`)),
      ...everyMix(["-b", "--tos", "--cgroup", "-pie", "-HO"]).map((mix) => `ss -tan ${mix.join(" ")}`),
    ];
    expect(await wrong(commands, (snapshot, command) => {
      if (/-\S*u?an/.test(command) && !command.includes("-tan") && !snapshot.sockets.some((socket) => socket.protocol === "udp" && socket.local.port === 41005)) return "no UDP socket";
      return /ss -t?u?an?\w*[pT]|-pie/.test(command) ? ownersWrong(snapshot, real.process, true) : null;
    })).toEqual([]);
  });
});

describe("netstat", () => {
  withRealSockets();

  it("of net-tools: the same sockets out of every mix of options, addresses whole", async () => {
    const commands = ["-tanW", "-tuanW", "-tuwanW", "-anW", "-tanee --wide -"].flatMap((kind) => everyMix(["p", "o", "e", "v", "N"]).map((mix) => `netstat ${kind}${mix.join("")}`).filter((command) => !command.endsWith(" -")));
    expect(await wrong(commands, (snapshot, command) => {
      if (/-\w*u\w*/.test(command) && !snapshot.sockets.some((socket) => socket.protocol === "udp" && socket.local.port === 41005)) return "no UDP socket";
      return / -\w*p\w*$/.test(command) ? ownersWrong(snapshot, "python3", false) : null;
    })).toEqual([]);
  });

  it("of net-tools: the same sockets in every language that it speaks", async () => {
    const commands = ["cs", "de", "et", "fr", "ja", "pt_BR"].flatMap((language) => ["-tan", "-tanpoe", "-anpo", "-tanpoW"].map((options) => `LC_ALL=C.UTF-8 LANGUAGE=${language} netstat ${options}`));
    expect(await wrong(commands, () => null)).toEqual([]);
  });

  it("of BusyBox: the same sockets out of every mix of options", async () => {
    expect(await wrong(everyMix(["e", "u", "w", "x"]).map((mix) => `busybox netstat -tan${mix.join("")}`), () => null)).toEqual([]);
  });
});

describe("lsof", () => {
  withRealSockets();

  it("reads the held sockets and the dead descriptors out of every mix of options", async () => {
    const commands = [...everyMix(["n", "l", "R", "g", "K", "+c0"])].map((mix) => `lsof -wP -a -p ${real.pid} ${mix.map((option) => (option.startsWith("+") ? option : `-${option}`)).join(" ")}`);
    for (const [index, text] of (await outputsOf(commands)).entries()) {
      const snapshot = readText(text);
      const command = commands[index] ?? "";
      expect([command, snapshot.skipped]).toEqual([command, []]);
      const [process] = snapshot.processes;
      expect([command, process?.pid, process?.deadSocketInodes.length, process?.name]).toEqual([command, real.pid, real.dead, command.includes("+c0") ? real.process : "real s"]);
      expect([command, descriptorsOf(snapshot)]).toEqual([command, held()]);
      if (command.includes("-n")) expect([command, tcpKeys(snapshot)]).toEqual([command, all.filter((key) => isHeld(key))]);
    }
  });

  it("reads the same out of lsof -F with any selection of fields, in lines and with NUL", async () => {
    const fields = everyMix(["c", "f", "t", "P", "T", "d"]).map((mix) => `${mix.join("")}n`);
    const commands = fields.map((mix, index) => `lsof -w -nP -a -i -p ${real.pid} ${index % 2 === 0 ? `-Fp${mix}` : `-F0p${mix} -Tqs`}${index % 3 === 0 ? " -K" : ""}`);
    for (const [index, text] of (await outputsOf(commands)).entries()) {
      const snapshot = readText(text);
      const command = commands[index] ?? "";
      expect([command, snapshot.skipped]).toEqual([command, []]);
      const ends = snapshot.sockets.filter((socket) => socket.local.port !== 41005).map((socket) => keyOfRead(socket).split(" ").slice(1).join(" ")).sort();
      expect([command, ends]).toEqual([command, all.filter((key) => isHeld(key)).map((key) => key.split(" ").slice(1).join(" ")).sort()]);
    }
  });

  const isHeld = (key: string): boolean => real.sockets.some((socket) => socket.fd !== null && keyOfOpened(socket) === key);
  const held = (): number[] => real.sockets.flatMap((socket) => socket.fd ?? []).sort((one, other) => one - other);
  const descriptorsOf = (snapshot: Snapshot): (number | null)[] =>
    snapshot.sockets.filter((socket) => socket.protocol === "tcp").flatMap((socket) => socket.owners.map(({ fd }) => fd)).sort((one, other) => (one ?? 0) - (other ?? 0));
});

describe("one host, read by different tools within a second", () => {
  withRealSockets();

  it("gives the same sockets through ss, netstat, /proc/net/tcp and lsof, apart from those that changed", async () => {
    const commands = ["ss -tanpe", "netstat -tanpeeW", "busybox netstat -tan", "cat /proc/net/tcp /proc/net/tcp6", "lsof -nPiTCP", "lsof -nP -iTCP -F"];
    const start = performance.now();
    const outputs = await outputsOf(["ss -tanpe", ...commands]);
    expect(performance.now() - start).toBeLessThan(10_000);
    const [before = "", after = "", ...others] = outputs;
    // What both looks of ss list has not changed between them.
    const steady = new Set(tcpKeys(readText(before)).filter((key) => tcpKeys(readText(after)).includes(key)));
    expect([...steady].sort()).toEqual(all);
    for (const [index, text] of others.entries()) {
      const held = commands[index + 1]?.startsWith("lsof") === true;
      const wanted = real.sockets.filter((socket) => !held || socket.fd !== null).map(keyOfOpened).filter((key) => steady.has(key)).sort();
      expect([commands[index + 1], tcpKeys(readText(text)).filter((key) => steady.has(key))]).toEqual([commands[index + 1], wanted]);
    }
    // All of it in one file is still one host's sockets, once.
    expect(tcpKeys(readText(outputs.slice(1).join("\n")))).toEqual(all);
  });
});
