import { containerOf } from "../../model/container";
import type { DiagnosedProcess } from "../../model/diagnosis";
import type { Scene } from "../scene";

export function diagnosedProcess(scene: Scene, pid: number | null, name: string | null): DiagnosedProcess | null {
  if (pid === null) return null;
  const process = scene.processes.get(pid);
  const container = containerOf(process);
  return { pid, name: process?.name ?? name ?? "?", commandLine: process?.commandLine ?? null, ...(container === null ? {} : { container }) };
}

/** `shopd (pid 812)`, or `a process that this look could not see`. */
export function sayProcess(process: DiagnosedProcess | null): string {
  return process === null ? "a process that this look does not show" : `${process.name} (pid ${process.pid})`;
}
