import type { GroupRow, PanelDiagnosis, PanelTalk, SocketRow } from "../src/protocol/panel";
import type { Translate } from "./words";
import { formatCount, formatTimeout } from "./words";

/** `126 CLOSE_WAIT, outbound, held by shopd (pid 812); the peer hangs up after 60.0 s idle` */
export function summarize(diagnosis: PanelDiagnosis, t: Translate, locale: string): string {
  const parts: string[] = [];
  const states = diagnosis.states.map(({ state, count }) => `${formatCount(count, locale)} ${state}`).join(" + ");
  if (states !== "") parts.push(states);
  if (diagnosis.direction === "inbound") parts.push(t("inbound"));
  if (diagnosis.direction === "outbound") parts.push(t("outbound"));
  // What waits in an accept queue is held by nobody: the process is the one that should take it.
  if (diagnosis.process !== null) {
    const { name, pid } = diagnosis.process;
    parts.push(diagnosis.cause === "accept-queue-stalled" ? t("waiting for {0} (pid {1})", name, pid) : t("held by {0} (pid {1})", name, pid));
  }
  const first = parts.join(", ");
  return diagnosis.peerIdleMs === null ? first : `${first}; ${t("the peer hangs up after {0} idle", formatTimeout(diagnosis.peerIdleMs))}`;
}

export function confidenceWords(confidence: PanelDiagnosis["confidence"], t: Translate): string {
  switch (confidence) {
    case "high": return t("high confidence");
    case "medium": return t("medium confidence");
    case "low": return t("low confidence");
  }
}

export const COLUMNS = ["state", "local", "remote", "recv", "send", "owner", "idle", "timer"] as const;

export function columnTitle(column: (typeof COLUMNS)[number], t: Translate): { text: string; help: string } {
  switch (column) {
    case "state": return { text: t("State"), help: "" };
    case "local": return { text: t("Local"), help: "" };
    case "remote": return { text: t("Remote"), help: "" };
    case "recv": return { text: "Recv-Q", help: t("Bytes the application has not read; an unread FIN counts as one. For LISTEN: the accept queue.") };
    case "send": return { text: "Send-Q", help: t("Bytes the peer has not acknowledged. For LISTEN: the limit of the accept queue.") };
    case "owner": return { text: t("Owner"), help: "" };
    case "idle": return { text: t("Last used"), help: t("Since the application last sent data on it (lastsnd)") };
    case "timer": return { text: t("Timer"), help: "" };
  }
}

/** Who holds a socket, or why nobody is named: "nobody" and "not allowed to see" are different answers. */
export function ownerWords(row: SocketRow, t: Translate): { text: string; why: string } {
  if (row.ownership === "owned") return { text: row.owner, why: row.cgroup ?? "" };
  if (row.ownership === "hidden") {
    return { text: t("owner unknown: not root"), why: t("Only root may see the descriptors of other users' processes. Scan as root, or with sudo, to see the owner.") };
  }
  if (row.ownership === "not-asked") return { text: t("owner not in the capture"), why: t("The capture has no owner column: take it with ss -p or netstat -p.") };
  switch (row.state) {
    case "TIME_WAIT":
      return { text: t("no owner: held by the kernel"), why: t("TIME_WAIT belongs to no process; the kernel lets it go after a minute.") };
    case "FIN_WAIT_1": case "FIN_WAIT_2": case "LAST_ACK": case "CLOSING":
      return { text: t("no owner: already closed"), why: t("The process has closed it; the kernel finishes the goodbye.") };
    case "ESTABLISHED": case "CLOSE_WAIT": case "SYN_RECEIVED":
      return { text: t("no owner: never accepted"), why: t("The handshake is done and no process has accepted it: it waits in the accept queue.") };
    default:
      return { text: t("no owner"), why: t("No process holds it.") };
  }
}

export function groupName(row: GroupRow, t: Translate): string {
  const place = row.service === null || row.service === row.endpoint ? row.endpoint : row.service;
  if (row.direction === "outbound") return t("to {0}", place);
  if (row.direction === "inbound") return t("from clients of {0}", place);
  if (row.states.every(({ state }) => state === "LISTEN")) return t("listening on {0}", place);
  return t("{0}, direction unknown", place);
}

/** `shopd on web-1 to mysql-lb:3306` */
export function edgeName({ nodes, edges }: PanelTalk, at: number, t: Translate): string {
  const edge = edges[at];
  const name = (index: number): string => {
    const node = nodes[index];
    return node === undefined ? "?" : node.host === null ? node.label : t("{0} on {1}", node.label, node.host);
  };
  return edge === undefined ? "" : t("{0} to {1}", name(edge.from), name(edge.to));
}
