import type { GroupRow, PanelRow, SocketRow } from "../src/protocol/panel";
import { h } from "./dom";
import { groupName, ownerWords } from "./sentences";
import type { Translate } from "./words";
import { formatCount, formatDuration } from "./words";

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

export function renderGroupRow(row: GroupRow, t: Translate, locale: string, toggle: () => void): HTMLElement {
  const holder = row.process === null ? (row.pid === null ? "" : `pid ${row.pid}`) : row.pid === null ? row.process : `${row.process} (${row.pid})`;
  // In a narrow view the end is cut off: what is stuck stands first.
  const ordered = [...row.states].sort((a, b) => Number(b.state === "CLOSE_WAIT") - Number(a.state === "CLOSE_WAIT") || b.count - a.count);
  const states = ordered.map(({ state, count }) => h("span", { class: "tally", data: { state } }, `${state} ${formatCount(count, locale)}`));
  return h("div", { class: "line group", role: "row", aria: { level: 1, expanded: row.open }, onClick: toggle },
    h("span", { class: "cell name", role: "gridcell", title: [row.endpoint, row.how ?? ""].filter((part) => part !== "").join("\n") },
      h("span", { class: row.open ? "twistie open" : "twistie", aria: { hidden: true } }),
      h("span", { class: "place" }, groupName(row, t)),
      row.service !== null && row.service !== row.endpoint ? h("span", { class: "address" }, row.endpoint) : null,
      holder === "" ? null : h("span", { class: "holder" }, row.container === null || row.container === row.namespace ? holder : `${holder} · ${row.container}`),
      row.host === null ? null : h("span", { class: "holder host" }, row.host),
      row.namespace === null ? null : h("span", { class: "holder namespace", title: t("in the network namespace of {0}", row.namespace) }, row.namespace)),
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
