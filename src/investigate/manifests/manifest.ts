import type { CodeClue, CodeModule } from "../../model/code-module";

/** What one file says about units of code. */
export interface ManifestWord {
  readonly modules: readonly CodeModule[];
  /** About whatever code is in this folder, in a language that the file does not tell. */
  readonly folderClues: readonly (CodeClue & { readonly folder: string })[];
}

export const NOTHING: ManifestWord = { modules: [], folderClues: [] };

/** A file of the workspace: its path with `/`, split, and its text. */
export interface ManifestFile {
  readonly file: string;
  readonly folder: string;
  readonly name: string;
  readonly text: string;
}

/**
 * Reads what the files of one language's habits say. Throws when the file is broken: it is named then, and left out.
 * null: not one of its files.
 */
export interface ManifestReader {
  /** By the file's name alone: is its text wanted? */
  wants(name: string): boolean;
  read(file: ManifestFile): ManifestWord;
}

export function oneModule(module: CodeModule): ManifestWord {
  return { modules: [module], folderClues: [] };
}

export function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

export function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
