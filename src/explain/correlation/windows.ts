import type { Window } from "./coincidence";

/**
 * Half-widths that are tried, milliseconds. The narrowest is what the kernel's clock allows: `lastsnd` counts in ticks of 4 or 10 ms. The
 * widest is how long a request may take between its last use of a connection and the line about it.
 */
const HALF_WIDTHS = [8, 25, 80, 250, 800, 2500] as const;

/**
 * The windows that are tried on a log with stamps of this resolution. A stamp of whole seconds was cut off: its line was written up to a
 * second later, so a moment may lie that much after the stamp.
 */
export function windowsFor(resolutionMs: number, momentErrorMs = 0): Window[] {
  const cut = resolutionMs > 1 ? resolutionMs : 0;
  return HALF_WIDTHS.filter((half) => half >= cut / 4).flatMap((half) => shiftsOf(half, momentErrorMs).map((shift) => ({ fromMs: shift - half - cut, toMs: shift + half })));
}

/** All moments of a look are off by the same, which may be more than a window is wide: then the window is tried in several places. No more than this to each side. */
const MOST_SHIFTS = 20;

function shiftsOf(half: number, errorMs: number): number[] {
  // Neighbours overlap by a quarter, so that no line falls on an edge of both.
  const step = half * 1.5;
  const each = Math.floor(errorMs / step);
  if (each === 0 || each > MOST_SHIFTS) return [0];
  return Array.from({ length: 2 * each + 1 }, (_, at) => (at - each) * step);
}
