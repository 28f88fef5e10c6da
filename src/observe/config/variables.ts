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

/** Calls that give an environment variable or, failing that, the literal that stands second: Python, Django's env, PHP, Ruby, Elixir, Node. */
const WITH_DEFAULT = /(?:(?:os\.)?(?:environ\.get|getenv)|\benv(?:\.str|\.int)?|\bconfig|ENV\.fetch|System\.get_env)\(\s*["'][\w.]+["']\s*,\s*(?:default\s*=\s*)?("[^"\n]*"|'[^'\n]*'|\d+)[^()\n]*\)|(?:ENV\.fetch\(\s*["']\w+["']\s*\)\s*\{\s*("[^"\n]*"|'[^'\n]*'|\d+)\s*\})|(?:process\.env\.\w+|process\.env\[["']\w+["']\]|ENV\[["']\w+["']\]|System\.get_env\(["']\w+["']\))\s*(?:\|\||\?\?)\s*("[^"\n]*"|'[^'\n]*'|\d+)/g;

/** Source code with such calls replaced by their default, in the same length: offsets and lines stay. */
export function fillDefaults(text: string): string {
  if (!/env/i.test(text)) return text;
  return text.replace(WITH_DEFAULT, (whole, ...groups: (string | undefined)[]) => (groups.slice(0, 3).find((group) => group !== undefined) ?? whole).padEnd(whole.length));
}

/** ERB in a YAML file of Rails: a tag is what its default says, else nothing. Lines stay. */
export function fillErb(text: string): string {
  if (!text.includes("<%")) return text;
  return text.replace(/<%=?([^\n]*?)-?%>/g, (_tag, code: string) => {
    const filled = fillDefaults(code).trim();
    return /^"[^"]*"$|^'[^']*'$/.test(filled) ? filled.slice(1, -1) : /^\d+$/.test(filled) ? filled : "";
  });
}
