import { containerOf } from "../../model/container";
import { formatEndpoint } from "../../model/endpoint";
import type { ConnectionGroup, Investigation } from "../../model/investigation";
import { lastLooks, placeName } from "../../model/histories";
import { clocksOf } from "../../model/line-clock";
import { sayAllHow } from "../../model/name-agreement";
import { lookedAtMs } from "../../model/snapshot";
import type { Snapshot } from "../../model/snapshot";
import type { Socket } from "../../model/socket";
import type { TcpState } from "../../model/tcp-state";
import { TCP_STATES } from "../../model/tcp-state";
import type { PanelRow, RowFilter, RowQuery, StateCount, TimeRange } from "../../protocol/panel";

/**
 * Rows that one list can hold. A row is 22 to 40 pixels high and Chromium stops laying out near 33 million pixels,
 * so beyond this the list says that it was cut, and a filter shows the rest.
 */
const MAX_ROWS = 700_000;

export interface RowPage {
  readonly total: number;
  readonly sockets: number;
  readonly cut: boolean;
  readonly from: number;
  readonly rows: PanelRow[];
}

/** The rows that a query shows, addressed by number without building them. */
export interface RowIndex {
  page(from: number, count: number): RowPage;
}

/** Counts in the order of the states' life, zero counts left out. */
export function listStates(counts: Readonly<Partial<Record<TcpState, number>>>): StateCount[] {
  return TCP_STATES.flatMap((state) => {
    const count = counts[state] ?? 0;
    return count > 0 ? [{ state, count }] : [];
  });
}

interface Section {
  readonly id: number;
  readonly snapshot: Snapshot;
  readonly group: ConnectionGroup;
  /** Indices into the snapshot's sockets that pass the query. */
  readonly sockets: readonly number[];
  readonly open: boolean;
}

/** The looks whose sockets a query shows: every target's last one, or the one that a diagnosis or a piece of its evidence speaks of. */
function snapshotsOf(investigation: Investigation, filter: RowFilter | null): ReadonlySet<number> {
  if (filter?.kind === "edge") return new Set(investigation.talk?.edges[filter.edge]?.places.map(({ snapshot }) => snapshot));
  if (filter !== null && filter.kind !== "state") {
    const diagnosis = investigation.diagnoses[filter.diagnosis];
    if (diagnosis !== undefined) {
      if (filter.kind === "evidence") return new Set([diagnosis.evidence[filter.evidence]?.snapshot ?? diagnosis.snapshot]);
      return new Set(diagnosis.hosts?.map((host) => host.snapshot) ?? [diagnosis.snapshot]);
    }
  }
  return new Set(lastLooks(investigation.snapshots));
}

/** The sockets of one look that a filter lets through; null lets all through. */
function admitted(investigation: Investigation, filter: RowFilter | null, snapshot: number): ReadonlySet<number> | null {
  if (filter === null || filter.kind === "state") return null;
  if (filter.kind === "edge") return new Set(investigation.talk?.edges[filter.edge]?.places.flatMap((place) => (place.snapshot === snapshot ? place.sockets : [])));
  const diagnosis = investigation.diagnoses[filter.diagnosis];
  if (diagnosis === undefined) return new Set();
  if (filter.kind === "evidence") return new Set(diagnosis.evidence[filter.evidence]?.sockets ?? []);
  return new Set(diagnosis.hosts === undefined ? diagnosis.sockets : diagnosis.hosts.flatMap((host) => (host.snapshot === snapshot ? host.sockets : [])));
}

/** True when the socket was last used, or its peer hung up, within the range; a socket whose times are not known is not. */
function stirredWithin(socket: Socket, range: TimeRange, takenMs: number | null): boolean {
  if (takenMs === null || socket.info === null) return false;
  const { lastSendMs, lastReceiveMs, lastAckMs } = socket.info;
  // An acknowledgement tells of the peer's FIN only where one has come.
  const ago = [lastSendMs, lastReceiveMs, socket.state === "CLOSE_WAIT" ? lastAckMs : null];
  return ago.some((ms) => ms !== null && takenMs - ms >= range.fromMs && takenMs - ms <= range.toMs);
}

function socketText(socket: Socket): string {
  const owners = socket.owners.map((owner) => `${owner.process ?? ""} ${owner.pid}`).join(" ");
  return `${formatEndpoint(socket.local)} ${formatEndpoint(socket.remote)} ${owners} ${socket.state ?? ""} ${socket.cgroup ?? ""}`.toLowerCase();
}

function groupText(investigation: Investigation, group: ConnectionGroup): string {
  const service = group.service === null ? undefined : investigation.services[group.service];
  return `${service?.name ?? ""} ${service?.kind ?? ""} ${group.process ?? ""} ${group.pid ?? ""}`.toLowerCase();
}

function passes(words: readonly string[], context: string, socket: Socket): boolean {
  if (words.length === 0) return true;
  const text = socketText(socket);
  return words.every((word) => context.includes(word) || text.includes(word));
}

/** Groups in which something is wrong first, then by size: what a person looks for stands on top. */
function urgency(group: ConnectionGroup): number {
  return group.states.CLOSE_WAIT ?? 0;
}

function sectionsOf(investigation: Investigation, query: RowQuery): Section[] {
  const shown = snapshotsOf(investigation, query.filter);
  const { filter } = query;
  const words = query.text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const allowedAt = new Map([...shown].map((snapshot) => [snapshot, admitted(investigation, filter, snapshot)]));
  const narrowed = filter !== null || words.length > 0 || query.range !== null;
  const open = new Set(query.open);
  const closed = new Set(query.closed);
  const sections: Section[] = [];
  const aheadOf = clocksOf(investigation);
  const onLine = (snapshot: Snapshot): number | null => {
    const ms = lookedAtMs(snapshot);
    return ms === null ? null : ms - aheadOf(snapshot.source.target);
  };
  investigation.groups.forEach((group, id) => {
    const snapshot = investigation.snapshots[group.snapshot];
    if (!shown.has(group.snapshot) || snapshot === undefined) return;
    const allowed = allowedAt.get(group.snapshot) ?? null;
    const takenMs = query.range === null ? null : onLine(snapshot);
    const context = words.length === 0 ? "" : `${groupText(investigation, group)} ${shown.size > 1 ? placeName(snapshot).toLowerCase() : ""}`;
    const sockets = !narrowed ? group.sockets : group.sockets.filter((index) => {
      const socket = snapshot.sockets[index];
      if (socket === undefined) return false;
      if (allowed !== null && !allowed.has(index)) return false;
      if (filter?.kind === "state" && socket.state !== filter.state) return false;
      if (query.range !== null && !stirredWithin(socket, query.range, takenMs)) return false;
      return passes(words, context, socket);
    });
    if (narrowed && sockets.length === 0) return;
    sections.push({ id, snapshot, group, sockets, open: narrowed ? !closed.has(id) : open.has(id) });
  });
  sections.sort((a, b) => urgency(b.group) - urgency(a.group) || b.sockets.length - a.sockets.length || a.id - b.id);
  return sections;
}

function countIn(section: Section): StateCount[] {
  if (section.sockets.length === section.group.sockets.length) return listStates(section.group.states);
  const counts: Partial<Record<TcpState, number>> = {};
  for (const index of section.sockets) {
    const state = section.snapshot.sockets[index]?.state ?? null;
    if (state !== null) counts[state] = (counts[state] ?? 0) + 1;
  }
  return listStates(counts);
}

function describeOwner(socket: Socket): string {
  const [first, ...others] = socket.owners;
  if (first === undefined) return "";
  const fd = first.fd === null ? "" : ` fd ${first.fd}`;
  return `${first.process ?? "?"} (${first.pid})${fd}${others.length > 0 ? ` +${others.length}` : ""}`;
}

function toSocketRow(socket: Socket): PanelRow {
  const expires = socket.timer?.expiresInMs ?? null;
  return {
    kind: "socket",
    state: socket.state,
    protocol: socket.protocol,
    local: formatEndpoint(socket.local),
    remote: formatEndpoint(socket.remote),
    recvQueue: socket.recvQueue,
    sendQueue: socket.sendQueue,
    ownership: socket.ownership,
    owner: describeOwner(socket),
    lastSendMs: socket.info?.lastSendMs ?? null,
    lastReceiveMs: socket.info?.lastReceiveMs ?? null,
    lastAckMs: socket.info?.lastAckMs ?? null,
    timer: socket.timer === null ? null : `${socket.timer.kind}${expires === null ? "" : ` ${(expires / 1000).toFixed(1)} s`}`,
    cgroup: socket.cgroup,
  };
}

function namespaceName(snapshot: Snapshot, id: string | null): string | null {
  return id === null ? null : (snapshot.namespaces.find((one) => one.id === id)?.name ?? id);
}

function severalTargets(investigation: Investigation): boolean {
  return investigation.groups.some((group) => group.snapshot !== investigation.groups[0]?.snapshot);
}

function toGroupRow(investigation: Investigation, section: Section): PanelRow {
  const { group, snapshot } = section;
  const service = group.service === null ? undefined : investigation.services[group.service];
  return {
    kind: "group",
    group: section.id,
    open: section.open,
    host: severalTargets(investigation) ? placeName(snapshot) : null,
    direction: group.direction,
    process: group.process,
    pid: group.pid,
    container: containerOf(snapshot.processes.find((process) => process.pid === group.pid)),
    endpoint: formatEndpoint(group.endpoint),
    namespace: namespaceName(snapshot, snapshot.sockets[group.sockets[0] ?? -1]?.namespace ?? null),
    service: service?.name ?? null,
    how: service === undefined ? null : sayAllHow(service).join("\n"),
    // Of a large table only some sockets are listed, and a case that came back without its sockets has none: the counts tell of all.
    count: section.sockets.length < group.sockets.length ? section.sockets.length : Math.max(group.sockets.length, Object.values(group.states).reduce((sum, n) => sum + n, 0)),
    states: countIn(section),
  };
}

/**
 * Lays out the rows for `query`: every group is a row, and an open group is followed by its sockets.
 * Takes one pass over the sockets when the query narrows, none otherwise.
 */
export function createRowIndex(investigation: Investigation, query: RowQuery): RowIndex {
  const sections = sectionsOf(investigation, query);
  /** First row of each section. */
  const starts: number[] = [];
  let total = 0;
  let sockets = 0;
  for (const section of sections) {
    starts.push(total);
    total += 1 + (section.open ? section.sockets.length : 0);
    sockets += section.sockets.length;
  }
  const shown = Math.min(total, MAX_ROWS);

  const sectionAt = (row: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  return {
    page(from, count) {
      const rows: PanelRow[] = [];
      const end = Math.min(shown, from + count);
      let at = sectionAt(from);
      for (let row = from; row < end; row++) {
        if (row >= (starts[at + 1] ?? Infinity)) at++;
        const section = sections[at];
        if (section === undefined) break;
        const offset = row - (starts[at] ?? 0);
        if (offset === 0) {
          rows.push(toGroupRow(investigation, section));
          continue;
        }
        const socket = section.snapshot.sockets[section.sockets[offset - 1] ?? -1];
        if (socket === undefined) break;
        rows.push(toSocketRow(socket));
      }
      return { total: shown, sockets, cut: total > shown, from, rows };
    },
  };
}
