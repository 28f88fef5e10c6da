import type { Entry } from "./entry";

/**
 * `.env` files, `export` lines of shell scripts, `ENV`/`ARG` of Dockerfiles and `Environment=` of systemd units: `NAME=value`, quoted or not, `#` comments. Double-quoted
 * values may run over several lines. See docs/decisions/0030-dotenv-reader.md for why this is not the dotenv package.
 */
export function readDotenv(text: string): Entry[] {
  const entries: Entry[] = [];
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const written = lines[index] ?? "";
    const env = /^\s*(?:ENV|ARG)\s+(.*)$/.exec(written);
    if (env !== null) {
      entries.push(...readDockerEnv(env[1] ?? "", index + 1));
      continue;
    }
    // systemd.exec(5): Environment="A=1" "B=2".
    const unit = /^\s*Environment=(.*)$/.exec(written);
    if (unit !== null) {
      for (const one of (unit[1] ?? "").matchAll(/"([A-Za-z_]\w*)=([^"]*)"|'([A-Za-z_]\w*)=([^']*)'|([A-Za-z_]\w*)=(\S*)/g)) {
        entries.push({ path: [one[1] ?? one[3] ?? one[5] ?? ""], value: one[2] ?? one[4] ?? one[6] ?? "", line: index + 1 });
      }
      continue;
    }
    const match = /^\s*(?:export\s+|set\s+|setx\s+)?([A-Za-z_][\w.-]*)\s*(?:=|:\s(?=\S))\s*(.*)$/.exec(written);
    if (match === null) continue;
    const line = index + 1;
    let value = (match[2] ?? "").trim();
    const quote = value[0];
    if (quote === '"' || quote === "'" || quote === "`") {
      // The closing quote may stand some lines on, in a certificate say; not beyond the file, and not for ever.
      let end = closing(value, quote);
      const first = index;
      while (end < 0 && index + 1 < lines.length && index - first < 100) {
        index += 1;
        value += `\n${lines[index] ?? ""}`;
        end = closing(value, quote);
      }
      if (end < 0) {
        index = first;
        value = (match[2] ?? "").trim().slice(1);
      } else value = value.slice(1, end);
    } else value = value.replace(/\s+#.*$/, "");
    entries.push({ path: [match[1] ?? ""], value, line });
  }
  return entries;
}

function closing(value: string, quote: string): number {
  for (let at = 1; at < value.length; at++) {
    if (value[at] === "\\" && quote === '"') at += 1;
    else if (value[at] === quote) return at;
  }
  return -1;
}

/** `ENV A=1 B="two words"` and the older `ENV A value`. */
function readDockerEnv(text: string, line: number): Entry[] {
  const found: Entry[] = [];
  for (const match of text.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g)) {
    found.push({ path: [match[1] ?? ""], value: (match[2] ?? "").replace(/^(["'])(.*)\1$/, "$2"), line });
  }
  const old = /^([A-Za-z_]\w*)\s+(.+)$/.exec(text);
  if (found.length === 0 && old !== null) found.push({ path: [old[1] ?? ""], value: (old[2] ?? "").trim(), line });
  return found;
}
