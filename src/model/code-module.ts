/** A unit of the workspace that can become a process: a Go module's main package, a Python package, an npm package ... */
export interface CodeModule {
  /** Relative to the workspace with `/`; empty for the root. */
  readonly folder: string;
  /** `go`, `python`, `javascript`, `java`, `csharp`, `php`, `ruby`, `rust`, ... */
  readonly language: string;
  /** Module path, package or project name as its manifest says; null when it does not. */
  readonly name: string | null;
  /** Names of executables that it can produce: folder names of main packages, console scripts, entry files. */
  readonly binaries: readonly string[];
  /** The manifest that says so: `go.mod`, `pyproject.toml`; null when the folder itself says so (a loose script). */
  readonly manifest: string | null;
  /** What else a process of it may show. Absent: nothing. */
  readonly clues?: readonly CodeClue[];
}

/**
 * `main-class` a class that the JVM starts · `jar` the file's name without version · `assembly` a .NET file without `.dll` · `container` and `image` of a
 * Compose service · `command` what a Dockerfile or Procfile starts · `folder` where a Dockerfile puts it.
 */
export const CLUE_KINDS = ["main-class", "jar", "assembly", "container", "image", "command", "folder"] as const;
export type ClueKind = (typeof CLUE_KINDS)[number];

export interface CodeClue {
  readonly kind: ClueKind;
  readonly value: string;
  /** The file that says so, relative to the workspace. */
  readonly from: string;
}
