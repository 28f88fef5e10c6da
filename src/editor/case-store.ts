import * as vscode from "vscode";
import type { Investigation } from "../model/investigation";
import type { Target } from "../model/target";
import type { RowQuery } from "../protocol/panel";
import { EMPTY_QUERY } from "../protocol/panel";

/** The case at hand: an investigation and what the editor needs beside it. */
export interface OpenCase {
  readonly investigation: Investigation;
  /** Set for a live target: it can be looked at again. null: captures, a saved investigation. */
  readonly target: Target | null;
  /** Several live targets that were looked at together and can be again; `target` is null then. Absent: it is no such case. */
  readonly set?: readonly Target[];
  /** Absolute folder that the findings' files are relative to; null when no workspace was read. */
  readonly root: string | null;
  /** True when it came back after a reload without its sockets, because they were too many to keep. */
  readonly socketsNotKept: boolean;
}

/** The live targets of a case, in its order; none: it has no such. */
export function liveTargets(shown: OpenCase | null): readonly Target[] {
  return shown === null ? [] : shown.set ?? (shown.target === null ? [] : [shown.target]);
}

/** Holds the one case that every view shows. Views listen; nobody else keeps a copy. */
export class CaseStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private present: OpenCase | null = null;
  private number = 0;
  private soonReplaced = false;
  /** What the panel's rows are narrowed to: kept here, so that it comes back with the view. */
  query: RowQuery = EMPTY_QUERY;

  readonly onDidChange = this.changed.event;

  get current(): OpenCase | null {
    return this.present;
  }

  /** Grows with every change. */
  get revision(): number {
    return this.number;
  }

  /** The present case is one look of a watch, and the next is on its way. */
  get passing(): boolean {
    return this.soonReplaced;
  }

  set(next: OpenCase | null, query: RowQuery = EMPTY_QUERY, { passing = false }: { readonly passing?: boolean } = {}): void {
    this.soonReplaced = passing;
    this.present = next;
    this.query = query;
    this.number++;
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }
}
