import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/model/snapshot";
import { TCP_STATES } from "../../../src/model/tcp-state";
import { captureText, readText } from "./made-captures";

/** A small seeded generator (mulberry32), so that a failure can be had again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const PIECES = ["", " ", "\t", "\n", ":", "::", "[", "]", "(", ")", '"', ",", "users:((", "))", "timer:(", "-1", "99999999999999999999", "*", "%", "\0", "\x1b[31m", "\uFEFF", "\r", "é", "𝄞", "ESTAB", "tcp", "unix", "0x", "."];

function mutate(text: string, random: () => number): string {
  const pick = (limit: number): number => Math.floor(random() * limit);
  let mutated = text;
  for (let round = 1 + pick(4); round > 0; round -= 1) {
    const at = pick(mutated.length + 1);
    const length = pick(random() < 0.8 ? 4 : 60);
    switch (pick(5)) {
      case 0:
        mutated = mutated.slice(0, at) + mutated.slice(at + length);
        break;
      case 1:
        mutated = mutated.slice(0, at) + (PIECES[pick(PIECES.length)] ?? "") + mutated.slice(at);
        break;
      case 2:
        mutated = mutated.slice(0, at) + String.fromCharCode(pick(0x250)) + mutated.slice(at + 1);
        break;
      case 3:
        mutated = mutated.slice(0, at) + mutated.slice(at, at + length) + mutated.slice(at);
        break;
      default: {
        const from = pick(mutated.length + 1);
        mutated = mutated.slice(0, at) + mutated.slice(from, from + length) + mutated.slice(at);
      }
    }
  }
  return mutated;
}

function checkSane(snapshot: Snapshot, text: string): void {
  const natural = (value: number | null): boolean => value === null || (Number.isFinite(value) && value >= 0);
  for (const socket of snapshot.sockets) {
    const { local, remote, owners, info, timer } = socket;
    const sane = [local, remote].every((end) => end.address !== "" && (end.port === null || (Number.isInteger(end.port) && end.port >= 0 && end.port <= 65_535)))
      && (socket.state === null || TCP_STATES.includes(socket.state))
      && [socket.recvQueue, socket.sendQueue, socket.inode, socket.uid, timer?.expiresInMs ?? null].every(natural)
      && owners.every((owner) => Number.isInteger(owner.pid) && owner.pid >= 0 && natural(owner.fd))
      && (socket.ownership === "owned") === owners.length > 0
      && (info === null || Object.values(info).every((value) => typeof value === "string" || natural(value)));
    if (!sane) throw new Error(`insane socket ${JSON.stringify(socket)} from ${JSON.stringify(text)}`);
  }
  const lines = text.split("\n").length;
  if (snapshot.sockets.length > lines) throw new Error(`more sockets than lines from ${JSON.stringify(text)}`);
  for (const skipped of snapshot.skipped) {
    if (skipped.line < 1 || skipped.line > lines || skipped.text === "" || skipped.reason === "") throw new Error(`bad skipped line ${JSON.stringify(skipped)}`);
  }
}

describe("broken captures", () => {
  const blocks = readdirSync(new URL("../../corpus/sockets/", import.meta.url))
    .filter((file) => file.endsWith(".txt"))
    .flatMap((file) => {
      const lines = captureText(file.slice(0, -4)).split("\n");
      const parts: string[] = [];
      for (let at = 0; at < lines.length; at += 3) parts.push(lines.slice(at, at + 4).join("\n").slice(0, 1500));
      return parts;
    });

  it("never throw and never give nonsense, 20,000 times", () => {
    const random = seeded(20_240_229);
    for (let round = 0; round < 20_000; round += 1) {
      const text = mutate(blocks[round % blocks.length] ?? "", random);
      let snapshot: Snapshot;
      try {
        snapshot = readText(text);
      } catch (error) {
        throw new Error(`threw on ${JSON.stringify(text)}`, { cause: error });
      }
      checkSane(snapshot, text);
    }
    expect(blocks.length).toBeGreaterThan(100);
  });

  it("lose no line: a line of noise between rows is always shown", () => {
    const random = seeded(7);
    const rows = captureText("ss-tanp").split("\n").filter((line) => line !== "");
    for (let round = 0; round < 300; round += 1) {
      const at = 1 + Math.floor(random() * (rows.length - 1));
      const noise = `noise ${Math.floor(random() * 1e9)} ~ ${"xyz ".repeat(Math.floor(random() * 8))}`;
      const snapshot = readText([...rows.slice(0, at), noise, ...rows.slice(at)].join("\n"));
      expect(snapshot.skipped).toMatchObject([{ line: at + 1, text: noise }]);
      expect(snapshot.sockets).toHaveLength(rows.length - 1);
    }
  });
});
