import type { CodeModule } from "../../model/code-module";
import type { Diagnosis } from "../../model/diagnosis";
import type { Snapshot } from "../../model/snapshot";
import { codeOfProcess } from "./code-of-process";
import { processOf } from "./process-of-diagnosis";

/** A likeness of language alone does not tell one folder from another. */
const TELLING = 0.6;

/**
 * Folders of the workspace, relative to it, whose code the stuck processes run, as far as that is known: those of the first diagnosis first, the
 * best fit first. `.` when all of the workspace is one module. `workspaceRoot` as in `codeOfProcess`.
 */
export function implicatedFolders({ diagnoses, snapshots, modules, workspaceRoot }: { readonly diagnoses: readonly Diagnosis[]; readonly snapshots: readonly Snapshot[]; readonly modules: readonly CodeModule[]; readonly workspaceRoot: string | null }): readonly string[] {
  const folders = new Set<string>();
  for (const diagnosis of diagnoses) {
    const process = processOf(diagnosis, snapshots);
    if (process === null || diagnosis.lookFor.length === 0) continue;
    const fits = codeOfProcess(process, modules, workspaceRoot).filter(({ fit }) => fit >= TELLING).sort((a, b) => b.fit - a.fit);
    for (const { module } of fits) folders.add(modules[module]?.folder || ".");
  }
  return [...folders];
}
