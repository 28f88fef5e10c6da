import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TemporaryWorkspace {
  readonly root: string;
  write(file: string, content: string | Uint8Array): void;
  remove(): void;
}

/** A folder of files for one test. */
export function temporaryWorkspace(files: Readonly<Record<string, string | Uint8Array>>): TemporaryWorkspace {
  const root = mkdtempSync(join(tmpdir(), "leakline-workspace-"));
  const write = (file: string, content: string | Uint8Array): void => {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  for (const [file, content] of Object.entries(files)) write(file, content);
  return {
    root,
    write,
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
