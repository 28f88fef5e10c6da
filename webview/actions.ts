import type { PanelCommand, Place, RowFilter, TimeRange } from "../src/protocol/panel";
import type { Translate } from "./words";

/** What the parts of the panel need to draw themselves and to ask for things. */
export interface PanelContext {
  readonly t: Translate;
  readonly locale: string;
  readonly run: (command: PanelCommand) => void;
  readonly reveal: (place: Place) => void;
  /** Narrows the connections to what stands behind a figure, and goes there. */
  readonly narrow: (filter: RowFilter) => void;
  /** The stretch of time that everything is narrowed to; null: all times. */
  readonly range: TimeRange | null;
}
