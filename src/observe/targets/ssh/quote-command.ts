/**
 * A program and its arguments as the one line that ssh hands to the host's login shell (RFC 4254, 6.5: there is no list of arguments). Single
 * quotes keep every character in sh, bash, zsh, ksh, fish and csh alike, apart from the quote itself and a line end in csh: callers pass words
 * they have validated. `exec`: the program takes the shell's place, so that a guard finds itself at the head of its session.
 */
export function quoteCommand(argv: readonly string[]): string {
  return `exec ${argv.map(quoteWord).join(" ")}`;
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
