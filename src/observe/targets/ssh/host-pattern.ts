/**
 * The wildcard patterns of ssh_config(5) PATTERNS and sshd(8) SSH_KNOWN_HOSTS FILE FORMAT: `*` is any run of characters, `?` exactly one.
 * Letter case matters, as in `Host`; where it does not (known_hosts, `Match host`), give both in lower case. Only the last `*` is ever tried
 * again, so no pattern can take long.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let here = 0;
  let star = -1;
  let resume = 0;
  while (here < text.length) {
    const letter = pattern[at];
    if (letter === "*") {
      star = at++;
      resume = here;
    } else if (letter !== undefined && (letter === "?" || letter === text[here])) {
      at++;
      here++;
    } else if (star >= 0) {
      at = star + 1;
      here = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
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
