import type { Diagnosis } from "../model/diagnosis";
import type { ConnectionGroup } from "../model/investigation";
import type { ConfiguredEndpoint, Service } from "../model/service";
import type { Snapshot } from "../model/snapshot";
import type { Timeline } from "../model/timeline";
import { orderDiagnoses } from "./diagnosis/order";
import { CAUSE_READERS } from "./diagnosis/registry";
import { historyOf } from "./history/history";
import type { History } from "./history/history";
import { timelineOf } from "./history/timeline";
import type { Scene } from "./scene";
import { makeScene } from "./scene";
import { createServiceNames } from "./services/name-services";

export interface ExplainInput {
  /** Looks at one target, oldest first. The last one is explained; those before it are its history. */
  readonly snapshots: readonly Snapshot[];
  /** What the workspace's configuration names. */
  readonly configured: readonly ConfiguredEndpoint[];
  /** All looks at the target up to the last snapshot, also those that `snapshots` no longer holds. Absent: `snapshots` are all. */
  readonly history?: History;
}

export interface Explanation {
  readonly services: readonly Service[];
  readonly groups: readonly ConnectionGroup[];
  /** Root cause first. Empty: a clean bill. */
  readonly diagnoses: readonly Diagnosis[];
  /** Absent: fewer than two looks have a time. */
  readonly timeline?: Timeline;
}

/** Facts in, causes out: names the services, groups the connections of the last look, and says why they are stuck. Never throws on odd facts. */
export function explain(input: ExplainInput): Explanation {
  const names = createServiceNames(input.configured);
  const scenes: Scene[] = [];
  input.snapshots.forEach((snapshot, index) => scenes.push(makeScene(snapshot, index, scenes.slice(), names)));
  const scene = scenes[scenes.length - 1];
  if (scene === undefined) return { services: [], groups: [], diagnoses: [] };

  // One look has no history: a million sockets are not followed for nothing.
  const history = input.history ?? historyOf(scenes.length === 1 ? [] : scenes);
  const diagnoses = orderDiagnoses(CAUSE_READERS.flatMap((reader) => reader.diagnose(scene, history)));
  const services: Service[] = [];
  const places = new Map<Service, number>();
  const groups = scene.groups.map((group): ConnectionGroup => {
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
  });
  const timeline = timelineOf(history);
  return { services, groups, diagnoses, ...(timeline === null ? {} : { timeline }) };
}
