import type { FileFlow, LanguageTraits } from "../flow/flow-model";
import type { SyntaxNode } from "../parsing/syntax";

export interface LowerInput {
  readonly file: string;
  readonly text: string;
  readonly root: SyntaxNode;
  /** The module name that the workspace gives this file (Go import path, Python dotted name), found by the caller. */
  readonly module: string;
}

/** All that is known about one language. One file a language, one line in the registry. */
export interface Language {
  readonly id: string;
  readonly name: string;
  readonly extensions: readonly string[];
  /** The grammar's name, which is its npm package and its wasm file too, unless parsing/grammars.ts says otherwise: `tree-sitter-go`. */
  readonly grammar: string;
  /** Extensions that another grammar reads (`.tsx`). They must be in `extensions` too. */
  readonly grammarByExtension?: Readonly<Record<string, string>>;
  /**
   * Node roles: callee, receiver, assigned name, parameters ... (the `.scm` next to the language file). An engine compiles it once, as a
   * check against its grammar; it is not run over trees: the language file reads it as a table (roles.ts says why).
   */
  readonly roles: string;
  readonly traits: LanguageTraits;
  /** Folders and files that are not the user's own code: `vendor`, `node_modules`, `*.pb.go`. Glob form. */
  readonly generated: readonly string[];
  /** Text that marks generated code in the first 2,000 characters. */
  readonly generatedMarks: readonly string[];
  /** Of the generated files, those that are read for what they declare: their own findings are nobody's to mend. Glob form. Absent: none. */
  readonly declarations?: readonly string[];
  /** How the language releases something on every way out of a block: what a fix inserts. Left out: it has no such form, or fixes do not know it yet. */
  readonly releaseForm?: "defer" | "with-block" | "try-with-resources" | "using-declaration" | "use-block";
  lower(input: LowerInput): FileFlow;
}
