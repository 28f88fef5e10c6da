import type { Endpoint } from "./endpoint";
import type { TcpState } from "./tcp-state";

/** One end of the picture of who talks to whom. */
export interface TalkNode {
  /**
   * - `service`: a process of a host that was looked at;
   * - `remote`: an address and port that such processes talk to, and that is nobody's of them;
   * - `clients`: addresses from which connections come.
   */
  readonly kind: "service" | "remote" | "clients";
  /** What a person calls it: `shopd`, `mysql-lb:3306`, `10.0.0.7`, `312 clients`. */
  readonly label: string;
  /** The target it runs on, in the command's form; null: not one of those. */
  readonly target: string | null;
  readonly pid: number | null;
  readonly endpoint: Endpoint | null;
  /** Index into the investigation's services; null: it has no name there. */
  readonly service: number | null;
}

/** Connections from one node to another, the way they were opened. */
export interface TalkEdge {
  /** Indices into the nodes. */
  readonly from: number;
  readonly to: number;
  readonly states: Readonly<Partial<Record<TcpState, number>>>;
  readonly count: number;
  /** Of them those that are stuck, and what shows it (`12 hung up and unread`, `4 wait for an answer`); empty: none is. */
  readonly stuck: number;
  readonly why: readonly string[];
  /** Where the sockets are: one place on the side that was looked at, both when both were. */
  readonly places: readonly { readonly snapshot: number; readonly sockets: readonly number[] }[];
}

/** Who talks to whom now, over all targets. Bounded: what is too many to draw stands in one node. */
export interface TalkGraph {
  readonly nodes: readonly TalkNode[];
  readonly edges: readonly TalkEdge[];
}
