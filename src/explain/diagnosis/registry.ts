import { acceptQueueStalled } from "./accept-queue-stalled";
import { cascade } from "./cascade";
import type { CauseReader, HostsCauseReader } from "./cause";
import { connectStalled } from "./connect-stalled";
import { connectionPinned } from "./connection-pinned";
import { descriptorExhaustion } from "./descriptor-exhaustion";
import { endOfFileIgnored } from "./end-of-file-ignored";
import { establishedGrowth } from "./established-growth";
import { handlerStalled } from "./handler-stalled";
import { heldButDead } from "./held-but-dead";
import { idleTimeoutMismatch } from "./idle-timeout-mismatch";
import { peerLeaks } from "./peer-leaks";
import { restartMasksLeak } from "./restart-masks-leak";
import { sendStalled } from "./send-stalled";
import { sharedDependency } from "./shared-dependency";
import { synBacklog } from "./syn-backlog";
import { timeWaitChurn } from "./time-wait-churn";

/**
 * Every cause, the one that explains the others first: what several hosts share explains what each of them shows, a pinned pool makes handlers wait, waiting handlers make the accept queue grow,
 * and all of them use up descriptors. A new cause is a file, a line here, and an entry in docs/causes.md.
 */
export const CAUSE_READERS: readonly (CauseReader | HostsCauseReader)[] = [
  sharedDependency,
  cascade,
  connectionPinned,
  endOfFileIgnored,
  establishedGrowth,
  connectStalled,
  sendStalled,
  acceptQueueStalled,
  synBacklog,
  handlerStalled,
  heldButDead,
  peerLeaks,
  idleTimeoutMismatch,
  timeWaitChurn,
  descriptorExhaustion,
  restartMasksLeak,
];
