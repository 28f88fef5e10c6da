import type { Snapshot } from "../../../model/snapshot";
import { KernelCounterReader } from "../../sockets/kernel-counters";
import { SnapshotDraft } from "../../sockets/snapshot-draft";
import type { SectionFamily } from "./section-family";

/** `counters` (/proc/net/netstat and snmp) and `settings` (lines of grep's: `/proc/sys/NAME:VALUE`). */
export class KernelSections implements SectionFamily {
  readonly sections = ["counters", "settings"];
  readonly #draft = new SnapshotDraft();
  readonly #counters = new KernelCounterReader(this.#draft);
  readonly #settings: Record<string, number> = {};
  #portRange: readonly [number, number] | null = null;

  read(section: string, line: string): void {
    if (section === "counters") this.#counters.read(line);
    else this.#settingLine(line);
  }

  complete(snapshot: Snapshot): Snapshot {
    return {
      ...snapshot,
      kernel: { release: snapshot.kernel?.release ?? null, counters: this.#draft.counters, localPortRange: this.#portRange, settings: this.#settings },
    };
  }

  #settingLine(line: string): void {
    const match = /^\/proc\/sys\/([^:]+):(-?\d+)(?:\s+(\d+))?/.exec(line);
    if (match === null) return;
    const name = (match[1] ?? "").replaceAll("/", ".");
    if (name === "net.ipv4.ip_local_port_range") this.#portRange = [Number(match[2]), Number(match[3])];
    else this.#settings[name] = Number(match[2]);
  }
}
