import { analyzeWorkspace } from "./analyze-workspace";
import { cancel } from "./cancel";
import { clear } from "./clear";
import type { EditorCommand } from "./command";
import { compareScenes } from "./compare-scenes";
import { explainCapture } from "./explain-capture";
import { explainRule } from "./explain-rule";
import { forgetSecrets } from "./forget-secrets";
import { forgetTarget } from "./forget-target";
import { goToStatement } from "./go-to-statement";
import { lookAgain } from "./look-again";
import { openFile } from "./open-file";
import { openInvestigation } from "./open-investigation";
import { openInvestigationInEditor } from "./open-investigation-in-editor";
import { openLead } from "./open-lead";
import { openPlace } from "./open-place";
import { preserveScene } from "./preserve-scene";
import { saveAnonymised, saveInvestigation } from "./save-investigation";
import { scanHost } from "./scan-host";
import { scanSeveralHosts } from "./scan-several";
import { scanTarget } from "./scan-target";
import { scanThisMachine } from "./scan-this-machine";
import { showLinesOfStatement } from "./show-lines-of-statement";
import { showLog } from "./show-log";
import { startDemo } from "./start-demo";
import { stopDemo } from "./stop-demo";
import { watchAndRecord, watchSeveralAndRecord, watchSeveralHosts, watchTarget } from "./watch-target";

/** Every command of the manifest; a test holds the two lists against each other. */
export const ALL_COMMANDS: readonly EditorCommand[] = [
  scanThisMachine, scanHost, lookAgain, openFile, explainCapture, explainRule, analyzeWorkspace, openInvestigation, openInvestigationInEditor,
  saveInvestigation, saveAnonymised, preserveScene, compareScenes, clear, cancel, forgetSecrets, startDemo, stopDemo, showLog, scanTarget, watchTarget, watchAndRecord, forgetTarget, openPlace, openLead,
  goToStatement, showLinesOfStatement, scanSeveralHosts, watchSeveralHosts, watchSeveralAndRecord,
];
