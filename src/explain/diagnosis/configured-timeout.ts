import type { Evidence, PeerIdleTimeout } from "../../model/diagnosis";
import type { Service } from "../../model/service";
import { formatDuration } from "../figures";
import { speaksFor } from "./cause";

/** A timer is late by a tick and the network, and never early; `ss` rounds. Milliseconds, or this part of the time. */
const SLACK_MS = 300;
const SLACK_PART = 0.03;

/**
 * The idle time that a load balancer's configuration sets for this endpoint, when it is the one that was measured: the hang-up has an
 * author then, with a line of its own. `upperLimit`: probes may have stretched the measured time, so any shorter one may be it.
 */
export function configuredTimeout(service: Service | null, measured: PeerIdleTimeout | null, sockets: readonly number[], upperLimit = false): Evidence[] {
  if (service === null || measured === null) return [];
  const said = new Map<string, number>();
  for (const { timeouts } of service.how) {
    for (const { directive, ms, file, line } of timeouts ?? []) {
      if (Math.abs(ms - measured.medianMs) <= Math.max(SLACK_MS, ms * SLACK_PART)) said.set(`${file}:${line} sets ${directive} to ${formatDuration(ms)}, which is the idle time measured`, ms);
      // Keepalive probes only stretch what is measured.
      else if (upperLimit && ms < measured.medianMs) said.set(`${file}:${line} sets ${directive} to ${formatDuration(ms)}, and the idle time measured is an upper limit of it`, ms);
    }
  }
  return [...said].map(([text, ms]) => speaksFor(text, formatDuration(ms), sockets));
}
