import type { IdentityKind, Process, ProgramIdentity } from "../../../model/process";
import type { Snapshot } from "../../../model/snapshot";
import { withIdentity } from "./process-identity";
import type { SectionFamily } from "./section-family";

/** What each kind may look like; a program can write anything into itself. */
const SHAPES: Readonly<Partial<Record<IdentityKind, RegExp>>> = {
  "go-main": /^[A-Za-z0-9._~/@+-]{1,300}$/,
  "go-module": /^[A-Za-z0-9._~/@+-]{1,300}$/,
  "main-class": /^[A-Za-z_][\w.$]{0,300}$/,
  "start-class": /^[A-Za-z_][\w.$]{0,300}$/,
  title: /^[\w.: -]{1,200}$/,
  "npm-package": /^(@[a-z0-9._~-]+\/)?[A-Za-z0-9._~-]{1,214}$/,
};

/** `programs`: lines `PID KIND VALUE` of parts/programs.sh. A native program's word holds for every process that runs the same file. */
export class ProgramSections implements SectionFamily {
  readonly sections = ["programs"];
  readonly #said = new Map<number, { readonly kind: IdentityKind; readonly value: string }[]>();

  read(_section: string, line: string): void {
    const match = /^(\d{1,10}) ([a-z-]+) (.+)$/.exec(line);
    if (match === null) return;
    const kind = match[2] as IdentityKind;
    const value = (match[3] ?? "").trim();
    if (SHAPES[kind]?.test(value) !== true) return;
    const pid = Number(match[1]);
    const known = this.#said.get(pid);
    if (known === undefined) this.#said.set(pid, [{ kind, value }]);
    else if (known.length < 20) known.push({ kind, value });
  }

  complete(snapshot: Snapshot): Snapshot {
    if (this.#said.size === 0) return snapshot;
    const byFile = new Map<string, readonly { readonly kind: IdentityKind; readonly value: string }[]>();
    for (const process of snapshot.processes) {
      const said = this.#said.get(process.pid)?.filter(({ kind }) => kind === "go-main" || kind === "go-module") ?? [];
      if (said.length > 0 && process.exe !== null) byFile.set(process.exe, said);
    }
    const processes = snapshot.processes.map((process) => {
      const said = this.#said.get(process.pid) ?? (process.exe === null ? undefined : byFile.get(process.exe)) ?? [];
      return withIdentity(process, said.map(({ kind, value }): ProgramIdentity => ({ kind, value, from: whereSaid(kind, process) })));
    });
    return { ...snapshot, processes };
  }
}

function whereSaid(kind: IdentityKind, process: Process): string {
  if (kind === "go-main" || kind === "go-module") return `build information of ${process.exe ?? process.name}`;
  return kind === "npm-package" ? "the nearest package.json" : "the jar's manifest";
}
