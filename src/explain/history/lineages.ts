import { formatEndpoint } from "../../model/endpoint";
import type { Restart } from "../../model/past";
import type { Process } from "../../model/process";
import type { Scene } from "../scene";

/** Boot time is reckoned at every look from two clocks: a start time is good to this much. */
const SAME_START_MS = 2000;
/** A service that stays away longer than this is not looked for any more. */
const AWAY_MS = 6 * 3_600_000;
const MOST_AWAY = 500;

interface Kin {
  readonly lineage: string;
  readonly name: string;
  pid: number;
  startedAtMs: number | null;
  program: string;
  exact: string;
  loose: string;
  readonly listens: Set<string>;
  looks: number;
  lastSeenMs: number;
}

interface Root {
  readonly pid: number;
  readonly name: string;
  readonly startedAtMs: number | null;
  readonly program: string;
  readonly exact: string;
  readonly loose: string;
  readonly listens: Set<string>;
}

/**
 * Follows services over restarts. A service is the topmost process of one program (a master, not its workers); after a restart it is known by its
 * command line, by what it listens on, or by its command line without figures (a release's number, a port, a date in a path).
 */
export class Lineages {
  readonly #kin = new Map<string, Kin>();
  #byPid = new Map<number, string>();
  #drawn = 0;

  /** The service that a process belongs to, as of the last look; null: no such process. */
  of(pid: number | null): string | null {
    return pid === null ? null : (this.#byPid.get(pid) ?? null);
  }

  /** The services of the last look, by process. */
  get services(): ReadonlyMap<number, string> {
    return this.#byPid;
  }

  /** As after a look that showed these, of which nothing but their names is known: no look is to be added. */
  restore(services: ReadonlyMap<number, string>): void {
    this.#byPid = new Map(services);
  }

  /** One look further; gives the restarts that it shows. */
  add(scene: Scene, timeMs: number): Restart[] {
    const { roots, rootOf } = readRoots(scene);
    const byPid = new Map([...this.#kin.values()].map((kin) => [kin.pid, kin]));
    const shift = clockShift(roots, byPid);
    const here = new Map<number, Kin>();
    const fresh: Root[] = [];
    const stay = new Set<Kin>();
    for (const root of roots) {
      const kin = byPid.get(root.pid);
      if (kin !== undefined && kin.program === root.program && sameStart(kin, root, shift)) {
        renew(kin, root, timeMs);
        here.set(root.pid, kin);
        stay.add(kin);
      } else fresh.push(root);
    }
    const restarts: Restart[] = [];
    const gone = [...this.#kin.values()].filter((kin) => !stay.has(kin));
    for (const alike of LIKENESS) {
      for (const root of [...fresh]) {
        const at = gone.findIndex((kin) => alike(kin, root));
        const kin = gone[at];
        if (kin === undefined) continue;
        gone.splice(at, 1);
        fresh.splice(fresh.indexOf(root), 1);
        // A program that ran for a moment and ran again (a job, a client) is no service that was started anew.
        if (kin.looks >= 2 || kin.listens.size > 0) {
          const started = root.startedAtMs !== null && root.startedAtMs > kin.lastSeenMs - SAME_START_MS && root.startedAtMs <= timeMs ? root.startedAtMs : timeMs;
          restarts.push({ lineage: kin.lineage, name: root.name, timeMs: started, beforePid: kin.pid, afterPid: root.pid, beforeStartedMs: kin.startedAtMs, afterStartedMs: root.startedAtMs });
        }
        Object.assign(kin, { pid: root.pid, startedAtMs: root.startedAtMs, program: root.program, exact: root.exact, loose: root.loose, looks: 0 });
        renew(kin, root, timeMs);
        here.set(root.pid, kin);
      }
    }
    for (const root of fresh) {
      this.#drawn += 1;
      const kin: Kin = { lineage: `s${this.#drawn}`, ...root, listens: new Set(), looks: 0, lastSeenMs: timeMs };
      renew(kin, root, timeMs);
      this.#kin.set(kin.lineage, kin);
      here.set(root.pid, kin);
    }
    this.#forget(new Set(here.values()), timeMs);
    this.#byPid = new Map([...rootOf].flatMap(([pid, root]) => {
      const kin = here.get(root);
      return kin === undefined ? [] : [[pid, kin.lineage] as const];
    }));
    return restarts;
  }

  #forget(here: ReadonlySet<Kin>, timeMs: number): void {
    const away = [...this.#kin.values()].filter((kin) => !here.has(kin)).sort((a, b) => b.lastSeenMs - a.lastSeenMs);
    away.forEach((kin, place) => {
      if (place >= MOST_AWAY || timeMs - kin.lastSeenMs > AWAY_MS) this.#kin.delete(kin.lineage);
    });
  }
}

/** How a new process is known for a service that went, surest first. */
const LIKENESS: readonly ((kin: Kin, root: Root) => boolean)[] = [
  (kin, root) => kin.exact === root.exact,
  (kin, root) => [...root.listens].some((end) => kin.listens.has(end)),
  (kin, root) => kin.loose === root.loose,
];

function renew(kin: Kin, root: Root, timeMs: number): void {
  kin.lastSeenMs = timeMs;
  kin.looks += 1;
  for (const end of root.listens) kin.listens.add(end);
}

function sameStart(kin: Kin, root: Root, shift: number): boolean {
  return kin.startedAtMs === null || root.startedAtMs === null || Math.abs(root.startedAtMs - kin.startedAtMs - shift) <= SAME_START_MS;
}

/** When the target's clock was set, all its processes seem to have started at another time: the same for most. */
function clockShift(roots: readonly Root[], byPid: ReadonlyMap<number, Kin>): number {
  const shifts = roots.flatMap(({ pid, startedAtMs, program }) => {
    const kin = byPid.get(pid);
    return kin === undefined || kin.program !== program || kin.startedAtMs === null || startedAtMs === null ? [] : [startedAtMs - kin.startedAtMs];
  }).sort((a, b) => a - b);
  return shifts.length < 3 ? 0 : (shifts[shifts.length >> 1] ?? 0);
}

function readRoots(scene: Scene): { roots: Root[]; rootOf: ReadonlyMap<number, number> } {
  const names = new Map<number, string>();
  for (const { pid, name } of scene.processes.values()) names.set(pid, name);
  for (const group of scene.groups) if (group.pid !== null && !names.has(group.pid)) names.set(group.pid, group.process ?? "?");
  const rootOf = new Map<number, number>();
  for (const pid of names.keys()) rootOf.set(pid, topOf(scene.processes, pid));
  const listens = new Map<number, Set<string>>();
  for (const group of scene.groups) {
    if (group.pid === null || group.states.LISTEN === undefined) continue;
    const root = rootOf.get(group.pid) ?? group.pid;
    const ends = listens.get(root) ?? new Set<string>();
    ends.add(`${group.namespace ?? ""} ${formatEndpoint(group.endpoint)}`);
    listens.set(root, ends);
  }
  const roots = [...new Set(rootOf.values())].map((pid): Root => {
    const process = scene.processes.get(pid);
    const name = process?.name ?? names.get(pid) ?? "?";
    const program = programOf(process, name);
    const exact = `${program} ${process?.commandLine ?? ""}`;
    return { pid, name, startedAtMs: process?.startedAtMs ?? null, program, exact, loose: exact.replace(/[0-9a-f]*\d[0-9a-f]*/gi, "#"), listens: listens.get(pid) ?? new Set() };
  });
  return { roots, rootOf };
}

function topOf(processes: ReadonlyMap<number, Process>, pid: number): number {
  let top = processes.get(pid);
  if (top === undefined) return pid;
  for (let depth = 0; depth < 64; depth += 1) {
    const parent: Process | undefined = top.parentPid === null ? undefined : processes.get(top.parentPid);
    if (parent === undefined || parent.pid === top.pid || programOf(parent, parent.name) !== programOf(top, top.name)) break;
    top = parent;
  }
  return top.pid;
}

function programOf(process: Process | undefined, name: string): string {
  return process?.exe ?? name;
}
