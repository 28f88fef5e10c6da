import type { Diagnosis } from "../../src/model/diagnosis";
import type { Snapshot } from "../../src/model/snapshot";
import type { Socket } from "../../src/model/socket";
import { explain } from "../../src/explain/explain";
import { listener, look, numbers, process, socket, TAKEN_MS, times } from "./look-builder";

/** Several hosts made by hand. Every host has the address 10.0.0.`n`, serves on port 8080 and may be called by the proxy at 10.0.0.100. */
export const PROXY = "10.0.0.100";
export const DATABASE = "10.0.9.9:3306";
const app = { pid: 500, process: "app" };

export function host(n: number, sockets: readonly Socket[], more: Partial<Snapshot> & { offsetMs?: number; errorMs?: number } = {}): Snapshot {
  const { offsetMs = 0, errorMs = 5, ...rest } = more;
  return look([listener("0.0.0.0:8080", 0, 128, app), ...sockets], {
    source: { format: "probe:ss", target: `ssh://web-${n}`, takenAt: new Date(TAKEN_MS).toISOString() },
    hostname: `web-${n}`, ownAddresses: [`10.0.0.${n}`], processes: [process(500, "app")],
    clock: { targetMs: TAKEN_MS + offsetMs, offsetMs, offsetErrorMs: errorMs },
    ...rest,
  });
}

/** Requests whose handler never came back: the first `firstMs` ago, the last `lastMs` ago; each client gave up after 2 s. */
export function stalled(n: number, count: number, firstMs: number, lastMs: number, from: (index: number) => string = () => PROXY): Socket[] {
  return numbers(count).map((index) => {
    const ago = firstMs - ((firstMs - lastMs) * index) / Math.max(1, count - 1);
    return socket("CLOSE_WAIT", `10.0.0.${n}:8080`, `${from(index)}:${40000 + index}`, { by: app, recvQueue: 1, info: times(ago + 1, ago, Math.max(0, ago - 2000)) });
  });
}

/** Queries that were sent `agoMs` ago and got no answer. */
export function unanswered(n: number, count: number, agoMs: number, to = DATABASE): Socket[] {
  return numbers(count).map((index) => socket("ESTABLISHED", `10.0.0.${n}:${40000 + index}`, to, { by: app, info: times(agoMs, agoMs + 4000, agoMs) }));
}

/** Connections to the database that were answered a moment ago. */
export function working(n: number, count: number, to = DATABASE): Socket[] {
  return numbers(count).map((index) => socket("ESTABLISHED", `10.0.0.${n}:${41000 + index}`, to, { by: app, info: times(120, 119, 119) }));
}

export function causesOf(...snapshots: Snapshot[]): readonly Diagnosis[] {
  return explain({ snapshots, configured: [] }).diagnoses;
}

export function only(cause: Diagnosis["cause"], ...snapshots: Snapshot[]): Diagnosis | undefined {
  return causesOf(...snapshots).find((diagnosis) => diagnosis.cause === cause);
}
