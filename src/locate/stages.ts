import type { PlannedFile } from "./joined-file";

/** What is wanted first is read alone when it is at most this share of all: else nobody would see anything sooner. */
const FIRST_SHARE = 0.7;
/** Of what nobody wants first, so many seeds at least are read before anything is told of them: solving again costs as well. */
const SEEDS_A_STAGE = 400;
const MOST_STAGES = 3;

/**
 * In which order a workspace is read when its findings are wanted as they come: for each stage but the last, which files do not count yet.
 * First what is asked for, path by path in that order, then the rest by name.
 */
export function stagesOf(planned: readonly PlannedFile[], first: readonly string[]): ((file: string) => boolean)[] {
  const seeds = planned.filter(({ seed }) => seed).map(({ file }) => file);
  const wanted = seeds.filter((file) => first.some((path) => isWithin(file, path)));
  const early = new Set(wanted.length <= seeds.length * FIRST_SHARE ? wanted : []);
  const rest = seeds.filter((file) => !early.has(file)).sort();
  const stages: ((file: string) => boolean)[] = [];
  if (early.size > 0) stages.push((file) => !early.has(file));
  const count = Math.min(MOST_STAGES, Math.floor(rest.length / SEEDS_A_STAGE));
  for (let stage = 1; stage < count; stage++) {
    const after = rest[Math.floor((rest.length * stage) / count)] as string;
    stages.push((file) => !early.has(file) && file >= after);
  }
  return stages;
}

/** Whether a file is, or lies in, this path: both relative to the same folder, with `/`; `.` is the folder itself. */
export function isWithin(file: string, path: string): boolean {
  return file === path || path === "." || path === "" || file.startsWith(path.endsWith("/") ? path : `${path}/`);
}
