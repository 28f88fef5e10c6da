import type { Process } from "../../model/process";

/** A process while its capture is still being read. */
export type ProcessDraft = { -readonly [Key in keyof Process]: Process[Key] } & { deadSocketInodes: number[] };

/** The processes that a capture tells of, by PID, in the order of their first line. */
export class ProcessDrafts {
  readonly #byPid = new Map<number, ProcessDraft>();

  /** The process of this PID; made when it is new. A longer name wins: tools cut names to their column. */
  of(pid: number, name: string | null): ProcessDraft {
    let process = this.#byPid.get(pid);
    if (process === undefined) {
      process = {
        pid, parentPid: null, name: name ?? "?", exe: null, commandLine: null, cwd: null, cgroup: null, uid: null, startedAtMs: null, threads: null,
        openDescriptors: null, descriptorLimit: null, socketDescriptors: null, deadSocketInodes: [], namespace: null,
      };
      this.#byPid.set(pid, process);
    } else if (name !== null && (process.name === "?" || (name.length > process.name.length && name.startsWith(process.name)))) process.name = name;
    return process;
  }

  list(): readonly ProcessDraft[] {
    return [...this.#byPid.values()];
  }
}
