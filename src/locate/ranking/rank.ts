import type { CodeModule } from "../../model/code-module";
import type { Diagnosis } from "../../model/diagnosis";
import type { Finding } from "../../model/finding";
import type { Service } from "../../model/service";
import { lookedAtMs } from "../../model/snapshot";
import type { Snapshot } from "../../model/snapshot";
import type { Suspect, SuspectReason } from "../../model/suspect";
import { codeOfProcess, isScriptOf, startedScripts } from "./code-of-process";
import type { KnownProcess, ModuleFit } from "./code-of-process";
import { languageOfProcess, canRun } from "./language-of-process";
import { moduleOfFile } from "./module-of-file";
import { readCompany } from "./company";
import type { Company } from "./company";
import { LEAK_LINE_RULE, weighLeakLines } from "./leak-line";
import type { LeakLine } from "./leak-line";
import { processOf } from "./process-of-diagnosis";
import { weighChange } from "./recent-change";
import type { RecentChange } from "./recent-change";
import { weighService } from "./service-match";
import { weighStacks } from "./stack-near";
import type { StackedFunction } from "./stack-near";
import { WEIGHTS } from "./weights";

export interface RankInput {
  /** Root cause first, as `explain` gives them. */
  readonly diagnoses: readonly Diagnosis[];
  readonly findings: readonly Finding[];
  readonly snapshots: readonly Snapshot[];
  readonly services: readonly Service[];
  readonly modules: readonly CodeModule[];
  /** Absolute path of the workspace when the processes run on the same machine; null otherwise. */
  readonly workspaceRoot: string | null;
  /** Statements whose log lines go with leak moments; of one diagnosis the most specific first. Absent: no logs, or nothing goes with them. */
  readonly leakLines?: readonly LeakLine[];
  /** Functions that stacks pass through. Absent: none were found. */
  readonly stacks?: readonly StackedFunction[];
  /** Of findings whose lines were changed lately. Absent: not known. */
  readonly changes?: readonly RecentChange[];
}

/**
 * Joins causes and findings: one suspect for each diagnosis and each finding of a kind that the diagnosis looks for. A finding that
 * explains no diagnosis is no suspect. Scores are sums of the weights in `weights.ts`, shown within 0 to 100.
 *
 * Order: the best suspect of the first diagnosis that has any is rank 1. All others follow by score; equal scores by the order of the
 * diagnoses, then the surer rule, then file, line and column.
 */
export function rank(input: RankInput): Suspect[] {
  const homes = input.findings.map((finding) => moduleOfFile(finding.file, finding.language, input.modules));
  const company = new Map<number, Company>();
  const changes = new Map((input.changes ?? []).map((change) => [change.finding, change]));
  const suspects: Weighed[] = [];
  input.diagnoses.forEach((diagnosis, place) => {
    let around = company.get(diagnosis.snapshot);
    if (around === undefined) {
      const snapshot = input.snapshots[diagnosis.snapshot];
      const pids = new Set(input.diagnoses.flatMap((other) => (other.snapshot === diagnosis.snapshot && other.process !== null ? [other.process.pid] : [])));
      company.set(diagnosis.snapshot, (around = readCompany(snapshot, pids, input.services)));
    }
    const process = processOf(diagnosis, input.snapshots);
    const fits = process === null ? null : codeOfProcess(process, input.modules, input.workspaceRoot);
    const leakLines = linesOf(input, place);
    const stacks = (input.stacks ?? []).filter((one) => one.diagnosis === place);
    const snapshot = input.snapshots[diagnosis.snapshot];
    const startedMs = snapshot?.processes.find(({ pid }) => pid === diagnosis.process?.pid)?.startedAtMs ?? null;
    const lookedMs = snapshot === undefined ? null : lookedAtMs(snapshot);
    input.findings.forEach((finding, index) => {
      const at = diagnosis.lookFor.indexOf(finding.kind);
      if (at < 0) return;
      const reasons = [
        explains(diagnosis, finding, at),
        ...weighService(diagnosis, finding, around),
        ...weighProcess(process, finding, homes[index] ?? null, fits, input),
        ...(finding.rule === LEAK_LINE_RULE ? [] : [certainty(finding), sureness(finding)]),
        ...weighLeakLines(finding, leakLines),
        ...weighStacks(finding, stacks),
        ...weighChange(changes.get(index), startedMs, lookedMs),
      ];
      const weight = Math.max(0, Math.round(reasons.reduce((sum, reason) => sum + reason.points, 0)));
      suspects.push({
        weight,
        score: Math.min(100, weight),
        cause: diagnosis.cause,
        kind: finding.kind,
        rule: finding.rule,
        file: finding.file,
        line: finding.range.start.line,
        column: finding.range.start.column,
        symbol: finding.symbol,
        reasons,
        finding: index,
        diagnosis: place,
      });
    });
  });

  const compare = (a: Weighed, b: Weighed): number =>
    b.weight - a.weight
    || a.diagnosis - b.diagnosis
    || sure(input.findings[b.finding]) - sure(input.findings[a.finding])
    || byText(a.file, b.file)
    || a.line - b.line
    || a.column - b.column
    || a.finding - b.finding;
  suspects.sort(compare);
  const first = suspects.reduce((lowest, suspect) => Math.min(lowest, suspect.diagnosis), Infinity);
  const lead = suspects.findIndex((suspect) => suspect.diagnosis === first);
  if (lead > 0) suspects.unshift(...suspects.splice(lead, 1));
  return suspects.map(({ weight: _, ...suspect }, index) => ({ rank: index + 1, ...suspect }));
}

/**
 * The lines that go with the leak moments of a diagnosis. Where none does, those of another one of the same process and direction: what nobody accepts has not been logged yet, and
 * waits for the handlers whose lines are known.
 */
function linesOf({ diagnoses, leakLines = [] }: RankInput, place: number): readonly LeakLine[] {
  const own = leakLines.filter((line) => line.diagnosis === place);
  const diagnosis = diagnoses[place];
  if (own.length > 0 || diagnosis === undefined || diagnosis.process === null) return own;
  const { snapshot, direction, process: { pid } } = diagnosis;
  return leakLines.filter((line) => {
    const other = diagnoses[line.diagnosis];
    return other?.snapshot === snapshot && other.direction === direction && other.process?.pid === pid;
  });
}

/** A suspect before it has its place. The weight is its score where that may be above 100. */
type Weighed = Omit<Suspect, "rank"> & { readonly weight: number };

function explains(diagnosis: Diagnosis, finding: Finding, at: number): SuspectReason {
  if (finding.rule === LEAK_LINE_RULE) return { factor: "explains-cause", points: WEIGHTS.explainsByLineAlone, text: `no rule says so, but ${CAUSE_WORDS[diagnosis.cause]} come with what this function does` };
  const weights = WEIGHTS.explainsCause;
  const points = weights[Math.min(at, weights.length - 1)] ?? 0;
  return { factor: "explains-cause", points, text: `${KIND_WORDS[finding.kind]} explains ${CAUSE_WORDS[diagnosis.cause]}` };
}

const KIND_WORDS: Readonly<Record<Finding["kind"], string>> = {
  "transaction-leak": "an unfinished transaction",
  "resource-leak": "something left open",
  "blocking-in-async": "a blocking call in a coroutine",
  "no-timeout": "a call without a timeout",
  "client-churn": "a client made for each request",
  "pool-config": "the pool's settings",
  "unused-ignore": "a comment that silences nothing",
};

const CAUSE_WORDS: Readonly<Record<Diagnosis["cause"], string>> = {
  "connection-pinned": "pinned connections",
  "end-of-file-ignored": "connections that are never closed",
  "accept-queue-stalled": "connections that nobody accepts",
  "handler-stalled": "handlers that do not come back",
  "idle-timeout-mismatch": "connections that outlive the peer's patience",
  "established-growth": "idle connections that grow",
  "held-but-dead": "descriptors of dead sockets",
  "time-wait-churn": "connections opened for each request",
  "descriptor-exhaustion": "used-up descriptors",
  "connect-stalled": "connects that get no answer",
  "send-stalled": "writes that nobody takes",
  "syn-backlog": "handshakes that are not finished",
  "peer-leaks": "a peer that does not hang up",
  "shared-dependency": "waiting for a service that several hosts wait for",
  cascade: "handlers that do not come back, host after host",
  "restart-masks-leak": "connections that pile up after each start",
};

function weighProcess(process: KnownProcess | null, finding: Finding, home: number | null, fits: readonly ModuleFit[] | null, { modules, workspaceRoot }: RankInput): SuspectReason[] {
  if (process === null || fits === null) return [];
  const weights = WEIGHTS.inProcess;
  const reason = (points: number, text: string): SuspectReason[] => (points === 0 ? [] : [{ factor: "in-process", points, text }]);
  const fit = home === null ? null : (fits[home] ?? null);
  if (fit === null) {
    const runs = languageOfProcess(process);
    const can = runs === null ? null : canRun(runs, finding.language);
    if (runs === null || can === null) return runs?.language === "native" ? reason(weights.unlikely, `${process.name} ${runs.text}, and this is ${finding.language}`) : [];
    return can ? reason(Math.round(weights.fit * 0.3), `${process.name} ${runs.text}: it can be this code`) : reason(weights.cannot, `${process.name} ${runs.text}, and this is ${finding.language}`);
  }
  if (fit.fit <= -1) return reason(weights.cannot, fit.text);
  if (fit.fit < 0) return reason(weights.unlikely, fit.text);
  const module = home === null ? undefined : modules[home];
  if (module !== undefined && isScriptOf(module, finding.file)) {
    // A script that is a program of its own, and another one of its folder was started.
    const started = startedScripts(process, module, workspaceRoot);
    if (started.length > 0 && !started.includes(finding.file)) return reason(weights.elsewhere, `${process.name} was started with ${started[0] ?? ""}, and this is a program of its own`);
  }
  if (module !== undefined && fit.fit <= 0.3) {
    let better: ModuleFit | null = null;
    for (const other of fits) if (other.fit >= 0.6 && modules[other.module]?.language === module.language && other.fit > (better?.fit ?? 0)) better = other;
    const inner = better === null ? undefined : modules[better.module];
    if (better !== null && inner !== undefined) {
      // The program's folder lies in this module (Go's cmd/), so this is code that it is built from; a module without a program may be its library.
      if (module.folder === "" || inner.folder.startsWith(`${module.folder}/`)) return reason(Math.round(weights.fit * 0.6 * better.fit), `${better.text}, in the same module`);
      if (isProgram(module)) return reason(weights.elsewhere, `${better.text}, and this is elsewhere`);
    }
  }
  return reason(Math.round(weights.fit * fit.fit), fit.text);
}

function isProgram(module: CodeModule): boolean {
  return module.binaries.length > 0;
}

function certainty(finding: Finding): SuspectReason {
  const text = { path: "a path through the code leaves it open", call: "the call stands there, whatever path is taken", raise: "left open only if a call in between raises" }[finding.grade];
  return { factor: "path-certainty", points: WEIGHTS.pathCertainty[finding.grade], text };
}

function sureness(finding: Finding): SuspectReason {
  const text = { high: "the rule is sure of the types", medium: "the rule is fairly sure of the types", low: "the rule goes by names alone" }[finding.confidence];
  return { factor: "confidence", points: WEIGHTS.confidence[finding.confidence], text };
}

function sure(finding: Finding | undefined): number {
  return finding === undefined ? 0 : WEIGHTS.confidence[finding.confidence];
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
