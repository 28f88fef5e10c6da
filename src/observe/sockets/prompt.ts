/** A shell prompt, with the command typed after it, as it stands in pasted terminal text. */
export interface PromptLine {
  readonly command: string;
  /** True: root's prompt or sudo; false: another user's prompt; null: the line does not tell. */
  readonly asRoot: boolean | null;
  /** The host that the prompt names, or null. */
  readonly host: string | null;
}

const COMMAND = /^(?:sudo\s+(?:-\S+\s+)*)?(?:watch\s.*|time\s+)?(?:\/\S*\/)?(?:ss|netstat|busybox|cat|awk|gawk|lsof|nstat|date|uptime|while|for|kubectl|docker|nsenter|ip|grep|head|tail|less|more|sysctl|echo|exit|clear|Get-Net\w+|LC_ALL=\S+)(?:\s|$|;)/;

/** The prompt that this line is, or null. A bare command line (`$ ss -tan`, `ss -tanp | grep 80`) counts. */
export function readPrompt(line: string): PromptLine | null {
  const prompted = /^\s*(?:\([^)]*\)\s*)?(\[[^\]]{1,80}\]|[\w.+-]+@[\w.-]+[^#$%>❯]{0,160}|[\w~/.:-]{0,80})\s?([#$%>❯➜])(?:\s+(.*))?$/.exec(line);
  if (prompted !== null) {
    const [, host = "", sign = "", typed = ""] = prompted;
    const command = typed.trim();
    const named = host.includes("@") || host.startsWith("[");
    if ((command === "" && (named || host === "")) || COMMAND.test(command) || (named && host.includes("@") && sign !== ">")) {
      return { command, asRoot: /^\[?root@/.test(host) || /^sudo\s/.test(command) ? true : sign === "#" ? true : sign === "$" && command !== "" ? false : null, host: /@([\w.-]+)/.exec(host)?.[1] ?? null };
    }
    return null;
  }
  // `C:\Users\me>netstat -ano`, `PS C:\Users\me> Get-NetTCPConnection`: the prompt itself is telling, whatever was typed.
  const windows = /^\s*(?:PS (?:[A-Za-z]:\\|\\\\|\/|~)[^<>|?*"]{0,200}|[A-Za-z]:\\[^<>|?*"]{0,200})> ?(.*)$/.exec(line);
  if (windows !== null) return { command: (windows[1] ?? "").trim(), asRoot: null, host: null };
  const bare = line.trim();
  if (/^Get-Net(?:TCPConnection|UDPEndpoint)\b/i.test(bare)) return { command: bare, asRoot: null, host: null };
  if (/^(?:sudo\s+)?(?:ss|netstat)\s+(?:-|state\b|\||sport|dport)/.test(bare) || /^(?:sudo\s+)?(?:busybox\s+netstat\b|nstat\b|cat\s+\/proc\/)/.test(bare)) {
    return { command: bare, asRoot: bare.startsWith("sudo") ? true : null, host: null };
  }
  return null;
}

/** The letters of the options given to `ss` or `netstat` in a command line (`-tan -p` gives `tanp`), or null when it runs neither. */
export function socketToolOptions(command: string): string | null {
  const call = /(?:^|[\s|;(/])(?:ss|netstat)((?:\s+[^|;&]*)?)/.exec(command);
  if (call === null) return null;
  const words = (call[1] ?? "").split(/\s+/);
  let letters = "";
  for (const [index, word] of words.entries()) {
    if (word.startsWith("--")) letters += LONG_OPTIONS[word] ?? "";
    // On Windows, BSD and macOS -p takes a protocol, and says nothing about owners.
    else if (word.startsWith("-")) letters += /^(?:tcp|udp|icmp|ip)(?:v?[46])?$/i.test(words[index + 1] ?? "") ? word.slice(1).replace("p", "") : word.slice(1);
  }
  return letters;
}

const LONG_OPTIONS: Readonly<Record<string, string>> = {
  "--processes": "p", "--programs": "p", "--program": "p", "--tcp": "t", "--udp": "u", "--extended": "e", "--extend": "e", "--numeric": "n", "--all": "a",
};
