import type { SortedLog } from "./kinds-of-line";

/** A value of a line and what it is called there. */
export interface NamedPart {
  readonly name: string;
  readonly value: string;
}

/** Requests that begin alike and of which these never came to the line that the others end with. */
export interface UnfinishedPackets {
  /** The kind of line that they begin with, and the one that is missing. */
  readonly begins: string;
  readonly missing: string;
  /** The last record of each, in the order of the log. */
  readonly lastRecords: readonly number[];
}

/** A value that joins lines: in so many of them, within so long. Shorter ones are counts and codes. */
const FEWEST_LINES_OF_ONE = 2;
const MOST_LINES_OF_ONE = 50;
const LONGEST_PACKET_MS = 120_000;
const SHORTEST_ID = 3;
/** So many packets that begin alike make a habit, and this share of them an ending. */
const FEWEST_ALIKE = 10;
const USUAL_ENDING = 0.5;

/**
 * Packets are lines that share a value which few lines have: a request's number, a trace, a connection. Of those that begin with the same
 * kind of line most end with the same kind; those that do not have it never ended.
 */
export function packetsThatNeverEnd(log: SortedLog, lines: readonly { readonly index: number; readonly values: readonly NamedPart[] }[]): UnfinishedPackets[] {
  const { timesMs } = log.records;
  const byId = new Map<string, { readonly name: string; readonly lines: number[] }>();
  for (const { index, values } of lines) {
    if (log.kindAt(index) < 0) continue;
    for (const { name, value } of values) {
      if (value.length < SHORTEST_ID || !/\d/.test(value)) continue;
      const packet = byId.get(value);
      if (packet === undefined) byId.set(value, { name, lines: [index] });
      else if (packet.lines.length <= MOST_LINES_OF_ONE && packet.lines[packet.lines.length - 1] !== index) packet.lines.push(index);
    }
  }
  // Where the value stands in the first line tells a request's number from a port or an amount, which no second line has.
  const byBeginning = new Map<string, { readonly begins: number; readonly packets: (readonly number[])[] }>();
  for (const { name, lines: packet } of byId.values()) {
    const first = packet[0] ?? 0;
    const last = packet[packet.length - 1] ?? 0;
    if (packet.length > MOST_LINES_OF_ONE || (timesMs[last] ?? 0) - (timesMs[first] ?? 0) > LONGEST_PACKET_MS) continue;
    const begins = log.kindAt(first);
    const alike = byBeginning.get(`${begins} ${name}`);
    if (alike === undefined) byBeginning.set(`${begins} ${name}`, { begins, packets: [packet] });
    else alike.packets.push(packet);
  }
  const out = new Map<string, UnfinishedPackets>();
  for (const { begins, packets } of byBeginning.values()) {
    const endings = new Map<number, number>();
    for (const packet of packets) {
      const ends = log.kindAt(packet[packet.length - 1] ?? 0);
      if (packet.length >= FEWEST_LINES_OF_ONE) endings.set(ends, (endings.get(ends) ?? 0) + 1);
    }
    const [usual] = [...endings].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (usual === undefined || usual[0] === begins || usual[1] < FEWEST_ALIKE || usual[1] < packets.length * USUAL_ENDING) continue;
    const open = packets.filter((packet) => !packet.some((index) => log.kindAt(index) === usual[0]));
    const lastRecords = open.map((packet) => packet[packet.length - 1] ?? 0).sort((a, b) => a - b);
    if (open.length > 0) out.set(lastRecords.join(" "), { begins: log.kinds[begins]?.template ?? "", missing: log.kinds[usual[0]]?.template ?? "", lastRecords });
  }
  return [...out.values()];
}
