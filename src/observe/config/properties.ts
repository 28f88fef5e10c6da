import type { Entry } from "./entry";

/** `.properties`, `.ini`, `.cfg`, `.conf`: `[section]`, `key = value`, `key: value`; comments with `#`, `;` or `!`. Dotted keys are paths. */
export function readProperties(text: string): Entry[] {
  const entries: Entry[] = [];
  let section: readonly string[] = [];
  text.split(/\r?\n/).forEach((written, index) => {
    const line = written.trim();
    if (line === "" || /^[#;!]|^\/\//.test(line)) return;
    const heading = /^\[+\s*([^\]]+?)\s*\]+/.exec(line);
    if (heading !== null) {
      section = (heading[1] ?? "").replaceAll('"', "").split(/[.\s]+/);
      return;
    }
    const match = /^([A-Za-z_][\w.\-[\]/]*)\s*(?:=>?|:(?=\s|$))\s*(.*)$/.exec(line) ?? /^([A-Za-z_][\w.-]*)\s+("[^"]*"|'[^']*'|\S+)$/.exec(line);
    if (match === null) return;
    const value = (match[2] ?? "").replace(/^(["'])(.*)\1\s*[,;]?$/, "$2").replace(/\s+[#;].*$/, "").replace(/\\([:=])/g, "$1");
    entries.push({ path: [...section, ...(match[1] ?? "").split(".").filter((element) => element !== "")], value, line: index + 1 });
  });
  return entries;
}
