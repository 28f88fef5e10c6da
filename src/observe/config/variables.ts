/**
 * Puts what is known in place of `${NAME}`, `${NAME:-default}`, `${NAME-default}` (POSIX shell, docker compose) and `${NAME:default}`
 * (Spring). What has neither value nor default stays as it was, and so is no host for anybody.
 */
export function fillVariables(text: string, values: ReadonlyMap<string, string> = new Map()): string {
  let filled = text;
  // Innermost first: a default may hold another variable.
  for (let depth = 0; depth < 4 && filled.includes("${"); depth++) {
    const next = filled.replace(/\$\{([A-Za-z_][\w.-]*?)(?:(:-|-|:(?![?+]))([^${}]*))?\}/g, (whole, name: string, _sign: string | undefined, fallback: string | undefined) => values.get(name) ?? fallback ?? whole);
    if (next === filled) break;
    filled = next;
  }
  return filled;
}
