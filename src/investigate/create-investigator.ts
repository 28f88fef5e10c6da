import { basename } from "node:path";
import { correlate } from "../explain/correlation/correlate";
import { UNKNOWN_ERROR_MS } from "../explain/correlation/windows";
import { compareCases } from "../explain/comparison/compare";
import { explain } from "../explain/explain";
import type { Explanation } from "../explain/explain";
import type { History } from "../explain/history/history";
import { pastOf } from "../explain/history/timeline";
import { findSignatures } from "../explain/log-signatures/find-signatures";
import { withSignatureEvidence } from "../explain/log-signatures/signature-evidence";
import { implicatedFolders } from "../locate/ranking/implicated-folders";
import { LEAK_LINE_RULE, findingsOfLeakLines } from "../locate/ranking/leak-line";
import type { LeakLine } from "../locate/ranking/leak-line";
import { rank } from "../locate/ranking/rank";
import type { StackedFunction } from "../locate/ranking/stack-near";
import { loadBuiltInRules } from "../locate/rules/built-in";
import { ruleIds } from "../locate/rules/rule-names";
import { Failure } from "../model/failure";
import type { Analysis } from "../model/finding";
import type { Investigation } from "../model/investigation";
import type { InvestigationLogs } from "../model/log";
import type { LogRecords } from "../model/log-records";
import type { KeptPast } from "../model/past";
import type { NamedEndpoint } from "../model/service";
import type { Snapshot } from "../model/snapshot";
import type { Target } from "../model/target";
import { formatTarget } from "../model/target";
import type { Timeline } from "../model/timeline";
import type { Reach } from "../observe/targets/reach";
import { anonymize } from "./anonymize/anonymize";
import { withFileTimes } from "./capture-times";
import { severalHosts, withCircumstances } from "./case-circumstances";
import { caseLogs } from "./case-logs";
import { factsWithPools } from "./facts-with-pools";
import type { FactsWithPools } from "./facts-with-pools";
import { MAX_HISTORY, gatherOpened } from "./gather-opened";
import type { EarlyFindings, InvestigationPhase, InvestigationStep, Investigator, OpenedFile, PreserveOptions, ScanOptions, WatchOptions } from "./investigator";
import { leakStacks } from "./leak-stacks";
import { locateLines } from "./locate-lines";
import { poolsOfProcesses } from "./pools-of-process";
import { readOpenedFile } from "./read-files";
import type { LogReading } from "./read-files";
import { RecentChanges } from "./recent-changes";
import { lookAtSet, lookTold, oneByOne, timed } from "./scan-set";
import { preserveScene } from "./scene/preserve";
import { TargetLooks } from "./target-looks";
import type { ReachOptions, TargetLook } from "./target-looks";
import { toldAgain } from "./told-again";
import { peekRecord } from "./watch/peek-record";
import { WatchRecord } from "./watch/record/set-record";
import { spreadLooks } from "./watch/spread-looks";
import { watch } from "./watch/watch";
import type { GapBefore } from "./watch/watch";
import { WatchedSet } from "./watch/watched-set";
import type { SetLook } from "./watch/watched-set";
import { WorkspaceMemory } from "./watch/workspace-memory";
import { WorkspaceCode } from "./workspace-code";
import type { WorkspaceCodeParts } from "./workspace-code";
import { WrittenBy } from "./written-by";

/** What an investigator is made of. Handed in, so that the editor, the command and the tests each bring their own. */
export interface InvestigatorParts extends WorkspaceCodeParts {
  /** Opens a connection to a target; the investigator closes it. */
  readonly reach: (target: Target, options: ReachOptions) => Promise<Reach>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export type { ReachOptions };

/** What a capture may be, for whoever brought something else. */
export const READABLE_CAPTURES = "Leakline reads ss, /proc/net/tcp, netstat of Linux, Windows, macOS, the BSDs, Solaris, AIX and HP-UX, lsof, sockstat, and PowerShell's Get-NetTCPConnection.";

/** A round of a watch waits at least so long for a target that is slower than the others, milliseconds. */
const LEAST_PATIENCE_MS = 5_000;

type Progress = (step: InvestigationStep) => void;

interface WorkspaceWork {
  /** null: no workspace. */
  readonly workspaceRoot: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
  readonly early?: EarlyFindings;
}

/** What looks before this one left behind, by target. */
interface Past {
  readonly histories?: ReadonlyMap<string, History>;
  readonly gaps?: ReadonlyMap<string, string>;
  readonly memory?: WorkspaceMemory;
  /** Of a case that was kept. */
  readonly kept?: { readonly timeline: Timeline; readonly past: KeptPast };
}

/** Why the looks are as they are, and what of the workspace it was told with. */
interface Explained extends Explanation {
  /** null: no workspace. */
  readonly facts: FactsWithPools | null;
}

/** What is left of looks at one target that are not among `snapshots`. */
function pastBesides(histories: ReadonlyMap<string, History>, snapshots: readonly Snapshot[]): { readonly past?: KeptPast } {
  const [history, ...others] = histories.values();
  return history === undefined || others.length > 0 || history.looks <= snapshots.length ? {} : { past: pastOf(history) };
}

function keptOf({ timeline, past }: Investigation): Past {
  return timeline === undefined || past === undefined ? {} : { kept: { timeline, past } };
}

export function createInvestigator(parts: InvestigatorParts): Investigator {
  const code = new WorkspaceCode(parts);
  const recentChanges = new RecentChanges();

  /** Why: with the names that the workspace's configuration gives. Adds the last look to the history that `past` hands in. */
  async function explainLooks(snapshots: readonly Snapshot[], { workspaceRoot, signal, onProgress }: WorkspaceWork, { histories: before, gaps, memory, kept }: Past): Promise<Explained> {
    signal.throwIfAborted();
    onProgress({ phase: "explain", text: "Naming services" });
    const read = (root: string): Promise<FactsWithPools> => factsWithPools(code.textEngine, root, signal);
    const facts = workspaceRoot === null ? null : await (memory === undefined ? read(workspaceRoot) : memory.facts(workspaceRoot, () => read(workspaceRoot)));
    signal.throwIfAborted();
    onProgress({ phase: "explain", text: "Looking for causes" });
    return { facts, ...explain({ snapshots, configured: facts?.configured ?? [], ...(facts === null ? {} : { poolsOf: poolsOfProcesses(facts.pools, facts.modules, workspaceRoot) }), ...(before === undefined ? {} : { histories: before }), ...(gaps === undefined ? {} : { gaps }), ...(kept === undefined ? {} : { kept }) }) };
  }

  /** Everything after the looks: why, where in the code, and which first. */
  async function investigate(
    snapshots: readonly Snapshot[],
    targets: readonly string[],
    startedAtMs: number,
    options: WorkspaceWork,
    /** null: none were looked for. */
    logRecords: readonly LogRecords[] | null = null,
    past: Past = {},
    /** These looks explained already: a history takes each look once. null: not yet. */
    already: Explained | null = null,
  ): Promise<Investigation> {
    const { workspaceRoot, signal, onProgress } = options;
    const enter = (phase: InvestigationPhase, text: string): void => {
      signal.throwIfAborted();
      onProgress({ phase, text });
    };
    const explained = already ?? await explainLooks(snapshots, options, past);
    const { facts } = explained;
    const { services, groups, talk, timeline } = explained;
    const hosts = severalHosts(snapshots);
    const signatures = logRecords === null ? [] : findSignatures(logRecords);
    const diagnoses = logRecords === null ? explained.diagnoses : withSignatureEvidence(explained.diagnoses, signatures, logRecords.map(({ source }) => source), snapshots);

    // A clean bill needs no suspect: the workspace is read only when there is something to explain by it.
    let analysis: Analysis | null = null;
    if (workspaceRoot !== null && diagnoses.some((diagnosis) => diagnosis.lookFor.length > 0)) {
      const implicated = options.early === undefined ? [] : implicatedFolders({ diagnoses, snapshots, modules: facts?.modules ?? [], workspaceRoot });
      const early = options.early === undefined ? undefined : { ...options.early, first: [...implicated, ...options.early.first] };
      const read = (): Promise<Analysis> => code.analyze(workspaceRoot, signal, onProgress, early);
      analysis = await (past.memory === undefined ? read() : past.memory.analysis(workspaceRoot, read));
    }
    let logs: InvestigationLogs | null = null;
    let leakLines: readonly LeakLine[] = [];
    let stacks: readonly StackedFunction[] = [];
    if (logRecords !== null) {
      const readable = workspaceRoot !== null && logRecords.some(({ size }) => size > 0);
      const written = readable ? await code.statementsOf(workspaceRoot, signal, onProgress) : null;
      const writtenBy = new WrittenBy(written);
      if (written !== null) stacks = leakStacks(logRecords, diagnoses, written.files, snapshots);
      enter("explain", "Looking for what goes with the leak in the logs");
      const report = correlate({
        diagnoses, logs: logRecords, statementOf: writtenBy.statementOf, momentErrorMs: ({ snapshot }) => snapshots[snapshot]?.clock?.readErrorMs ?? UNKNOWN_ERROR_MS,
        concerns: hosts.concerns,
      });
      logs = caseLogs(logRecords, diagnoses, signatures, report, writtenBy, hosts);
      leakLines = writtenBy.leakLines(report.correlations);
    }
    enter("rank", "Ranking suspects");
    const found = analysis?.findings ?? [];
    const findings = [...found, ...findingsOfLeakLines(diagnoses, found, leakLines)];
    const ranking = { diagnoses, findings, snapshots, services, modules: facts?.modules ?? [], workspaceRoot, leakLines, stacks };
    const ranked = rank(ranking);
    const changes = workspaceRoot === null ? [] : await recentChanges.of(workspaceRoot, findings, ranked, signal);
    const suspects = changes.length === 0 ? ranked : rank({ ...ranking, changes });
    const investigation: Investigation = {
      targets,
      startedAt: new Date(startedAtMs).toISOString(),
      tookMs: parts.now() - startedAtMs,
      snapshots,
      services,
      groups,
      diagnoses,
      findings,
      suspects,
      analysis: analysis?.stats ?? null,
      workspace: workspaceRoot === null ? null : basename(workspaceRoot),
      talk,
      ...(facts === null || facts.leftOut.length === 0 ? {} : { leftOut: facts.leftOut }),
      ...(facts === null || facts.pools.length === 0 ? {} : { pools: facts.pools }),
      ...(timeline === undefined ? {} : { timeline: await withCircumstances(timeline, workspaceRoot, logRecords ?? [], hosts, signal) }),
      ...(logs === null ? {} : { logs }),
      ...pastBesides(explained.histories, snapshots),
    };
    histories.set(investigation, explained.histories);
    return investigation;
  }

  const targetLooks = new TargetLooks(parts.reach, parts.now);
  /** What all looks of a case showed, target by target, for as long as the case is held: its snapshots are only some of them. */
  const histories = new WeakMap<Investigation, ReadonlyMap<string, History>>();

  /** One look at one of several targets: what is wrong with it alone decides whose logs are read. */
  function lookAt(target: Target, options: ScanOptions): Promise<TargetLook> {
    const earlier = looksBefore(target, options.previous);
    return targetLooks.look(target, options, (seen) => Promise.resolve(explain({ snapshots: spreadLooks([...earlier, seen], MAX_HISTORY), configured: [] }).diagnoses));
  }

  /** The same, its steps and its end told as that target's where somebody listens. */
  function lookAtOneOf(target: Target, options: ScanOptions): Promise<TargetLook> {
    const { onTarget } = options;
    const name = formatTarget(target);
    const told = onTarget === undefined ? options : { ...options, onProgress: ({ text }: InvestigationStep): void => onTarget({ target: name, state: "under-way", text }) };
    return lookTold(target, onTarget, () => lookAt(target, told));
  }

  /** The looks at a target before this one, as many as are kept. */
  function looksBefore(target: Target, previous: Investigation | null): readonly Snapshot[] {
    const name = formatTarget(target);
    return (previous?.snapshots ?? []).filter(({ source }) => source.target === name);
  }

  /** The case of these looks, each behind those at the same target in `options.previous`. */
  async function caseOf(targets: readonly Target[], looks: readonly (TargetLook & { readonly gap: string | null })[], startedAtMs: number, options: ScanOptions, memory?: WorkspaceMemory): Promise<Investigation> {
    const { previous } = options;
    const found = new Map(looks.map((look) => [look.snapshot.source.target, look]));
    // What was seen of a host that cannot be reached now stays in the case.
    const all = targets.flatMap((target) => {
      const now = found.get(formatTarget(target))?.snapshot;
      return spreadLooks([...looksBefore(target, previous), ...(now === undefined ? [] : [now])], MAX_HISTORY);
    });
    const before = previous === null ? undefined : histories.get(previous);
    const gaps = new Map(looks.flatMap(({ snapshot, gap }) => (gap === null ? [] : [[snapshot.source.target, gap] as const])));
    const several = targets.length > 1;
    const logs = looks.some((look) => look.logs !== null) ? looks.flatMap((look) => (look.logs ?? []).map((records) => (several ? records.onTarget(look.snapshot.source.target) : records))) : null;
    const past = { ...(before === undefined ? {} : { histories: before }), ...(gaps.size === 0 ? {} : { gaps }), ...(memory === undefined ? {} : { memory }) };
    return investigate(all, targets.map(formatTarget), startedAtMs, options, logs, past);
  }

  async function scan(target: Target, options: ScanOptions, memory?: WorkspaceMemory, gapBefore?: GapBefore): Promise<Investigation> {
    const startedAtMs = parts.now();
    const { previous } = options;
    const earlier = looksBefore(target, previous);
    const withEarlier = (seen: Snapshot): readonly Snapshot[] => spreadLooks([...earlier, seen], MAX_HISTORY);
    const before = previous === null || earlier.length === 0 ? undefined : histories.get(previous);
    let gap = options.gap ?? null;
    const pastAt = (seen: Snapshot): Past => {
      gap ??= gapBefore?.(seen) ?? null;
      return { ...(before === undefined ? {} : { histories: before }), ...(gap === null ? {} : { gaps: new Map([[formatTarget(target), gap]]) }), ...(memory === undefined ? {} : { memory }) };
    };
    let explained: Explained | null = null;
    // Asked again only when the connection was lost over the logs and the look made anew.
    const { snapshot, logs } = await targetLooks.look(target, options, async (seen) => (explained = await explainLooks(withEarlier(seen), options, pastAt(seen))).diagnoses);
    return investigate(withEarlier(snapshot), [formatTarget(target)], startedAtMs, options, logs, pastAt(snapshot), explained);
  }

  async function scanSet(targets: readonly Target[], options: ScanOptions): Promise<Investigation> {
    const startedAtMs = parts.now();
    const each = { ...options, prompts: oneByOne(options.prompts) };
    const { looks, unreached } = await lookAtSet(targets, options.signal, (target) => lookAtOneOf(target, each));
    const found = await caseOf(targets, looks.map((look) => ({ ...look, gap: options.gap ?? null })), startedAtMs, options);
    return unreached.length === 0 ? found : { ...found, unreached };
  }

  async function watchTargets(targets: readonly Target[], options: WatchOptions): Promise<Investigation | null> {
    const [target] = targets;
    if (target === undefined) throw new Failure("usage", "no target to watch", "Name one.");
    const record = options.record === undefined ? null : await WatchRecord.open(options.record, targets.map(formatTarget), new Date(parts.now()).toISOString(), options.intervalMs);
    try {
      return await (targets.length === 1 ? watchOne(target, options, record) : watchSet(targets, options, record));
    } finally {
      await record?.close();
    }
  }

  function watchOne(target: Target, options: WatchOptions, record: WatchRecord | null): Promise<Investigation | null> {
    const memory = new WorkspaceMemory(parts.now);
    const scanned = (previous: Investigation | null, gapBefore: GapBefore): Promise<Investigation> =>
      asFailure(options.signal, scan(target, { ...options, keepConnection: true, previous }, memory, gapBefore));
    return watch(scanned, { ...options, record }, parts.now);
  }

  async function watchSet(targets: readonly Target[], options: WatchOptions, record: WatchRecord | null): Promise<Investigation | null> {
    const memory = new WorkspaceMemory(parts.now);
    const prompts = oneByOne(options.prompts);
    let last: Investigation | null = null;
    let seen: readonly SetLook[] = [];
    const set = new WatchedSet(targets, {
      patienceMs: Math.max(LEAST_PATIENCE_MS, 3 * options.intervalMs), signal: options.signal, now: parts.now, onAway: options.onAway,
      lookAt: (target, signal) => lookAtOneOf(target, { ...options, prompts, signal, keepConnection: true, previous: last }),
    });
    const scanned = async (previous: Investigation | null, gapBefore: GapBefore): Promise<Investigation> => {
      const startedAtMs = parts.now();
      const { looks, unreached } = await asFailure(options.signal, set.round(gapBefore));
      seen = looks;
      const found = await asFailure(options.signal, caseOf(targets, looks, startedAtMs, { ...options, previous }, memory));
      return (last = unreached.length === 0 ? found : { ...found, unreached });
    };
    try {
      return await watch(scanned, { ...options, record, newLooks: () => seen }, parts.now);
    } finally {
      await set.dispose();
    }
  }

  async function preserve(target: Target, options: PreserveOptions): Promise<Investigation> {
    const startedAtMs = parts.now();
    const name = formatTarget(target);
    const { prompts, waitedMs } = timed(options.prompts, parts.now);
    options.onProgress({ phase: "reach", text: target.kind === "local" ? "Looking at this machine" : `Connecting to ${name}` });
    const reach = await parts.reach(target, { ...options.access, prompts, signal: options.signal, timeLimitMs: options.timeLimitMs });
    try {
      const { snapshots, preserved, logs } = await preserveScene(reach, {
        signal: options.signal, beganMs: startedAtMs, deadlineMs: startedAtMs + waitedMs() + options.timeLimitMs, now: parts.now,
        onStep: (text) => options.onProgress({ phase: "look", text }),
        ...(options.choices === undefined ? {} : { choices: options.choices }), ...(options.maxSockets === undefined ? {} : { maxSockets: options.maxSockets }),
      });
      return { ...(await investigate(snapshots, [name], startedAtMs, options, logs)), preserved };
    } finally {
      await reach.close();
    }
  }

  async function open(files: readonly OpenedFile[], options: Parameters<Investigator["open"]>[1]): Promise<Investigation> {
    const startedAtMs = parts.now();
    const { snapshots, targets, named, logs, saved, preserved, modified, records } = await gatherOpened(files, { ...options, logReading: logReading(options), textEngine: code.textEngine });
    if (records.length > 0) {
      if (records.length + logs.length + named.length < files.length) throw new Failure("usage", `${files.map(({ name }) => name).join(", ")}: records of watches are opened alone, or with logs`, "Open them by themselves.");
      const past = { histories: new Map(records.map(({ target, history }) => [target, history])), gaps: new Map(records.flatMap(({ target, gap }) => (gap === null ? [] : [[target, gap] as const]))) };
      return investigate(withNames(records.flatMap((record) => record.snapshots), named), records.map(({ target }) => target), startedAtMs, options, logs.length === 0 ? null : logs, past);
    }
    const [colleagues, ...others] = saved;
    if (colleagues !== undefined) {
      // A colleague's case is shown as it was. With a workspace at hand the code is searched anew: it may be another version. Logs can be brought to it.
      if (saved.length + logs.length < files.length) {
        throw new Failure("usage", `${files.map(({ name }) => name).join(", ")}: saved investigations are opened alone, or with logs`, "Open them without captures; captures can be opened several at a time, oldest first.");
      }
      if (others.length > 0) {
        const together = await investigate(saved.flatMap((one) => one.snapshots), [...new Set(saved.flatMap((one) => one.targets))], startedAtMs, options, logs.length === 0 ? null : logs);
        const unreached = saved.flatMap((one) => one.unreached ?? []);
        return unreached.length === 0 ? together : { ...together, unreached };
      }
      if (options.workspaceRoot === null && logs.length === 0) return colleagues;
      return toldAgain(await investigate(colleagues.snapshots, colleagues.targets, startedAtMs, options, logs.length === 0 ? null : logs, keptOf(colleagues)), colleagues);
    }
    if (snapshots.length === 0 && logs.length > 0) return investigate([logsAlone(logs)], logs.map(({ source }) => source.name), startedAtMs, options, logs);
    if (snapshots.length === 0 && named.length > 0) {
      throw new Failure("usage", `${files.map(({ name }) => name).join(", ")}: names of a cluster, and no sockets to name`, "Open it together with a capture or a saved snapshot: leakline open CAPTURE NAMES.json");
    }
    if (snapshots.length === 0) throw new Failure("usage", "nothing to open", "Name a capture (output of ss, netstat, Get-NetTCPConnection, /proc/net/tcp) or a saved investigation.");
    if (snapshots.every((snapshot) => snapshot.sockets.length === 0 && snapshot.statesOnly === null)) {
      const skipped = snapshots.reduce((sum, snapshot) => sum + snapshot.skipped.length, 0);
      throw new Failure(
        "notUnderstood",
        `${targets.join(", ")}: no socket in it (${skipped} lines not understood)`,
        `${READABLE_CAPTURES} \`leakline parse FILE --json\` lists the lines that were not understood.`,
      );
    }
    const told = withFileTimes(withNames(snapshots, named), modified);
    const investigation = await investigate(told, targets, startedAtMs, options, logs.length === 0 ? null : logs);
    return preserved === null ? investigation : { ...investigation, preserved };
  }

  const logReading = ({ logZone }: { readonly logZone?: string }): LogReading => ({ nowMs: parts.now(), zone: logZone ?? null });

  return {
    scan: (target, options) => asFailure(options.signal, scan(target, options)),
    scanSet: (targets, options) => asFailure(options.signal, scanSet(targets, options)),
    compare: (before, after, options) => asFailure(options.signal, Promise.all([open([before], options), open([after], options)]).then(([old, now]) => compareCases(old, now))),
    preserve: (target, options) => asFailure(options.signal, preserve(target, options)),
    watch: (targets, options) => asFailure(options.signal, watchTargets(targets, options)),
    open: (files, options) => asFailure(options.signal, open(files, options)),
    async parse(given, options) {
      const { record, file } = await peekRecord(given);
      if (record) throw new Failure("usage", `${file.name}: a record of a watch, not one capture or log`, "Use `leakline open` for it.");
      const content = await asFailure(options.signal, readOpenedFile(file, options.signal, logReading(options)));
      if (content.kind === "snapshot" || content.kind === "log") return content;
      throw new Failure("usage", `${file.name}: ${content.kind === "names" ? "names of a cluster" : content.kind === "scene" ? "a preserved scene" : "a saved investigation"}, not one capture or log`, "Use `leakline open` for it.");
    },
    async locateLines(file, root, options) {
      const workspace = await asFailure(options.signal, code.statements(root, options.signal, options.onProgress));
      const content = await asFailure(options.signal, readOpenedFile(file, options.signal, { ...logReading(options), surely: true }));
      if (content.kind !== "log") throw new Failure("usage", `${file.name}: not a log`, "Name a log file.");
      return locateLines(content.records, workspace);
    },
    statements: (root, options) => asFailure(options.signal, code.statements(root, options.signal, options.onProgress)),
    analyze: (root, options) => asFailure(options.signal, code.analyze(root, options.signal, options.onProgress, options.early)),
    update: (root, files, options) => asFailure(options.signal, code.update(root, files, options.signal, options.onProgress)),
    withCode: (investigation, root, analysis, signal) => asFailure(signal, code.withCode(investigation, root, analysis, signal)),
    fix: (root, analysis, signal) => asFailure(signal, code.fix(root, analysis, signal)),
    rules: (root) => code.rulesInForce(root),
    tryRules: (files) => code.tryRules(files),
    anonymize: (investigation) => anonymize(investigation, publicRuleNames()),
    async dispose() {
      await targetLooks.dispose();
      await code.dispose();
    },
  };
}

function withNames(snapshots: readonly Snapshot[], named: readonly NamedEndpoint[]): readonly Snapshot[] {
  return named.length === 0 ? snapshots : snapshots.map((snapshot) => ({ ...snapshot, namedEndpoints: [...(snapshot.namedEndpoints ?? []), ...named] }));
}

/** Logs that are opened without a capture stand beside a look that saw nothing. */
function logsAlone(logs: readonly LogRecords[]): Snapshot {
  return {
    source: { format: "log", target: logs.map(({ source }) => source.name).join(", "), takenAt: null },
    sockets: [], statesOnly: null, processes: [], kernel: null, clock: null, privilege: null, hostname: null, hostNames: [], namespaces: [], summaries: [], ownAddresses: [], skipped: [],
    missing: [{ what: "the sockets", why: "only logs were opened", remedy: "open a capture or a saved investigation of the same time with them: leakline open CAPTURE LOG" }],
    cost: null,
  };
}

/** Rules that everybody has, as opposed to a workspace's own. */
function publicRuleNames(): ReadonlySet<string> {
  return new Set([LEAK_LINE_RULE, ...loadBuiltInRules().flatMap(ruleIds)]);
}

/** Whatever an abort surfaces as (an AbortError, a reason) leaves as one `Failure("cancelled")`. */
async function asFailure<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (signal.aborted) throw new Failure("cancelled", "Cancelled", "Start it again when you like; nothing was left behind.", { cause: error });
    throw error;
  }
}
