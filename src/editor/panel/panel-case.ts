import { formatEndpoint } from "../../model/endpoint";
import type { Diagnosis } from "../../model/diagnosis";
import type { Investigation } from "../../model/investigation";
import { lastLooks, placeName } from "../../model/histories";
import { sayAllHow } from "../../model/name-agreement";
import type { PreservedFacts } from "../../model/preserved";
import type { Service } from "../../model/service";
import { countSockets, countStates } from "../../model/snapshot";
import type { Suspect } from "../../model/suspect";
import type { TcpState } from "../../model/tcp-state";
import { MAX_MOMENTS } from "../../protocol/panel";
import type { NO_SUSPECT_REASONS, PanelCase, PanelDiagnosis, PanelSuspect } from "../../protocol/panel";
import { clocksOf } from "../../model/line-clock";
import { toPanelLogs } from "./panel-logs";
import { toPanelTalk } from "./panel-talk";
import { toPanelTimeline } from "./panel-timeline";
import { listStates } from "./row-index";

/** Skipped lines that are sent with the case; the count says how many there are. */
const SKIPPED_SHOWN = 100;
/** Files left out that are sent with the case. */
const LEFT_OUT_SHOWN = 50;
/** A broken capture may hold lines of megabytes. */
const SKIPPED_WIDTH = 400;

export interface CaseContext {
  /** Whether a workspace folder is open, and whether it is trusted. */
  readonly workspace: "none" | "untrusted" | "trusted";
  readonly socketsNotKept: boolean;
  /** A live target can be looked at again. */
  readonly live: boolean;
}

/** Why the case shows no suspect; null when it has some. */
export function whyNoSuspect(investigation: Investigation, workspace: CaseContext["workspace"]): (typeof NO_SUSPECT_REASONS)[number] | null {
  if (investigation.suspects.length > 0) return null;
  if (investigation.diagnoses.length === 0) return "no-diagnosis";
  if (investigation.analysis !== null) return "nothing-found";
  return workspace === "untrusted" ? "not-trusted" : "no-workspace";
}

function describeService(service: Service): { name: string; how: string } {
  return { name: service.name, how: sayAllHow(service).join("; ") };
}

/** @param aheadMs of its host's clock, see `clocksOf` */
function toPanelDiagnosis(diagnosis: Diagnosis, aheadMs: number): PanelDiagnosis {
  const { process, service, endpoint } = diagnosis;
  const fallback = endpoint === null ? null : { name: formatEndpoint(endpoint), how: "" };
  return {
    cause: diagnosis.cause,
    title: diagnosis.title,
    severity: diagnosis.severity,
    confidence: diagnosis.confidence,
    count: diagnosis.count,
    states: listStates(diagnosis.states),
    direction: diagnosis.direction,
    process: process === null ? null : { pid: process.pid, name: process.name, commandLine: process.commandLine },
    service: service === null ? fallback : describeService(service),
    peerIdleMs: diagnosis.peerIdleTimeout?.medianMs ?? null,
    evidence: diagnosis.evidence.map((one) => ({ supports: one.supports, text: one.text, figure: one.figure, sockets: one.sockets.length })),
    advice: [...diagnosis.advice],
    sockets: diagnosis.hosts?.reduce((sum, host) => sum + host.sockets.length, 0) ?? diagnosis.sockets.length,
    leakMomentsMs: diagnosis.leakMomentsMs.slice(0, MAX_MOMENTS).map((ms) => ms - aheadMs),
  };
}

/** A suspect with what its finding tells: the message and the leak path. */
export function toPanelSuspect(investigation: Investigation, suspect: Suspect): PanelSuspect {
  const finding = investigation.findings[suspect.finding];
  return {
    rank: suspect.rank,
    score: suspect.score,
    symbol: suspect.symbol,
    kind: suspect.kind,
    rule: suspect.rule,
    message: finding?.message ?? "",
    diagnosis: suspect.diagnosis,
    place: { file: suspect.file, line: suspect.line, column: suspect.column },
    reasons: suspect.reasons.map((reason) => ({ points: reason.points, text: reason.text })),
    path: (finding?.path ?? []).map((step) => ({ place: { file: step.file, line: step.line, column: step.column }, label: step.label })),
  };
}

function toPanelKept({ beganMs, endedMs, pids, descriptors, threads, limits, settings, unfinished, damaged = [] }: PreservedFacts): PanelCase["kept"] {
  return {
    beganMs, tookMs: endedMs - beganMs, processes: pids.length, descriptors: descriptors.length, threads: threads.length, limits: limits.length, settings: Object.keys(settings).length,
    unfinished: unfinished.map((one) => ({ ...one })), damaged: damaged.map((one) => ({ ...one })),
  };
}

/** All that the panel shows at a glance. The size does not grow with the number of sockets. */
export function toPanelCase(investigation: Investigation, context: CaseContext): PanelCase {
  const looks = lastLooks(investigation.snapshots);
  const aheadOf = clocksOf(investigation);
  const shown = looks.flatMap((index) => investigation.snapshots[index] ?? []);
  const last = investigation.snapshots.at(-1);
  const counts: Partial<Record<TcpState, number>> = {};
  for (const snapshot of shown) for (const [state, count] of Object.entries(countStates(snapshot))) counts[state as TcpState] = (counts[state as TcpState] ?? 0) + count;
  const states = listStates(counts);
  const several = shown.length > 1;
  const target = several ? investigation.targets.join(", ") : (investigation.targets.at(-1) ?? "");
  const taken = Date.parse(last?.source.takenAt ?? (context.live ? investigation.startedAt : ""));
  const skipped = investigation.snapshots.flatMap((snapshot) => snapshot.skipped);
  return {
    name: several ? shown.map(placeName).join(", ") : (last?.hostname ?? target),
    target,
    takenAtMs: Number.isNaN(taken) ? null : taken,
    tookMs: investigation.tookMs,
    looks: investigation.snapshots.length,
    live: context.live,
    cost: last === undefined || last.cost === null ? null : { cpuMs: last.cost.targetCpuMs, bytes: last.cost.bytes, rawBytes: last.cost.rawBytes },
    sockets: shown.reduce((sum, snapshot) => sum + countSockets(snapshot), 0),
    counted: shown.reduce((sum, { summaries }) => sum + summaries.reduce((all, { count }) => all + count, 0), 0),
    states,
    diagnoses: investigation.diagnoses.map((diagnosis) => toPanelDiagnosis(diagnosis, aheadOf(investigation.snapshots[diagnosis.snapshot]?.source.target))),
    suspects: investigation.suspects.map((suspect) => toPanelSuspect(investigation, suspect)),
    noSuspect: whyNoSuspect(investigation, context.workspace),
    workspace: investigation.analysis === null ? null : {
      name: investigation.workspace ?? "",
      files: investigation.analysis.files,
      findings: investigation.findings.length,
      givenUp: investigation.analysis.givenUp.length,
    },
    missing: [
      ...(investigation.unreached ?? []).map(({ target: what, why, remedy }) => ({ what, why, remedy })),
      ...shown.flatMap((snapshot) => snapshot.missing.map((one) => ({ ...one, what: several ? `${placeName(snapshot)}: ${one.what}` : one.what }))),
    ],
    machineNames: shown.flatMap((snapshot) => (snapshot.machineNames ?? []).map(({ what, value, from }) => ({ host: several ? placeName(snapshot) : null, what, value, from }))),
    leftOut: { count: investigation.leftOut?.length ?? 0, first: (investigation.leftOut ?? []).slice(0, LEFT_OUT_SHOWN).map(({ file, reason }) => ({ file, reason })) },
    kept: investigation.preserved === undefined ? null : toPanelKept(investigation.preserved),
    skipped: {
      count: skipped.length,
      first: skipped.slice(0, SKIPPED_SHOWN).map((one) => ({ line: one.line, text: one.text.slice(0, SKIPPED_WIDTH), reason: one.reason })),
    },
    socketsNotKept: context.socketsNotKept,
    groups: investigation.groups.filter((group) => looks.includes(group.snapshot)).length,
    timeline: toPanelTimeline(investigation.timeline),
    logs: toPanelLogs(investigation.logs, aheadOf),
    talk: toPanelTalk(investigation),
  };
}
