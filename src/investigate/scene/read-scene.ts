import { Unzip, UnzipInflate, unzipSync } from "fflate";
import { Failure } from "../../model/failure";
import type { Investigation } from "../../model/investigation";
import type { PreservedFacts } from "../../model/preserved";
import type { Snapshot } from "../../model/snapshot";
import { readDocument, readPreserved } from "../../protocol/investigation-file";
import type { SceneManifest } from "./scene-file";
import { CASE, DESCRIPTORS, LIMITS, LOGS, lookName, MANIFEST, manifestSchema, SETTINGS, SUMS, THREADS } from "./scene-file";
import { LOG_KEYS_OF_CASE, sha256 } from "./write-scene";

/** All parts of one file, unpacked: a small archive can claim to hold anything. */
const LARGEST_SCENE = 2_000_000_000;
const LARGEST_PART = 500_000_000;
const MOST_PARTS = 10_000;

type Damage = NonNullable<PreservedFacts["damaged"]>[number];

/** What a scene's file gave: the case as it was, or, when that is damaged, what it can be told anew from. */
export interface OpenedScene {
  /** The case as it was written; null: a part that it needs is damaged, and it has to be told anew from the looks. */
  readonly investigation: Investigation | null;
  readonly snapshots: readonly Snapshot[];
  readonly targets: readonly string[];
  readonly preserved: PreservedFacts | null;
}

/**
 * Opens the file of a preserved scene. Damaged parts are named in `preserved.damaged`, and the others open.
 *
 * @throws Failure("notUnderstood") when it is no scene, or when no look in it is whole
 */
export function readScene(name: string, bytes: Uint8Array): OpenedScene {
  const damage: Damage[] = [];
  const parts = unpack(name, bytes, damage);
  const manifest = readManifest(parts, damage);
  if (manifest === null && !parts.has(lookName(0)) && !parts.has(CASE)) {
    throw new Failure("notUnderstood", `${name}: a zip archive, but no preserved scene${damage.length > 0 ? ` (${damage.map(({ part, why }) => `${part}: ${why}`).join("; ")})` : ""}`, "Unpack it, and open the captures in it.");
  }
  check(parts, manifest, damage);

  const json = (part: string): unknown => {
    const found = parts.get(part);
    if (found === undefined) return undefined;
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(found));
    } catch (error) {
      spoil(damage, part, error instanceof Error ? error.message : "no JSON");
      return undefined;
    }
  };

  const count = manifest?.looks ?? [...parts.keys()].filter((part) => part.startsWith("looks/")).length;
  const looks: unknown[] = [];
  const snapshots: Snapshot[] = [];
  for (let place = 0; place < count; place += 1) {
    const document = json(lookName(place));
    if (document === undefined) continue;
    try {
      const read = readDocument(lookName(place), document);
      if (!("snapshot" in read)) throw new Failure("notUnderstood", "no snapshot", "");
      looks.push(document);
      snapshots.push(read.snapshot);
    } catch (error) {
      spoil(damage, lookName(place), error instanceof Error ? error.message : "no snapshot");
    }
  }
  if (snapshots.length === 0) {
    throw new Failure("notUnderstood", `${name}: none of its looks is whole: ${damage.map(({ part, why }) => `${part}: ${why}`).join("; ")}`, "Copy the file again from where it was written.");
  }

  const logs = json(LOGS);
  const kept = readKept(manifest, snapshots, json, damage);
  const told = json(CASE);
  const document = typeof told === "object" && told !== null && looks.length === count ? { ...told, ...logKeys(logs), snapshots: looks, ...(kept === null ? {} : { preserved: kept }) } : null;
  const investigation = document === null ? null : readCase(document, damage);
  const preserved = investigation?.preserved ?? kept;
  const whole = preserved === null || damage.length === 0 ? preserved : { ...preserved, damaged: damage };
  return {
    investigation: investigation === null ? null : { ...investigation, ...(whole === null ? {} : { preserved: whole }) },
    snapshots,
    targets: manifest?.targets ?? [...new Set(snapshots.map(({ source }) => source.target))],
    preserved: whole,
  };
}

/** By the directory at the archive's end, else (it was cut off) by what stands before each part. */
function unpack(name: string, bytes: Uint8Array, damage: Damage[]): Map<string, Uint8Array> {
  const parts = new Map<string, Uint8Array>();
  const listed: string[] = [];
  let total = 0;
  const tooLarge = (): never => {
    throw new Failure("answerTooLarge", `${name}: it claims to hold more than ${LARGEST_SCENE / 1_000_000} MB or ${MOST_PARTS} parts`, "No scene is that large: do not open it.");
  };
  try {
    unzipSync(bytes, {
      filter: (file) => {
        total += file.originalSize;
        if (total > LARGEST_SCENE || file.originalSize > LARGEST_PART || listed.push(file.name) > MOST_PARTS) tooLarge();
        return false;
      },
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    spoil(damage, "the archive's directory", "it is missing or broken: the file was cut off");
    return unpackForward(bytes, damage, tooLarge);
  }
  for (const part of listed) {
    try {
      const found = unzipSync(bytes, { filter: (file) => file.name === part })[part];
      if (found !== undefined) parts.set(part, found);
    } catch (error) {
      spoil(damage, part, `cannot be unpacked (${error instanceof Error ? error.message : "broken"})`);
    }
  }
  return parts;
}

function unpackForward(bytes: Uint8Array, damage: Damage[], tooLarge: () => never): Map<string, Uint8Array> {
  const parts = new Map<string, Uint8Array>();
  const begun: string[] = [];
  let total = 0;
  const unzip = new Unzip((file) => {
    begun.push(file.name);
    const pieces: Uint8Array[] = [];
    file.ondata = (error, piece, final) => {
      // fflate hands over null with an error.
      if (error !== null) return;
      total += piece.length;
      if (total > LARGEST_SCENE) tooLarge();
      pieces.push(piece);
      if (final) parts.set(file.name, Buffer.concat(pieces));
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  try {
    unzip.push(bytes, true);
  } catch (error) {
    if (error instanceof Failure) throw error;
  }
  for (const part of begun) if (!parts.has(part)) spoil(damage, part, "its end is missing");
  return parts;
}

function readManifest(parts: ReadonlyMap<string, Uint8Array>, damage: Damage[]): SceneManifest | null {
  const found = parts.get(MANIFEST);
  if (found === undefined) {
    spoil(damage, MANIFEST, "it is not in the file");
    return null;
  }
  try {
    const read = manifestSchema.safeParse(JSON.parse(new TextDecoder().decode(found)));
    if (read.success) return read.data;
    spoil(damage, MANIFEST, `at ${read.error.issues[0]?.path.join(".") ?? "the top"}: ${read.error.issues[0]?.message ?? "unknown"}`);
  } catch (error) {
    spoil(damage, MANIFEST, error instanceof Error ? error.message : "no JSON");
  }
  return null;
}

/** Each part against its digest; a part that is not what was written is taken out. */
function check(parts: Map<string, Uint8Array>, manifest: SceneManifest | null, damage: Damage[]): void {
  const sums = new Map<string, string>(manifest?.parts.map(({ name, sha256: sum }) => [name, sum]) ?? []);
  const listed = parts.get(SUMS);
  if (listed !== undefined) {
    for (const line of new TextDecoder().decode(listed).split("\n")) {
      const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
      if (match !== null && !sums.has(match[2] ?? "")) sums.set(match[2] ?? "", match[1] ?? "");
    }
  }
  for (const [name, sum] of sums) {
    const found = parts.get(name);
    if (found === undefined) spoil(damage, name, "it is not in the file");
    else if (sha256(found) !== sum) {
      spoil(damage, name, "its digest is not that which was written");
      parts.delete(name);
    }
  }
}

/** What else was kept. Where the manifest does not tell of it, the parts do. */
function readKept(manifest: SceneManifest | null, snapshots: readonly Snapshot[], json: (part: string) => unknown, damage: Damage[]): PreservedFacts | null {
  if (manifest?.preserved === null && damage.length === 0) return null;
  const list = (part: string): unknown => json(part) ?? [];
  const about = manifest?.preserved ?? aboutLooks(snapshots);
  try {
    return readPreserved({ ...about, descriptors: list(DESCRIPTORS), threads: list(THREADS), limits: list(LIMITS), settings: json(SETTINGS) ?? {} });
  } catch (error) {
    spoil(damage, MANIFEST, error instanceof Error ? error.message : "not understood");
    return { ...about, descriptors: [], threads: [], limits: [], settings: {} };
  }
}

function aboutLooks(snapshots: readonly Snapshot[]): Omit<PreservedFacts, "descriptors" | "threads" | "limits" | "settings"> {
  const taken = snapshots.map(({ source }) => Date.parse(source.takenAt ?? "")).filter((ms) => !Number.isNaN(ms));
  return {
    target: snapshots[0]?.source.target ?? "", beganMs: taken.length === 0 ? 0 : Math.min(...taken), endedMs: taken.length === 0 ? 0 : Math.max(...taken), pids: [], unfinished: [],
    cost: { wallMs: 0, bytes: null, rawBytes: null, targetCpuMs: null },
  };
}

function readCase(document: object, damage: Damage[]): Investigation | null {
  try {
    const read = readDocument(CASE, document);
    if ("investigation" in read) return read.investigation;
    spoil(damage, CASE, "no investigation");
  } catch (error) {
    spoil(damage, CASE, error instanceof Error ? error.message : "not understood");
  }
  return null;
}

function logKeys(logs: unknown): object {
  if (typeof logs !== "object" || logs === null) return {};
  return Object.fromEntries(Object.entries(logs).filter(([key]) => (LOG_KEYS_OF_CASE as readonly string[]).includes(key)));
}

/** The first thing that was wrong with a part says most. */
function spoil(damage: Damage[], part: string, why: string): void {
  if (!damage.some((one) => one.part === part)) damage.push({ part, why });
}
