/** A frame of a stack trace, as the log has it. Lines and columns count from 1. */
export interface StackFrame {
  readonly language: string;
  /** What was running, as the trace writes it; empty: it does not say. */
  readonly symbol: string;
  /** As the trace writes it: absolute on the target, relative, or (Java) a bare name. */
  readonly path: string;
  readonly line: number;
  readonly column: number | null;
  /** Which line of the text names the place (from 0), and where on it the place stands. UTF-16 offsets, end exclusive. */
  readonly at: { readonly row: number; readonly start: number; readonly end: number };
}

interface FramePattern {
  readonly language: string;
  /** Groups: `path`, `line`, and where there are, `symbol`, `column`. */
  readonly pattern: RegExp;
  /** The symbol stands on the line before. */
  readonly symbolBefore?: RegExp;
}

/**
 * How each language writes a frame. Go: runtime/traceback.go; Java: Throwable.printStackTrace, with the suffixes of logback and log4j;
 * Node: V8's stack trace API; Python: traceback; C#: StackTrace.ToString; Ruby: Exception#full_message; PHP: Exception::getTraceAsString and
 * the engine's own messages; Rust: std::backtrace and the panic message.
 */
const PATTERNS: readonly FramePattern[] = [
  { language: "python", pattern: /^\s*File "(?<path>[^"]+)", line (?<line>\d+)(?:, in (?<symbol>.+))?$/du },
  { language: "java", pattern: /^\s*at (?:[\w.$@-]*\/+)*(?<symbol>[\w$.<>]+)\((?<path>[\w$-]+\.(?:java|kt|scala|groovy)):(?<line>\d+)\)/du },
  { language: "csharp", pattern: /^\s*at (?<symbol>.+?)(?:\(.*\))? in (?<path>.+?\.(?:cs|fs|vb)):line (?<line>\d+)\s*$/du },
  { language: "javascript", pattern: /^\s*at (?:async )?(?:(?<symbol>[^()]+?) (?:\[as [^\]]+\] )?)?\(?(?:file:\/\/)?(?<path>(?:[a-zA-Z]:)?[^():]*\.[mc]?[jt]sx?):(?<line>\d+):(?<column>\d+)\)?\s*$/du },
  { language: "go", pattern: /^\s*(?<path>\S+\.go):(?<line>\d+)(?: \+0x[0-9a-f]+)?\s*$/du, symbolBefore: /^(?:created by )?(?<symbol>[\w./*()[\]-]+?)(?:\([^()]*\)|\(\.\.\.\))?(?: in goroutine \d+)?\s*$/u },
  { language: "rust", pattern: /^\s*at (?<path>\S+\.rs):(?<line>\d+)(?::(?<column>\d+))?\s*$/du, symbolBefore: /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(?<symbol>\S.*?)(?:::h[0-9a-f]{16})?\s*$/u },
  { language: "rust", pattern: /panicked at (?:'.*', )?(?<path>\S+\.rs):(?<line>\d+):(?<column>\d+)/du },
  { language: "ruby", pattern: /^\s*(?:\d+: )?(?:from )?(?<path>[^\s:]+\.(?:rb|ru|rake|erb)):(?<line>\d+)(?::in [`'](?<symbol>[^']+)')?/du },
  { language: "php", pattern: /^\s*(?:\[stacktrace\] )?#\d+ (?<path>\S+\.(?:php|phtml|inc))\((?<line>\d+)\): (?<symbol>[\w\\$:>{}-]+)/du },
  { language: "php", pattern: /(?: in |thrown in )(?<path>\S+\.php)(?: on line |:)(?<line>\d+)/du },
];

/** Lines longer than this hold no frame that a person could read. */
const LONGEST_LINE = 2_000;
const MOST_FRAMES = 500;

/** The frames of a record's text, in its order: of causes, suppressed and chained exceptions too. */
export function framesIn(text: string): readonly StackFrame[] {
  const found: StackFrame[] = [];
  const rows = text.split("\n");
  for (const [row, written] of rows.entries()) {
    if (found.length >= MOST_FRAMES) break;
    const line = written.replace(/\r$/u, "");
    if (line.length > LONGEST_LINE || !/\d/u.test(line)) continue;
    for (const { language, pattern, symbolBefore } of PATTERNS) {
      const match = pattern.exec(line);
      const groups = match?.groups;
      if (match === null || groups?.["path"] === undefined) continue;
      const before = symbolBefore === undefined ? null : symbolBefore.exec((rows[row - 1] ?? "").replace(/\r$/u, ""));
      const [start] = match.indices?.groups?.["path"] ?? [0, 0];
      const [, lineEnd] = match.indices?.groups?.["line"] ?? [0, line.length];
      const [, end] = match.indices?.groups?.["column"] ?? [0, lineEnd];
      found.push({
        language, symbol: (groups["symbol"] ?? before?.groups?.["symbol"] ?? "").trim(), path: groups["path"], line: Number(groups["line"]), column: groups["column"] === undefined ? null : Number(groups["column"]),
        at: { row, start, end: Math.max(end, lineEnd) },
      });
      break;
    }
  }
  return found;
}

/** Places where code lies that is nobody's own. What follows the mark is the code's path inside its package. */
const FOREIGN =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor\/bundle|gems|pkg\/mod|\.cargo\/registry\/src\/[^/]+|rustc\/[0-9a-f]+|usr\/lib(?:64)?\/(?:python|ruby|go)[^/]*|usr\/local\/go\/src|lib\/python3?\.\d+|usr\/share\/dotnet)\/|^(?:node:|<|java\.|jdk\.|sun\.|library\/(?:std|core|alloc)\/|internal\/)/u;

/** A file that a frame may mean, and how many parts of its path the trace names too, counted from the file's name. */
export interface FrameCandidate {
  readonly file: string;
  readonly same: number;
}

/** Finds the workspace's file of a frame, wherever the code lay where the trace was written. A library's frames are told apart: none. */
export class FrameFinder {
  readonly #byName = new Map<string, string[]>();
  readonly #above: readonly string[];

  /**
   * @param files relative to the workspace, with `/`
   * @param root the workspace's own folder, absolute: its name and those above it decide where the paths below it are alike
   */
  constructor(files: readonly string[], root = "") {
    this.#above = root.replaceAll("\\", "/").split("/").filter((part) => part !== "");
    for (const file of files) {
      const name = file.slice(file.lastIndexOf("/") + 1);
      const list = this.#byName.get(name);
      if (list === undefined) this.#byName.set(name, [file]);
      else list.push(file);
    }
  }

  /** The workspace's file; null: another's code, or it cannot be told which. */
  fileOf(frame: Pick<StackFrame, "path" | "symbol" | "language">): string | null {
    const [only, ...others] = this.candidates(frame);
    return only === undefined || others.length > 0 ? null : only.file;
  }

  /** The files that agree with the trace's path in most parts from the end: one where it can be told. Empty: another's code. */
  candidates({ path, symbol, language }: Pick<StackFrame, "path" | "symbol" | "language">): readonly FrameCandidate[] {
    const plain = path.replaceAll("\\", "/").replace(/^(?:[a-zA-Z]:)?(?:\.?\/)+/u, "");
    const parts = plain.split("/");
    const all = this.#byName.get(parts.at(-1) ?? "") ?? [];
    if (all.length === 0) return [];
    if (language === "java") return this.#ofClass(all, symbol);
    let inside = path.replaceAll("\\", "/");
    let foreign = false;
    for (let mark = FOREIGN.exec(inside); mark !== null; mark = FOREIGN.exec(inside)) {
      foreign = true;
      inside = inside.slice(mark.index + mark[0].length);
    }
    if (foreign) {
      // An installed copy of the workspace's own package: its whole path, the package's name with it, is the same.
      const own = inside.includes("/") ? all.filter((file) => inside === file || file.endsWith(`/${inside}`)) : [];
      return own.map((file) => ({ file, same: inside.split("/").length }));
    }
    let most = 0;
    let best: string[] = [];
    for (const file of all) {
      const same = this.#sameFromTheEnd(file, parts);
      if (same > most) {
        most = same;
        best = [file];
      } else if (same === most) best.push(file);
    }
    // A name alone says little where several files have it and this one stands elsewhere: unless the trace names no more, or the file lies at the top.
    const isTold = (file: string): boolean => most >= file.split("/").length || most === parts.length || most > 1 || all.length === 1 || best.length > 1;
    return best.filter(isTold).map((file) => ({ file, same: most }));
  }

  /** Parts that two paths have in common, counted from the file's name; beyond the workspace's top its own folder's name counts. */
  #sameFromTheEnd(file: string, parts: readonly string[]): number {
    const own = file.split("/");
    let same = 0;
    for (; same < parts.length; same++) {
      const mine = same < own.length ? own[own.length - 1 - same] : this.#above[this.#above.length - 1 - (same - own.length)];
      if (mine === undefined || mine !== parts[parts.length - 1 - same]) break;
    }
    return same;
  }

  /** `com.shop.Orders$Inner.refund`: the package's folders and the file's name. */
  #ofClass(files: readonly string[], symbol: string): readonly FrameCandidate[] {
    const folders = symbol.split(".").slice(0, -2);
    for (let keep = folders.length; keep >= Math.min(1, folders.length); keep--) {
      const suffix = folders.slice(folders.length - keep).map((folder) => `${folder}/`).join("");
      const best = files.filter((file) => {
        const folder = `/${file.slice(0, file.lastIndexOf("/") + 1)}`;
        return folder.endsWith(`/${suffix}`);
      });
      // Kotlin leaves out the folders that all packages share: the last one at least must be there.
      if (best.length > 0) return best.map((file) => ({ file, same: keep + 1 }));
      if (!files.some((file) => file.endsWith(".kt"))) break;
    }
    return [];
  }
}
