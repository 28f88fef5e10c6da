/** A part of the workspace that is built or run as one program, as its own project files tell. */
export interface CodeModule {
  /** Relative to the workspace with `/`; '' is the workspace itself. */
  readonly folder: string;
  /** `go`, `python`, ... as in `Finding.language`. */
  readonly language: string;
  /** The module's own name: of go.mod (`example.com/shop/shopd`), pyproject.toml, package.json; null: it has none. */
  readonly name: string | null;
  /** Names of the programs that are built or installed from it: Go `package main` folders, console scripts. */
  readonly binaries: readonly string[];
  /** Files that are started themselves (`cmd/shopd/main.go`, `app.py`), relative to the workspace. */
  readonly entryFiles: readonly string[];
}
