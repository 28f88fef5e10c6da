import type { Diagnosis } from "../model/diagnosis";
import type { ConnectionGroup } from "../model/investigation";
import { historiesOf, placeName } from "../model/histories";
import type { PoolsOf } from "../model/pool-size";
import type { KeptPast } from "../model/past";
import type { ConfiguredEndpoint, Service } from "../model/service";
import type { Snapshot } from "../model/snapshot";
import type { TalkGraph } from "../model/talk";
import type { Timeline } from "../model/timeline";
import { orderDiagnoses } from "./diagnosis/order";
import { CAUSE_READERS } from "./diagnosis/registry";
import { History } from "./history/history";
import { timelineOf } from "./history/timeline";
import { timelinesTogether } from "./history/timelines-together";
import type { HostHistory } from "./history/timelines-together";
import type { HostScene } from "./hosts/host-scene";
import { drawTalk } from "./hosts/talk";
import type { Scene } from "./scene";
import { withPoolEvidence } from "./pool-evidence";
import { makeScene } from "./scene";
import { createServiceNames } from "./services/name-services";

export interface ExplainInput {
  /** Looks at one target or several, each target's oldest first (`historiesOf`). The last one of each is explained; those before it are its history. */
  readonly snapshots: readonly Snapshot[];
  /** What the workspace's configuration names. */
  readonly configured: readonly ConfiguredEndpoint[];
  /** What pools the workspace's code keeps, by process. Absent: none is known. */
  readonly poolsOf?: PoolsOf;
  /**
   * By target (`SnapshotSource.target`): all looks at it before the last snapshot, also those that `snapshots` no longer holds; the last one is added, unless
   * it is in it already. Absent, as a whole or for one of several: `snapshots` are all.
   */
  readonly histories?: ReadonlyMap<string, History>;
  /** Of one target: what looks that `snapshots` no longer holds left behind in a case that was kept. Absent: nothing. */
  readonly kept?: { readonly timeline: Timeline; readonly past: KeptPast };
  /** By target: why nobody looked between its last snapshot and the one before it, in words. Absent: they follow each other. */
  readonly gaps?: ReadonlyMap<string, string>;
}

export interface Explanation {
  readonly services: readonly Service[];
  readonly groups: readonly ConnectionGroup[];
  /** Root cause first. Empty: a clean bill. */
  readonly diagnoses: readonly Diagnosis[];
  readonly talk: TalkGraph;
  /** Absent: no target has two looks with a time. Of several it is on our clock. */
  readonly timeline?: Timeline;
  /** By target, to be handed in with its next look. Empty: one look only. */
  readonly histories: ReadonlyMap<string, History>;
}

/** Facts in, causes out: names the services, groups the connections of each target's last look, and says why they are stuck. Never throws on odd facts. */
export function explain(input: ExplainInput): Explanation {
  const names = createServiceNames(input.configured);
  const alone = historiesOf(input.snapshots).length === 1;
  const histories = new Map<string, History>();
  const hosts = historiesOf(input.snapshots).map((looks): HostScene => {
    const scenes: Scene[] = [];
    for (const index of looks) scenes.push(makeScene(input.snapshots[index] as Snapshot, index, scenes.slice(), names, input.poolsOf));
    const scene = scenes[scenes.length - 1] as Scene;
    const { snapshot } = scene;
    const history = alone && input.kept !== undefined ? History.restored(input.kept.timeline, input.kept.past, scenes) : historyWith(scenes, input.histories?.get(snapshot.source.target), input.gaps?.get(snapshot.source.target));
    if (history.looks > 0) histories.set(snapshot.source.target, history);
    return { scene, target: snapshot.source.target, name: placeName(snapshot), diagnoses: withPoolEvidence(scene, CAUSE_READERS.flatMap((reader) => ("diagnose" in reader ? reader.diagnose(scene, history) : []))) };
  });
  const over = alone ? [] : CAUSE_READERS.flatMap((reader) => ("diagnoseHosts" in reader ? reader.diagnoseHosts(hosts) : []));
  const diagnoses = orderDiagnoses([...over, ...hosts.flatMap((host) => host.diagnoses)]);
  const services: Service[] = [];
  const places = new Map<Service, number>();
  const groups = hosts.flatMap(({ scene }) => scene.groups.map((group): ConnectionGroup => {
    const service = scene.serviceOf(group);
    let place: number | null = null;
    if (service !== null) {
      place = places.get(service) ?? services.length;
      if (place === services.length) {
        services.push(service);
        places.set(service, place);
      }
    }
    const { direction, pid, process, endpoint, states, sockets } = group;
    return { snapshot: scene.index, direction, pid, process, endpoint, service: place, states, sockets };
  }));
  const timeline = alone ? timelineAlone(histories) : timelinesTogether(hosts.flatMap(({ scene, name, target }): HostHistory[] => {
    const history = histories.get(target);
    return history === undefined ? [] : [{ name, offsetMs: scene.snapshot.clock?.offsetMs ?? 0, history }];
  }));
  return { services, groups, diagnoses, talk: drawTalk(hosts, services), ...(timeline === null ? {} : { timeline }), histories };
}

function timelineAlone(histories: ReadonlyMap<string, History>): Timeline | null {
  const [history] = histories.values();
  return history === undefined ? null : timelineOf(history);
}

function historyWith(scenes: readonly Scene[], history: History | undefined, gap: string | undefined): History {
  const last = scenes[scenes.length - 1];
  const circumstances = gap === undefined ? {} : { gap };
  if (history !== undefined && last !== undefined) {
    if (!history.endsWith(last.snapshot)) history.add(last, circumstances);
    return history;
  }
  const fresh = new History();
  // One look has no history: a million sockets are not followed for nothing.
  if (scenes.length > 1) for (const scene of scenes) fresh.add(scene, scene === last ? circumstances : {});
  return fresh;
}
