import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RecentChange } from "../locate/ranking/recent-change";
import type { Finding } from "../model/finding";
import type { Suspect } from "../model/suspect";
import { git } from "./workspace-git";

/** So many of the first suspects are asked about. */
const MOST = 24;
/** Blame of a long history takes its time: what is not known by then stays unknown. */
const BUDGET_MS = 3000;
const MOST_KEPT = 5000;
const LARGEST_FILE = 5_000_000;

type Change = Omit<RecentChange, "finding"> | null;

/**
 * Who changed the lines of the first suspects last, as git tells of the commit that is checked out. The working copy is not given to git, as its filters are
 * programs: a file that differs from the commit's is left out. Keeps what it was told, for the next look of a watch.
 */
export class RecentChanges {
  readonly #known = new Map<string, Change>();

  /** In no order. Never rejects. */
  async of(root: string, findings: readonly Finding[], suspects: readonly Suspect[], signal: AbortSignal): Promise<RecentChange[]> {
    const wanted = [...new Set(suspects.map(({ finding }) => finding))].slice(0, MOST).flatMap((index) => {
      const finding = findings[index];
      return finding === undefined ? [] : [{ index, finding }];
    });
    if (wanted.length === 0) return [];
    const head = (await git(root, ["rev-parse", "--verify", "--quiet", "HEAD"], signal)).trim();
    if (!/^[0-9a-f]{40,64}$/.test(head)) return [];
    const unchanged = await this.#unchanged(root, [...new Set(wanted.map(({ finding }) => finding.file))], signal);
    const until = Date.now() + BUDGET_MS;
    const found: RecentChange[] = [];
    for (const { index, finding } of wanted) {
      if (signal.aborted || !unchanged.has(finding.file)) continue;
      const [from, to] = linesOf(finding);
      const key = `${root}\0${head}\0${finding.file}\0${from}\0${to}`;
      let change = this.#known.get(key);
      if (change === undefined) {
        if (Date.now() > until) continue;
        change = lastChange(await git(root, ["blame", "--porcelain", "--no-textconv", "-L", `${from},${to}`, "HEAD", "--", finding.file], signal));
        if (this.#known.size >= MOST_KEPT) this.#known.clear();
        this.#known.set(key, change);
      }
      if (change !== null) found.push({ finding: index, ...change });
    }
    return found;
  }

  /** Those of the files that are, byte for byte, what the commit has. */
  async #unchanged(root: string, files: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const listed = await git(root, ["ls-tree", "-z", "HEAD", "--", ...files], signal);
    const same = new Set<string>();
    for (const entry of listed.split("\0")) {
      const [, hash, file] = /^\d+ blob ([0-9a-f]{40,64})\t([^]+)$/.exec(entry) ?? [];
      if (hash === undefined || file === undefined) continue;
      try {
        const bytes = await readFile(join(root, file));
        if (bytes.length <= LARGEST_FILE && createHash(hash.length === 40 ? "sha1" : "sha256").update(`blob ${bytes.length}\0`).update(bytes).digest("hex") === hash) same.add(file);
      } catch {
        // It is not there any more.
      }
    }
    return same;
  }
}

/** From the opening call to the last step of the path that stands in the same file. */
function linesOf({ file, range, path }: Finding): readonly [number, number] {
  const lines = [range.start.line, range.end.line, ...path.flatMap((step) => (step.file === file ? [step.line] : []))];
  return [Math.min(...lines), Math.max(...lines)];
}

/** The youngest commit of `git blame --porcelain`; null: none is told. */
function lastChange(porcelain: string): Change {
  let last: { commit: string; subject: string; atMs: number } | null = null;
  let commit = "";
  let atMs = 0;
  for (const line of porcelain.split("\n")) {
    const header = /^([0-9a-f]{40,64}) \d+ \d+/.exec(line);
    if (header !== null) commit = header[1] ?? "";
    else if (line.startsWith("committer-time ")) atMs = Number(line.slice(15)) * 1000;
    else if (line.startsWith("summary ") && Number.isFinite(atMs) && (last === null || atMs > last.atMs)) last = { commit: commit.slice(0, 10), subject: line.slice(8, 128), atMs };
  }
  return last;
}
