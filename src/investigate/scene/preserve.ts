import { explain } from "../../explain/explain";
import type { Diagnosis } from "../../model/diagnosis";
import { Failure } from "../../model/failure";
import type { LogRecords } from "../../model/log-records";
import type { PreservedFacts } from "../../model/preserved";
import type { LookCost, MissingFact, Snapshot } from "../../model/snapshot";
import { formatTarget } from "../../model/target";
import { closeLook } from "../../observe/close-look";
import { look } from "../../observe/look";
import { MOST_PROCESSES } from "../../observe/probe/close-look/script";
import type { ProbeChoices } from "../../observe/probe/script";
import type { Reach } from "../../observe/targets/reach";
import { planLogs } from "../log-plan";
import { ScannedLogs } from "../scanned-logs";

/** Between two looks, so that what moves can be told from what is stuck. */
const GAP_MS = 3_000;
/** What a second look and its way back take at least. */
const LEAST_LOOK_MS = 2_000;
/** The close look takes a second on a large host; what takes longer hangs. */
const MOST_CLOSE_LOOK_MS = 8_000;
const MOST_LOGS_MS = 10_000;

export interface PreserveWork {
  readonly signal: AbortSignal;
  /** Epoch milliseconds: when it all has to be done, and when it began. */
  readonly deadlineMs: number;
  readonly beganMs: number;
  readonly now: () => number;
  readonly onStep: (text: string) => void;
  readonly choices?: ProbeChoices;
  readonly maxSockets?: number;
}

/**
 * Takes all of a scene that can be taken by reading, within the time: a look, a close look at the processes in question, their recent logs, a second look. What did
 * not finish is named. Rejects only when not even the first look was to be had.
 */
export async function preserveScene(reach: Reach, work: PreserveWork): Promise<{ readonly snapshots: readonly Snapshot[]; readonly preserved: PreservedFacts; readonly logs: readonly LogRecords[] | null }> {
  const { signal, now } = work;
  const left = (): number => work.deadlineMs - now();
  const lookFor = (ms: number): Promise<Snapshot> => look(reach, {
    signal, timeLimitMs: Math.max(1_000, ms), ...(work.choices === undefined ? {} : { choices: work.choices }), ...(work.maxSockets === undefined ? {} : { maxSockets: work.maxSockets }),
  });
  const unfinished: MissingFact[] = [];
  const later = "preserve again with a longer --time-limit; until then the rest is here";

  work.onStep("The first look");
  const firstAt = now();
  const first = await lookFor(left());
  const lookMs = now() - firstAt;
  // The second look takes as long as the first did, or a little more.
  const reserved = Math.max(LEAST_LOOK_MS, lookMs * 1.5);
  const firstEnded = now();

  const { diagnoses } = explain({ snapshots: [first], configured: [] });
  const pids = processesInQuestion(first, diagnoses);
  let close: Awaited<ReturnType<typeof closeLook>> | null = null;
  if (first.kernel?.release?.startsWith("Linux") !== true) {
    unfinished.push({ what: "descriptors, threads, limits and settings", why: "they are read from Linux's /proc, and this is no Linux", remedy: "the two looks are here" });
  } else if (left() - reserved < 1_000) {
    unfinished.push({ what: "descriptors, threads, limits and settings", why: `the first look took ${seconds(lookMs)}: no time was left`, remedy: later });
  } else {
    work.onStep(`Descriptors, threads, limits and settings of ${pids.length} processes`);
    close = await closeLook(reach, pids, { signal, timeLimitMs: Math.min(MOST_CLOSE_LOOK_MS, left() - reserved) });
    unfinished.push(...close.found.unfinished);
  }

  let logs: readonly LogRecords[] | null = null;
  const plan = planLogs(first, diagnoses, "always", now());
  if (plan !== null) {
    const spare = left() - reserved;
    if (spare < 1_000) unfinished.push({ what: "the logs", why: "no time was left", remedy: later });
    else {
      work.onStep("Recent logs");
      const read = await new ScannedLogs().beside({ ...first, missing: [] }, reach, plan, { signal, timeLimitMs: Math.min(MOST_LOGS_MS, spare) });
      ({ logs } = read);
      unfinished.push(...read.snapshot.missing);
    }
  }

  const snapshots = [first];
  const gap = Math.min(GAP_MS - (now() - firstEnded), left() - reserved);
  if (gap > 0) await pause(gap, signal);
  if (left() < Math.min(LEAST_LOOK_MS, reserved)) {
    unfinished.push({ what: "the second look", why: `the first took ${seconds(lookMs)}: no time was left`, remedy: later });
  } else {
    work.onStep("The second look");
    try {
      snapshots.push(await lookFor(left()));
    } catch (error) {
      if (!(error instanceof Failure) || error.reason === "cancelled") throw error;
      unfinished.push({ what: "the second look", why: error.message, remedy: later });
    }
  }
  const endedMs = now();
  return {
    snapshots,
    logs,
    preserved: {
      target: formatTarget(reach.target), beganMs: work.beganMs, endedMs, pids,
      descriptors: close?.found.descriptors ?? [], threads: close?.found.threads ?? [], limits: close?.found.limits ?? [], settings: close?.found.settings ?? {},
      unfinished, cost: sum([...snapshots.map((one) => one.cost), close?.cost ?? null]),
    },
  };
}

/** Those that a diagnosis speaks of or that hold a socket of one; where all is well, those with most sockets. */
function processesInQuestion(snapshot: Snapshot, diagnoses: readonly Diagnosis[]): number[] {
  const found = new Set<number>();
  for (const diagnosis of diagnoses) {
    if (diagnosis.process !== null) found.add(diagnosis.process.pid);
    for (const index of diagnosis.sockets) for (const owner of snapshot.sockets[index]?.owners ?? []) found.add(owner.pid);
  }
  const busiest = [...snapshot.processes].sort((a, b) => (b.socketDescriptors ?? 0) - (a.socketDescriptors ?? 0) || a.pid - b.pid);
  for (const process of busiest) if (diagnoses.length === 0) found.add(process.pid);
  return [...found].slice(0, MOST_PROCESSES);
}

function sum(costs: readonly (LookCost | null)[]): LookCost {
  const add = (values: readonly (number | null | undefined)[]): number | null => {
    const known = values.filter((value): value is number => typeof value === "number");
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  return {
    wallMs: add(costs.map((cost) => cost?.wallMs)) ?? 0, bytes: add(costs.map((cost) => cost?.bytes)), rawBytes: add(costs.map((cost) => cost?.rawBytes)),
    targetCpuMs: add(costs.map((cost) => cost?.targetCpuMs)),
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(new Failure("cancelled", "Cancelled", "Start it again when you like; nothing was left behind."));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
