import { formatEndpoint } from "../../model/endpoint";
import type { KeptPast, Restart } from "../../model/past";
import type { Snapshot } from "../../model/snapshot";
import type { Socket } from "../../model/socket";
import type { SocketLife, Timeline, TimelineEvent } from "../../model/timeline";
import { countOf } from "../figures";
import type { Scene } from "../scene";
import { Lineages } from "./lineages";
import { LookTable } from "./look-table";
import { measuresOf } from "./measures";
import { SocketLives } from "./socket-lives";
import type { HangUps } from "./socket-lives";

/** What a look brings besides its facts. */
export interface LookCircumstances {
  /** Why nobody looked between the look before and this one, in words (`this machine slept`); absent: the looks follow each other. */
  readonly gap?: string;
}

const MOST_EVENTS = 500;
/** Fewer hang-ups at one look are a day like any other. */
const HANG_UPS_WORTH_TELLING = 3;
/** Hang-ups of one peer that follow each other this closely are told once. */
const SAME_EVENT_MS = 60_000;

/**
 * All looks at one target, as far as they matter later: figures in columns, each socket's life, restarts and events. Bounded, however long it goes
 * on. Looks without a time are left out: they have no place on a line.
 */
export class History {
  readonly table = new LookTable();
  readonly #lineages = new Lineages();
  readonly #lives = new SocketLives();
  readonly #restarts: Restart[] = [];
  readonly #events: TimelineEvent[] = [];
  readonly #hangUps = new Map<string, number>();
  #looks = 0;
  #firstMs: number | null = null;
  #lastMs: number | null = null;
  #last: Snapshot | null = null;

  /**
   * As it was when these were kept (`pastOf`), for the looks that are left, the last one included. Lives of sockets are told by those looks alone. Nothing
   * is to be added to it.
   */
  static restored(timeline: Timeline, past: KeptPast, scenes: readonly Scene[]): History {
    const history = new History();
    history.table.restore(timeline, past);
    history.#restarts.push(...past.restarts);
    history.#events.push(...timeline.events.filter(({ kind }) => kind === "restart" || kind === "gap" || kind === "peer-hang-up"));
    history.#lineages.restore(new Map(past.services.map(({ pid, lineage }) => [pid, lineage])));
    for (const scene of scenes) if (scene.takenMs !== null) history.#lives.add(scene, scene.takenMs);
    history.#looks = past.looks;
    history.#firstMs = timeline.timesMs[0] ?? null;
    history.#lastMs = timeline.timesMs.at(-1) ?? null;
    history.#last = scenes.at(-1)?.snapshot ?? null;
    return history;
  }

  /** Which process of the last look belongs to which service. */
  get services(): ReadonlyMap<number, string> {
    return this.#lineages.services;
  }

  /** Looks that were added, thinned ones included. */
  get looks(): number {
    return this.#looks;
  }

  get firstMs(): number | null {
    return this.#firstMs;
  }

  get lastMs(): number | null {
    return this.#lastMs;
  }

  /** Oldest first. */
  get restarts(): readonly Restart[] {
    return this.#restarts;
  }

  get events(): readonly TimelineEvent[] {
    return this.#events;
  }

  /** Sockets of the last look that are too many to follow. */
  get notFollowed(): number {
    return this.#lives.left;
  }

  lifeOf(socket: Socket): SocketLife | null {
    return this.#lives.of(socket);
  }

  /** The service of a process of the last look; null: no such process. */
  lineageOf(pid: number | null): string | null {
    return this.#lineages.of(pid);
  }

  /** Whether this look is the last that was added: of a target that is away, the last one stays the last. */
  endsWith(snapshot: Snapshot): boolean {
    return this.#last === snapshot;
  }

  /** One look further. Looks are added in the order of their time. */
  add(scene: Scene, circumstances: LookCircumstances = {}): void {
    this.#last = scene.snapshot;
    if (scene.takenMs === null) return;
    let timeMs = scene.takenMs;
    const before = this.#lastMs;
    let { gap } = circumstances;
    if (before !== null && timeMs <= before) {
      // Its clock was set back. The line goes on from where it was.
      timeMs = before + 1;
      gap ??= "the target's clock was set back";
    }
    if (before !== null && gap !== undefined) {
      this.table.addGap(before + Math.min(1000, (timeMs - before) / 2));
      this.#tell({ kind: "gap", timeMs: before, untilMs: timeMs, text: `not looked at: ${gap}` });
    }
    this.#looks += 1;
    this.#firstMs ??= timeMs;
    this.#lastMs = timeMs;
    for (const restart of this.#lineages.add(scene, timeMs)) {
      // Two clocks and a rounding: it was started after the last look that did not show it.
      const at = before === null ? restart.timeMs : Math.min(timeMs, Math.max(before + 1, restart.timeMs));
      this.#restarts.push({ ...restart, timeMs: at });
      if (this.#restarts.length > MOST_EVENTS) this.#restarts.shift();
      this.table.cutAt(at);
      this.#tell({ kind: "restart", timeMs: at, untilMs: null, text: `${restart.name} was started anew (pid ${restart.beforePid}, now ${restart.afterPid})` });
    }
    this.table.add(timeMs, measuresOf(scene, this.#lineages), scene.snapshot.statesOnly === null);
    for (const hangUps of this.#lives.add(scene, timeMs)) if (hangUps.sockets >= HANG_UPS_WORTH_TELLING) this.#tellHangUps(hangUps);
  }

  #tell(event: TimelineEvent): void {
    this.#events.push(event);
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
  }

  #tellHangUps({ endpoint, process, timeMs, untilMs, sockets }: HangUps): void {
    const end = `${formatEndpoint(endpoint)} ${process ?? ""}`;
    const text = (count: number): string => `${formatEndpoint(endpoint)} hung up on ${countOf(count, "connection")}${process === null ? "" : ` of ${process}`}`;
    const place = this.#events.findLastIndex((event) => event.kind === "peer-hang-up" && event.text.startsWith(`${formatEndpoint(endpoint)} `) && event.text.endsWith(process === null ? "" : ` of ${process}`));
    const known = this.#events[place];
    const total = this.#hangUps.get(end) ?? 0;
    if (known !== undefined && timeMs - (known.untilMs ?? known.timeMs) <= SAME_EVENT_MS) {
      this.#hangUps.set(end, total + sockets);
      this.#events[place] = { ...known, untilMs: Math.max(known.untilMs ?? known.timeMs, untilMs), text: text(total + sockets) };
      return;
    }
    this.#hangUps.set(end, sockets);
    this.#tell({ kind: "peer-hang-up", timeMs, untilMs: untilMs > timeMs ? untilMs : null, text: text(sockets) });
  }
}

/** A history of these looks alone. */
export function historyOf(scenes: readonly Scene[]): History {
  const history = new History();
  for (const scene of scenes) history.add(scene);
  return history;
}
