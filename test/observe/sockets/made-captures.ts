import { readFileSync } from "node:fs";
import type { Snapshot } from "../../../src/model/snapshot";
import { formatEndpoint } from "../../../src/model/endpoint";
import type { Socket } from "../../../src/model/socket";
import { createCaptureReader } from "../../../src/observe/sockets/capture";

/** A socket that test/corpus/sockets/make-captures.py opened, in its own words. */
export interface MadeSocket {
  readonly state: string;
  readonly local: readonly [string, number];
  readonly remote: readonly [string, number];
  readonly recvQueue: number;
  readonly owned: boolean;
  readonly family: 4 | 6;
}

export interface MadeCaptures {
  readonly pid: number;
  readonly process: string;
  readonly udp: readonly (readonly [string, number])[];
  readonly sockets: readonly MadeSocket[];
}

const CORPUS = new URL("../../corpus/sockets/", import.meta.url);

export const MADE = JSON.parse(readFileSync(new URL("expected.json", CORPUS), "utf8")) as MadeCaptures;

export function captureText(name: string): string {
  return readFileSync(new URL(`${name}.txt`, CORPUS), "utf8");
}

export function readText(text: string, name = "-"): Snapshot {
  const reader = createCaptureReader(name);
  reader.push(text);
  return reader.finish();
}

/** Tools print a dual-stack wildcard as `*` or as `::`; for comparison they are one. */
function wild(address: string): string {
  return address === "*" || address === "0.0.0.0" ? "::" : address;
}

export function keyOfMade(socket: MadeSocket): string {
  return `${socket.state} ${wild(socket.local[0])} ${socket.local[1]} ${wild(socket.remote[0])} ${socket.remote[1]}`;
}

export function keyOf(socket: Socket): string {
  return `${socket.state ?? socket.protocol} ${wild(socket.local.address)} ${socket.local.port ?? "?"} ${wild(socket.remote.address)} ${socket.remote.port ?? "?"}`;
}

/** One line a socket, as a golden text: protocol, state, ends, queues (`-` where unknown), then `pid/process` of every owner, or how it is not owned. */
export function rowOf(socket: Socket): string {
  const owners = socket.owners.map((owner) => `${owner.pid}/${owner.process ?? "?"}`).join(",");
  return `${socket.protocol} ${socket.state ?? "-"} ${formatEndpoint(socket.local)} ${formatEndpoint(socket.remote)} ${socket.recvQueue ?? "-"} ${socket.sendQueue ?? "-"} ${owners === "" ? socket.ownership : owners}`;
}
