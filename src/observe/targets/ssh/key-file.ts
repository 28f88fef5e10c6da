import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import ssh2 from "ssh2";
import type { ParsedKey } from "ssh2";

/** What an IdentityFile turned out to be. */
export type KeyFile =
  | { readonly kind: "missing" }
  /** Cannot be used; `reason` says why and what to do instead, for a person. */
  | { readonly kind: "unusable"; readonly reason: string; /** A FIDO key: OpenSSH's own programs can use it. */ readonly securityKey?: true }
  /** A public key: good for naming one of the agent's keys. */
  | { readonly kind: "public"; readonly publicKey: ParsedKey }
  /** Not encrypted. */
  | { readonly kind: "open"; readonly publicKey: ParsedKey; readonly privateKey: ParsedKey }
  /** `publicKey` is null when nothing but the passphrase can tell it (old PEM without a `.pub` beside it). */
  | { readonly kind: "locked"; readonly publicKey: ParsedKey | null; readonly unlock: (passphrase: string) => ParsedKey | null };

/** Reads an identity file: OpenSSH's own format, PEM (PKCS#1, SEC1, PKCS#8) or a public key. Never throws. */
export async function readKeyFile(file: string): Promise<KeyFile> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "ENOTDIR") return { kind: "unusable", reason: `could not be read (${String(code)})` };
    // `IdentityFile KEY` with only KEY.pub there names a key that the agent holds.
    const publicKey = await publicKeyBeside(file);
    return publicKey === null ? { kind: "missing" } : { kind: "public", publicKey };
  }
  const putty = /^PuTTY-User-Key-File-(\d)/.exec(text);
  if (putty !== null && putty[1] !== "2") {
    return { kind: "unusable", reason: `is a PuTTY key (ppk version ${putty[1] ?? "?"}), which cannot be read: load it into your ssh agent, or export it with PuTTYgen as an OpenSSH key` };
  }
  const header = readOpenSshHeader(text);
  if (header !== null && header.keyType.startsWith("sk-")) {
    return { kind: "unusable", securityKey: true, reason: `is a FIDO security key (${header.keyType}), which only the system's own ssh can use (--ssh system, or the setting leakline.ssh.client); or give this host a second key` };
  }
  const plain = parse(text, undefined);
  if (plain !== null && !plain.isPrivateKey()) return { kind: "public", publicKey: plain };
  if (plain !== null) return { kind: "open", publicKey: plain, privateKey: plain };
  const encrypted = header !== null ? header.cipher !== "none" : /^(?:Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED PRIVATE KEY-----|Encryption: (?!none))/m.test(text);
  if (!encrypted) return { kind: "unusable", reason: "is not a private key in a format that is known here (OpenSSH or PEM)" };
  const publicKey = header?.publicKey ?? (await publicKeyBeside(file));
  return { kind: "locked", publicKey, unlock: (passphrase) => parse(text, passphrase) };
}

function parse(text: string, passphrase: string | undefined): ParsedKey | null {
  const parsed = ssh2.utils.parseKey(text, passphrase) as ParsedKey | ParsedKey[] | Error;
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key !== undefined && !(key instanceof Error)) return key;
  return parsePkcs8(text, passphrase);
}

/** ssh2 reads PKCS#1 and SEC1 but not PKCS#8 (`ssh-keygen -m PKCS8`, openssl's default): Node re-writes the one as the other. */
function parsePkcs8(text: string, passphrase: string | undefined): ParsedKey | null {
  if (!/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(text)) return null;
  try {
    const key = createPrivateKey(passphrase === undefined ? text : { key: text, passphrase });
    const type = key.asymmetricKeyType === "rsa" ? "pkcs1" : key.asymmetricKeyType === "ec" ? "sec1" : null;
    if (type === null) return null;
    const parsed = ssh2.utils.parseKey(key.export({ type, format: "pem" }) as string);
    return parsed instanceof Error ? null : parsed;
  } catch {
    // Wrong passphrase, or no key at all: both are "not opened".
    return null;
  }
}

async function publicKeyBeside(file: string): Promise<ParsedKey | null> {
  try {
    const parsed = ssh2.utils.parseKey(await readFile(`${file}.pub`, "utf8"));
    return parsed instanceof Error || parsed.isPrivateKey() ? null : parsed;
  } catch {
    return null;
  }
}

interface OpenSshHeader {
  readonly cipher: string;
  readonly keyType: string;
  readonly publicKey: ParsedKey | null;
}

/** The part of `openssh-key-v1` (PROTOCOL.key) that is never encrypted: cipher and public key. */
function readOpenSshHeader(text: string): OpenSshHeader | null {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/.exec(text)?.[1];
  if (body === undefined) return null;
  const bytes = Buffer.from(body, "base64");
  const magic = "openssh-key-v1\0";
  if (bytes.toString("latin1", 0, magic.length) !== magic) return null;
  let at = magic.length;
  const next = (): Buffer | null => {
    if (at + 4 > bytes.length) return null;
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) return null;
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  const cipher = next();
  next(); // KDF name
  next(); // KDF options
  at += 4; // number of keys: always 1
  const blob = next();
  if (cipher === null || blob === null || blob.length < 4) return null;
  const keyType = blob.toString("latin1", 4, 4 + Math.min(blob.readUInt32BE(0), blob.length - 4));
  const parsed = ssh2.utils.parseKey(blob);
  return { cipher: cipher.toString("latin1"), keyType, publicKey: parsed instanceof Error ? null : parsed };
}
