import type { Analysis, Finding } from "../model/finding";

/**
 * Workflow commands of GitHub Actions, one line a finding: the runner shows them at the line in a pull request.
 * Format: docs.github.com, "Workflow commands for GitHub Actions", section "Setting a warning message".
 */
export function githubAnnotations(analysis: Analysis): string {
  return analysis.findings.map((finding) => `${annotation(finding)}\n`).join("");
}

function annotation(finding: Finding): string {
  const level = finding.confidence === "high" ? "error" : finding.confidence === "medium" ? "warning" : "notice";
  const { start, end } = finding.range;
  const properties = { file: finding.file, line: start.line, col: start.column, endLine: end.line, ...(end.line === start.line ? { endColumn: end.column } : {}), title: `Leakline ${finding.rule}` };
  const path = finding.path.length < 2 ? [] : finding.path.map((step, index) => `${index + 1}. ${step.file}:${step.line}: ${step.label}`);
  const text = [finding.message, ...path, finding.advice].join("\n");
  return `::${level} ${Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(",")}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
