import { scrubText } from "../probe/scrub-command-line";

/**
 * Whatever `scrubText` hides has one of these in it: the beginnings of words that name a secret, an @ behind a password, the heads of tokens. One
 * pass over the text tells that there is nothing to do, which is so for nearly all of it. Both cases are spelled out: that is twice as fast as the flag.
 */
const MAY_HOLD =
  /[Pp](?:[Aa][Ss][Ss]|[Ww][Dd]|[Ss][Kk]|[Ww](?![A-Za-z]))|[Ss](?:[Ee][Cc][Rr][Ee]|[Ii][Gg](?:=|[Nn][Aa][Tt][Uu][Rr][Ee]=)|[Ee][Ss][Ss](?:[Ii][Oo][Nn])?[Ii][Dd]|[Ee][Ss][Ss][Ii][Oo][Nn]=|k[-_]|G\.)|[Tt][Oo][Kk][Ee]|[Cc](?:[Rr][Ee][Dd][Ee]|[Oo][Oo][Kk][Ii]|[Oo][Dd][Ee]=)|\.sid=|rk_|[Kk][Ee][Yy]|[Aa](?:[Uu][Tt][Hh]|[KS]IA|Iza)|[Ww][Ee][Bb][Hh]|[Bb][Ee][Aa][Rr]|@|eyJ|gh[pousr]_|github_pat_|glpat-|xox|ya29|npm_|hvs\.|[Hh][Oo][Oo][Kk][Ss]\.|[Dd][Ii][Ss][Cc][Oo]|[Oo][Uu][Tt][Ll][Oo]/;

/** A text of a log with what looks like a secret replaced by `***`. */
export function hideSecrets(text: string): string {
  return MAY_HOLD.test(text) ? scrubText(text) : text;
}
