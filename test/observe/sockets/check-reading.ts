import type { Snapshot } from "../../../src/model/snapshot";
import { TCP_STATES } from "../../../src/model/tcp-state";
import type { LineFate } from "../../../src/observe/sockets/capture";
import { createCaptureReader } from "../../../src/observe/sockets/capture";

/** An address with a port, twice on one line: a row of some socket table, whatever else stands there. */
const TWO_ENDS = /(?:^|[\s"])(?:\d{1,3}\.){3}\d{1,3}[:.]\d{1,5}(?:\s+|->)(?:\d{1,3}\.){3}\d{1,3}[:.]\d{1,5}(?:\s|$)/;
const PROMPT = /[#$%>❯➜]/;

/** Reads a text and throws when the reader throws, gives nonsense, or lets a line vanish. */
export function readAndCheck(text: string): Snapshot {
  const fates = new Map<number, LineFate>();
  const reader = createCaptureReader("-", (line, fate) => fates.set(line, fate));
  reader.push(text);
  const snapshot = reader.finish();
  const fail = (what: string): never => {
    throw new Error(`${what} from ${JSON.stringify(text)}`);
  };
  const natural = (value: number | null): boolean => value === null || (Number.isFinite(value) && value >= 0);
  for (const socket of snapshot.sockets) {
    const { local, remote, owners, info, timer } = socket;
    const sane = [local, remote].every((end) => end.address !== "" && (end.port === null || (Number.isInteger(end.port) && end.port >= 0 && end.port <= 65_535)))
      && (socket.state === null || TCP_STATES.includes(socket.state))
      && [socket.recvQueue, socket.sendQueue, socket.inode, socket.uid, timer?.expiresInMs ?? null].every(natural)
      && owners.every((owner) => Number.isInteger(owner.pid) && owner.pid >= 0 && natural(owner.fd))
      && (socket.ownership === "owned") === owners.length > 0
      && (info === null || Object.values(info).every((value) => typeof value === "string" || natural(value)));
    if (!sane) fail(`insane socket ${JSON.stringify(socket)}`);
  }

  const lines = text.split("\n");
  const skipped = new Set<number>();
  for (const { line, text: kept, reason } of snapshot.skipped) {
    if (line < 1 || line > lines.length || kept.trim() === "" || reason === "") fail(`bad skipped line ${line}`);
    if (skipped.has(line)) fail(`line ${line} skipped twice`);
    skipped.add(line);
  }
  // Every line that shows anything is in a row, or known, or in `skipped`: counted one by one.
  let rows = 0;
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    const fate = fates.get(number);
    if (fate === undefined && line === "" && index === lines.length - 1) continue;
    if (fate === undefined) fail(`line ${number} was lost`);
    if (fate === "row") rows += 1;
    if ((fate === "skipped") !== skipped.has(number)) fail(`line ${number} is ${fate}, and in skipped: ${skipped.has(number)}`);
    if (fate === "blank" && /[\p{L}\p{N}]/u.test(line.replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g, ""))) fail(`line ${number} was taken for blank`);
    // A row that is taken for a heading or a notice would be lost without a word.
    if (fate === "known" && TWO_ENDS.test(line) && !PROMPT.test(line)) fail(`line ${number} lists a socket and is no row`);
  }
  if (fates.size > lines.length) fail("more lines than there are");
  if (snapshot.sockets.length > 0 && rows === 0 && ![...fates.values()].includes("known")) fail("sockets out of nothing");
  return snapshot;
}
