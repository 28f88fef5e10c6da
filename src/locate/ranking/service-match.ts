import type { Diagnosis } from "../../model/diagnosis";
import type { Finding } from "../../model/finding";
import { matchService } from "../../model/service-match";
import type { SuspectReason } from "../../model/suspect";
import type { Company } from "./company";
import { WEIGHTS } from "./weights";

/** Does the finding speak to the service at the stuck end? For inbound causes: to one that the same process speaks to. */
export function weighService(diagnosis: Diagnosis, finding: Finding, company: Company): SuspectReason[] {
  const speaksTo = finding.service;
  if (speaksTo === null) return [];
  const weights = WEIGHTS.speaksToService;
  const reason = (points: number, text: string): SuspectReason[] => [{ factor: "speaks-to-service", points, text }];

  if (diagnosis.direction === "inbound") {
    const ends = diagnosis.process === null ? [] : (company.get(diagnosis.process.pid) ?? []);
    const match = ends.find((end) => end.kind !== null && matchService(speaksTo, end.kind) === "same");
    if (match !== undefined) return reason(weights.processSpeaksToKind, `speaks to ${speaksTo}, and the process has a connection to ${match.end} (${match.kind ?? speaksTo})`);
    const unknown = ends.find((end) => end.kind === null);
    return unknown === undefined ? [] : reason(weights.processSpeaksToUnknown, `speaks to ${speaksTo}, and the process has a connection to ${unknown.end}`);
  }

  const { service } = diagnosis;
  if (service === null) return [];
  const byPortAlone = service.how.every((how) => how.source === "well-known-port");
  switch (matchService(speaksTo, service.kind)) {
    case "same":
      return reason(weights.same, `speaks to ${speaksTo}, and ${service.kind === speaksTo ? "that" : service.kind} is what stands at ${service.name}`);
    case "other-product":
      return byPortAlone ? [] : reason(weights.otherProduct, `speaks to ${speaksTo}, and ${service.kind} is what stands at ${service.name}`);
    case "other-family":
      return reason(weights.other, `speaks to ${speaksTo}, and ${service.kind} is what stands at ${service.name}`);
    case "unknown":
      return [];
  }
}
