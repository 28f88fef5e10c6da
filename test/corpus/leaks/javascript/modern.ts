import fs from "node:fs";

export async function chained(path: string) {
  // ruleid: javascript/file-handle
  const handle = await fs.promises.open(path);
  const read = await handle?.read();
  if (!read?.buffer) return null;
  await handle?.close();
  return read;
}

export async function chainedWell(path: string) {
  // ok: javascript/file-handle
  const handle = await fs.promises.open(path);
  try {
    return (await handle?.read())?.buffer ?? null;
  } finally {
    await handle?.close();
  }
}

export async function used(path: string) {
  // ok: javascript/file-handle
  await using handle = await fs.promises.open(path);
  return handle.read();
}

export async function mixed(path: string, other: string) {
  await using first = await fs.promises.open(path);
  // ruleid: javascript/file-handle
  const second = await fs.promises.open(other);
  if ((await first.stat()).size === 0) return null;
  await second.close();
  return first.read();
}

// The top of a module may wait too: what it opens belongs to the module.
// ok: javascript/file-handle
const kept = await fs.promises.open("kept.log");
export const text = await kept.readFile();
