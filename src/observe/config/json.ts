import type { Tree } from "./tree";

/**
 * JSON (RFC 8259) and what people write instead: comments, trailing commas, single quotes, keys without quotes (JSONC, JSON5). One pass,
 * with lines; YAML's parser reads the same and takes fifty times as long on the data files of a workspace. What is broken ends the
 * reading, and what was read so far stays. null: not even a start.
 */
export function readJson(text: string): Tree | null {
  let at = 0;
  let line = 1;

  const skip = (): void => {
    for (; at < text.length; at++) {
      const char = text[at];
      if (char === "\n") line += 1;
      else if (char === "/" && text[at + 1] === "/") {
        const end = text.indexOf("\n", at);
        at = (end < 0 ? text.length : end) - 1;
      } else if (char === "/" && text[at + 1] === "*") {
        const end = text.indexOf("*/", at + 2);
        const stop = end < 0 ? text.length : end + 2;
        for (; at < stop; at++) if (text[at] === "\n") line += 1;
        at -= 1;
      } else if (char !== " " && char !== "\t" && char !== "\r" && char !== "\uFEFF") return;
    }
  };

  const string = (quote: string): string => {
    let value = "";
    let from = at + 1;
    for (at += 1; at < text.length; at++) {
      const char = text[at];
      if (char === quote) {
        value += text.slice(from, at);
        at += 1;
        return value;
      }
      if (char === "\n") {
        // A string that never ends: the line's end is the best guess.
        if (quote !== "`") break;
        line += 1;
      } else if (char === "\\") {
        value += text.slice(from, at);
        const escaped = text[at + 1] ?? "";
        if (escaped === "u") {
          const code = Number.parseInt(text.slice(at + 2, at + 6), 16);
          value += Number.isNaN(code) ? "" : String.fromCharCode(code);
          at += 5;
        } else {
          value += ESCAPES[escaped] ?? escaped;
          if (escaped === "\n") line += 1;
          at += 1;
        }
        from = at + 1;
      }
    }
    return value + text.slice(from, at);
  };

  const word = (): string => {
    const from = at;
    while (at < text.length && !/[\s,:[\]{}"'/]/.test(text[at] ?? "")) at += 1;
    return text.slice(from, at);
  };

  const value = (depth: number): Tree | null => {
    skip();
    const char = text[at];
    const start = line;
    if (char === undefined || depth > 100) return null;
    if (char === '"' || char === "'" || char === "`") return { kind: "value", value: string(char), line: start };
    if (char === "[") {
      const items: Tree[] = [];
      for (at += 1; ; ) {
        skip();
        if (at >= text.length) break;
        if (text[at] === "]") {
          at += 1;
          break;
        }
        if (text[at] === ",") {
          at += 1;
          continue;
        }
        const item = value(depth + 1);
        if (item === null) break;
        items.push(item);
      }
      return { kind: "list", items, line: start };
    }
    if (char === "{") {
      const entries: (readonly [string, Tree])[] = [];
      for (at += 1; ; ) {
        skip();
        const next = text[at];
        if (next === undefined) break;
        if (next === "}") {
          at += 1;
          break;
        }
        if (next === ",") {
          at += 1;
          continue;
        }
        const keyLine = line;
        const key = next === '"' || next === "'" ? string(next) : word();
        skip();
        if (text[at] !== ":") break;
        at += 1;
        const item = value(depth + 1);
        if (item === null) break;
        entries.push([key, item.kind === "value" ? { ...item, line: keyLine } : item]);
      }
      return { kind: "map", entries, line: start };
    }
    const plain = word();
    return plain === "" ? null : { kind: "value", value: plain, line: start };
  };

  return value(0);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "\n": "" };
