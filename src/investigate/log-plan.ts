import type { Diagnosis } from "../model/diagnosis";
import type { Snapshot } from "../model/snapshot";

/** Whose logs are wanted, and from when. Times are epoch milliseconds on the target's clock. */
export interface LogPlan {
  readonly pids: readonly number[];
  readonly sinceMs: number;
  readonly nowMs: number;
}

const MINUTE_MS = 60_000;
/** Lines from before the first leak tell how often a kind of line comes without one. */
const BEFORE_MS = 15 * MINUTE_MS;
const AT_LEAST_MS = 60 * MINUTE_MS;
const AT_MOST_MS = 7 * 24 * 60 * MINUTE_MS;
const MOST_PIDS = 40;

/** Programs whose logs tell of others' connections: proxies, web servers, databases. */
const TELLING = /^(?:haproxy|nginx|envoy|apache2|httpd|caddy|traefik|mysqld|mariadbd|postgres|redis-server|valkey-server|mongod|php-fpm.*|pgbouncer|proxysql|rabbitmq-server|beam\.smp)$/;

/** null: nothing is wrong, or nothing tells whose logs to read. */
export function planLogs(snapshot: Snapshot, diagnoses: readonly Diagnosis[], wanted: "when-stuck" | "always", ourNowMs: number): LogPlan | null {
  if (diagnoses.length === 0 && wanted === "when-stuck") return null;
  const implicated = diagnoses.flatMap(({ process }) => (process === null ? [] : [process.pid]));
  const telling = snapshot.processes.filter(({ name }) => TELLING.test(name)).map(({ pid }) => pid);
  const listening = wanted === "always" ? snapshot.sockets.flatMap(({ state, owners }) => (state === "LISTEN" ? owners.map(({ pid }) => pid) : [])) : [];
  const pids = [...new Set([...implicated, ...telling, ...listening])].slice(0, MOST_PIDS);
  const nowMs = snapshot.clock?.targetMs ?? ourNowMs;
  const first = Math.min(nowMs, ...diagnoses.map(({ leakMomentsMs }) => leakMomentsMs[0] ?? nowMs));
  return { pids, sinceMs: Math.max(nowMs - AT_MOST_MS, Math.min(first - BEFORE_MS, nowMs - AT_LEAST_MS)), nowMs };
}
