// The tools that people use today, each for one language and a few kinds of defect: how one is installed from its registry, run on a folder,
// and what it says as `{ file, line, rule }`. A tool that cannot be installed or does not run is named with its reason.
import { GO_LINTERS } from "./peers/go-linters.mjs";
import { pmd, spotbugs } from "./peers/java-linters.mjs";
import { noSync } from "./peers/no-sync.mjs";
import { flake8Async, pylint, ruff } from "./peers/python-linters.mjs";
import { semgrep } from "./peers/semgrep.mjs";

export const PEERS = [...GO_LINTERS, ruff, flake8Async, pylint, pmd, spotbugs, noSync, semgrep];

/** Whether a peer is asked about packages of this language. */
export const reads = (peer, language) => peer.casesOnly !== true && (peer.language === "*" || peer.language === language);

/** What was said is kept under: the tool, its version, what it was asked with, and (if any) the package and its version. */
export const keptAs = (peer, one) => [peer.name, peer.version, ...(peer.asks === undefined ? [] : [peer.asks]), ...(one === undefined ? [] : [one.key, one.version])].join("-");
