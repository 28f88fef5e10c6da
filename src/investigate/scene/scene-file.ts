import * as z from "zod";

/**
 * A preserved scene as a file: a zip archive (any tool opens it) of JSON documents, each with its SHA-256 in `SHA256SUMS` (sha256sum -c) and in
 * the manifest. Parts are packed one by one, so that damage to one leaves the others whole. (docs/decisions/0181)
 */
export const SCENE_SCHEMA = "leakline.scene/1";

export const MANIFEST = "manifest.json";
export const SUMS = "SHA256SUMS";
export const README = "README.txt";
export const REPORT = "report.txt";
/** A `leakline.investigation/1` without its looks, its logs and what else was kept. */
export const CASE = "case.json";
/** The logs' keys of the investigation. */
export const LOGS = "logs.json";
export const DESCRIPTORS = "descriptors.json";
export const THREADS = "threads.json";
export const LIMITS = "limits.json";
export const SETTINGS = "settings.json";

/** `looks/1.json`: a whole `leakline.snapshot/1`, which opens alone too. */
export function lookName(place: number): string {
  return `looks/${place + 1}.json`;
}

/** The four bytes that every zip archive with something in it begins with (APPNOTE.TXT 4.3.7). */
export function isSceneFile(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 0x03 && head[3] === 0x04;
}

export const manifestSchema = z.object({
  schema: z.literal(SCENE_SCHEMA),
  writtenBy: z.string(),
  targets: z.array(z.string()),
  looks: z.number().int().nonnegative(),
  /** What `preserved` of an investigation says besides the parts of its own; null: looks alone were kept. */
  preserved: z.object({
    target: z.string(), beganMs: z.number(), endedMs: z.number(), pids: z.array(z.number().int()),
    unfinished: z.array(z.object({ what: z.string(), why: z.string(), remedy: z.string() })),
    cost: z.object({ wallMs: z.number(), bytes: z.number().nullable(), rawBytes: z.number().nullable(), targetCpuMs: z.number().nullable() }),
  }).nullable(),
  parts: z.array(z.object({ name: z.string(), holds: z.string(), bytes: z.number(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
export type SceneManifest = z.infer<typeof manifestSchema>;
