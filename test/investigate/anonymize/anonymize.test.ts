import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anonymize } from "../../../src/investigate/anonymize/anonymize";
import { Pseudonyms } from "../../../src/investigate/anonymize/pseudonyms";
import { explain } from "../../../src/explain/explain";
import type { Investigation } from "../../../src/model/investigation";
import { readDocument, writeInvestigation } from "../../../src/protocol/investigation-file";
import { pinnedCase } from "../../editor/fixtures/pinned-case";
import { readIpv4, readIpv6 } from "../../../src/observe/sockets/ip-address";

const PUBLIC = new Set(["go/sql-transaction"]);
const textOf = (investigation: Investigation): string => [...writeInvestigation(investigation)].join("");

/** The fixture's case, with words of somebody's own wherever a string can stand. */
function tellingCase(): Investigation {
  const made = pinnedCase();
  const snapshot = made.snapshots[0]!;
  return {
    ...made,
    targets: ["ssh://svc-umbrella@db7.umbrella.example:2222"],
    workspace: "umbrella-shop",
    snapshots: [{
      ...snapshot,
      source: { ...snapshot.source, target: "ssh://svc-umbrella@db7.umbrella.example:2222" },
      hostname: "db7-umbrella",
      hostNames: [{ address: "172.19.5.3", name: "juggler.umbrella.example", from: "/etc/hosts" }],
      ownAddresses: ["192.168.77.8", "2a01:4f8:12:34::5"],
      namedEndpoints: [
        { address: "10.0.0.3", port: 3306, name: "raccoon-db", kind: "mysql", source: "kubernetes", confidence: "high", text: "service raccoon-db of namespace umbrella" },
        { address: "10.0.0.3", port: null, name: "db7.umbrella.example", kind: "other", source: "reverse-dns", confidence: "medium", text: "the host's resolver gives this name for 10.0.0.3" },
      ],
      configured: [{ host: "10.0.0.3", port: 3306, kind: "mysql", name: "umbrella-in", key: "frontend umbrella-in", file: "/etc/haproxy/umbrella.cfg", line: 4, behind: [{ host: "172.19.5.3", port: 3306, name: "raccoon-1" }], timeouts: [{ directive: "timeout server", ms: 60_000, file: "/etc/haproxy/umbrella.cfg", line: 2 }] }],
      searchDomains: ["umbrella.example"],
      machineNames: [{ what: "instance id", value: "i-umbrella", from: "/var/lib/cloud/data/instance-id" }],
      processes: snapshot.processes.map((process) => ({ ...process, name: "umbrellad", exe: "/opt/umbrella/bin/umbrellad", commandLine: "/opt/umbrella/bin/umbrellad --tenant=raccoon", cwd: "/srv/umbrella", cgroup: "/system.slice/umbrellad.service", identity: [{ kind: "go-main", value: "example.com/umbrella/raccoon", from: "build information of /opt/umbrella/bin/umbrellad" }] })),
      sockets: snapshot.sockets.map((socket) => ({ ...socket, owners: socket.owners.map((owner) => ({ ...owner, process: "umbrellad" })), cgroup: socket.cgroup === null ? null : "/system.slice/umbrellad.service" })),
      missing: [{ what: "the owners of umbrellad", why: "/srv/umbrella on db7-umbrella (192.168.77.8) said no", remedy: "ask svc-umbrella" }],
      skipped: [{ line: 4, text: "motd: welcome to umbrella, user raccoon 4711", reason: "printed before the probe's answer" }],
    }],
  };
}

describe("an anonymised investigation", () => {
  const before = tellingCase();
  const retold: Investigation = { ...before, ...explain({ snapshots: before.snapshots, configured: [] }), suspects: [], findings: before.findings };
  const after = anonymize(retold, PUBLIC);

  it("holds none of the words and addresses that were somebody's own", () => {
    const text = textOf(after).toLowerCase();
    const kept = ["umbrella", "raccoon", "db7", "juggler", "4711", "172.19.5.3", "192.168.77.8", "2a01:4f8", "svc-", "motd"].filter((word) => text.includes(word));
    expect(kept).toEqual([]);
  });

  it("tells the same causes with the same figures about the same sockets", () => {
    const shape = (investigation: Investigation): unknown => investigation.diagnoses.map(({ cause, count, confidence, severity, states, direction, sockets, peerIdleTimeout, leakMomentsMs }) => ({ cause, count, confidence, severity, states, direction, sockets, peerIdleTimeout, leakMomentsMs }));
    expect(after.diagnoses.length).toBeGreaterThan(0);
    expect(shape(after)).toEqual(shape(retold));
    expect(after.snapshots[0]?.sockets.map(({ state, recvQueue, remote }) => [state, recvQueue, remote.port])).toEqual(before.snapshots[0]?.sockets.map(({ state, recvQueue, remote }) => [state, recvQueue, remote.port]));
  });

  it("opens again as any saved one", () => {
    expect(readDocument("x", JSON.parse(textOf(after)))).toEqual({ investigation: after });
  });

  it("keeps place and rule of a suspect, without its names", () => {
    const full = anonymize(pinnedCase(), PUBLIC);
    for (const [index, suspect] of full.suspects.entries()) {
      const original = pinnedCase().suspects[index]!;
      expect([suspect.rank, suspect.score, suspect.line, suspect.column, suspect.kind]).toEqual([original.rank, original.score, original.line, original.column, original.kind]);
      expect(suspect.file).not.toBe(original.file);
      expect(suspect.reasons.map(({ factor, points }) => ({ factor, points }))).toEqual(original.reasons.map(({ factor, points }) => ({ factor, points })));
    }
    expect(full.findings.length).toBe(pinnedCase().findings.length);
  });

  it("hides what a workspace's own rule is called", () => {
    const full = anonymize(pinnedCase(), new Set());
    const rules = pinnedCase().findings.map(({ rule }) => rule);
    expect(rules.length).toBeGreaterThan(0);
    for (const finding of full.findings) expect(rules).not.toContain(finding.rule);
  });
});

describe("addresses", () => {
  it("keep their sort and their neighbours, and differ where they differed", () => {
    const sortOf = (text: string): string => {
      const bits = readIpv4(text);
      if (bits === null) return text.startsWith("fe80") ? "link" : /^f[cd]/.test(text) ? "unique" : text.startsWith("ff") ? "multicast" : "public";
      const [first = 0, second = 0] = text.split(".").map(Number);
      return first === 127 ? "loopback" : first === 10 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168) ? "private" : first === 169 && second === 254 ? "link" : first >= 224 ? "multicast" : "public";
    };
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.ipV4(), fc.tuple(fc.constantFrom("10.1.2", "192.168.7", "172.20.0", "93.184.216"), fc.nat(255)).map(([net, host]) => `${net}.${host}`)), { minLength: 2, maxLength: 40 }), (addresses) => {
        const pseudonyms = new Pseudonyms();
        const distinct = [...new Set(addresses)].filter((address) => address !== "0.0.0.0");
        const given = distinct.map((address) => pseudonyms.address(address));
        expect(new Set(given).size).toBe(distinct.length);
        for (const [index, address] of distinct.entries()) {
          expect(sortOf(given[index]!)).toBe(sortOf(address));
          expect(pseudonyms.address(address)).toBe(given[index]);
        }
        const net = (text: string): string => text.slice(0, text.lastIndexOf("."));
        for (const [one, address] of distinct.entries()) for (const [other, second] of distinct.entries()) expect(net(given[one]!) === net(given[other]!)).toBe(net(address) === net(second));
      }),
    );
  });

  it("of IPv6 stay IPv6, and loopback and wildcards stay what they are", () => {
    const pseudonyms = new Pseudonyms();
    for (const kept of ["::1", "::", "*", "0.0.0.0", "127.0.0.1", "127.0.1.1", "localhost"]) expect(pseudonyms.address(kept)).toBe(kept);
    for (const [address, start] of [["fe80::1c2d", "fe80::"], ["fd12:3456::9", "fd00:"], ["2a01:4f8::1", "2001:db8:"]] as const) {
      const given = pseudonyms.address(address);
      expect(given.startsWith(start)).toBe(true);
      expect(readIpv6(given)).not.toBeNull();
    }
    expect(pseudonyms.address("db1.umbrella.example")).toMatch(/^host-\d+$/);
  });
});
