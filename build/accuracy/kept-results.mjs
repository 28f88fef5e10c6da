// What a tool said before of the same version of a package, so that a second run asks only what is new.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const place = (cache, key) => join(cache, "results", `${key.replaceAll(/[^\w.-]/gu, "-")}.json`);

export const isRemembered = (cache, key) => existsSync(place(cache, key));

/** The kept result of this key; without one, what `make` gives, which is kept. */
export function remembered(cache, key, make) {
  const file = place(cache, key);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const value = make();
  mkdirSync(join(cache, "results"), { recursive: true });
  // Whole or not at all: a run that is broken off leaves no half of an answer.
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
  return value;
}
