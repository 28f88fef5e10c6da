/**
 * Whether a line goes on with the record before it when nothing else tells: the frames of a stack trace, what caused it, an indented or closing line
 * of JSON, SQL or YAML.
 */
export function continues(line: string, at: number): boolean {
  const code = line.charCodeAt(at);
  // A blank or a tab, a closing brace or bracket.
  if (code === 32 || code === 9) return true;
  if (code === 125 || code === 93 || code === 41) return /^[\]})][\s,;\]})]*$/.test(line.slice(at, at + 20));
  return HEADS.test(line.slice(at, at + 200));
}

/**
 * Java: `Caused by:`, `... 12 more`, `Suppressed:`; Python: `Traceback`, `During handling`, `The above exception`, an exception's own line; Go: `goroutine`,
 * `created by`, `main.main()`, `exit status`; Node: `at`, code excerpts; .NET: `at`, `--->`; Ruby: `from`; PHP: `#0`, `Stack trace:`, `thrown in`; Rust: `stack backtrace:`, `12:`.
 */
const HEADS = new RegExp(
  "^(?:" +
    [
      "Caused by:", "\\.\\.\\. \\d+ (?:more|common frames)", "Suppressed:", "at \\S+[ (]", "from \\S+:\\d+", "Traceback \\(most recent call last\\)", "During handling of the above exception",
      "The above exception was the direct cause", "goroutine \\d+ \\[", "created by \\S+", "[\\w./*()-]+\\.[\\w.*()]+\\(.*\\)$", "exit status \\d+$", "-+>", "--- End of (?:stack trace|inner exception)", "#\\d+ ", "Stack trace:$", "stack backtrace:$",
      "\\[stacktrace\\]", "thrown in ", "note: run with `RUST_BACKTRACE", "(?:[A-Za-z_][\\w]*\\.)*[A-Z]\\w*(?:Error|Exception|Warning|Interrupt|Exit|Fault)(?::|$)", "\\^+$", "\\[signal ", "panic: .* \\[recovered\\]", "Locked ownable synchronizers",
    ].join("|") +
    ")",
);
