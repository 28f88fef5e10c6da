import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import type { Zippable } from "fflate";
import { Failure } from "../../model/failure";
import type { Investigation } from "../../model/investigation";
import { writeInvestigation, writeSnapshot } from "../../protocol/investigation-file";
import type { SceneManifest } from "./scene-file";
import { CASE, DESCRIPTORS, LIMITS, LOGS, lookName, MANIFEST, README, REPORT, SCENE_SCHEMA, SETTINGS, SUMS, THREADS } from "./scene-file";

/** One part as a JavaScript string could no longer be read back. */
const LARGEST_PART = 500_000_000;
/** Pays best on JSON: higher levels take twice the time for a twentieth less. */
const LEVEL = 6;

/** Keys of the document that stand in a part of their own: a damaged log leaves the case whole. */
export const LOG_KEYS_OF_CASE = ["logs", "signatures", "correlations", "statements"] as const;

interface Part {
  readonly name: string;
  readonly holds: string;
  readonly bytes: Uint8Array;
}

/**
 * The file of a scene. `report` is what a person reads first, as text.
 *
 * @throws Failure("answerTooLarge") when a part is larger than can be opened again
 */
export function writeScene(investigation: Investigation, about: { readonly version: string; readonly report: string }): Uint8Array {
  const { snapshots, preserved, ...rest } = investigation;
  const whole = JSON.parse(textOf(writeInvestigation({ ...rest, snapshots: [] }))) as Record<string, unknown>;
  const logs: Record<string, unknown> = {};
  for (const key of LOG_KEYS_OF_CASE) {
    if (!(key in whole)) continue;
    logs[key] = whole[key];
    if (key === "logs") whole[key] = [];
    else delete whole[key];
  }
  const parts: Part[] = [
    part(REPORT, "what Leakline said of it then, for a person", [about.report]),
    part(CASE, "causes, services, connections by group, suspects, the picture of who talks to whom", [JSON.stringify(whole, null, 1)]),
    ...snapshots.map((snapshot, place) => part(lookName(place), `look ${place + 1} of ${snapshots.length}: sockets, processes, counters, settings`, writeSnapshot(snapshot))),
    part(LOGS, "recent logs and what goes with the leak in them", [JSON.stringify(logs, null, 1)]),
  ];
  if (preserved !== undefined) {
    parts.push(
      part(DESCRIPTORS, "what each descriptor of the processes in question points at", lines(preserved.descriptors)),
      part(THREADS, "where each of their threads stood", lines(preserved.threads)),
      part(LIMITS, "their limits", lines(preserved.limits)),
      part(SETTINGS, "the machine's settings (sysctl)", [JSON.stringify(preserved.settings, null, 1)]),
    );
  }
  const manifest: SceneManifest = {
    schema: SCENE_SCHEMA,
    writtenBy: `leakline ${about.version}`,
    targets: [...investigation.targets],
    looks: snapshots.length,
    preserved: preserved === undefined ? null : {
      target: preserved.target, beganMs: preserved.beganMs, endedMs: preserved.endedMs, pids: [...preserved.pids], unfinished: preserved.unfinished.map((one) => ({ ...one })), cost: { ...preserved.cost },
    },
    parts: parts.map(({ name, holds, bytes }) => ({ name, holds, bytes: bytes.length, sha256: sha256(bytes) })),
  };
  parts.unshift(part(README, "", [readme(manifest)]), part(MANIFEST, "", [`${JSON.stringify(manifest, null, 1)}\n`]));
  parts.push(part(SUMS, "", [parts.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join("")]));
  const files: Zippable = {};
  for (const { name, bytes } of parts) files[name] = [bytes, { level: LEVEL }];
  return zipSync(files);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function part(name: string, holds: string, chunks: Iterable<string>): Part {
  const pieces: Buffer[] = [];
  let size = 0;
  for (const chunk of chunks) {
    const piece = Buffer.from(chunk, "utf8");
    size += piece.length;
    if (size > LARGEST_PART) throw new Failure("answerTooLarge", `${name} of the scene is over ${LARGEST_PART / 1_000_000} MB`, "Preserve without --whole: what can be stuck is listed, the rest is counted.");
    pieces.push(piece);
  }
  return { name, holds, bytes: Buffer.concat(pieces) };
}

/** A JSON array with one object a line, so that grep and sed are of use. */
function* lines(objects: readonly object[]): Generator<string> {
  yield "[";
  for (const [place, one] of objects.entries()) yield `${place === 0 ? "\n" : ",\n"}${JSON.stringify(one)}`;
  yield "\n]\n";
}

function textOf(chunks: Iterable<string>): string {
  return [...chunks].join("");
}

function readme({ targets, parts, writtenBy, preserved }: SceneManifest): string {
  const when = preserved === null ? "" : `, ${new Date(preserved.beganMs).toISOString()} to ${new Date(preserved.endedMs).toISOString()}`;
  return `A preserved scene of ${targets.join(", ")}${when}, written by ${writtenBy}.

    leakline open FILE [--workspace DIR]     opens it, here or on any other machine, without the host
    leakline compare FILE OTHER              says what has changed between two
    unzip FILE                               takes it apart
    sha256sum -c SHA256SUMS                  then says whether each part is as it was written

Nothing was written on the host and no signal was sent to any process. What looked like a secret in command lines, logs and paths stands here as ***.
Environments were not read.

${parts.map(({ name, holds }) => `    ${name.padEnd(18)} ${holds}`).join("\n")}
`;
}
