import type { Diagnosis, Evidence } from "../../model/diagnosis";
import type { Confidence } from "../../model/finding";
import { ephemeralRange, toldPortRange } from "../ephemeral-ports";
import { countOf, formatCount, formatShare } from "../figures";
import type { Group } from "../groups";
import { sizeOf } from "../groups";
import type { Scene } from "../scene";
import { nameEnd, socketAt } from "../scene";
import { speaksAgainst, speaksFor } from "./cause";
import type { CauseReader } from "./cause";
import { diagnosedProcess, sayProcess } from "./diagnosed-process";

/** Below this a busy client's ordinary turnover explains it. */
const WORTH_SAYING = 1000;
const COUNTED_ONLY = 10_000;
/** TCP_TIMEWAIT_LEN of the Linux kernel (include/net/tcp.h), seconds. */
const TIME_WAIT_SECONDS = 60;

/**
 * Many TIME_WAITs towards one remote end (docs/sockets.md section 7): this side opens and closes a connection for each request. Each one keeps
 * a local port for a minute, and the ports towards one remote address and port are bounded by `ip_local_port_range`.
 */
export const timeWaitChurn: CauseReader = {
  cause: "time-wait-churn",
  diagnose: (scene) => {
    const counted = diagnoseCountedOnly(scene);
    return counted !== null ? [counted] : scene.groups.flatMap((group) => diagnoseGroup(scene, group) ?? []);
  },
};

function diagnoseGroup(scene: Scene, group: Group): Diagnosis | null {
  const count = group.states.TIME_WAIT ?? 0;
  if (group.direction !== "outbound" || count < WORTH_SAYING) return null;
  const [low, high] = ephemeralRange(scene.snapshot, group.namespace);
  const ports = high - low + 1;
  const share = count / ports;
  const told = toldPortRange(scene.snapshot, group.namespace) !== null;
  const sockets = group.sockets.filter((index) => socketAt(scene, index).state === "TIME_WAIT");
  // TIME_WAIT has no owner: the process that also holds live connections to the same end is the one.
  const owners = scene.groups.filter((other) => other.pid !== null && other.direction === "outbound" && other.namespace === group.namespace
    && other.endpoint.address === group.endpoint.address && other.endpoint.port === group.endpoint.port);
  const owner = owners.length === 1 ? owners[0] : undefined;
  const evidence: Evidence[] = [
    speaksFor("connections to this one end were closed by this side within the last minute", `${formatCount(count)} TIME_WAIT`, sockets),
    speaksFor("that is a new connection, opened and closed again", `about ${formatCount(count / TIME_WAIT_SECONDS)} a second`, sockets),
  ];
  const ends = `${formatShare(count, ports)} of ${formatCount(ports)} local ports`;
  if (share >= 0.25) evidence.push(speaksFor("local ports towards this end run out", ends, sockets));
  else evidence.push(speaksAgainst("local ports towards this end are not short yet", ends, sockets));
  if (!told) evidence.push(speaksAgainst("the port range of this host was not read: the system's default is taken", `${low} to ${high}`));
  if (owner !== undefined) evidence.push(speaksFor(`${owner.process ?? "?"} (pid ${owner.pid}) is the only process with other connections to this end`, countOf(sizeOf(owner), "connection"), owner.sockets));
  else evidence.push(speaksAgainst("which process did it is not known: TIME_WAIT belongs to the kernel", owners.length > 1 ? `${owners.length} processes speak to this end` : null, sockets));

  const confidence: Confidence = share >= 0.25 ? "high" : "medium";
  const process = owner === undefined ? null : diagnosedProcess(scene, owner.pid, owner.process);
  return {
    cause: "time-wait-churn",
    title: `A new connection to ${nameEnd(scene, group)} for each request: ${formatCount(count)} wait in TIME_WAIT`,
    severity: share >= 0.7 ? "critical" : share >= 0.25 ? "warning" : "notice",
    confidence,
    count,
    states: { TIME_WAIT: count },
    process,
    service: scene.serviceOf(group),
    direction: "outbound",
    endpoint: group.endpoint,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence,
    lookFor: ["client-churn"],
    advice: [
      `Make one client, session or pool when ${process === null ? "the program" : sayProcess(process)} starts, and use it for every request.`,
      "Keep keep-alive on, and read each response to its end, or the connection cannot be used again.",
      "If ports run out right now, widen net.ipv4.ip_local_port_range; net.ipv4.tcp_tw_reuse=1 helps outgoing connections.",
    ],
    snapshot: scene.index,
    sockets,
  };
}

function diagnoseCountedOnly(scene: Scene): Diagnosis | null {
  const counts = scene.snapshot.statesOnly;
  const count = counts?.TIME_WAIT ?? 0;
  if (counts === null || count < COUNTED_ONLY) return null;
  return {
    cause: "time-wait-churn",
    title: `${formatCount(count)} connections wait in TIME_WAIT: each request may open its own`,
    severity: "notice",
    confidence: "low",
    count,
    states: { TIME_WAIT: count },
    process: null,
    service: null,
    direction: null,
    endpoint: null,
    peerIdleTimeout: null,
    leakMomentsMs: [],
    evidence: [
      speaksFor("connections were closed by this side within the last minute", `${formatCount(count)} TIME_WAIT`),
      speaksAgainst("only counts are known: towards one end or many, and opened by which side, cannot be told", null),
    ],
    lookFor: ["client-churn"],
    advice: ["Take a full look (ss -tan): when most of them share one remote end, a client opens a connection for each request."],
    snapshot: scene.index,
    sockets: [],
  };
}
