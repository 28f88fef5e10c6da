import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readOpenedFile } from "../../src/investigate/read-files";
import { countStates } from "../../src/model/snapshot";
import type { Snapshot } from "../../src/model/snapshot";

/**
 * Captures that people published, which are no part of this repository: `captures/KIND/NN.txt` in the folder that LEAKLINE_CORPUS names, each
 * with facts counted by other means in `NN.json`. This suite exists only where that folder does (vitest.config.ts).
 */
const CORPUS = join(process.env.LEAKLINE_CORPUS ?? "", "captures");

/** Kinds that must be there, and the reader that must recognise each. */
const KINDS: Readonly<Record<string, string>> = {
  "ss": "ss", "netstat-linux": "netstat-linux", "netstat-macos": "netstat-bsd", "netstat-freebsd": "netstat-bsd", "netstat-windows": "netstat-windows", "proc-net-tcp": "proc-net-tcp", "lsof": "lsof",
  "ss-s": "ss-s", "state-summary": "state-summary", "netstat-s": "netstat-statistics", "proc-net-netstat": "proc-net-netstat",
};

interface Facts {
  readonly rows?: number;
  readonly rows_by_proto?: Readonly<Record<string, number>>;
  readonly states?: Readonly<Record<string, number>>;
  readonly max?: Readonly<Record<string, number>>;
  readonly TcpExt?: Readonly<Record<string, number>>;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The sidecars spell states as net-tools does. */
const OURS: Readonly<Record<string, string>> = { SYN_RECV: "SYN_RECEIVED", FIN_WAIT1: "FIN_WAIT_1", FIN_WAIT2: "FIN_WAIT_2", CLOSE: "CLOSED" };
const inOurWords = (states: Readonly<Record<string, number>>): Record<string, number> => Object.fromEntries(Object.entries(states).map(([state, count]) => [OURS[state] ?? state, count]));

async function read(kind: string, name: string): Promise<Snapshot> {
  const content = await readOpenedFile({ name, chunks: createReadStream(join(CORPUS, kind, `${name}.txt`)) }, new AbortController().signal);
  if (content.kind !== "snapshot") throw new Error(`${kind}/${name} was not taken for a capture`);
  return content.snapshot;
}

const files = Object.keys(KINDS).flatMap((kind) => (existsSync(join(CORPUS, kind)) ? readdirSync(join(CORPUS, kind)) : []).filter((file) => file.endsWith(".json")).map((file) => [kind, file.slice(0, -5)] as const));

describe("captures that people published", () => {
  it.each(Object.keys(KINDS))("hold some of %s", (kind) => {
    expect(files.filter(([each]) => each === kind).length).toBeGreaterThan(0);
  });

  it.each(files)("%s/%s says what was counted in it by other means", async (kind, name) => {
    const facts = (JSON.parse(readFileSync(join(CORPUS, kind, `${name}.json`), "utf8")) as { expected: Facts }).expected;
    const snapshot = await read(kind, name);
    expect(snapshot.source.format.split("+")).toContain(KINDS[kind]);
    if (facts.rows_by_proto !== undefined) {
      // Sockets of the machine's own inside (unix) are understood and are no part of a snapshot.
      const { unix = 0, ...others } = facts.rows_by_proto;
      expect(snapshot.sockets).toHaveLength(Object.values(others).reduce((sum, count) => sum + count, 0));
      expect(facts.rows).toBeGreaterThanOrEqual(snapshot.sockets.length - unix);
      const udp = Object.entries(others).reduce((sum, [proto, count]) => sum + (proto.startsWith("udp") ? count : 0), 0);
      expect(snapshot.sockets.filter((socket) => socket.protocol === "udp")).toHaveLength(udp);
    }
    if (facts.states !== undefined) expect(countStates(snapshot)).toEqual(inOurWords(facts.states));
    // Several tables of counts: the highest of each state.
    if (facts.max !== undefined) expect(snapshot.statesOnly).toEqual(inOurWords(facts.max));
    const counters = snapshot.kernel?.counters ?? {};
    for (const [counter, value] of Object.entries(facts.TcpExt ?? {})) expect([counter, counters[`TcpExt${counter}`]]).toEqual([counter, value]);
    for (const [fact, value] of Object.entries(facts.facts)) {
      if (typeof value !== "number") continue;
      if (kind === "netstat-s") expect([fact, counters[`TcpExt${fact}`]]).toEqual([fact, value]);
      if (fact === "estab") expect(snapshot.statesOnly?.ESTABLISHED).toBe(value);
      if (fact === "timewait") expect(snapshot.statesOnly?.TIME_WAIT).toBe(value);
    }
    // `wc -l` typed below a table leaves a bare figure; everything else is understood.
    expect(snapshot.skipped.filter(({ text }) => !/^\d+$/.test(text.trim()))).toEqual([]);
  });
});
