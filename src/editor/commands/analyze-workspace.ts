import * as vscode from "vscode";
import { earlyFindings } from "../early-findings";
import { chooseWorkspaceRoot, workspaceStanding } from "../workspace-root";
import type { EditorCommand } from "./command";
import { openedText } from "./open-files";

/** Reads the workspace's code. With a case at hand its suspects are found anew; without one the findings go to Problems. */
export const analyzeWorkspace: EditorCommand = {
  id: "leakline.analyzeWorkspace",
  async run(parts) {
    const { t } = vscode.l10n;
    const root = await chooseWorkspaceRoot();
    if (root === null) {
      const words = workspaceStanding() === "untrusted" ? t("This workspace is not trusted, so its code is not read.") : t("Open the folder with the source first.");
      void vscode.window.showInformationMessage(words);
      return;
    }
    const shown = parts.store.current;
    if (shown !== null && shown.investigation.diagnoses.length > 0 && !shown.socketsNotKept) {
      const investigation = await parts.activity.run(t("Analyzing the workspace"), async (signal, report) => {
        const { investigator, writeInvestigation } = await parts.product();
        const file = openedText(t("the present case"), [...writeInvestigation(shown.investigation)].join(""));
        return investigator({ engine: parts.settings().engine }).open([file], { workspaceRoot: root, signal, onProgress: (step) => report(step.text), early: earlyFindings(root, parts.problems, signal) });
      });
      if (investigation === null) return parts.problems.endEarly();
      const { startedAt, tookMs } = shown.investigation;
      parts.store.set({ ...shown, investigation: { ...investigation, startedAt, tookMs }, root }, parts.store.query);
      await parts.panels.show();
      return;
    }
    const analysis = await parts.activity.run(t("Analyzing the workspace"), async (signal, report) => {
      const { investigator } = await parts.product();
      return investigator({ engine: parts.settings().engine }).analyze(root, { signal, onProgress: (step) => report(step.text), early: earlyFindings(root, parts.problems, signal) });
    });
    if (analysis === null) return parts.problems.endEarly();
    parts.problems.show(root, analysis.findings, new Set());
    parts.fresh.follow(root);
    const openProblems = t("Show Problems");
    const answer = await vscode.window.showInformationMessage(t("Leakline read {0} files and has {1} findings.", analysis.stats.files, analysis.findings.length), ...(analysis.findings.length > 0 ? [openProblems] : []));
    if (answer === openProblems) await vscode.commands.executeCommand("workbench.actions.view.problems");
  },
};
