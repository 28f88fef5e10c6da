import { explain } from "../../explain/explain";
import { pastOf } from "../../explain/history/timeline";
import type { Diagnosis } from "../../model/diagnosis";
import type { Finding } from "../../model/finding";
import type { Investigation } from "../../model/investigation";
import type { ConfiguredEndpoint, Service } from "../../model/service";
import type { Suspect, SuspectReason } from "../../model/suspect";
import { anonymousPast } from "./anonymous-past";
import { Pseudonyms } from "./pseudonyms";
import { anonymousData, anonymousTarget } from "./snapshot-words";

/**
 * The case without whose it is: addresses, names, command lines, paths, users and code are replaced by stand-ins, the same one for the same
 * word; states, figures, ports, times, process ids, causes, rules and lines stay, so that a stranger can follow the reasoning. (docs/decisions/0140)
 *
 * Causes and services are not edited but told anew from the replaced facts: no sentence can keep a word that its facts have lost.
 *
 * @param publicRules rules and libraries that everybody has; others (a workspace's own) are named after somebody's code
 */
export function anonymize(investigation: Investigation, publicRules: ReadonlySet<string>): Investigation {
  const pseudonyms = new Pseudonyms();
  const snapshots = investigation.snapshots.map((snapshot) => anonymousData(snapshot, pseudonyms));
  const configured = investigation.services.flatMap((service) => configuredBefore(service, pseudonyms));
  const kept = anonymousPast(investigation, pseudonyms);
  const { services, groups, diagnoses, timeline, histories } = explain({ snapshots, configured, ...(kept === null ? {} : { kept }) });
  const [history] = histories.values();
  const findings = investigation.findings.map((finding) => anonymousFinding(finding, pseudonyms, publicRules));
  return {
    targets: investigation.targets.map((target) => anonymousTarget(target, pseudonyms)),
    startedAt: investigation.startedAt,
    tookMs: investigation.tookMs,
    snapshots,
    services,
    groups,
    diagnoses,
    findings,
    suspects: anonymousSuspects(investigation, findings, diagnoses),
    analysis: investigation.analysis === null ? null : {
      ...investigation.analysis,
      givenUp: investigation.analysis.givenUp.map(({ file }) => ({ file: pseudonyms.path(file, "file"), reason: "given up" })),
    },
    workspace: investigation.workspace === null ? null : "workspace",
    ...(kept === null || timeline === undefined || history === undefined ? {} : { timeline, past: pastOf(history) }),
  };
}

/** What the workspace's configuration said of a service, so that it is known by that again. */
function configuredBefore(service: Service, pseudonyms: Pseudonyms): ConfiguredEndpoint[] {
  const { port } = service;
  if (port === null) return [];
  return service.how
    .filter((how) => how.source === "workspace-config")
    .map((how) => ({
      host: pseudonyms.address(service.address), port, kind: how.kind, name: pseudonyms.name("service", how.name), key: null,
      file: pseudonyms.path(how.file ?? "configuration", "file"), line: how.line ?? 1,
    }));
}

/** The place, the kind and the length of the way stay; what the code says does not. */
function anonymousFinding(finding: Finding, pseudonyms: Pseudonyms, publicRules: ReadonlySet<string>): Finding {
  const isPublic = publicRules.has(finding.rule);
  const symbol = pseudonyms.path(finding.symbol, "function", ".");
  const last = finding.path.length - 1;
  return {
    ...finding,
    rule: isPublic ? finding.rule : pseudonyms.name("rule", finding.rule),
    library: isPublic ? finding.library : pseudonyms.name("word", finding.library),
    file: pseudonyms.path(finding.file, "file"),
    symbol,
    message: `${symbol}: ${finding.kind}`,
    advice: isPublic ? finding.advice : "",
    path: finding.path.map((step, index) => ({ ...step, file: pseudonyms.path(step.file, "file"), label: index === 0 ? "begins here" : index === last ? "ends here" : "goes on here" })),
  };
}

const REASON_TEXTS: Readonly<Record<SuspectReason["factor"], string>> = {
  "explains-cause": "what kind of finding explains the cause",
  "speaks-to-service": "what stands at the other end",
  "in-process": "which code the process runs",
  "path-certainty": "how sure the path is",
  confidence: "how sure the rule is",
  "log-line": "which log line goes with it",
  stack: "which stacks pass through it",
  "recent-change": "when it changed",
};

function anonymousSuspects(investigation: Investigation, findings: readonly Finding[], diagnoses: readonly Diagnosis[]): Suspect[] {
  return investigation.suspects.flatMap((suspect) => {
    const finding = findings[suspect.finding];
    const before = investigation.diagnoses[suspect.diagnosis];
    const diagnosis = before === undefined ? -1 : diagnoses.findIndex((one) => one.cause === before.cause && one.sockets.length === before.sockets.length && one.sockets[0] === before.sockets[0]);
    if (finding === undefined || diagnosis === -1) return [];
    return [{
      ...suspect, file: finding.file, symbol: finding.symbol, rule: finding.rule, diagnosis,
      reasons: suspect.reasons.map(({ factor, points }) => ({ factor, points, text: REASON_TEXTS[factor] })),
    }];
  });
}
