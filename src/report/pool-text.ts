import type { PoolSize } from "../model/pool-size";

const SHOWN = 8;

/** The pools that the workspace's code keeps, with the places that size them; a size that is not known says why. Empty: none. */
export function textOfPools(pools: readonly PoolSize[], printable: (text: string) => string): string[] {
  if (pools.length === 0) return [];
  const lines = pools.slice(0, SHOWN).map(({ file, line, library, service, size, unknown, per, text }) => {
    const told = size === null ? `not known: ${unknown ?? "its size is not told"}` : `${size} connections${per === "host" ? " to each host" : ""} at most`;
    return `  ${printable(`${file}:${line}`)}  ${printable(`${library}, ${text} (${service}): ${told}`)}`;
  });
  return ["pools of the workspace, each process its own", ...lines, ...(pools.length > SHOWN ? [`  and ${pools.length - SHOWN} more (--json lists all)`] : [])];
}
