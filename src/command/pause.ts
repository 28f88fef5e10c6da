/** Waits; false when interrupted. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    if (signal.aborted) return done(false);
    const onAbort = (): void => {
      clearTimeout(timer);
      done(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      done(true);
    }, Math.min(ms, 2 ** 31 - 1));
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
