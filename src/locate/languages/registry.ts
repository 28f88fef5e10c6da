import { csharp } from "./csharp";
import { go } from "./go";
import { java } from "./java";
import type { Language } from "./language";
import { javascript } from "./javascript";
import { kotlin } from "./kotlin";
import { php } from "./php";
import { python } from "./python";
import { ruby } from "./ruby";
import { rust } from "./rust";

/** All languages. A new one is one new file and one line here. */
export const LANGUAGES: readonly Language[] = [csharp, go, java, javascript, kotlin, php, python, rust, ruby];

export function languageById(id: string): Language | null {
  return LANGUAGES.find((language) => language.id === id) ?? null;
}

/** The language of a file by its name; null when it is none of ours. */
export function languageOf(file: string): Language | null {
  return LANGUAGES.find((language) => language.extensions.some((extension) => file.endsWith(extension))) ?? null;
}
