import type { Diagnosis, Evidence } from "../model/diagnosis";
import { speaksAgainst, speaksFor } from "./diagnosis/cause";
import { formatCount, formatShare } from "./figures";
import { poolUseOf, sayPlace } from "./pool-use";
import type { Scene } from "./scene";

/** Diagnoses of connections to one end, each with how full the pool is that they belong to: at its limit, whoever wants a connection waits. */
export function withPoolEvidence(scene: Scene, diagnoses: readonly Diagnosis[]): Diagnosis[] {
  return diagnoses.map((diagnosis) => {
    const { process, endpoint, direction } = diagnosis;
    if (process === null || endpoint === null || direction !== "outbound") return diagnosis;
    const use = poolUseOf(scene, process.pid, endpoint);
    if (use === null) return diagnosis;
    const { pool, held } = use;
    let evidence: Evidence;
    if (pool === null || pool.size === null) evidence = speaksAgainst(`how full its pool is cannot be told: ${use.unknown ?? "its size is not known"}`, `${formatCount(held)} held`, use.sockets);
    else {
      const said = `${formatCount(held)} of the ${formatCount(pool.size)} connections that ${sayPlace(pool)} allows (${pool.library}, ${pool.text})`;
      evidence = speaksFor(held === pool.size ? `${said}: the pool is empty, and whoever wants one waits` : said, formatShare(held, pool.size), use.sockets);
    }
    return { ...diagnosis, evidence: [...diagnosis.evidence, evidence] };
  });
}
