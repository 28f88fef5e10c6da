import type { KeptThread, PreservedFacts } from "../model/preserved";

const PLACES_SHOWN = 6;
const PROCESSES_SHOWN = 4;

/** What was kept besides the looks: how much, where the threads stood, what is missing or damaged. Not yet printable. */
export function preservedLines({ target, beganMs, endedMs, pids, descriptors, threads, limits, settings, unfinished, damaged = [] }: PreservedFacts, nameOf: (pid: number) => string | null): string[] {
  const out = [
    `kept of ${target} in ${((endedMs - beganMs) / 1000).toFixed(1)} s, from ${new Date(beganMs).toISOString()}: ${descriptors.length} descriptors, ${threads.length} threads and ${limits.length} limits of ${pids.length} processes, ${Object.keys(settings).length} settings`,
  ];
  const busiest = [...waitingPlaces(threads)].slice(0, PROCESSES_SHOWN);
  for (const [pid, places] of busiest) {
    const shown = [...places].sort((a, b) => b[1] - a[1]).slice(0, PLACES_SHOWN).map(([place, count]) => `${count} in ${place}`);
    out.push(`threads of ${nameOf(pid) ?? "process"} (${pid}): ${shown.join(", ")}${places.size > PLACES_SHOWN ? `, and ${places.size - PLACES_SHOWN} other places` : ""}`);
  }
  for (const { what, why, remedy } of unfinished) out.push(`not kept: ${what}: ${why}. ${remedy}`);
  for (const { part, why } of damaged) out.push(`damaged: ${part}: ${why}`);
  return out;
}

function waitingPlaces(threads: readonly KeptThread[]): Map<number, Map<string, number>> {
  const places = new Map<number, Map<string, number>>();
  for (const { pid, state, waitsIn, kernelStack } of threads) {
    const place = waitsIn ?? kernelStack[0] ?? (state === "R" ? "running" : null);
    if (place === null) continue;
    let ofProcess = places.get(pid);
    if (ofProcess === undefined) places.set(pid, (ofProcess = new Map<string, number>()));
    ofProcess.set(place, (ofProcess.get(place) ?? 0) + 1);
  }
  return places;
}
