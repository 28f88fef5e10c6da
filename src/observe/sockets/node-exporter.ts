import type { TcpState } from "../../model/tcp-state";
import type { LineReader, SnapshotDraft } from "./snapshot-draft";
import { tcpStateOf } from "./state-names";

/**
 * Reads what node_exporter tells of TCP, in Prometheus's text form: `node_netstat_Tcp_CurrEstab 12`, `node_sockstat_TCP_tw 3`,
 * `node_tcp_connection_states{state="close_wait"} 7`. Counters get the names that they have in /proc.
 */
export class NodeExporterReader implements LineReader {
  readonly format = "node-exporter";
  readonly #draft: SnapshotDraft;
  #states: Partial<Record<TcpState, number>> | null = null;

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  read(line: string): boolean {
    if (/^# (?:HELP|TYPE) node_(?:netstat|sockstat|tcp_connection_states)/.test(line)) return true;
    if (!line.startsWith("node_")) return false;
    const metric = /^node_(netstat|sockstat|tcp_connection_states)(?:_([A-Za-z0-9]+)_([A-Za-z0-9]+))?(?:\{([^}]*)\})? ([0-9.e+-]+)(?: \d+)?\s*$/.exec(line);
    if (metric === null) return false;
    const [, kind, section = "", name = "", labels = "", printed = ""] = metric;
    const value = Number(printed);
    if (!Number.isFinite(value)) return false;
    if (kind === "tcp_connection_states") {
      const state = tcpStateOf(/(?:^|,)state="([a-z0-9_]+)"/.exec(labels)?.[1] ?? "");
      if (state === undefined) {
        // rx_queued_bytes and tx_queued_bytes stand beside the states.
        if (!/state="[rt]x_queued_bytes"/.test(labels)) return false;
      } else {
        if (this.#states === null || this.#states[state] !== undefined) {
          this.#states = {};
          this.#draft.stateTables.push(this.#states);
        }
        this.#states[state] = value;
      }
    } else if (section === "") return false;
    else this.#draft.counters[kind === "netstat" ? section + name : `sockstat_${section}_${name}`] = value;
    this.#draft.addRow(this.format);
    return true;
  }
}
