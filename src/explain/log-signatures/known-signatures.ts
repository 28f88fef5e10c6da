import type { Cause } from "../../model/diagnosis";

/** A message that the field knows. */
export interface KnownSignature {
  readonly id: string;
  /** Tried on the whole record; case does not matter. */
  readonly pattern: RegExp;
  /** Only in logs of these formats; absent: in any. */
  readonly formats?: readonly string[];
  readonly title: string;
  /** What it means for stuck sockets, for a person at three in the morning. */
  readonly means: string;
  /** Causes that it speaks for where it stands in time and of the same process or service. */
  readonly supports: readonly Cause[];
}

/** Rows of data: a new one is one entry here and a line in docs/logs.md. */
export const KNOWN_SIGNATURES: readonly KnownSignature[] = [
  {
    id: "upstream-timed-out", pattern: /upstream timed out/i,
    title: "nginx waited for the service behind it and gave up",
    means: "nginx closed its side of these connections. If the service does not notice, its ends stay in CLOSE_WAIT: look for what it was doing for so long.",
    supports: ["handler-stalled", "accept-queue-stalled", "end-of-file-ignored"],
  },
  {
    id: "too-many-open-files", pattern: /too many open files|EMFILE|ENFILE/i,
    title: "A process ran out of file descriptors",
    means: "Sockets that are never closed use them up. From here on it can neither accept nor connect; a restart helps until it is full again.",
    supports: ["descriptor-exhaustion", "end-of-file-ignored", "connection-pinned", "established-growth", "held-but-dead"],
  },
];
