import { guardScript } from "./guarded-script";

/** What reads a script on the target. Closed: every word of these commands stands in this file, nothing is ever added to them. */
export type Shell = "sh" | "sudo" | "doas" | "powershell";

/** The last line of what PowerShell is sent; what follows is the silence for whose end it waits. */
const SCRIPT_ENDS = "leakline-script-ends";

/**
 * What PowerShell runs first, ASCII: it takes the script from standard input up to that line, so that no command line's length limits it (cmd: 8191
 * letters), and then runs it with a guard as the POSIX one's: a thread that waits for the end of standard input and ends the process.
 */
const BOOTSTRAP = [
  "$i=[Console]::In;$t=New-Object Text.StringBuilder",
  `while($true){$l=$i.ReadLine();if($null -eq $l){exit 1};if($l -ceq '${SCRIPT_ENDS}'){break};[void]$t.Append($l).Append([char]10)}`,
  "$g=[PowerShell]::Create().AddScript({param($i) while($null -ne $i.ReadLine()){};[Diagnostics.Process]::GetCurrentProcess().Kill()}).AddArgument($i)",
  "[void]$g.BeginInvoke()",
  "$o=[Console]::OpenStandardOutput();$b=[Text.Encoding]::ASCII.GetBytes('leakline-script-'+'begins'+[char]10);$o.Write($b,0,$b.Length);$o.Flush()",
  "& ([ScriptBlock]::Create($t.ToString()))",
  "[Environment]::Exit(0)",
].join(";");

/**
 * sudo and doas with `-n` never ask; whether they let us is the target's own rules' business. The absolute path keeps a `sh` in the user's own
 * PATH from being run as root. PowerShell's is the same under cmd.exe, PowerShell and a POSIX shell as login shell: `-EncodedCommand` is base64 of
 * UTF-16 (about_PowerShell_exe).
 */
const COMMANDS: Readonly<Record<Shell, readonly [string, ...string[]]>> = {
  sh: ["sh", "-s"],
  sudo: ["sudo", "-n", "/bin/sh", "-s"],
  doas: ["doas", "-n", "/bin/sh", "-s"],
  powershell: ["powershell", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-EncodedCommand", Buffer.from(BOOTSTRAP, "utf16le").toString("base64")],
};

export function shellCommand(shell: Shell): readonly [string, ...string[]] {
  return COMMANDS[shell];
}

/** The same for an ssh server, whose login shell takes it apart again: no word in it needs quoting. */
export function shellCommandLine(shell: Shell): string {
  return COMMANDS[shell].join(" ");
}

/** What goes to that shell's standard input, which stays open behind it: the script with its guard. */
export function shellInput(shell: Shell, script: string): string {
  return shell === "powershell" ? `${script}\n${SCRIPT_ENDS}\n` : guardScript(script);
}
