import type { Endpoint } from "../model/endpoint";
import { formatEndpoint } from "../model/endpoint";
import type { PoolOwner, PoolSize } from "../model/pool-size";
import type { Service } from "../model/service";
import { matchService } from "../model/service-match";
import { countOf, formatCount } from "./figures";
import type { Group } from "./groups";
import type { Scene } from "./scene";
import { nameEnd } from "./scene";

/** What one process holds of the connections that a pool may lend, against what the pool allows. */
export interface PoolUse {
  readonly process: PoolOwner;
  readonly service: Service;
  /** The end that it leads to; of several that one name stands for, the one with the most connections. */
  readonly endpoint: Endpoint;
  /** The same as a person would call it (`nameEnd`). */
  readonly end: string;
  /** `Group.key` of each group whose connections are counted. */
  readonly groups: readonly string[];
  /** Connections that are established, and those that the peer hung up on: the pool counts both until it closes them. */
  readonly held: number;
  readonly sockets: readonly number[];
  /** null: not known, and `unknown` says why. */
  readonly pool: PoolSize | null;
  readonly unknown: string | null;
}

const READ = {};
const PLACES_SAID = 3;

/**
 * The connections of each process to what its pools speak to. A limit is one process's own: workers each have theirs. Where several pools fit, or one pool
 * may lead to several services, or more is held than the pool allows, nothing is chosen.
 */
export function readPoolUses(scene: Scene): readonly PoolUse[] {
  return scene.once(READ, () => {
    const byProcess = new Map<number, Group[]>();
    for (const group of scene.groups) {
      if (group.direction !== "outbound" || group.pid === null || held(group) === 0) continue;
      const known = byProcess.get(group.pid);
      if (known === undefined) byProcess.set(group.pid, [group]);
      else known.push(group);
    }
    return [...byProcess].flatMap(([pid, groups]) => {
      const name = groups[0]?.process ?? null;
      const process = scene.processes.get(pid) ?? (name === null ? undefined : { pid, name, exe: null, commandLine: null, cwd: null });
      const pools = process === undefined ? [] : scene.poolsOf(process);
      return process === undefined || pools.length === 0 ? [] : usesOf(scene, process, groups, pools);
    });
  });
}

/** Of the group; null: no pool speaks to what stands there. */
export function poolUseOf(scene: Scene, pid: number, endpoint: Endpoint): PoolUse | null {
  const end = formatEndpoint(endpoint);
  return readPoolUses(scene).find((use) => use.process.pid === pid && use.groups.some((key) => {
    const group = scene.groupsByKey.get(key);
    return group !== undefined && formatEndpoint(group.endpoint) === end;
  })) ?? null;
}

export function sayPlace({ file, line }: PoolSize): string {
  return `${file}:${line}`;
}

function held(group: Group): number {
  return (group.states.ESTABLISHED ?? 0) + (group.states.CLOSE_WAIT ?? 0);
}

interface Ends {
  readonly service: Service;
  readonly groups: Group[];
}

function usesOf(scene: Scene, process: PoolOwner, groups: readonly Group[], pools: readonly PoolSize[]): PoolUse[] {
  const byName = new Map<string, Ends>();
  for (const group of groups) {
    const service = scene.serviceOf(group);
    if (service === null) continue;
    // One name may stand for several addresses; an address alone is one end.
    const nameless = service.name === group.endpoint.address || service.how.every(({ source }) => source === "well-known-port");
    const key = nameless ? formatEndpoint(group.endpoint) : `${service.name} ${service.kind} ${group.endpoint.port ?? ""}`;
    const known = byName.get(key);
    if (known === undefined) byName.set(key, { service, groups: [group] });
    else known.groups.push(group);
  }
  const fits = (pool: PoolSize, { service }: Ends): boolean => matchService(pool.service, service.kind) === "same";
  return [...byName.values()].flatMap((ends): PoolUse[] => {
    const fitting = pools.filter((pool) => fits(pool, ends));
    const [pool] = fitting;
    if (pool === undefined) return [];
    if (fitting.length > 1) return [useOf(scene, process, ends, null, `${countOf(fitting.length, "pool")} of the workspace may be this one: ${sayPlaces(fitting)}`)];
    if (pool.size === null) return [useOf(scene, process, ends, null, `${sayPlace(pool)} (${pool.text}): ${pool.unknown ?? "its size is not told"}`)];
    if (pool.per === "host") return ends.groups.map((group) => bounded(scene, process, { service: ends.service, groups: [group] }, pool, pool.size ?? 0));
    const others = [...byName.values()].filter((other) => other !== ends && fits(pool, other));
    if (others.length > 0) return [useOf(scene, process, ends, null, `the pool at ${sayPlace(pool)} may lead to ${[ends, ...others].map(({ service }) => service.name).slice(0, PLACES_SAID).join(" or ")}`)];
    return [bounded(scene, process, ends, pool, pool.size)];
  });
}

/** What holds more than its limit has another limit. */
function bounded(scene: Scene, process: PoolOwner, ends: Ends, pool: PoolSize, size: number): PoolUse {
  const use = useOf(scene, process, ends, pool, null);
  return use.held <= size ? use : { ...use, pool: null, unknown: `more is held than the ${formatCount(size)} that ${sayPlace(pool)} allows: other code opens connections there, or there are several such pools` };
}

function useOf(scene: Scene, process: PoolOwner, { service, groups }: Ends, pool: PoolSize | null, unknown: string | null): PoolUse {
  const biggest = [...groups].sort((a, b) => held(b) - held(a))[0] as Group;
  return {
    process, service, endpoint: biggest.endpoint, end: nameEnd(scene, biggest), groups: groups.map(({ key }) => key), held: groups.reduce((sum, group) => sum + held(group), 0),
    sockets: groups.flatMap(({ sockets }) => sockets), pool, unknown,
  };
}

function sayPlaces(pools: readonly PoolSize[]): string {
  const said = pools.slice(0, PLACES_SAID).map(sayPlace).join(", ");
  return pools.length > PLACES_SAID ? `${said} and ${pools.length - PLACES_SAID} more` : said;
}
