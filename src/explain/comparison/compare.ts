import type { Change, ComparedCause, ComparedGroup, ComparedProcess, ComparedSetting, Comparison } from "../../model/comparison";
import type { Diagnosis } from "../../model/diagnosis";
import { formatEndpoint } from "../../model/endpoint";
import { historiesOf, placeName } from "../../model/histories";
import type { ConnectionGroup, Investigation } from "../../model/investigation";
import type { Process } from "../../model/process";
import type { Snapshot } from "../../model/snapshot";
import type { TcpState } from "../../model/tcp-state";

/** Fewer sockets of a cause than this more or less is how it breathes. */
const SMALL_CHANGE = 3;
const SMALL_SHARE = 0.1;
/** A group that grew by less is no news. */
const SMALL_GROUP = 2;

/** One host's last look in a case. */
interface Side {
  readonly name: string;
  readonly index: number;
  readonly snapshot: Snapshot;
}

/**
 * What appeared, went and grew from one case to another of the same hosts: two preserved scenes, or two investigations. Hosts are matched by
 * target, then by host name; a single host on each side is matched whatever it is called.
 */
export function compareCases(before: Investigation, after: Investigation): Comparison {
  const { pairs, unmatched } = matchHosts(sidesOf(before), sidesOf(after));
  const causes = compareCauses(before, after, pairs);
  const groups = pairs.flatMap(([old, now]) => compareGroups(before, after, old, now));
  const processes = pairs.flatMap(([old, now]) => compareProcesses(old, now, before, after));
  return {
    targets: { before: before.targets, after: after.targets },
    takenAt: { before: lastTaken(before), after: lastTaken(after) },
    worse: causes.some(({ change }) => change === "new" || change === "worse"),
    causes,
    groups: groups.sort((a, b) => Math.abs(difference(b.total)) - Math.abs(difference(a.total))),
    processes,
    settings: pairs.flatMap(([old, now]) => compareSettings(old, now, before, after)),
    counters: pairs.flatMap(([old, now]) => compareCounters(old, now)),
    unmatched,
  };
}

function sidesOf({ snapshots }: Investigation): Side[] {
  return historiesOf(snapshots).map((history) => {
    const index = history[history.length - 1] as number;
    const snapshot = snapshots[index] as Snapshot;
    return { name: placeName(snapshot), index, snapshot };
  });
}

function matchHosts(before: readonly Side[], after: readonly Side[]): { readonly pairs: readonly (readonly [Side, Side])[]; readonly unmatched: Comparison["unmatched"] } {
  const pairs: (readonly [Side, Side])[] = [];
  const left = new Set(before);
  const open = new Set(after);
  const pair = (fits: (old: Side, now: Side) => boolean): void => {
    for (const now of [...open]) {
      const old = [...left].find((one) => fits(one, now));
      if (old === undefined) continue;
      pairs.push([old, now]);
      left.delete(old);
      open.delete(now);
    }
  };
  pair((old, now) => old.snapshot.source.target === now.snapshot.source.target && (old.snapshot.hostname === null || old.snapshot.hostname === now.snapshot.hostname));
  pair((old, now) => old.snapshot.hostname !== null && old.snapshot.hostname === now.snapshot.hostname);
  pair((old, now) => old.snapshot.source.target === now.snapshot.source.target);
  if (before.length === 1 && after.length === 1) pair(() => true);
  return { pairs, unmatched: { before: [...left].map(({ name }) => name), after: [...open].map(({ name }) => name) } };
}

/** The same cause at the same place, whatever the pid is now. */
function causeKey(diagnosis: Diagnosis): string {
  const { cause, direction, endpoint, process } = diagnosis;
  const place = endpoint === null ? "" : direction === "inbound" ? String(endpoint.port) : formatEndpoint(endpoint);
  return `${cause} ${direction ?? ""} ${place} ${diagnosis.hosts === undefined ? (process?.name ?? "") : ""}`;
}

function compareCauses(before: Investigation, after: Investigation, pairs: readonly (readonly [Side, Side])[]): ComparedCause[] {
  const compared: ComparedCause[] = [];
  const compareLists = (host: string, old: readonly Diagnosis[], now: readonly Diagnosis[]): void => {
    const left = new Map<string, Diagnosis>();
    for (const one of old) left.set(causeKey(one), one);
    for (const one of now) {
      const was = left.get(causeKey(one));
      left.delete(causeKey(one));
      if (was === undefined) compared.push({ change: "new", cause: one.cause, host, title: one.title, count: { before: null, after: one.count } });
      else compared.push({ change: grown(was.count, one.count), cause: one.cause, host, title: one.title, count: { before: was.count, after: one.count } });
    }
    for (const one of left.values()) compared.push({ change: "gone", cause: one.cause, host, title: one.title, count: { before: one.count, after: null } });
  };
  compareLists("all hosts", before.diagnoses.filter((one) => one.hosts !== undefined), after.diagnoses.filter((one) => one.hosts !== undefined));
  for (const [old, now] of pairs) {
    compareLists(now.name, before.diagnoses.filter((one) => one.hosts === undefined && one.snapshot === old.index), after.diagnoses.filter((one) => one.hosts === undefined && one.snapshot === now.index));
  }
  const rank = { new: 0, worse: 1, same: 2, better: 3, gone: 4 } as const;
  return compared.sort((a, b) => rank[a.change] - rank[b.change]);
}

function grown(before: number, after: number): "worse" | "better" | "same" {
  const step = after - before;
  if (Math.abs(step) < Math.max(SMALL_CHANGE, before * SMALL_SHARE)) return "same";
  return step > 0 ? "worse" : "better";
}

interface GroupSum {
  readonly group: ConnectionGroup;
  readonly states: Partial<Record<TcpState, number>>;
}

function groupsOf({ groups }: Investigation, side: Side): Map<string, GroupSum> {
  const found = new Map<string, GroupSum>();
  for (const group of groups) {
    if (group.snapshot !== side.index) continue;
    // Pids change with a restart: a group is its program.
    const key = `${group.direction ?? "-"} ${group.process ?? "-"} ${formatEndpoint(group.endpoint)} ${group.states.LISTEN === undefined ? "" : "LISTEN"}`;
    const sum = found.get(key) ?? { group, states: {} };
    for (const [state, count] of Object.entries(group.states)) sum.states[state as TcpState] = (sum.states[state as TcpState] ?? 0) + count;
    found.set(key, sum);
  }
  return found;
}

function compareGroups(before: Investigation, after: Investigation, old: Side, now: Side): ComparedGroup[] {
  const was = groupsOf(before, old);
  const is = groupsOf(after, now);
  const compared: ComparedGroup[] = [];
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [a, b] = [was.get(key), is.get(key)];
    const group = (b ?? a)?.group;
    if (group === undefined) continue;
    const states: Partial<Record<TcpState, Change>> = {};
    let moved = 0;
    for (const state of new Set([...Object.keys(a?.states ?? {}), ...Object.keys(b?.states ?? {})]) as Set<TcpState>) {
      const change = { before: a?.states[state] ?? 0, after: b?.states[state] ?? 0 };
      if (change.before === change.after) continue;
      states[state] = change;
      moved += Math.abs(difference(change));
    }
    if (a !== undefined && b !== undefined && moved < SMALL_GROUP) continue;
    compared.push({
      change: a === undefined ? "appeared" : b === undefined ? "went" : "changed", host: now.name, direction: group.direction, process: group.process, endpoint: group.endpoint, states,
      total: { before: a === undefined ? null : sumOf(a.states), after: b === undefined ? null : sumOf(b.states) },
    });
  }
  return compared;
}

/** The oldest process of each program stands for it: its workers come and go. */
function mainProcesses({ snapshot }: Side): Process[] {
  const main = new Map<string, Process>();
  for (const process of snapshot.processes) {
    const key = `${process.name} ${process.commandLine ?? ""}`;
    const known = main.get(key);
    if (known === undefined || (process.startedAtMs ?? Infinity) < (known.startedAtMs ?? Infinity) || (process.startedAtMs === known.startedAtMs && process.pid < known.pid)) main.set(key, process);
  }
  return [...main.values()];
}

/** The same program on both sides: by its command line, else by its name where one of that name is left on each (it was started otherwise). */
function pairProcesses(old: readonly Process[], now: readonly Process[]): (readonly [Process | undefined, Process | undefined])[] {
  const pairs: (readonly [Process | undefined, Process | undefined])[] = [];
  const left = new Set(old);
  const open = new Set(now);
  const pair = (key: (process: Process) => string): void => {
    for (const process of [...open]) {
      const fits = [...left].filter((one) => key(one) === key(process));
      if (fits[0] === undefined || (fits.length > 1 && !fits.some((one) => one.pid === process.pid))) continue;
      const was = fits.find((one) => one.pid === process.pid) ?? fits[0];
      pairs.push([was, process]);
      left.delete(was);
      open.delete(process);
    }
  };
  pair((process) => `${process.name} ${process.commandLine ?? ""}`);
  pair((process) => process.name);
  return [...pairs, ...[...left].map((process) => [process, undefined] as const), ...[...open].map((process) => [undefined, process] as const)];
}

/** A start time is known to a hundredth of a second, and to what the two clocks disagree. */
const SAME_START_MS = 5_000;

function compareProcesses(old: Side, now: Side, before: Investigation, after: Investigation): ComparedProcess[] {
  const compared: ComparedProcess[] = [];
  for (const [a, b] of pairProcesses(mainProcesses(old), mainProcesses(now))) {
    const name = b?.name ?? a?.name ?? "?";
    const add = (change: ComparedProcess["change"], text: string): void => void compared.push({ change, host: now.name, name, pid: { before: a?.pid ?? null, after: b?.pid ?? null }, text });
    if (a === undefined) {
      if (b !== undefined) add("started", b.commandLine ?? name);
      continue;
    }
    if (b === undefined) {
      add("ended", a.commandLine ?? name);
      continue;
    }
    const restarted = a.pid !== b.pid || (a.startedAtMs !== null && b.startedAtMs !== null && Math.abs(b.startedAtMs - a.startedAtMs) > SAME_START_MS);
    if (restarted) add("restarted", b.startedAtMs === null ? `pid ${a.pid} to ${b.pid}` : `started ${new Date(b.startedAtMs).toISOString()}`);
    const program = [...told("exe", a.exe, b.exe), ...told("command line", a.commandLine, b.commandLine), ...told("says of itself", identityOf(a), identityOf(b))];
    if (program.length > 0) add("program-changed", program.join("; "));
    const limits = [...told("open files (soft)", numberText(a.descriptorLimit), numberText(b.descriptorLimit)), ...keptLimits(before, after, a.pid, b.pid)];
    if (limits.length > 0) add("limits-changed", limits.join("; "));
    const step = (b.openDescriptors ?? 0) - (a.openDescriptors ?? 0);
    if (a.openDescriptors !== null && b.openDescriptors !== null && Math.abs(step) >= Math.max(10, a.openDescriptors / 5)) add("descriptors-changed", `${a.openDescriptors} to ${b.openDescriptors} open descriptors`);
  }
  return compared;
}

function identityOf(process: Process): string | null {
  return process.identity === undefined ? null : process.identity.map(({ kind, value }) => `${kind} ${value}`).join(", ");
}

function keptLimits(before: Investigation, after: Investigation, oldPid: number, nowPid: number): string[] {
  const old = before.preserved?.limits.filter(({ pid }) => pid === oldPid) ?? [];
  const now = after.preserved?.limits.filter(({ pid }) => pid === nowPid) ?? [];
  return now.flatMap((limit) => {
    const was = old.find(({ name }) => name === limit.name);
    return was === undefined || limit.name === "Max open files" ? [] : told(limit.name, `${was.soft}/${was.hard}`, `${limit.soft}/${limit.hard}`);
  });
}

function told(what: string, before: string | null, after: string | null): string[] {
  return before === null || after === null || before === after ? [] : [`${what} ${before} to ${after}`];
}

function numberText(value: number | null): string | null {
  return value === null ? null : String(value);
}

/** They count by themselves: nobody has set them. */
const GAUGES = /^(?:fs\.(?:file-nr|inode-nr|inode-state|dentry-state|aio-nr)|net\.netfilter\.nf_conntrack_count|kernel\.(?:ns_last_pid|pty\.nr|perf_event_max_sample_rate|tainted)|vm\.(?:stat_refresh|compact_memory))$/;

function compareSettings(old: Side, now: Side, before: Investigation, after: Investigation): ComparedSetting[] {
  const settings = (side: Side, { preserved }: Investigation): ReadonlyMap<string, string> => {
    const { kernel } = side.snapshot;
    const all = new Map(Object.entries(kernel?.settings ?? {}).map(([name, value]) => [name, String(value)]));
    if (kernel !== null && kernel.localPortRange !== null) all.set("net.ipv4.ip_local_port_range", kernel.localPortRange.join(" "));
    if (preserved?.target === side.snapshot.source.target) for (const [name, value] of Object.entries(preserved.settings)) all.set(name, value.split(/\s+/).join(" "));
    return all;
  };
  const was = settings(old, before);
  const is = settings(now, after);
  // What only one of the two has read is not known to differ.
  return [...is].flatMap(([name, value]) => {
    const earlier = was.get(name);
    return earlier === undefined || earlier === value || GAUGES.test(name) ? [] : [{ host: now.name, name, before: earlier, after: value }];
  });
}

function compareCounters(old: Side, now: Side): Comparison["counters"] {
  const was = old.snapshot.kernel?.counters ?? {};
  const is = now.snapshot.kernel?.counters ?? {};
  return Object.entries(is).flatMap(([name, after]) => {
    const before = was[name];
    return before === undefined || before === after ? [] : [{ host: now.name, name, before, after, restarted: after < before && TELLING.has(name) }];
  });
}

/** Counters that only ever grow while a machine is up. */
const TELLING: ReadonlySet<string> = new Set(["TcpActiveOpens", "TcpPassiveOpens", "TcpInSegs", "TcpOutSegs", "TcpExtListenOverflows", "TcpExtListenDrops"]);

function sumOf(states: Readonly<Partial<Record<TcpState, number>>>): number {
  return Object.values(states).reduce((total, count) => total + count, 0);
}

function difference({ before, after }: Change): number {
  return (after ?? 0) - (before ?? 0);
}

function lastTaken({ snapshots }: Investigation): string | null {
  return snapshots.map(({ source }) => source.takenAt ?? "").sort().at(-1) || null;
}
