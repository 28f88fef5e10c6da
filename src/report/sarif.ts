import type { Analysis, Finding, PathStep } from "../model/finding";
import { findingIdentity } from "./finding-identity";

/**
 * SARIF 2.1.0 (OASIS standard) of an analysis: one run, a rule descriptor for each rule that occurs, the leak path as a code flow.
 * `version` is Leakline's own. `pageOf` gives a rule's documentation as Markdown, which travels in the file: the pages have no address of their own that a viewer could reach.
 */
export function sarifOfAnalysis(analysis: Analysis, version: string, pageOf: (rule: string) => string | null = () => null): string {
  const rules = new Map<string, Finding>();
  for (const finding of analysis.findings) if (!rules.has(finding.rule)) rules.set(finding.rule, finding);
  const ids = [...rules.keys()].sort();
  const occurrences = new Map<string, number>();
  const document = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Leakline",
            semanticVersion: version,
            rules: ids.map((id) => {
              const sample = rules.get(id);
              const page = pageOf(id);
              return {
                id,
                name: id.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase()),
                shortDescription: { text: `${sample?.kind ?? "finding"} with ${sample?.library ?? "a library"}` },
                help: { text: sample?.advice ?? "", ...(page === null ? {} : { markdown: page }) },
                defaultConfiguration: { level: "warning" },
                properties: { kind: sample?.kind, library: sample?.library },
              };
            }),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { WORKSPACE: { description: { text: "The analysed folder" } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: analysis.stats.givenUp.map(({ file, reason }) => ({
              level: "warning",
              message: { text: `Given up: ${reason}` },
              locations: [{ physicalLocation: { artifactLocation: artifact(file) } }],
            })),
          },
        ],
        results: analysis.findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: ids.indexOf(finding.rule),
          level: finding.confidence === "high" ? "error" : finding.confidence === "medium" ? "warning" : "note",
          message: { text: finding.message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: artifact(finding.file),
                region: {
                  startLine: finding.range.start.line,
                  startColumn: finding.range.start.column,
                  endLine: finding.range.end.line,
                  endColumn: finding.range.end.column,
                },
              },
              logicalLocations: [{ fullyQualifiedName: finding.symbol, kind: "function" }],
            },
          ],
          codeFlows: [{ threadFlows: [{ locations: finding.path.map(flowLocation) }] }],
          // Lines move; what the finding is about does not. Same rule, same function, same turn: same alert.
          partialFingerprints: { "leakline/v1": findingIdentity(finding, occurrences) },
          properties: { confidence: finding.confidence, grade: finding.grade, service: finding.service },
        })),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function artifact(file: string): object {
  return { uri: file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "WORKSPACE" };
}

function flowLocation(step: PathStep): object {
  return {
    location: {
      physicalLocation: { artifactLocation: artifact(step.file), region: { startLine: step.line, startColumn: step.column } },
      message: { text: step.label },
    },
  };
}
