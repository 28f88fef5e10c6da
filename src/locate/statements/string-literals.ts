/** The text that an escape sequence stands for; sequences that the language does not know stay as they are. */
function escaped(sequence: string): string {
  const sign = sequence[1] ?? "";
  switch (sign) {
    case "n":
      return "\n";
    case "r":
      return "\r";
    case "t":
      return "\t";
    case "0":
    case "a":
    case "b":
    case "f":
    case "v":
    case "e":
      return " ";
    case "\n":
      return "";
    case "x":
    case "u":
    case "U": {
      const code = Number.parseInt(sequence.slice(2).replace(/[{}]/gu, ""), 16);
      return Number.isFinite(code) && code <= 0x10ffff ? String.fromCodePoint(code) : "";
    }
    default:
      return sequence.slice(1);
  }
}

const ESCAPES = /\\(?:x[0-9a-fA-F]{1,2}|u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^])/gu;

/** Go, Python, Java, C#, JavaScript, Rust, Ruby's and PHP's double quotes: near enough to one another for messages. */
export function unescape(text: string): string {
  return text.includes("\\") ? text.replace(ESCAPES, escaped) : text;
}

/** Single quotes of PHP and Ruby. */
export function unescapeSingle(text: string): string {
  return text.includes("\\") ? text.replace(/\\(['\\])/gu, "$1") : text;
}

/** How a string literal begins: its prefix letters and quotes. */
const OPENING = /^(?:[a-zA-Z]{0,3}#*|[$@]{0,3})(?:"""+|'''|["'`])/u;

/** True when backslashes in it are backslashes: `r"..."`, `@"..."`, Go's back quotes, `"""..."""` of C# and Kotlin. */
export function isRaw(language: string, literal: string): boolean {
  const opening = OPENING.exec(literal)?.[0] ?? "";
  switch (language) {
    case "go":
      return opening === "`";
    case "python":
      return /r/iu.test(opening);
    case "rust":
      return /^b?r/u.test(opening);
    case "csharp":
      return opening.includes("@") || opening.includes('"""');
    case "kotlin":
      return opening.includes('"""');
    default:
      return false;
  }
}

/** The text of a literal that the grammar gives as one node. */
export function wholeLiteral(language: string, literal: string): string {
  const opening = OPENING.exec(literal)?.[0] ?? "";
  const closing = opening.replace(/^[^"'`]*/u, "");
  const inner = literal.slice(opening.length, literal.length - (literal.endsWith(closing) ? closing.length : 0));
  if (language === "csharp" && opening.includes("@")) return inner.replaceAll('""', '"');
  return isRaw(language, literal) ? inner : unescape(inner);
}
