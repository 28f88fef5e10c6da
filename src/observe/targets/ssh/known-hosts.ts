import { createHash, createHmac } from "node:crypto";
import { matchesPatternList } from "./host-pattern";

/** One usable line of a known_hosts file: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHostEntry {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly marker: "revoked" | "cert-authority" | null;
  /** The first field as written: comma-separated patterns, or one hashed name. */
  readonly hosts: string;
  /** As the key itself says, not as the line claims. */
  readonly keyType: string;
  /** The key in SSH wire format (RFC 4253 section 6.6). */
  readonly key: Buffer;
}

export interface KnownHosts {
  readonly entries: readonly KnownHostEntry[];
  /** Lines that could not be used, with the reason. OpenSSH passes over them too. */
  readonly problems: readonly { readonly file: string; readonly line: number; readonly reason: string }[];
}

export type HostKeyVerdict =
  | { readonly kind: "known"; readonly entry: KnownHostEntry }
  /** `certAuthority`: only an authority is known for this host, and host certificates are not supported. */
  | { readonly kind: "unknown"; readonly certAuthority: KnownHostEntry | null }
  | { readonly kind: "changed"; readonly entry: KnownHostEntry }
  | { readonly kind: "revoked"; readonly entry: KnownHostEntry };

/** The names under which a host may stand: `[host]:port` first, the bare host (exact key only) second. */
export interface HostNames {
  readonly name: string;
  readonly bareName: string | null;
}

const MARKERS = new Map([["@revoked", "revoked"], ["@cert-authority", "cert-authority"]] as const);

/** Reads one known_hosts file. Never throws: what cannot be used is in `problems`. */
export function readKnownHosts(file: string, text: string): KnownHosts {
  const entries: KnownHostEntry[] = [];
  const problems: { file: string; line: number; reason: string }[] = [];
  text.replace(/^\uFEFF/, "").split("\n").forEach((raw, index) => {
    const line = index + 1;
    const fields = raw.trim().split(/[ \t]+/);
    if (fields[0] === undefined || fields[0] === "" || fields[0].startsWith("#")) return;
    let marker: KnownHostEntry["marker"] = null;
    if (fields[0].startsWith("@")) {
      const found = MARKERS.get(fields[0] as "@revoked" | "@cert-authority");
      if (found === undefined) {
        problems.push({ file, line, reason: `marker ${fields[0]} is not known` });
        return;
      }
      marker = found;
      fields.shift();
    }
    const [hosts, statedType, encoded] = fields;
    if (hosts === undefined || statedType === undefined || encoded === undefined) {
      problems.push({ file, line, reason: "a host, a key type and a key are needed" });
      return;
    }
    if (/^\d+$/.test(statedType)) {
      problems.push({ file, line, reason: "SSH protocol 1 key" });
      return;
    }
    const key = Buffer.from(encoded, "base64");
    const keyType = keyTypeOf(key);
    if (keyType === null || keyType !== statedType) {
      problems.push({ file, line, reason: `not a ${statedType} key` });
      return;
    }
    entries.push({ file, line, marker, hosts, keyType, key });
  });
  return { entries, problems };
}

/** Several files as one, in their order. */
export function joinKnownHosts(files: readonly KnownHosts[]): KnownHosts {
  return { entries: files.flatMap((file) => file.entries), problems: files.flatMap((file) => file.problems) };
}

/** The type that a key in wire format names in its first string; null when it is none. */
export function keyTypeOf(key: Uint8Array): string | null {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (bytes.length < 5) return null;
  const length = bytes.readUInt32BE(0);
  if (length === 0 || length > 64 || bytes.length <= 4 + length) return null;
  const type = bytes.toString("latin1", 4, 4 + length);
  return /^[\x21-\x7e]+$/.test(type) ? type : null;
}

/** `SHA256:` and unpadded base64, as `ssh-keygen -lf` prints it. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The names to look for. A HostKeyAlias stands alone, without port: ssh_config(5). */
export function hostNamesOf(host: string, port: number, alias: string | null): HostNames {
  if (alias !== null) return { name: alias.toLowerCase(), bareName: null };
  const bare = host.toLowerCase();
  return port === 22 ? { name: bare, bareName: null } : { name: `[${bare}]:${port}`, bareName: bare };
}

/** Does this entry's first field name the host? Hashed names are `|1|salt|HMAC-SHA1(salt, name)`, both in base64. */
export function namesHost(entry: KnownHostEntry, name: string): boolean {
  if (!entry.hosts.startsWith("|")) return matchesPatternList(entry.hosts.toLowerCase().split(","), name);
  const [, version, salt, hash] = entry.hosts.split("|");
  if (version !== "1" || salt === undefined || hash === undefined) return false;
  return hashName(name, Buffer.from(salt, "base64")).equals(Buffer.from(hash, "base64"));
}

function hashName(name: string, salt: Uint8Array): Buffer {
  return createHmac("sha1", salt).update(name).digest();
}

/**
 * Is this key the host's? Revoked beats known; known beats changed. As in OpenSSH, a host whose other keys are known but not this one is
 * *changed*, whatever the type (otherwise offering a type that is not on file would get an attacker the friendlier question), and a key
 * on file for the host without port is good for its other ports too.
 */
export function judgeHostKey(known: KnownHosts, names: HostNames, key: Uint8Array): HostKeyVerdict {
  const named = known.entries.filter((entry) => namesHost(entry, names.name));
  const bare = names.bareName === null ? [] : known.entries.filter((entry) => namesHost(entry, names.bareName as string));
  const same = (entry: KnownHostEntry): boolean => entry.key.equals(key);

  const revoked = [...named, ...bare].find((entry) => entry.marker === "revoked" && same(entry));
  if (revoked !== undefined) return { kind: "revoked", entry: revoked };
  const plain = named.filter((entry) => entry.marker === null);
  const match = plain.find(same);
  if (match !== undefined) return { kind: "known", entry: match };
  const type = keyTypeOf(key);
  const other = plain.find((entry) => entry.keyType === type) ?? plain[0];
  if (other !== undefined) return { kind: "changed", entry: other };
  const bareMatch = bare.find((entry) => entry.marker === null && same(entry));
  if (bareMatch !== undefined) return { kind: "known", entry: bareMatch };
  return { kind: "unknown", certAuthority: named.find((entry) => entry.marker === "cert-authority") ?? null };
}

/** Types of the keys on file for this host, in file order, each once. */
export function knownKeyTypes(known: KnownHosts, names: HostNames): string[] {
  const typesFor = (name: string): string[] =>
    known.entries.filter((entry) => entry.marker === null && namesHost(entry, name)).map((entry) => entry.keyType);
  const types = typesFor(names.name);
  return [...new Set(types.length > 0 || names.bareName === null ? types : typesFor(names.bareName))];
}

/** RFC 8332: one key type, three signature algorithms. */
const ALGORITHM_KEY_TYPE = new Map([["rsa-sha2-512", "ssh-rsa"], ["rsa-sha2-256", "ssh-rsa"]]);

/**
 * Host key algorithms to offer, those of known keys first: the server picks the client's first that it has, so a server with several keys
 * shows the one that is on file.
 */
export function orderHostKeyAlgorithms<Algorithm extends string>(supported: readonly Algorithm[], types: readonly string[]): Algorithm[] {
  const isKnown = (algorithm: Algorithm): boolean => types.includes(ALGORITHM_KEY_TYPE.get(algorithm) ?? algorithm);
  return [...supported.filter(isKnown), ...supported.filter((algorithm) => !isKnown(algorithm))];
}

/** One known_hosts line, without a line end. With a salt (20 random bytes) the name is hashed. */
export function formatKnownHost(name: string, key: Uint8Array, salt: Uint8Array | null): string {
  const type = keyTypeOf(key);
  if (type === null) throw new RangeError("not a key in SSH wire format");
  const host = salt === null ? name : `|1|${Buffer.from(salt).toString("base64")}|${hashName(name, salt).toString("base64")}`;
  return `${host} ${type} ${Buffer.from(key).toString("base64")}`;
}

/** The text with one line more; its own line ends are kept (LF or CRLF), a missing last one is added. */
export function appendKnownHost(text: string, line: string): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  return `${text}${text === "" || text.endsWith("\n") ? "" : end}${line}${end}`;
}
