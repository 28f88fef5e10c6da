import { scrubText } from "../probe/scrub-command-line";

/**
 * Whatever `scrubText` hides has one of these in it: words that name a secret, an @ behind a password, the heads of tokens. One pass over the
 * text tells that there is nothing to do, which is so for nearly all of it.
 */
const MAY_HOLD = /pass|pwd|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key|(?:encryption|signing|account|shared|auth|session|licen[cs]e)[_-]?key|auth|webhook|cookie|requirepass|bearer|psk|\bpw\b|[_.-]pw\b|:[^\s]*@|:\/\/[^\s@/]{20,}@|eyJ|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|AKIA|ya29\.|npm_|hvs\.|hooks\.slack|discord|outlook\.office/i;

/** A text of a log with what looks like a secret replaced by `***`. */
export function hideSecrets(text: string): string {
  return MAY_HOLD.test(text) ? scrubText(text) : text;
}
