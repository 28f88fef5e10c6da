import type { LineReader, SnapshotDraft } from "./snapshot-draft";

/**
 * Reads /proc/net/sockstat and sockstat6: counts of the kernel's own. Counters are called as node_exporter calls them (`sockstat_TCP_inuse`).
 * Of states it tells one, TIME_WAIT (`tw`, of both families): `inuse` counts every state that has a socket, LISTEN and CLOSE_WAIT alike.
 */
export class SockstatLinuxReader implements LineReader {
  readonly format = "proc-net-sockstat";
  readonly #draft: SnapshotDraft;

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  read(line: string): boolean {
    const row = /^(sockets|TCP6?|UDP6?|UDPLITE6?|RAW6?|FRAG6?|MPTCP|SCTP6?):((?: (?:used|inuse|orphan|tw|alloc|mem|memory) -?\d+)+)\s*$/.exec(line);
    if (row === null) return false;
    const [, section = "", pairs = ""] = row;
    const words = pairs.trim().split(" ");
    for (let at = 0; at + 1 < words.length; at += 2) this.#draft.counters[`sockstat_${section}_${words[at] ?? ""}`] = Number(words[at + 1]);
    const timeWait = / tw (\d+)/.exec(pairs)?.[1];
    if (section === "TCP" && timeWait !== undefined) this.#draft.stateTables.push({ TIME_WAIT: Number(timeWait) });
    this.#draft.addRow(this.format);
    return true;
  }
}
