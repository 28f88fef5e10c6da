import type { Diagnosis } from "../model/diagnosis";
import { formatEndpoint } from "../model/endpoint";
import type { Analysis, Finding } from "../model/finding";
import { lastLooks, placeName } from "../model/histories";
import type { Investigation } from "../model/investigation";
import { contradicting, sayAllHow } from "../model/name-agreement";
import type { Service } from "../model/service";
import { countSockets, countStates } from "../model/snapshot";
import type { LookCost, NetworkNamespace, Snapshot } from "../model/snapshot";
import type { Suspect } from "../model/suspect";
import { TCP_STATES } from "../model/tcp-state";
import { textOfTimeline } from "./timeline-text";
import type { TcpState } from "../model/tcp-state";
import { correlationsOf, textOfLogs } from "./log-text";
import { textOfPools } from "./pool-text";
import { preservedLines } from "./preserved-text";
import { printable } from "./printable";
import { stuckEdgeLines } from "./talk-picture";

export { printable };

/**
 * Reports for a terminal or a log. Host data may hold anything, escape sequences included: every text from outside goes through
 * `printable` before it reaches a terminal.
 */

const SUSPECTS_SHOWN = 10;
const BAR_WIDTH = 40;

export function formatStates(states: Readonly<Partial<Record<TcpState, number>>>): string {
  return TCP_STATES.filter((state) => states[state] !== undefined)
    .sort((a, b) => (states[b] ?? 0) - (states[a] ?? 0))
    .map((state) => `${state} ${states[state]}`)
    .join("  ");
}

/** `0.8 s`, `12 ms`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function stateBar(states: Readonly<Partial<Record<TcpState, number>>>): string {
  const total = Object.values(states).reduce((sum, count) => sum + count, 0);
  if (total === 0) return "";
  const glyphs = ["=", "#", "-", "+", "~", ":", ".", "*", "o", "x", "%"];
  const parts = TCP_STATES.filter((state) => states[state] !== undefined)
    .sort((a, b) => (states[b] ?? 0) - (states[a] ?? 0))
    .map((state, index) => (glyphs[index] ?? "?").repeat(Math.max(1, Math.round(((states[state] ?? 0) / total) * BAR_WIDTH))));
  return `[${parts.join("|")}]`;
}

function line(label: string, text: string, figure: string | null): string {
  const left = `  ${label.padEnd(8)} ${printable(text)}`;
  return figure === null ? left : `${left.padEnd(84)}  ${printable(figure)}`;
}

/** Two columns: text at the left, a note at the right edge. */
function spread(left: string, right: string): string {
  return `${left.padEnd(84)}  ${right}`;
}

/** `126 CLOSE_WAIT, outbound, held by shopd (pid 812); the peer hangs up after 60.0 s idle`. */
function diagnosisSummary(diagnosis: Diagnosis, namespace: string | null): string {
  const waiting = diagnosis.cause === "accept-queue-stalled";
  const states = TCP_STATES.filter((state) => state !== "LISTEN" && (diagnosis.states[state] ?? 0) > 0);
  const [only] = states;
  const counted =
    waiting ? `${diagnosis.count} waiting${states.length === 0 ? "" : ` (${formatStates(Object.fromEntries(states.map((state) => [state, diagnosis.states[state]])))})`}`
    : only === undefined ? `${diagnosis.count} descriptors`
    : states.length === 1 ? `${diagnosis.count} ${only}`
    : formatStates(diagnosis.states);
  const parts = [counted];
  if (diagnosis.direction !== null) parts.push(diagnosis.direction);
  // What waits in an accept queue is held by nobody: the process is the one that should take it.
  if (diagnosis.process !== null) parts.push(`${waiting ? "for" : "held by"} ${printable(diagnosis.process.name)} (pid ${diagnosis.process.pid}${diagnosis.process.container === undefined ? "" : `, in container ${printable(diagnosis.process.container)}`})`);
  if (namespace !== null && namespace !== diagnosis.process?.container) parts.push(`in ${printable(namespace)}`);
  const summary = parts.join(", ");
  return diagnosis.peerIdleTimeout === null ? summary : `${summary}; the peer hangs up after ${(diagnosis.peerIdleTimeout.medianMs / 1_000).toFixed(1)} s idle`;
}

const SOURCES_SHOWN = 6;

/** What stands at the far end by each source that knows, strongest first; what contradicts stands there too. */
function serviceLines(service: Service): string[] {
  const said = sayAllHow(service);
  const shown = said.slice(0, SOURCES_SHOWN).map((text) => line("named", text, null));
  return said.length > shown.length ? [...shown, line("named", `and ${said.length - shown.length} more (--json lists all)`, null)] : shown;
}

/** Services that two sources tell differently of, and that no cause above has shown. */
function disputedLines(investigation: Investigation): string[] {
  const shown = new Set(investigation.diagnoses.map(({ service }) => `${service?.address} ${service?.port}`));
  const disputed = investigation.services.filter((service) => contradicting(service.how).length > 0 && !shown.has(`${service.address} ${service.port}`));
  return disputed.slice(0, DISPUTED_SHOWN).map((service) => `names disagree at ${printable(formatEndpoint({ address: service.address, port: service.port, zone: null }))}: ${printable(sayAllHow(service).join("; "))}`)
    .concat(disputed.length > DISPUTED_SHOWN ? [`and names at ${disputed.length - DISPUTED_SHOWN} more endpoints (--json lists all)`] : []);
}

const DISPUTED_SHOWN = 5;
const LEFT_OUT_SHOWN = 5;

function suspectLines(suspect: Suspect, finding: Finding | undefined): string[] {
  const bar = "=".repeat(Math.round(suspect.score / 10)).padEnd(10, ".");
  const lines = [
    `  ${String(suspect.rank).padEnd(3)} ${printable(suspect.symbol)}   ${printable(suspect.file)}:${suspect.line}:${suspect.column}`,
    `      ${printable(finding?.message ?? suspect.rule)}`,
    `      [${bar}] ${suspect.reasons.map((reason) => printable(reason.text)).join("; ")}`,
  ];
  for (const step of finding?.path ?? []) lines.push(`        ${printable(step.file)}:${step.line}:${step.column}  ${printable(step.label)}`);
  return lines;
}

/** The name of the network namespace that the sockets of a diagnosis stand in; null: the look's own, or not known. */
function namespaceOf(snapshot: Snapshot | undefined, diagnosis: Diagnosis): string | null {
  const id = snapshot?.sockets[diagnosis.sockets[0] ?? -1]?.namespace ?? null;
  if (snapshot === undefined || id === null) return null;
  const namespace = snapshot.namespaces.find((one) => one.id === id);
  return namespace === undefined ? `network namespace ${id}` : namespaceLabel(namespace);
}

/** What a person reads first, in the panel's order. */
export function textOfInvestigation(investigation: Investigation): string {
  const out: string[] = [];
  const looks = lastLooks(investigation.snapshots).flatMap((index) => investigation.snapshots[index] ?? []);
  const latest = looks.map(({ source }) => source.takenAt ?? "").sort().at(-1) ?? "";
  out.push(spread(printable(investigation.targets.join(", ")), `${latest === "" ? "time unknown" : latest.slice(11, 19)} UTC, took ${formatDuration(investigation.tookMs)}`));
  for (const snapshot of looks) {
    if (looks.length > 1) out.push("", printable(placeName(snapshot)));
    out.push(...lookLines(snapshot));
  }
  if (investigation.preserved !== undefined) out.push(...preservedLines(investigation.preserved, (pid) => looks.flatMap((look) => look.processes).find((process) => process.pid === pid)?.name ?? null).map(printable));
  for (const { target, why, remedy } of investigation.unreached ?? []) out.push("", `not reached: ${printable(target)}: ${printable(why)} ${printable(remedy)}`);
  out.push("");

  if (investigation.diagnoses.length === 0) {
    out.push(looks.at(-1)?.source.format === "log" ? "Logs alone: no sockets to explain." : "Nothing wrong: no cause of stuck sockets was found here.");
  }
  for (const [index, diagnosis] of investigation.diagnoses.entries()) {
    out.push(spread(printable(diagnosis.title), `${diagnosis.confidence} confidence`));
    const where = investigation.snapshots[diagnosis.snapshot];
    if (looks.length > 1 && diagnosis.hosts === undefined && where !== undefined) out.push(line("on", placeName(where), null));
    out.push(`  ${diagnosis.hosts === undefined ? diagnosisSummary(diagnosis, namespaceOf(where, diagnosis)) : `${diagnosis.count} sockets on ${diagnosis.hosts.length} hosts`}`);
    if (diagnosis.service !== null) out.push(...serviceLines(diagnosis.service));
    for (const evidence of diagnosis.evidence) out.push(line(evidence.supports ? "for" : "against", evidence.text, evidence.figure));
    for (const text of correlationsOf(investigation.logs, index)) out.push(line("log", text, null));
    for (const advice of diagnosis.advice) out.push(line("now", advice, null));
    const suspects = investigation.suspects.filter((suspect) => suspect.diagnosis === index);
    if (suspects.length > 0) {
      out.push("  suspects");
      for (const suspect of suspects.slice(0, SUSPECTS_SHOWN)) out.push(...suspectLines(suspect, investigation.findings[suspect.finding]));
      if (suspects.length > SUSPECTS_SHOWN) out.push(`  and ${suspects.length - SUSPECTS_SHOWN} more (--json lists all)`);
    } else if (investigation.workspace === null && diagnosis.lookFor.length > 0) {
      out.push("  suspects none: no workspace was given (--workspace DIR)");
    } else if (diagnosis.lookFor.length > 0) {
      out.push("  suspects none: nothing in the workspace can cause this, as far as the rules know its libraries");
    }
    out.push("");
  }
  if (investigation.logs !== undefined) out.push(...textOfLogs(investigation.logs), "");
  if (looks.length > 1 && investigation.talk !== undefined) {
    const stuck = stuckEdgeLines(investigation.talk);
    if (stuck.length > 0) out.push("who waits for whom", ...stuck.map((text) => `  ${printable(text)}`), "");
  }
  if (investigation.timeline !== undefined) {
    const lines = textOfTimeline(investigation.timeline, printable);
    if (lines.length > 0) out.push(...lines, "");
  }
  // Where nothing is wrong and nothing moves, the size of a pool says nothing.
  const pools = investigation.diagnoses.length === 0 && investigation.timeline === undefined ? [] : textOfPools(investigation.pools ?? [], printable);
  if (pools.length > 0) out.push(...pools, "");
  out.push(...disputedLines(investigation));
  const { leftOut = [] } = investigation;
  for (const { file, reason } of leftOut.slice(0, LEFT_OUT_SHOWN)) out.push(`not read in the workspace: ${printable(file)}: ${printable(reason)}`);
  if (leftOut.length > LEFT_OUT_SHOWN) out.push(`and ${leftOut.length - LEFT_OUT_SHOWN} more files (--json lists all)`);
  for (const snapshot of looks) {
    const gaps = textOfGaps(snapshot);
    if (looks.length > 1 && gaps.length > 0) out.push(`${printable(placeName(snapshot))}:`);
    out.push(...gaps);
  }
  return `${out.join("\n").trimEnd()}\n`;
}

/** What one look brought, at a glance. */
function lookLines(snapshot: Snapshot): string[] {
  const states = countStates(snapshot);
  const out = [`${countSockets(snapshot)} sockets   ${stateBar(states)}   ${formatStates(states)}`];
  if (snapshot.summaries.length > 0) out.push(`${snapshot.sockets.length} of them are listed, the rest was counted there`);
  out.push(...namespaceLines(snapshot));
  if (snapshot.cost !== null) out.push(`the look cost ${costOf(snapshot.cost)}`);
  if (snapshot.carriedFrom !== undefined) out.push(`a brief look: names, containers, programs and dead descriptors are those of ${snapshot.carriedFrom}`);
  const offset = snapshot.clock?.offsetMs ?? 0;
  if (snapshot.clock !== null && Math.abs(offset) >= Math.max(2_000, 2 * snapshot.clock.offsetErrorMs)) out.push(`its clock is ${formatDuration(Math.abs(offset))} ${offset > 0 ? "ahead of" : "behind"} ours; times below are on its clock, as in its logs`);
  if (snapshot.machineNames !== undefined && snapshot.machineNames.length > 0) out.push(printable(snapshot.machineNames.map(({ what, value }) => `${what} ${value}`).join(", ")));
  return out;
}

/** What this look could not see, and the lines that were not understood: never silent. */
function textOfGaps(snapshot: Snapshot): string[] {
  const out: string[] = [];
  for (const missing of snapshot.missing) out.push(`not seen: ${printable(missing.what)}: ${printable(missing.why)}. ${printable(missing.remedy)}`);
  if (snapshot.skipped.length > 0) {
    out.push(`${snapshot.skipped.length} lines were not understood:`);
    for (const skipped of snapshot.skipped.slice(0, 5)) out.push(`  line ${skipped.line}: ${printable(skipped.text).slice(0, 120)}  (${skipped.reason})`);
    if (snapshot.skipped.length > 5) out.push(`  and ${snapshot.skipped.length - 5} more (--json lists all)`);
  }
  return out;
}

/** A namespace as a person calls it: by its name, else by its number. */
export function namespaceLabel(namespace: NetworkNamespace): string {
  return namespace.id === null ? "the look's own" : (namespace.name ?? `network namespace ${namespace.id}`);
}

const NAMESPACES_SHOWN = 12;

/** One line for each network namespace with sockets when there is more than one. */
function namespaceLines(snapshot: Snapshot): string[] {
  const told = snapshot.namespaces.filter((one) => one.sockets > 0 || one.id === null);
  if (told.length < 2) return [];
  const lines = told.slice(0, NAMESPACES_SHOWN).map((one) => line("in", `${namespaceLabel(one)}${one.how === null ? "" : ` (${one.how})`}`, `${one.sockets} sockets${one.readBy === null ? ", not read" : ""}`));
  if (told.length > NAMESPACES_SHOWN) lines.push(`  and ${told.length - NAMESPACES_SHOWN} more network namespaces (--json lists all)`);
  return lines;
}

/** `0.61 s there and back, 181 kB (1.9 MB before compression), 0.09 s of its CPU`. */
export function costOf(cost: LookCost): string {
  const parts = [`${formatDuration(cost.wallMs)} there and back`];
  if (cost.bytes !== null) parts.push(cost.rawBytes === null || cost.rawBytes <= cost.bytes * 1.05 ? formatBytes(cost.bytes) : `${formatBytes(cost.bytes)} (${formatBytes(cost.rawBytes)} before compression)`);
  if (cost.targetCpuMs !== null) parts.push(`${formatDuration(cost.targetCpuMs)} of its CPU`);
  return parts.join(", ");
}

function formatBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function textOfSnapshot(snapshot: Snapshot): string {
  const out: string[] = [];
  const states = countStates(snapshot);
  out.push(`${snapshot.statesOnly === null ? `${snapshot.sockets.length} sockets` : "states only"}   ${formatStates(states)}`);
  for (const socket of snapshot.sockets) {
    const owner = socket.owners[0];
    const held =
      owner !== undefined ? `${owner.process ?? "?"} (pid ${owner.pid})`
      : socket.ownership === "none" ? "no owner"
      : socket.ownership === "hidden" ? "owner unknown, not root"
      : "owner not asked";
    out.push(
      `${(socket.state ?? socket.protocol).padEnd(13)} ${String(socket.recvQueue ?? "?").padStart(7)} ${String(socket.sendQueue ?? "?").padStart(7)}  ${printable(formatEndpoint(socket.local)).padEnd(28)} ${printable(formatEndpoint(socket.remote)).padEnd(28)} ${printable(held)}`,
    );
  }
  out.push(...textOfGaps(snapshot));
  return `${out.join("\n")}\n`;
}

export function textOfAnalysis(analysis: Analysis): string {
  const out: string[] = [];
  for (const finding of analysis.findings) {
    out.push(`${printable(finding.file)}:${finding.range.start.line}:${finding.range.start.column}: ${printable(finding.message)} [${finding.rule}, ${finding.confidence} confidence]`);
    for (const step of finding.path) out.push(`    ${printable(step.file)}:${step.line}:${step.column}  ${printable(step.label)}`);
    out.push(`    ${printable(finding.advice)}`);
  }
  const { stats } = analysis;
  out.push(`${analysis.findings.length} findings in ${stats.files} files (${(stats.bytes / 1_000_000).toFixed(1)} MB; ${stats.parsed} parsed, ${stats.cached} from the cache) in ${formatDuration(stats.ms)}, engine ${stats.engine}`);
  for (const { file, reason } of stats.givenUp) out.push(`given up: ${printable(file)}: ${reason}`);
  const opaque = Object.entries(stats.opaque);
  if (opaque.length > 0) out.push(`syntax not understood: ${opaque.map(([type, count]) => `${type} (${count})`).join(", ")}`);
  return `${out.join("\n")}\n`;
}
