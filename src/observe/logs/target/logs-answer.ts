import { Gunzip } from "fflate";
import type { LogSourceKind } from "../../../model/log";
import { CaptureDecoder } from "../../encoding/capture-decoder";
import { LineSplitter } from "../../sockets/line-splitter";

/** A piece of a log, in the order of its lines: a rotated file, what of the current one was read, a journal's entries. */
export interface LogPiece {
  /** `current`, `rotated`, `follow`, `journal`, `syslog`, `dmesg`, or the engine whose client told. */
  readonly what: string;
  /** The file's size in bytes; 0 where there is no file. */
  readonly size: number;
  /** At most so many of the last bytes, or entries, were read; null: everything behind `behind`. */
  readonly tailBytes: number | null;
  readonly tailEntries: number | null;
  readonly behind: number | null;
  /** `DEVICE:INODE`; null: none. */
  readonly file: string | null;
  readonly name: string;
}

/** Takes what an answer holds, as it comes. */
export interface LogsListener {
  /** The zone of the target by name (empty: not told) and as `date +%z` prints it. */
  zone(name: string, offset: string): void;
  boot(epochSeconds: number): void;
  clock(which: string, epoch: string, uptime: string): void;
  log(log: { readonly kind: LogSourceKind; readonly pid: number | null; readonly zone: string | null; readonly name: string; readonly how: string }): void;
  piece(piece: LogPiece): void;
  text(text: string): void;
  /** The piece has ended: how many bytes it had unpacked, and what was wrong with it or null. */
  pieceEnd(bytes: number, broken: string | null): void;
  unread(name: string): void;
  end(): void;
}

const KINDS: Readonly<Record<string, LogSourceKind>> = { file: "file", journal: "journal", container: "container", kernel: "kernel" };

/** Cuts the answer of logs.sh into what it tells. Nothing in a log can pass for a marker: the nonce is drawn there. */
export class LogsAnswer {
  readonly #listener: LogsListener;
  readonly #lines = new LineSplitter((line) => this.#line(line));
  #nonce: string | null = null;
  #section = "";
  #draft: { kind: LogSourceKind; pid: number | null; zone: string | null; name: string } | null = null;
  #packed: PackedPiece | null = null;
  #inPiece = false;
  #pieceBytes = 0;
  #pieceBroken: string | null = null;
  #whole = false;

  constructor(listener: LogsListener) {
    this.#listener = listener;
  }

  push(text: string): void {
    this.#lines.push(text);
  }

  /** Whether the answer came to its end. */
  finish(): boolean {
    const rest = this.#lines.takeRest();
    if (this.#packed !== null) this.#endPacked("the answer was cut off");
    else if (this.#inPiece && rest !== "") this.#text(rest);
    this.#endPiece();
    return this.#whole;
  }

  #line(line: string): void {
    if (this.#nonce === null) {
      this.#nonce = /^leakline\.logs\/1 ([0-9A-Za-z-]{8,80})\r?$/.exec(line)?.[1] ?? null;
      return;
    }
    if (line.charCodeAt(0) === 64 && line.startsWith(`${this.#nonce} `, 1)) {
      this.#marker(line.slice(this.#nonce.length + 2));
      return;
    }
    if (this.#packed !== null) this.#packed.push(line);
    else if (this.#inPiece) this.#text(`${line}\n`);
    else if (this.#section === "bootlines" && line.startsWith("btime ")) this.#listener.boot(Number(line.slice(6)));
  }

  #text(text: string): void {
    this.#pieceBytes += text.length;
    this.#listener.text(text);
  }

  #marker(words: string): void {
    const blank = words.indexOf(" ");
    const name = blank === -1 ? words : words.slice(0, blank);
    const value = blank === -1 ? "" : words.slice(blank + 1);
    const parts = value.split(" ");
    if (name === "packed") {
      this.#packed = new PackedPiece((text) => this.#listener.text(text));
      return;
    }
    if (name === "unpacked") {
      this.#endPacked(null);
      return;
    }
    this.#endPiece();
    this.#section = name;
    switch (name) {
      case "clock":
        this.#listener.clock(parts[0] ?? "", parts[1] ?? "", parts[2] ?? "");
        break;
      case "zone":
        this.#listener.zone(parts.length > 1 ? (parts[0] ?? "") : "", parts.at(-1) ?? "");
        break;
      case "log":
        this.#draft = { kind: KINDS[parts[0] ?? ""] ?? "file", pid: Number(parts[1]) || null, zone: parts[2] === undefined || parts[2] === "-" ? null : parts[2], name: "" };
        break;
      case "name":
        if (this.#draft !== null) this.#draft.name = value;
        break;
      case "how":
        if (this.#draft !== null) this.#listener.log({ ...this.#draft, how: value });
        this.#draft = null;
        break;
      case "piece": {
        const [size = "0", from = "", file = "-", what = "", ...rest] = parts;
        const bytes = /^tail:(\d+)$/.exec(from)?.[1];
        const entries = /^lines:(\d+)$/.exec(from)?.[1];
        this.#inPiece = true;
        this.#pieceBytes = 0;
        this.#pieceBroken = null;
        this.#listener.piece({
          what, size: Number(size) || 0, tailBytes: bytes === undefined ? null : Number(bytes), tailEntries: entries === undefined ? null : Number(entries),
          behind: /^\d+$/.test(from) ? Number(from) : null, file: /^\d+:\d+$/.test(file) ? file : null, name: rest.join(" "),
        });
        break;
      }
      case "unread":
        this.#listener.unread(value);
        break;
      case "end":
        this.#whole = true;
        this.#listener.end();
    }
  }

  #endPacked(broken: string | null): void {
    if (this.#packed === null) return;
    const told = this.#packed.end();
    this.#packed = null;
    this.#pieceBytes += told.bytes;
    this.#pieceBroken = broken ?? told.broken;
  }

  #endPiece(): void {
    if (!this.#inPiece) return;
    this.#inPiece = false;
    this.#listener.pieceEnd(this.#pieceBytes, this.#pieceBroken);
  }
}

/** Base64 of gzip, as bytes: a log's encoding is found out by what stands in it, which UTF-8 alone would lose. */
class PackedPiece {
  readonly #onText: (text: string) => void;
  readonly #decoder = new CaptureDecoder();
  readonly #gunzip: Gunzip;
  #gathered = "";
  #bytes = 0;
  #whole = false;
  #broken: string | null = null;

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
    this.#gunzip = new Gunzip((piece, final) => {
      this.#bytes += piece.length;
      this.#whole ||= final;
      const text = this.#decoder.push(piece.slice());
      if (text !== "") this.#onText(text);
    });
  }

  push(line: string): void {
    if (this.#broken !== null || line === "") return;
    if (!/^[A-Za-z0-9+/]*={0,2}\r?$/.test(line)) this.#broken = "a line of it is not base64";
    this.#gathered += line.trimEnd();
    if (this.#gathered.length >= 65_536 && this.#gathered.length % 4 === 0) this.#unpack(false);
  }

  end(): { readonly bytes: number; readonly broken: string | null } {
    if (this.#broken === null) this.#unpack(true);
    const text = this.#decoder.end();
    if (text !== "") this.#onText(text);
    return { bytes: this.#bytes, broken: this.#broken ?? (this.#whole ? null : "its end is missing") };
  }

  #unpack(final: boolean): void {
    const portion = Buffer.from(this.#gathered, "base64");
    this.#gathered = "";
    try {
      this.#gunzip.push(portion, final);
    } catch (error) {
      this.#broken ??= error instanceof Error ? error.message : String(error);
    }
  }
}
