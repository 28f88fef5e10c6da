import type { Diagnosis } from "../../model/diagnosis";
import { countOf } from "../figures";
import type { Group } from "../groups";
import type { Scene } from "../scene";
import { socketAt } from "../scene";
import { mainOwner } from "../groups";

/** A request that nobody has answered for this long is not merely slow. */
const UNANSWERED_MS = 5_000;
const FEW = 3;

/** What is stuck of the connections from one process to one end. Indices into the scene's sockets, no socket twice. */
export interface StuckEdge {
  /** The far end hung up and the application left it there. */
  readonly hungUp: readonly number[];
  /** The application sent something, and nothing has come back since. */
  readonly unanswered: readonly number[];
  /** The handshake gets no answer. */
  readonly unconnected: readonly number[];
  /** The far end takes no more bytes. */
  readonly untaken: readonly number[];
  readonly all: readonly number[];
}

const NOTHING: StuckEdge = { hungUp: [], unanswered: [], unconnected: [], untaken: [], all: [] };

/**
 * What is stuck of an outbound group. Whether a connection waits for an answer or for the next event cannot be told from it alone (a
 * subscription, a long poll): waiting counts only where the same program is in trouble with those who call it.
 */
export function stuckEdge(scene: Scene, group: Group, diagnoses: readonly Diagnosis[]): StuckEdge {
  if (group.direction !== "outbound") return NOTHING;
  const known = new Set(diagnoses.flatMap((one) => (one.direction === "outbound" && one.confidence !== "low" && (one.cause === "connection-pinned" || one.cause === "end-of-file-ignored") ? one.sockets : [])));
  const troubled = diagnoses.filter((one) => one.direction === "inbound" && one.confidence !== "low" && one.process !== null).map((one) => one.process);
  const program = group.pid === null ? null : (scene.processes.get(group.pid)?.name ?? group.process);
  const inTrouble = group.pid !== null && troubled.some((process) => process?.pid === group.pid || process?.name === program);

  const hungUp: number[] = [];
  const unanswered: number[] = [];
  const unconnected: number[] = [];
  const untaken: number[] = [];
  for (const index of group.sockets) {
    const socket = socketAt(scene, index);
    const { info } = socket;
    if (known.has(index)) hungUp.push(index);
    else if (socket.state === "SYN_SENT") {
      if ((socket.timer?.retransmits ?? info?.retransmits ?? 0) >= 1 || (info?.backoff ?? 0) >= 1) unconnected.push(index);
    } else if (socket.state === "ESTABLISHED" && info !== null) {
      if ((socket.sendQueue ?? 0) > 0 && (info.lastAckMs ?? 0) >= UNANSWERED_MS) untaken.push(index);
      else if (inTrouble && info.lastSendMs !== null && info.lastReceiveMs !== null && info.lastSendMs >= UNANSWERED_MS && info.lastReceiveMs > info.lastSendMs) unanswered.push(index);
    }
  }
  const waits = unanswered.length >= FEW ? unanswered : [];
  const refused = unconnected.length >= FEW ? unconnected : [];
  return { hungUp, unanswered: waits, unconnected: refused, untaken, all: [...hungUp, ...waits, ...refused, ...untaken] };
}

/** What shows that it is stuck, each with its number: `4 connections wait for an answer`. */
export function sayStuck(edge: StuckEdge): string[] {
  const said: string[] = [];
  if (edge.hungUp.length > 0) said.push(`${countOf(edge.hungUp.length, "connection")} hung up and left there`);
  if (edge.unanswered.length > 0) said.push(`${countOf(edge.unanswered.length, "connection")} without an answer for over ${UNANSWERED_MS / 1000} s`);
  if (edge.unconnected.length > 0) said.push(`${countOf(edge.unconnected.length, "connection")} that the far end does not accept (SYN_SENT)`);
  if (edge.untaken.length > 0) said.push(`${countOf(edge.untaken.length, "connection")} with bytes that the far end does not take`);
  return said;
}

/** The processes that hold these sockets, most sockets first. */
export function holdersOf(scene: Scene, sockets: readonly number[]): number[] {
  const held = new Map<number, number>();
  for (const index of sockets) {
    const pid = mainOwner(socketAt(scene, index))?.pid;
    if (pid !== undefined) held.set(pid, (held.get(pid) ?? 0) + 1);
  }
  return [...held].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([pid]) => pid);
}
