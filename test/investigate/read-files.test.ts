import { encode } from "iconv-lite";
import { describe, expect, it } from "vitest";
import { readOpenedFile } from "../../src/investigate/read-files";
import type { Snapshot } from "../../src/model/snapshot";
import { readDocument, writeSnapshot } from "../../src/protocol/investigation-file";
import { captureText, rowOf } from "../observe/sockets/made-captures";

async function* inChunks(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(bytes: Uint8Array, size = 65_536): Promise<Snapshot> {
  const content = await readOpenedFile({ name: "pasted.txt", chunks: inChunks(bytes, size) }, new AbortController().signal);
  if (content.kind !== "snapshot") throw new Error("no snapshot");
  return content.snapshot;
}

describe("a file that a person opens", () => {
  it.each(["utf8", "utf-16le", "utf-16be", "cp850", "windows1252", "cp437"])("is the same German capture in %s", async (codec) => {
    const snapshot = await read(encode(captureText("windows-netstat-ano-de"), codec, { addBOM: codec.startsWith("utf") }));
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.sockets.map((socket) => socket.state)).toEqual(["LISTEN", "CLOSE_WAIT", "ESTABLISHED", "FIN_WAIT_2", "TIME_WAIT", "SYN_SENT", "LISTEN", null]);
  });

  it("says which encoding was assumed, and why; and that survives being saved", async () => {
    const snapshot = await read(encode(captureText("windows-netstat-ano-zh"), "gbk"));
    expect(snapshot.source).toEqual({ format: "netstat-windows", target: "pasted.txt", takenAt: null, encoding: "cp936" });
    expect(snapshot.missing).toContainEqual(expect.objectContaining({ why: expect.stringContaining("GBK") as string }));
    const again = readDocument("x", JSON.parse([...writeSnapshot(snapshot)].join("")));
    expect("snapshot" in again && again.snapshot.source).toEqual(snapshot.source);
    expect((await read(encode(captureText("windows-netstat-ano-zh"), "utf8"))).source).not.toHaveProperty("encoding");
    const marked = await read(encode(captureText("windows-netstat-ano-zh"), "utf-16le", { addBOM: true }));
    expect(marked.source.encoding).toBe("utf-16le");
    expect(marked.missing).toEqual([]);
  });

  it("keeps the rows of a file that was appended to in another encoding, with stray bytes between", async () => {
    const german = captureText("windows-netstat-ano-de");
    // Other ports in each part: the same connection listed three times would count once.
    const later = (text: string, by: number): string => text.replace(/(?<=[:\]])\d{2,5}(?=\s)/g, (port) => String(Number(port) + by));
    const bytes = Buffer.concat([encode(german, "utf-16le", { addBOM: true }), encode(later(german, 1000), "cp850"), Buffer.from([0xff, 0xfe, 0x81, 0x0a]), encode(later(german, 2000), "utf8")]);
    for (const size of [5, 64, 65_536]) {
      const snapshot = await read(bytes, size);
      expect(snapshot.sockets).toHaveLength(24);
      expect(snapshot.skipped).toHaveLength(1);
    }
  });

  it("tells PowerShell's JSON, whole or one object, from a Leakline document", async () => {
    const one = { LocalAddress: "10.0.0.1", LocalPort: 80, RemoteAddress: "10.0.0.2", RemotePort: 5000, State: 8, OwningProcess: 7 };
    for (const text of [JSON.stringify(one), JSON.stringify(one, null, 4), JSON.stringify([one]), JSON.stringify({ value: [one], Count: 1 })]) {
      for (const size of [1, 65_536]) expect((await read(encode(text, "utf-16le", { addBOM: true }), size)).sockets.map(rowOf)).toEqual(["tcp CLOSE_WAIT 10.0.0.1:80 10.0.0.2:5000 - - 7/?"]);
    }
    const saved = [...writeSnapshot(await read(encode(captureText("windows-netstat-ano-zh"), "utf8")))].join("");
    for (const size of [1, 65_536]) expect((await read(encode(saved, "utf8"), size)).sockets).toHaveLength(4);
    await expect(read(Buffer.from("{\"name\": 1"))).rejects.toMatchObject({ reason: "notUnderstood" });
    await expect(read(Buffer.from("{\"name\": 1}"))).rejects.toMatchObject({ name: "Failure" });
  });

  it("is empty without an error of its own", async () => {
    expect((await read(new Uint8Array(0))).sockets).toEqual([]);
    expect((await read(Buffer.from("\n"))).skipped).toEqual([]);
  });
});
