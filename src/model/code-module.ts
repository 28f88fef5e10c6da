/** A unit of the workspace that can become a process: a Go module's main package, a Python package, an npm package ... */
export interface CodeModule {
  /** Relative to the workspace with `/`; empty for the root. */
  readonly folder: string;
  /** `go`, `python`, `javascript`, ... */
  readonly language: string;
  /** Module path, package or project name as its manifest says; null when it does not. */
  readonly name: string | null;
  /** Names of executables that it can produce: folder names of main packages, console scripts, entry files. */
  readonly binaries: readonly string[];
  /** The manifest that says so: `go.mod`, `pyproject.toml`; null when the folder itself says so (a loose script). */
  readonly manifest: string | null;
}
