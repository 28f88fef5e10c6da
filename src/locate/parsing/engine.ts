import type { Language } from "../languages/language";
import { Failure } from "../../model/failure";
import type { SyntaxNode } from "./syntax";

export type EngineId = "wasm" | "native";

export interface ParseOptions {
  /** The file's name, for languages with more than one grammar. */
  readonly file?: string;
  /** Asked now and then while parsing; true gives the parse up (Failure `cancelled`). */
  readonly shouldStop?: () => boolean;
}

/** A parser for all languages. One thread, one engine: it is not re-entrant. */
export interface Engine {
  readonly id: EngineId;
  /**
   * Parses `text` and hands its tree to `use`; the tree is gone when `use` returns, so nothing of it may be kept.
   * The only way to a tree: whoever could bypass it would leak wasm memory.
   * Throws Failure `cancelled` when `shouldStop` said so, `unsupported` for a language that was not loaded.
   */
  withTree<T>(language: Language, text: string, use: (root: SyntaxNode) => T, options?: ParseOptions): T;
  /** Loads what files of this language want, when the engine was made without it. Again is harmless. */
  load(language: Language): Promise<void>;
  dispose(): void;
}

/** Predicates that both engines evaluate the same way. Any other is silently ignored by the engines, so it is refused here. */
const KNOWN_PREDICATES = new Set(["eq?", "not-eq?", "match?", "not-match?", "any-of?", "not-any-of?"]);

/** The predicates of a query's source that no engine evaluates (`is-not?`, `set!`, `gsub!`, typing errors). Strings and comments are skipped. */
export function unknownPredicates(source: string): string[] {
  const bare = source.replace(/"(?:\\.|[^"\\])*"|;[^\n]*/g, (match) => (match.startsWith(";") ? "" : '""'));
  const found = [...bare.matchAll(/\(\s*#([^\s()]+)/g)].map((match) => match[1] ?? "");
  return [...new Set(found.filter((name) => !KNOWN_PREDICATES.has(name)))];
}

/** Throws Failure `unsupported` for a role query with predicates that would be silently ignored. */
export function refuseUnknownPredicates(language: Language): void {
  const unknown = unknownPredicates(language.roles);
  if (unknown.length === 0) return;
  throw new Failure(
    "unsupported",
    `the role query of ${language.id} uses ${unknown.map((name) => `#${name}`).join(", ")}, which no engine evaluates`,
    `Use only ${[...KNOWN_PREDICATES].map((name) => `#${name}`).join(", ")} in .scm files, and decide the rest in the language file.`,
  );
}

export function notLoaded(engine: EngineId, language: Language): Failure {
  return new Failure("unsupported", `the ${engine} engine was not made with ${language.name}`, "Pass the language when the engine is made, or load it.");
}

export function parseCancelled(language: Language): Failure {
  return new Failure("cancelled", `parsing ${language.name} was given up`, "Allow more time, or leave the file out.");
}
