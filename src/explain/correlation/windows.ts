import { firstFrom } from "./coverage";

/** A line counts for a moment when `fromMs <= line - moment <= toMs`. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Windows of one width at several distances from the moment: at it, then one step before, one step after, two before ... */
export interface WindowFamily {
  readonly windows: readonly (Window & {
    /** ln of this window's part of the level: all of all families make 1. */
    readonly lnWeight: number;
  })[];
  readonly stepMs: number;
}

/**
 * Half-widths that are tried, milliseconds. The narrowest is what the kernel's clock allows: `lastsnd` counts in ticks of 4 or 10 ms. The
 * widest is how long a request may take between its last use of a connection and the line about it.
 */
const HALF_WIDTHS = [8, 25, 80, 250, 800, 2500] as const;
/**
 * All moments of one look are off by the same: the clock is read beside the sockets, not with them, and a busy host lets that take long. Windows are
 * tried as far away as the look's clock may be off; this far when that is not known.
 */
export const UNKNOWN_ERROR_MS = 600;
const FARTHEST_MS = 3000;

/**
 * The windows that are tried on a log with stamps of this resolution. A stamp of whole seconds was cut off: its line was written up to a
 * second later, so a moment may lie that much after the stamp.
 */
export function windowsFor(resolutionMs: number, momentErrorMs = UNKNOWN_ERROR_MS): WindowFamily[] {
  const cut = resolutionMs > 1 ? resolutionMs : 0;
  return HALF_WIDTHS.map((halfMs) => {
    const steps = Math.floor(Math.min(momentErrorMs, FARTHEST_MS) / halfMs);
    const places = [0];
    for (let step = 1; step <= steps; step += 1) places.push(-step, step);
    // Far away is less likely than near: a window's part of the level falls with its distance.
    const whole = places.reduce((sum, place) => sum + 1 / (1 + Math.abs(place)), 0) * HALF_WIDTHS.length;
    return {
      stepMs: halfMs,
      windows: places.map((place) => ({ fromMs: place * halfMs - halfMs - cut, toMs: place * halfMs + halfMs, lnWeight: -Math.log(whole * (1 + Math.abs(place))) })),
    };
  });
}

/** The widest reach of all windows, milliseconds either way. */
export function reachOf(families: readonly WindowFamily[]): number {
  return Math.max(0, ...families.flatMap(({ windows }) => windows.map(({ fromMs, toMs }) => Math.max(-fromMs, toMs))));
}

/** Moments that the choice is made by, at most: it only has to find the place. */
const ASKED = 1000;
const CHOSEN = 2;

/** Of windows of one width those with the most hits for their weight; the level is paid for all of them, so the choice is free. */
export function likeliest({ windows, stepMs }: WindowFamily, times: Float64Array, moments: Float64Array): WindowFamily["windows"] {
  const [nearest] = windows;
  if (windows.length <= CHOSEN || nearest === undefined) return windows;
  const steps = (windows.length - 1) / 2;
  const hits = new Uint32Array(windows.length);
  const metBy = new Int32Array(windows.length).fill(-1);
  const stride = Math.max(1, Math.ceil(moments.length / ASKED));
  for (let index = 0; index < moments.length; index += stride) {
    const moment = moments[index] ?? 0;
    const last = moment + nearest.toMs + steps * stepMs;
    for (let at = firstFrom(times, moment + nearest.fromMs - steps * stepMs); at < times.length; at += 1) {
      const time = times[at] ?? Infinity;
      if (time > last) break;
      // All steps at which the window holds this line.
      const highest = Math.min(steps, Math.floor((time - moment - nearest.fromMs) / stepMs));
      for (let step = Math.max(-steps, Math.ceil((time - moment - nearest.toMs) / stepMs)); step <= highest; step += 1) {
        const place = step <= 0 ? -2 * step - (step === 0 ? 0 : 1) : 2 * step;
        if (metBy[place] === index) continue;
        metBy[place] = index;
        hits[place] = (hits[place] ?? 0) + 1;
      }
    }
  }
  return windows
    .map((window, place) => ({ window, gain: (hits[place] ?? 0) * LN_TEN + window.lnWeight }))
    .sort((a, b) => b.gain - a.gain)
    .slice(0, CHOSEN)
    .map(({ window }) => window);
}

/** What one more hit brings where lines are rare. */
const LN_TEN = Math.log(10);
