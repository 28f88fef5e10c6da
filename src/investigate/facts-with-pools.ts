import type { Engine } from "../locate/parsing/engine";
import type { PoolSize } from "../model/pool-size";
import { readPoolSizes } from "./pool-sizes";
import { readWorkspaceFacts } from "./workspace-facts";
import type { WorkspaceFacts } from "./workspace-facts";

/** What the workspace says about the world around it, the sizes of its pools among it. */
export interface FactsWithPools extends Omit<WorkspaceFacts, "poolSources" | "sources" | "poolSettings"> {
  readonly pools: readonly PoolSize[];
}

/** Rejects as `readWorkspaceFacts` does. A default that code leaves to its library gives way to what the configuration sets. */
export async function factsWithPools(engine: () => Promise<Engine>, root: string, signal: AbortSignal): Promise<FactsWithPools> {
  const { poolSources, poolSettings, sources, ...facts } = await readWorkspaceFacts(root, signal);
  const { pools, leftOut } = await readPoolSizes(engine, root, poolSources, sources, signal);
  const set = new Set(poolSettings.map(({ library }) => library));
  const told = pools.filter(({ library, text }) => !(set.has(library) && text.endsWith("by default)")));
  return { ...facts, pools: [...told, ...poolSettings], leftOut: [...facts.leftOut, ...leftOut] };
}
