import type { Language } from "./languages/language";

/** The language of a file by its extension (`.py`), or null. */
export function languageOf(file: string, languages: readonly Language[]): Language | null {
  const lower = file.toLowerCase();
  return languages.find((language) => language.extensions.some((extension) => lower.endsWith(extension))) ?? null;
}
