import type { Change, ComparedGroup, Comparison } from "../model/comparison";
import { formatEndpoint } from "../model/endpoint";
import { TCP_STATES } from "../model/tcp-state";
import { printable } from "./printable";

const GROUPS_SHOWN = 30;
const PROCESSES_SHOWN = 40;

/** Counters that say something of stuck sockets; the others are in the JSON. */
const COUNTERS_SHOWN = /^(?:Tcp(?:CurrEstab|AttemptFails|EstabResets|RetransSegs)|TcpExt(?:ListenOverflows|ListenDrops|TCPTimeouts|TCPAbort\w+|TW|TCPBacklogDrop|PruneCalled|TCPMemoryPressures|TCPReqQFull\w+))$/;

/** What has changed, for a person: causes first, then sockets, processes, settings, counters. */
export function textOfComparison(comparison: Comparison): string {
  const { targets, takenAt, causes, groups, processes, settings, counters, unmatched } = comparison;
  const out: string[] = [`${targets.before.join(", ")} (${takenAt.before ?? "time unknown"}) against ${targets.after.join(", ")} (${takenAt.after ?? "time unknown"})`, ""];
  const section = (title: string, lines: readonly string[], most = Infinity): void => {
    if (lines.length === 0) return;
    out.push(title, ...lines.slice(0, most).map((line) => `  ${line}`));
    if (lines.length > most) out.push(`  and ${lines.length - most} more (--json lists all)`);
    out.push("");
  };
  section("causes", causes.map(({ change, title, host, count }) => `${change.padEnd(7)} ${title} (${host}): ${sayChange(count)}`));
  if (causes.length === 0) out.push("No cause of stuck sockets, neither then nor now.", "");
  section("sockets", groups.map(sayGroup), GROUPS_SHOWN);
  section("processes", processes.map(({ change, name, host, text }) => `${change.padEnd(19)} ${name} (${host}): ${text}`), PROCESSES_SHOWN);
  section("settings", settings.map(({ name, host, before, after }) => `${name} (${host}): ${before ?? "-"} to ${after ?? "-"}`), PROCESSES_SHOWN);
  section("counters", counters.filter(({ name, restarted }) => restarted || COUNTERS_SHOWN.test(name)).map(({ name, host, before, after, restarted }) => (
    restarted ? `${name} (${host}): ${before} to ${after}: the machine was restarted` : `${name} (${host}): ${after - before >= 0 ? "+" : ""}${after - before}`)));
  section("only in one of them", [...unmatched.before.map((host) => `${host}: then`), ...unmatched.after.map((host) => `${host}: now`)]);
  out.push(comparison.worse ? "Something got worse." : "Nothing got worse.");
  return `${out.map(printable).join("\n")}\n`;
}

function sayChange({ before, after }: Change): string {
  if (before === null) return String(after);
  if (after === null) return `${before}, gone`;
  return before === after ? String(after) : `${before} to ${after}`;
}

function sayGroup({ change, host, direction, process, endpoint, states, total }: ComparedGroup): string {
  const way = direction === "outbound" ? `${process ?? "nobody"} -> ${formatEndpoint(endpoint)}` : direction === "inbound" ? `${process ?? "nobody"} <- on ${formatEndpoint(endpoint)}` : `${process ?? "nobody"} at ${formatEndpoint(endpoint)}`;
  const moved = TCP_STATES.flatMap((state) => {
    const step = states[state];
    return step === undefined ? [] : [`${state} ${sayChange(step)}`];
  });
  return `${change.padEnd(8)} ${way} (${host}): ${change === "changed" ? "" : `${sayChange(total)}; `}${moved.join(", ")}`;
}
