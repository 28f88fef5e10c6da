import type { Diagnosis, Evidence } from "../../model/diagnosis";
import { formatEndpoint } from "../../model/endpoint";
import type { Process } from "../../model/process";
import { formatCount, formatDuration, formatShare } from "../figures";
import { sizeOf } from "../groups";
import type { Group } from "../groups";
import type { Scene } from "../scene";
import { nameEnd } from "../scene";
import { speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess } from "./diagnosed-process";

const NEAR = 0.8;
const AT_THE_LIMIT = 0.95;
/** A climb that reaches the limit within this time is worth a warning before four fifths are used. */
const SOON_MS = 30 * 60_000;

/** The process's open descriptors against its soft limit (RLIMIT_NOFILE, getrlimit(2)): at the limit accept, connect and open fail with EMFILE. */
export const descriptorExhaustion: CauseReader = {
  cause: "descriptor-exhaustion",
  diagnose: (scene) => scene.snapshot.processes.flatMap((process) => diagnoseProcess(scene, process) ?? []),
};

function diagnoseProcess(scene: Scene, process: Process): Diagnosis | null {
  const { openDescriptors: open, descriptorLimit: limit } = process;
  if (open === null || limit === null || limit <= 0) return null;
  const share = open / limit;
  const climb = readClimb(scene, process.pid, open, limit);
  if (share < NEAR && !(climb !== null && share >= 0.5 && climb.fullInMs <= SOON_MS)) return null;

  const evidence: Evidence[] = [speaksFor("descriptors are used up", `${formatCount(open)} of ${formatCount(limit)} (${formatShare(open, limit)})`)];
  if (climb !== null) evidence.push(speaksFor("at the pace between the looks the limit is reached", `in ${formatDuration(climb.fullInMs)}`));
  else if (scene.earlier.length > 0) evidence.push(speaksAgainst("it did not grow since the first look", null));
  let biggest: Group | null = null;
  for (const group of scene.groups) if (group.pid === process.pid && group.states.LISTEN === undefined && (biggest === null || sizeOf(group) > sizeOf(biggest))) biggest = group;
  const { socketDescriptors: sockets } = process;
  if (sockets !== null) {
    evidence.push(sockets >= open / 2
      ? speaksFor("most of them are sockets", `${formatCount(sockets)} of ${formatCount(open)}`)
      : speaksAgainst("most of them are no sockets but files, pipes or others", `${formatCount(sockets)} of ${formatCount(open)} are sockets`));
  }
  if (biggest !== null) {
    const end = biggest.direction === "inbound" ? `came in on ${formatEndpoint(biggest.endpoint)}` : `go to ${nameEnd(scene, biggest)}`;
    const text = `its biggest group of connections ${end.startsWith("came") ? end : end.replace("go", "goes")}`;
    evidence.push(sizeOf(biggest) >= open / 4 ? speaksFor(text, formatCount(sizeOf(biggest)), biggest.sockets) : speaksAgainst(`${text}, a small part`, formatCount(sizeOf(biggest)), biggest.sockets));
  }
  if (process.deadSocketInodes.length > 0) evidence.push(speaksFor("held descriptors whose socket is dead", formatCount(process.deadSocketInodes.length)));

  const held = biggest !== null && sizeOf(biggest) >= open / 4 ? biggest : null;
  return {
    cause: "descriptor-exhaustion",
    title: `${process.name} has used ${formatCount(open)} of its ${formatCount(limit)} descriptors`,
    severity: share >= AT_THE_LIMIT ? "critical" : "warning",
    confidence: share >= NEAR ? "high" : "medium",
    count: open,
    states: held === null ? {} : { ...held.states },
    process: diagnosedProcess(scene, process.pid, process.name),
    service: held === null ? null : scene.serviceOf(held),
    direction: held?.direction ?? null,
    endpoint: held?.endpoint ?? null,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence,
    lookFor: ["resource-leak", "transaction-leak", "client-churn"],
    advice: [
      "Preserve the scene first: list the descriptors (ls -l /proc/PID/fd), they say what was not closed.",
      `To gain time without a restart: prlimit --pid ${process.pid} --nofile=${formatCount(limit * 4).replaceAll(",", "")} raises the soft limit up to the hard one.`,
    ],
    snapshot: scene.index,
    sockets: held?.sockets ?? [],
  };
}

function readClimb(scene: Scene, pid: number, open: number, limit: number): { readonly fullInMs: number } | null {
  const look = scene.earlier.find((earlier) => (earlier.processes.get(pid)?.openDescriptors ?? null) !== null);
  const before = look?.processes.get(pid)?.openDescriptors ?? null;
  if (look === undefined || before === null || look.takenMs === null || scene.takenMs === null) return null;
  const grown = open - before;
  const elapsed = scene.takenMs - look.takenMs;
  // A handful more is no trend.
  if (grown < Math.max(20, limit * 0.02) || elapsed <= 0) return null;
  return { fullInMs: ((limit - open) / grown) * elapsed };
}
