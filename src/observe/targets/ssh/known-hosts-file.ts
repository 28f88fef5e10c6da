import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../../../model/failure";
import { appendKnownHost, readKnownHosts } from "./known-hosts";
import type { KnownHosts } from "./known-hosts";

/**
 * A known_hosts file's entries; a missing file has none.
 * @throws Failure `fileUnreadable`: reading on without it would make a changed key look merely unknown.
 */
export async function readKnownHostsFile(file: string): Promise<KnownHosts> {
  return readKnownHosts(file, (await readOrNull(file)) ?? "");
}

/**
 * Adds one line, all or nothing: the new text is written beside the file and renamed over it, so that a crash or a reader in the middle
 * never sees half a file. A symbolic link stays one. The mode is kept; a new file gets 0600 and a new folder 0700.
 */
export async function appendToKnownHostsFile(file: string, line: string): Promise<void> {
  let beside: string | null = null;
  try {
    const text = await readOrNull(file);
    if (text === null) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const real = text === null ? file : await realpath(file);
    const mode = text === null ? 0o600 : (await stat(real)).mode & 0o777;
    beside = `${real}.${randomBytes(6).toString("hex")}`;
    const handle = await open(beside, "wx", 0o600);
    try {
      await handle.writeFile(appendKnownHost(text ?? "", line), "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (mode !== 0o600) await chmod(beside, mode);
    await rename(beside, real);
    beside = null;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      "fileUnreadable", `The host key could not be saved in ${file} (${String((error as NodeJS.ErrnoException).code)}).`,
      "Make the file and its folder writable, or accept the key for this time only.", { cause: error },
    );
  } finally {
    if (beside !== null) await rm(beside, { force: true });
  }
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new Failure("fileUnreadable", `${file} could not be read (${String(code)}), so host keys cannot be checked.`, `Check the owner and mode of ${file}.`, { cause: error });
  }
}
