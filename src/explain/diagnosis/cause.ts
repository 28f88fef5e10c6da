import type { Cause, Diagnosis, Evidence } from "../../model/diagnosis";
import type { TcpState } from "../../model/tcp-state";
import type { History } from "../history/history";
import type { HostScene } from "../hosts/host-scene";
import type { Scene } from "../scene";
import { socketAt } from "../scene";

/** One cause: a file of its own beside this one, and a line in `registry.ts`. */
export interface CauseReader {
  readonly cause: Cause;
  /** Every place where this look shows the cause. Empty on a healthy host. `history`: all looks up to this one. */
  diagnose(scene: Scene, history: History): Diagnosis[];
}

/** A cause that shows only when several hosts are looked at. Same places: a file, a line in `registry.ts`. */
export interface HostsCauseReader {
  readonly cause: Cause;
  /** `hosts` are different targets, each with what it shows alone. Empty for one host, and for healthy ones. */
  diagnoseHosts(hosts: readonly HostScene[]): Diagnosis[];
}

export function speaksFor(text: string, figure: string | null, sockets: readonly number[] = []): Evidence {
  return { supports: true, text, figure, sockets };
}

export function speaksAgainst(text: string, figure: string | null, sockets: readonly number[] = []): Evidence {
  return { supports: false, text, figure, sockets };
}

export function countStatesOf(scene: Scene, sockets: readonly number[]): Partial<Record<TcpState, number>> {
  const states: Partial<Record<TcpState, number>> = {};
  for (const index of sockets) {
    const { state } = socketAt(scene, index);
    if (state !== null) states[state] = (states[state] ?? 0) + 1;
  }
  return states;
}
