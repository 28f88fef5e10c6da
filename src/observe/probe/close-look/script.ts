import WORDS from "../words.sh";
import CLOSE_LOOK from "./close-look.sh";

/** How much of one process is read. Whole numbers. */
export const MOST_THREADS = 500;
export const MOST_DESCRIPTORS = 20_000;
/** Processes that are looked at closely. */
export const MOST_PROCESSES = 16;

/** The script for these processes. Throws RangeError for a pid that is no whole number: nothing else ever stands in it. */
export function closeLookScript(pids: readonly number[]): string {
  for (const pid of pids) if (!Number.isSafeInteger(pid) || pid <= 0) throw new RangeError(`a pid must be a whole number above 0, not ${pid}`);
  return [`pids="${pids.join(" ")}"`, `most_threads=${MOST_THREADS}`, `most_descriptors=${MOST_DESCRIPTORS}`, WORDS, CLOSE_LOOK].join("\n");
}
