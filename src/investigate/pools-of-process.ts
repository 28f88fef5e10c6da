import { codeOfProcess } from "../locate/ranking/code-of-process";
import { moduleOfFile } from "../locate/ranking/module-of-file";
import type { CodeModule } from "../model/code-module";
import type { PoolOwner, PoolSize, PoolsOf } from "../model/pool-size";

/** Below this nothing says that a process runs this code. */
const RUNS_IT = 0.6;

/** Which pools of the workspace a process may open: those of the code that it is known to run. Not known: none. `workspaceRoot` as in `codeOfProcess`. */
export function poolsOfProcesses(pools: readonly PoolSize[], modules: readonly CodeModule[], workspaceRoot: string | null): PoolsOf {
  if (pools.length === 0) return () => [];
  const homes = pools.map(({ file, language }) => moduleOfFile(file, language, modules));
  const known = new WeakMap<PoolOwner, readonly PoolSize[]>();
  return (process) => {
    let found = known.get(process);
    if (found === undefined) {
      const running = codeOfProcess(process, modules, workspaceRoot).filter(({ fit }) => fit >= RUNS_IT).map(({ module }) => modules[module]?.folder ?? "");
      found = running.length === 0 ? [] : pools.filter((_, at) => {
        const home = homes[at];
        const folder = home === null || home === undefined ? null : (modules[home]?.folder ?? null);
        // A program's folder may lie in the module whose code it is built from (Go's cmd/).
        return folder !== null && running.some((one) => one === folder || folder === "" || one.startsWith(`${folder}/`));
      });
      known.set(process, found);
    }
    return found;
  };
}
