import { createReadStream, createWriteStream } from "node:fs";
import { access, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { OpenedFile } from "../investigate/investigator";
import { Failure } from "../model/failure";
import type { CommandRoom } from "./command-room";

/** A file that the user names, `-` for standard input. Throws `Failure("notFound")`. */
export async function openFile(file: string, { stdin, cwd }: Pick<CommandRoom, "stdin" | "cwd">): Promise<OpenedFile> {
  if (file === "-") return { name: "-", chunks: stdin };
  const path = resolve(cwd, file);
  try {
    await access(path);
  } catch (error) {
    throw new Failure("notFound", `${file}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : "cannot be read"}`, "Check the name, or use - for standard input.", { cause: error });
  }
  const { mtimeMs } = await stat(path);
  return { name: basename(file), chunks: createReadStream(path, { highWaterMark: 1 << 20 }), modifiedAtMs: mtimeMs };
}

/** A small file's whole text, UTF-8. */
export async function readAll({ name, chunks }: OpenedFile): Promise<string> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const chunk of chunks) pieces.push(chunk);
  } catch (error) {
    throw new Failure("fileUnreadable", `${name}: ${error instanceof Error ? error.message : "cannot be read"}`, "Check that the file exists and that you may read it.", { cause: error });
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Throws `Failure("fileUnreadable")` when the file is there already, before work is done for it. */
export async function mustBeNew(path: string, shownName: string): Promise<void> {
  try {
    await access(path);
  } catch {
    return;
  }
  throw new Failure("fileUnreadable", `${shownName}: is there already`, "Name a new file: what was kept is never overwritten.");
}

/** "wx": a scene that was kept is never overwritten. */
export async function writeNewFile(path: string, shownName: string, chunks: Iterable<string | Uint8Array>): Promise<void> {
  try {
    await pipeline(Readable.from(chunks), createWriteStream(path, { flags: "wx", mode: 0o600 }));
  } catch (error) {
    throw new Failure("fileUnreadable", `${shownName}: ${error instanceof Error ? error.message : "cannot be written"}`, "Name a new file in a folder that you may write to.", { cause: error });
  }
}
