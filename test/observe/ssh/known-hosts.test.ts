import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  appendKnownHost, fingerprint, formatKnownHost, hostNamesOf, joinKnownHosts, judgeHostKey, keyTypeOf, knownKeyTypes, namesHost, orderHostKeyAlgorithms, readKnownHosts,
} from "../../../src/observe/targets/ssh/known-hosts";

/** A key in wire format: its type as a string, then something. */
function key(type: string, body = "k"): Buffer {
  const field = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat([field(Buffer.from(type)), field(Buffer.from(body.padEnd(32, ".")))]);
}
const line = (hosts: string, bytes: Buffer, marker = ""): string => `${marker}${hosts} ${keyTypeOf(bytes) ?? ""} ${bytes.toString("base64")}`;
const ED = key("ssh-ed25519", "one");
const ED2 = key("ssh-ed25519", "two");
const RSA = key("ssh-rsa", "three");
const read = (...lines: string[]): ReturnType<typeof readKnownHosts> => readKnownHosts("kh", `${lines.join("\n")}\n`);
const judge = (lines: string[], host: string, port: number, presented: Buffer, alias: string | null = null) =>
  judgeHostKey(read(...lines), hostNamesOf(host, port, alias), presented);

describe("reading known_hosts", () => {
  it("reads plain names, lists, markers, comments and blanks, and keeps line numbers", () => {
    const known = read("# comment", "", line("a,b", ED), `\t${line("c", RSA)}  a comment here`, line("d", ED, "@revoked "), line("*.x", ED, "@cert-authority\t"));
    expect(known.problems).toEqual([]);
    expect(known.entries.map((entry) => [entry.line, entry.marker, entry.hosts, entry.keyType])).toEqual([
      [3, null, "a,b", "ssh-ed25519"], [4, null, "c", "ssh-rsa"], [5, "revoked", "d", "ssh-ed25519"], [6, "cert-authority", "*.x", "ssh-ed25519"],
    ]);
  });

  it("reads CRLF files and a byte order mark", () => {
    const known = readKnownHosts("kh", `\uFEFF${line("a", ED)}\r\n${line("b", RSA)}\r\n`);
    expect(known.problems).toEqual([]);
    expect(known.entries.map((entry) => entry.hosts)).toEqual(["a", "b"]);
    expect(known.entries[1]?.key.equals(RSA)).toBe(true);
  });

  it("names lines it cannot use, and goes on", () => {
    const known = read("host-alone", "host 1024 35 12345", "host ssh-ed25519 notakey", `@unknown ${line("h", ED)}`, `h ssh-rsa ${ED.toString("base64")}`, line("good", ED));
    expect(known.problems.map((problem) => problem.line)).toEqual([1, 2, 3, 4, 5]);
    expect(known.entries.map((entry) => entry.hosts)).toEqual(["good"]);
  });

  it("never throws, whatever the bytes", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      const known = readKnownHosts("kh", text);
      expect(known.entries.length + known.problems.length).toBeLessThanOrEqual(text.split("\n").length);
    }));
  });
});

describe("judging a host key", () => {
  it("knows a host by name and port", () => {
    expect(judge([line("web", ED)], "web", 22, ED).kind).toBe("known");
    expect(judge([line("[web]:2222", ED)], "web", 2222, ED).kind).toBe("known");
    expect(judge([line("[web]:2222", ED)], "web", 22, ED).kind).toBe("unknown");
    expect(judge([line("[web]:2222", ED)], "web", 2223, ED).kind).toBe("unknown");
    expect(judge([line("[::1]:2222", ED)], "::1", 2222, ED).kind).toBe("known");
    expect(judge([line("WEB", ED)], "Web", 22, ED).kind).toBe("known");
  });

  it("says where another key stands when it changed", () => {
    expect(judge(["#", line("web", ED)], "web", 22, ED2)).toMatchObject({ kind: "changed", entry: { file: "kh", line: 2 } });
  });

  it("calls a key of another type changed too, as OpenSSH does, and prefers to name one of the same type", () => {
    expect(judge([line("web", RSA)], "web", 22, ED).kind).toBe("changed");
    expect(judge([line("web", RSA), line("web", ED)], "web", 22, ED2)).toMatchObject({ kind: "changed", entry: { line: 2 } });
  });

  it("accepts any of several keys, wherever they stand", () => {
    const files = joinKnownHosts([readKnownHosts("one", line("web", RSA)), readKnownHosts("two", line("w*", ED))]);
    expect(judgeHostKey(files, hostNamesOf("web", 22, null), ED)).toMatchObject({ kind: "known", entry: { file: "two" } });
    expect(judgeHostKey(files, hostNamesOf("web", 22, null), RSA)).toMatchObject({ kind: "known", entry: { file: "one" } });
  });

  it("lets @revoked win, also by wildcard, and only for that key", () => {
    expect(judge([line("web", ED), line("*", ED, "@revoked ")], "web", 22, ED)).toMatchObject({ kind: "revoked", entry: { line: 2 } });
    expect(judge([line("web", ED), line("*", ED2, "@revoked ")], "web", 22, ED).kind).toBe("known");
    expect(judge([line("web", ED, "@revoked ")], "web", 2222, ED).kind).toBe("revoked");
  });

  it("does not take a certificate authority's key for the host's, and tells of it", () => {
    expect(judge([line("*.corp", ED, "@cert-authority ")], "a.corp", 22, ED)).toMatchObject({ kind: "unknown", certAuthority: { line: 1 } });
    expect(judge([], "a.corp", 22, ED)).toEqual({ kind: "unknown", certAuthority: null });
  });

  it("takes the same key of the bare host for another port, but asks for a different one", () => {
    expect(judge([line("web", ED)], "web", 2222, ED).kind).toBe("known");
    expect(judge([line("web", ED)], "web", 2222, ED2).kind).toBe("unknown");
    expect(judge([line("web", ED), line("[web]:2222", ED2)], "web", 2222, ED).kind).toBe("changed");
  });

  it("uses HostKeyAlias alone, without port", () => {
    expect(judge([line("alias", ED)], "10.0.0.7", 2222, ED, "alias").kind).toBe("known");
    expect(judge([line("[10.0.0.7]:2222", ED)], "10.0.0.7", 2222, ED, "alias").kind).toBe("unknown");
  });

  it("honours wildcards and negation in lists", () => {
    const lines = [line("*.example.com,!db.example.com,10.0.0.?", ED)];
    expect(judge(lines, "web.example.com", 22, ED).kind).toBe("known");
    expect(judge(lines, "db.example.com", 22, ED).kind).toBe("unknown");
    expect(judge(lines, "10.0.0.9", 22, ED).kind).toBe("known");
    expect(judge(lines, "10.0.0.19", 22, ED).kind).toBe("unknown");
  });

  it("finds hashed names: |1|salt|HMAC-SHA1(salt, name)", () => {
    const salt = Buffer.from("0123456789abcdef0123");
    const hash = (name: string): string => `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
    expect(judge([line(hash("web"), ED)], "WEB", 22, ED).kind).toBe("known");
    expect(judge([line(hash("web"), ED)], "web2", 22, ED).kind).toBe("unknown");
    expect(judge([line(hash("[web]:2222"), ED)], "web", 2222, ED2).kind).toBe("changed");
    expect(judge([line("|2|x|y", ED), line("|1|x", ED), line("|1||", ED)], "web", 22, ED).kind).toBe("unknown");
  });
});

describe("a new line", () => {
  const hosts = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
  it("is found again under its own name and no other, hashed or not", () => {
    fc.assert(fc.property(hosts, hosts, fc.integer({ min: 1, max: 65_535 }), fc.option(fc.uint8Array({ minLength: 20, maxLength: 20 })), (host, other, port, salt) => {
      const { name } = hostNamesOf(host, port, null);
      const [entry] = readKnownHosts("kh", formatKnownHost(name, ED, salt)).entries;
      if (entry === undefined) throw new Error("the line was not read");
      expect(namesHost(entry, name)).toBe(true);
      expect(entry.key.equals(ED)).toBe(true);
      if (other !== host) expect(namesHost(entry, hostNamesOf(other, port, null).name)).toBe(false);
      if (salt !== null) expect(entry.hosts).not.toContain(host.length > 8 ? host : `${host} `);
    }));
  });

  it("is appended without harming what is there, whatever its line ends", () => {
    expect(appendKnownHost("", "new")).toBe("new\n");
    expect(appendKnownHost("old\n", "new")).toBe("old\nnew\n");
    expect(appendKnownHost("old", "new")).toBe("old\nnew\n");
    expect(appendKnownHost("old\r\n", "new")).toBe("old\r\nnew\r\n");
    expect(appendKnownHost("one\r\nold", "new")).toBe("one\r\nold\r\nnew\r\n");
  });
});

describe("key types", () => {
  it("reads the type out of the key", () => {
    expect(keyTypeOf(RSA)).toBe("ssh-rsa");
    for (const bytes of [Buffer.alloc(0), Buffer.from("abc"), Buffer.from([0, 0, 0, 200, 1]), Buffer.from([255, 255, 255, 255, 1, 2])]) expect(keyTypeOf(bytes)).toBeNull();
  });

  it("prints a fingerprint as unpadded base64 of SHA-256", () => {
    expect(fingerprint(ED)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it("asks for the types on file first, RSA by its modern algorithms", () => {
    const known = read(line("web", RSA), line("web", RSA), line("other", ED));
    expect(knownKeyTypes(known, hostNamesOf("web", 22, null))).toEqual(["ssh-rsa"]);
    expect(knownKeyTypes(known, hostNamesOf("other", 2222, null))).toEqual(["ssh-ed25519"]);
    expect(orderHostKeyAlgorithms(["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"], ["ssh-rsa"]))
      .toEqual(["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256"]);
    expect(orderHostKeyAlgorithms(["ssh-ed25519", "ssh-rsa"], [])).toEqual(["ssh-ed25519", "ssh-rsa"]);
  });
});
