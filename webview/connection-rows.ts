import type { GroupRow, PanelRow, SocketRow } from "../src/protocol/panel";
import { h } from "./dom";
import type { Translate } from "./words";
import { formatCount, formatDuration } from "./words";

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

function cell(column: string, text: string, title = ""): HTMLElement {
  return h("span", { class: `cell ${column}`, role: "gridcell", title }, text);
}

function ago(ms: number | null): string {
  return ms === null ? "" : formatDuration(ms);
}

function queue(value: number | null, locale: string): string {
  return value === null ? "" : formatCount(value, locale);
}

export function renderSocketRow(row: SocketRow, t: Translate, locale: string): HTMLElement {
  const owner = ownerWords(row, t);
  const times = [
    row.lastSendMs === null ? null : t("last sent {0} ago", formatDuration(row.lastSendMs)),
    row.lastReceiveMs === null ? null : t("last received {0} ago", formatDuration(row.lastReceiveMs)),
    row.lastAckMs === null ? null : t("last ACK {0} ago", formatDuration(row.lastAckMs)),
  ].filter((part) => part !== null).join(", ");
  const state = row.state ?? (row.protocol === "tcp" ? "?" : row.protocol);
  return h("div", { class: "line socket", role: "row", aria: { level: 2 } },
    h("span", { class: "cell state", role: "gridcell", data: { state } }, state),
    cell("local", row.local, row.local),
    cell("remote", row.remote, row.remote),
    cell("recv", queue(row.recvQueue, locale), row.recvQueue === null ? "" : `Recv-Q ${row.recvQueue}`),
    cell("send", queue(row.sendQueue, locale), row.sendQueue === null ? "" : `Send-Q ${row.sendQueue}`),
    h("span", { class: `cell owner ${row.ownership}`, role: "gridcell", title: owner.why === "" ? owner.text : `${owner.text}. ${owner.why}` }, owner.text),
    cell("idle", ago(row.lastSendMs), times),
    cell("timer", row.timer ?? ""),
  );
}

export function groupName(row: GroupRow, t: Translate): string {
  const place = row.service === null || row.service === row.endpoint ? row.endpoint : row.service;
  if (row.direction === "outbound") return t("to {0}", place);
  if (row.direction === "inbound") return t("from clients of {0}", place);
  return t("listening and others, {0}", place);
}

export function renderGroupRow(row: GroupRow, t: Translate, locale: string, toggle: () => void): HTMLElement {
  const holder = row.process === null ? (row.pid === null ? "" : `pid ${row.pid}`) : row.pid === null ? row.process : `${row.process} (${row.pid})`;
  const states = row.states.map(({ state, count }) => h("span", { class: "tally", data: { state } }, `${state} ${formatCount(count, locale)}`));
  return h("div", { class: "line group", role: "row", aria: { level: 1, expanded: row.open }, onClick: toggle },
    h("span", { class: "cell name", role: "gridcell", title: [row.endpoint, row.how ?? ""].filter((part) => part !== "").join("\n") },
      h("span", { class: row.open ? "twistie open" : "twistie", aria: { hidden: true } }),
      h("span", { class: "place" }, groupName(row, t)),
      row.service !== null && row.service !== row.endpoint ? h("span", { class: "address" }, row.endpoint) : null,
      holder === "" ? null : h("span", { class: "holder" }, holder)),
    h("span", { class: "cell tallies", role: "gridcell" }, ...states),
    h("span", { class: "cell count", role: "gridcell", aria: { label: t("{0} sockets", row.count) } }, formatCount(row.count, locale)),
  );
}

export function renderPendingRow(): HTMLElement {
  return h("div", { class: "line pending", role: "row", aria: { busy: true } }, h("span", { class: "cell", role: "gridcell" }, "..."));
}

export function renderRow(row: PanelRow | undefined, t: Translate, locale: string, toggle: (group: GroupRow) => void): HTMLElement {
  if (row === undefined) return renderPendingRow();
  return row.kind === "group" ? renderGroupRow(row, t, locale, () => toggle(row)) : renderSocketRow(row, t, locale);
}
