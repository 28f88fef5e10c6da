import type { Diagnosis } from "../model/diagnosis";
import type { LogRecords } from "../model/log-records";
import type { Snapshot } from "../model/snapshot";
import type { Target } from "../model/target";
import { formatTarget } from "../model/target";
import { look } from "../observe/look";
import type { Reach } from "../observe/targets/reach";
import { WatchedLooks } from "../observe/watched-looks";
import type { TargetAccess } from "../observe/targets/open-target";
import type { SshPrompts } from "../observe/targets/ssh/prompts";
import type { ScanOptions } from "./investigator";
import { KeptReaches } from "./kept-reaches";
import { planLogs } from "./log-plan";
import { ScannedLogs } from "./scanned-logs";

/** One look at one target, with the logs that were read beside it; null: none were. */
export interface TargetLook {
  readonly snapshot: Snapshot;
  readonly logs: readonly LogRecords[] | null;
}

/** How a target is reached. */
export interface ReachOptions extends TargetAccess {
  readonly prompts: SshPrompts;
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
}

type OpenReach = (target: Target, options: ReachOptions) => Promise<Reach>;

/** Looks at targets, and keeps what stays open between the looks of a watch: connections, what is known of each target, its logs as far as they were read. Owns the connections. */
export class TargetLooks {
  readonly #reach: OpenReach;
  readonly #now: () => number;
  readonly #kept = new KeptReaches();
  readonly #looks = new Map<string, WatchedLooks>();
  readonly #logs = new Map<string, ScannedLogs>();

  /** @param now epoch milliseconds */
  constructor(reach: OpenReach, now: () => number) {
    this.#reach = reach;
    this.#now = now;
  }

  /**
   * @param diagnose what is wrong decides whose logs are read; asked where logs are wanted, and again only when the connection was lost over them
   * @throws Failure as the Reach does
   */
  async look(target: Target, options: ScanOptions, diagnose: (seen: Snapshot) => Promise<readonly Diagnosis[]>): Promise<TargetLook> {
    const name = formatTarget(target);
    const { prompts, signal, timeLimitMs, choices, maxSockets } = options;
    const keep = options.keepConnection === true;
    options.onProgress({ phase: "reach", text: target.kind === "local" ? "Looking at this machine" : `Connecting to ${name}` });
    const key = JSON.stringify([name, options.access ?? null]);
    return this.#kept.use(
      key, keep,
      () => this.#reach(target, { ...options.access, prompts, signal, timeLimitMs }),
      async (reach) => {
        options.onProgress({ phase: "look", text: `Reading the sockets of ${name}` });
        const how = { signal, timeLimitMs, ...(choices === undefined ? {} : { choices }), ...(maxSockets === undefined ? {} : { maxSockets }) };
        const seen = await (keep ? this.#looksOf(key).look(reach, how) : look(reach, how));
        if (options.logs === undefined) return { snapshot: seen, logs: null };
        const plan = planLogs(seen, await diagnose(seen), options.logs, this.#now());
        if (plan === null) return { snapshot: seen, logs: null };
        options.onProgress({ phase: "look", text: `Reading the logs of ${name}` });
        return (keep ? this.#logsOf(key) : new ScannedLogs()).beside(seen, reach, plan, options);
      },
      () => options.onProgress({ phase: "reach", text: `The connection to ${name} was lost: connecting again` }),
    );
  }

  dispose(): Promise<void> {
    return this.#kept.dispose();
  }

  #looksOf(key: string): WatchedLooks {
    const known = this.#looks.get(key) ?? new WatchedLooks(() => performance.now());
    this.#looks.set(key, known);
    return known;
  }

  #logsOf(key: string): ScannedLogs {
    const known = this.#logs.get(key) ?? new ScannedLogs();
    this.#logs.set(key, known);
    return known;
  }
}
