import { StringDecoder } from "node:string_decoder";
import { Gunzip } from "fflate";
import type { Packed } from "./probe/probe";

/** Lines are gathered to this many characters before they are unpacked. */
const PORTION = 65_536;

/**
 * Unpacks what the target sent as base64 of a gzip stream (RFC 4648, RFC 1952), as it comes. At once and not in Node's own zlib, which
 * gives its text later: what follows the packed lines must be read after them.
 */
export function openPacked(onText: (text: string) => void): Packed {
  const utf8 = new StringDecoder("utf8");
  let bytes = 0;
  let broken: string | null = null;
  let whole = false;
  let gathered = "";
  const gunzip = new Gunzip((piece, final) => {
    bytes += piece.length;
    whole ||= final;
    const text = utf8.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    if (text !== "") onText(text);
  });
  const unpack = (final: boolean): void => {
    const portion = Buffer.from(gathered, "base64");
    gathered = "";
    try {
      gunzip.push(portion, final);
    } catch (error) {
      broken ??= error instanceof Error ? error.message : String(error);
    }
  };
  return {
    push: (line) => {
      if (broken !== null) return;
      if (!/^[A-Za-z0-9+/]*={0,2}\r?$/.test(line)) broken = "a line of it is not base64";
      gathered += line.trimEnd();
      // Each whole line is a whole number of groups of four.
      if (gathered.length >= PORTION && gathered.length % 4 === 0) unpack(false);
    },
    end: () => {
      if (broken === null) unpack(true);
      if (!whole) broken ??= "its end is missing";
      return { bytes, broken };
    },
  };
}
