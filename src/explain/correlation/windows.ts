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
export function windowsFor(resolutionMs: number): Window[] {
  const cut = resolutionMs > 1 ? resolutionMs : 0;
  return HALF_WIDTHS.filter((half) => half >= cut / 4).map((half) => ({ fromMs: -half - cut, toMs: half }));
}
