/**
 * The wildcard patterns of ssh_config(5) PATTERNS and sshd(8) SSH_KNOWN_HOSTS FILE FORMAT: `*` is any run of characters, `?` exactly one.
 * Letter case does not matter, as for host names. Linear in practice: only the last `*` is ever tried again.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = text.toLowerCase();
  let at = 0;
  let here = 0;
  let star = -1;
  let resume = 0;
  while (here < given.length) {
    const letter = wanted[at];
    if (letter === "*") {
      star = at++;
      resume = here;
    } else if (letter !== undefined && (letter === "?" || letter === given[here])) {
      at++;
      here++;
    } else if (star >= 0) {
      at = star + 1;
      here = ++resume;
    } else {
      return false;
    }
  }
  while (wanted[at] === "*") at++;
  return at === wanted.length;
}

/** True when a pattern matches and no negated one (`!pattern`) does. Negated patterns alone never match anything. */
export function matchesPatternList(patterns: readonly string[], text: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) {
      if (matchesPattern(pattern.slice(1), text)) return false;
    } else if (matchesPattern(pattern, text)) {
      matched = true;
    }
  }
  return matched;
}
