import { isCount } from "./columns";
import type { EndpointReader } from "./endpoint-reader";
import type { LsofFile } from "./lsof-files";
import { LsofFiles, readLsofStates } from "./lsof-files";
import type { LineReader, SnapshotDraft } from "./snapshot-draft";

const FORMAT = "lsof-fields";
/** Fields of a process and of a file (lsof(8), OUTPUT FOR OTHER PROGRAMS), and what their values look like. */
const PROCESS_FIELDS: Readonly<Record<string, RegExp>> = { c: /^/, g: /^-?\d+$/, R: /^-?\d+$/, u: /^\d+$/, L: /^\S*$/, K: /^\d+$/, M: /^/, Z: /^/, z: /^/ };
const FILE_FIELDS: Readonly<Record<string, RegExp>> = {
  a: /^[rwu -]?$/, l: /^.?$/, t: /^\S*$/, C: /^\d+$/, d: /^\S+$/, D: /^0x[0-9a-f]+$/i, s: /^\d+$/, o: /^\S+$/, i: /^\S*$/, k: /^\d+$/, n: /^/, N: /^\S+$/, P: /^\S+$/, S: /^/,
  G: /^\S+$/, F: /^\S+$/, T: /^\S*=/, r: /^\S+$/, f: /^(?:\d+|\*\d+|[A-Za-z.]{2,5}\d*)$/,
};

/**
 * Reads `lsof -F`: one field a line, its first character says which; or, with `-F0`, the fields of one file in one line, each ended by a
 * NUL. Any selection of fields: where `f` was not asked, a field that comes again begins the next file.
 */
export class LsofFieldReader implements LineReader {
  readonly format = FORMAT;
  readonly #draft: SnapshotDraft;
  readonly #files: LsofFiles;
  /** Fields of the process and of the file now being read; a process is open from its `p` on. */
  #process: Map<string, string> | null = null;
  #file: Map<string, string> | null = null;
  #tcp: string[] = [];
  #lastLine = 0;
  /** What each process of this listing holds, by name: threads (-K) list it all again, and where neither descriptor nor device was asked, the name tells. */
  readonly #names = new Map<string, Set<string>>();
  #isThread = false;

  constructor(draft: SnapshotDraft, endpoints: EndpointReader) {
    this.#draft = draft;
    this.#files = new LsofFiles(FORMAT, draft, endpoints);
  }

  read(line: string): boolean {
    if (line.includes("\0")) return this.#readSet(line);
    if (this.#process !== null && this.#lastLine < this.#draft.lineNumber - 1) this.#endProcess();
    const wasOpen = this.#process !== null;
    if (!this.#field(line, wasOpen)) return false;
    this.#lastLine = this.#draft.lineNumber;
    this.#draft.addRow(FORMAT);
    return true;
  }

  finish(): void {
    this.#endProcess();
    this.#files.finish();
  }

  /** All fields of a process or a file in one line. */
  #readSet(line: string): boolean {
    const fields = line.split("\0").filter((field) => field !== "");
    const first = fields[0] ?? "";
    if (!/^p\d{1,10}$/.test(first) && this.#process === null) return false;
    if (fields.some((field) => !this.#known(field))) return false;
    for (const field of fields) this.#field(field, true);
    this.#lastLine = this.#draft.lineNumber;
    this.#draft.addRow(FORMAT);
    return true;
  }

  #known(field: string): boolean {
    const letter = field.charAt(0);
    const value = field.slice(1);
    return letter === "p" ? /^\d{1,10}$/.test(value) : letter === "m" || (PROCESS_FIELDS[letter] ?? FILE_FIELDS[letter])?.test(value) === true;
  }

  #field(field: string, open: boolean): boolean {
    const letter = field.charAt(0);
    const value = field.slice(1);
    if (letter === "p" && /^\d{1,10}$/.test(value)) {
      this.#endProcess();
      this.#process = new Map([["p", value]]);
      this.#isThread = this.#names.has(value);
      if (!this.#isThread) this.#names.set(value, new Set());
      return true;
    }
    if (!open || this.#process === null) return false;
    if (letter === "m" && /^(?:$|=======)/.test(value)) {
      this.#endProcess();
      this.#draft.endTable();
      this.#names.clear();
      return true;
    }
    if (this.#file === null && PROCESS_FIELDS[letter]?.test(value) === true) {
      this.#process.set(letter, value);
      return true;
    }
    if (FILE_FIELDS[letter]?.test(value) !== true) return false;
    if (letter === "n" && this.#file !== null && !this.#file.has("n") && isInternet(this.#file) && !this.#files.understands(value)) return false;
    if (letter === "T") {
      // The first T of the next file repeats a key that this one has said.
      if (this.#tcp.some((said) => said.split("=", 1)[0] === value.split("=", 1)[0])) this.#endFile();
      this.#file ??= new Map();
      this.#tcp.push(value);
      return true;
    }
    if (letter === "f" || this.#file?.has(letter) === true) this.#endFile();
    this.#file ??= new Map();
    this.#file.set(letter, value);
    return true;
  }

  #endProcess(): void {
    this.#endFile();
    this.#process = null;
  }

  #endFile(): void {
    const file = this.#file;
    const process = this.#process;
    const tcp = this.#tcp;
    this.#file = null;
    this.#tcp = [];
    if (file === null || process === null) return;
    const number = (text: string | undefined): number | null => (isCount(text) ? Number(text) : null);
    const name = file.get("n") ?? "";
    const names = this.#names.get(process.get("p") ?? "");
    if (this.#isThread && !file.has("f") && !file.has("d") && names?.has(name) === true) return;
    names?.add(name);
    const entry: LsofFile = {
      pid: Number(process.get("p")), command: process.get("c") ?? null, parentPid: number(process.get("R")), uid: number(process.get("u")),
      fd: file.get("f") ?? null, type: file.get("t") ?? null, device: file.get("d") ?? null, inode: number(file.get("i")),
      protocol: file.get("P") ?? protocolOf(name, file.get("t"), tcp), name, ...readLsofStates(tcp.join(" ")),
    };
    this.#files.add(entry);
  }
}

function isInternet(file: ReadonlyMap<string, string>): boolean {
  return file.has("P") && INTERNET.test(file.get("t") ?? "IPv4");
}

const INTERNET = /^(?:IPv[46]|inet6?)$/;

/** Where the protocol was not asked for: only TCP has these states; other addresses are an Internet socket's, of which protocol is not told. */
function protocolOf(name: string, type: string | undefined, tcp: readonly string[]): string | null {
  if (type !== undefined && !INTERNET.test(type)) return null;
  if (!/^[^\s/]+:[^\s/:]+$/.test(name)) return null;
  return tcp.some((field) => field.startsWith("ST=")) ? "TCP" : "not told";
}
