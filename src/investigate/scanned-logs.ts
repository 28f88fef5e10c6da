import { Failure } from "../model/failure";
import type { LogRecords } from "../model/log-records";
import type { MissingFact, Snapshot } from "../model/snapshot";
import { TargetLogs } from "../observe/logs/target/target-logs";
import type { Reach } from "../observe/targets/reach";
import type { LogPlan } from "./log-plan";

/** What a connection's end means: it is for the caller, who can connect again. */
const ENDS_THE_LOOK: ReadonlySet<Failure["reason"]> = new Set(["cancelled", "connectionLost"]);

/** The logs beside one target's looks. Reading them may fail without the look: then the snapshot says what is missing. */
export class ScannedLogs {
  readonly #logs = new TargetLogs();

  async beside(snapshot: Snapshot, reach: Reach, plan: LogPlan, options: { readonly signal: AbortSignal; readonly timeLimitMs: number }): Promise<{ readonly snapshot: Snapshot; readonly logs: readonly LogRecords[] | null }> {
    const without = (...missing: MissingFact[]): Snapshot => (missing.length === 0 ? snapshot : { ...snapshot, missing: [...snapshot.missing, ...missing] });
    if (!(snapshot.kernel?.release ?? "").startsWith("Linux")) {
      return { snapshot: without({ what: "the logs", why: "they are found by what Linux tells of processes", remedy: "open the log files: leakline open SNAPSHOT LOG" }), logs: null };
    }
    try {
      const { logs, missing } = await this.#logs.read(reach, { ...plan, signal: options.signal, timeLimitMs: options.timeLimitMs });
      return { snapshot: without(...missing), logs };
    } catch (error) {
      if (!(error instanceof Failure) || ENDS_THE_LOOK.has(error.reason)) throw error;
      return { snapshot: without({ what: "the logs", why: error.message, remedy: "open the log files: leakline open SNAPSHOT LOG" }), logs: null };
    }
  }
}
