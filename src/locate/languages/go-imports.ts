import type { Import } from "../flow/flow-model";

/**
 * The local name of a Go import. The package clause of the imported package decides, and it is not at hand: so the conventions are
 * tried in order of likelihood, and the first candidate that the file uses as a qualifier wins.
 */
export function goImports(path: string, given: string | null, text: string): Import {
  if (given !== null) return { local: given, path, member: null };
  const candidates = candidateNames(path);
  if (candidates.length > 1) {
    for (const local of candidates) if (usesQualifier(text, local)) return { local, path, member: null };
  }
  return { local: candidates[0] ?? path, path, member: null };
}

/** `/v2` (Go modules reference, major version suffixes), `gopkg.in/yaml.v3`, `go-redis`, `sqlite-go`, `nats.go`. */
function candidateNames(path: string): string[] {
  const segments = path.split("/");
  const last = segments[segments.length - 1] ?? path;
  const before = segments[segments.length - 2];
  const names: string[] = [];
  const add = (name: string): void => {
    if (/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(name) && !names.includes(name)) names.push(name);
  };
  const addAll = (segment: string): void => {
    add(segment);
    const unversioned = segment.replace(/\.v\d+$/, "");
    add(unversioned);
    const bare = unversioned.replace(/\.go$/, "").replace(/[-_]go$/, "").replace(/^go[-_.]/, "");
    add(bare);
    add(bare.slice(bare.lastIndexOf("-") + 1));
    add(bare.slice(bare.lastIndexOf(".") + 1));
    add(bare.replace(/[-.]/g, "_"));
    add(bare.replace(/[-.]/g, ""));
  };
  if (before !== undefined && /^v\d+$/.test(last)) {
    addAll(before);
    add(last);
  } else addAll(last);
  return names;
}

function usesQualifier(text: string, name: string): boolean {
  for (let at = text.indexOf(`${name}.`); at >= 0; at = text.indexOf(`${name}.`, at + 1)) {
    if (at === 0 || !/[\p{L}\p{Nd}_./"-]/u.test(text[at - 1]!)) return true;
  }
  return false;
}
