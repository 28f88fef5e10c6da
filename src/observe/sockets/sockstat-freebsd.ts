import type { Socket } from "../../model/socket";
import type { EndpointReader } from "./endpoint-reader";
import { TextPool } from "./own-text";
import type { LineReader, SnapshotDraft } from "./snapshot-draft";
import { draftSocket } from "./snapshot-draft";
import { tcpStateOf } from "./state-names";

const FORMAT = "sockstat";
const PROTOCOL = String.raw`tcp4|tcp6|tcp46|udp4|udp6|udp46|udpl4|udpl6|udpl46|sctp4|sctp6|sctp46|divert|icmp4|icmp6|stream|dgram|seqpac(?:ket)?`;
/** `PID FD PROTO`, with USER and COMMAND (which may hold blanks) before it; all four are `?` for a socket that no process holds. */
const COLUMNS = new RegExp(String.raw`\s(\d{1,10}|\?)\s+(\d{1,10}|\?)\s+(${PROTOCOL})(?=\s|$)`);

/** Reads sockstat(1) of FreeBSD: `USER COMMAND PID FD PROTO LOCAL FOREIGN [PATH STATE] [CONN STATE] [STACK] [CC]`, any options. */
export class SockstatFreebsdReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #endpoints: EndpointReader;
  readonly #texts = new TextPool();

  constructor(draft: SnapshotDraft, endpoints: EndpointReader) {
    this.#draft = draft;
    this.#endpoints = endpoints;
  }

  read(line: string): boolean {
    if (/^USER\s+COMMAND\s+PID\s+FD\s+PROTO\b/.test(line)) {
      this.#draft.endTable();
      this.#draft.table(FORMAT).ownersAsked = true;
      return true;
    }
    if (line.length > 2000) return false;
    const columns = COLUMNS.exec(line);
    if (columns === null) return false;
    const [whole, pid = "", fd = "", proto = ""] = columns;
    const [user = "", ...command] = line.slice(0, columns.index).trimEnd().split(/\s+/);
    if (user === "" || command.length === 0) return false;
    const words = line.slice(columns.index + whole.length).trim().split(/\s+/);
    const table = this.#draft.table(FORMAT);
    table.ownersAsked = true;
    if (/^(?:stream|dgram|seqpac|divert)/.test(proto)) {
      // A local socket, without addresses: understood, and no part of this picture.
      this.#draft.addRow(FORMAT);
      return true;
    }
    const [near = "", far = ""] = words;
    const local = this.#endpoints.read(near, 0, near.length);
    const remote = this.#endpoints.read(far, 0, far.length);
    if (local === null || remote === null) return false;
    const protocol: Socket["protocol"] = proto.startsWith("tcp") ? "tcp" : proto.startsWith("udp") ? "udp" : proto.startsWith("sctp") ? "sctp" : "other";
    const printed = words.slice(2).map((word) => tcpStateOf(word)).find((state) => state !== undefined);
    // Without -s there is no state; what has no far end and is TCP can only listen, or be bound and not yet connected: that is not told.
    const socket = draftSocket(protocol, protocol === "tcp" ? (printed ?? null) : null, local, remote, null, null);
    if (pid !== "?") {
      socket.owners = [{ pid: Number(pid), process: this.#texts.share(command.join(" ")), fd: fd === "?" ? null : Number(fd) }];
      socket.ownership = "owned";
    }
    socket.uid = /^\d{1,10}$/.test(user) ? Number(user) : user === "root" ? 0 : null;
    this.#draft.sockets.push(socket);
    this.#draft.addRow(FORMAT);
    return true;
  }
}
