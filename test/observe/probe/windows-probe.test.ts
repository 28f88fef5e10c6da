import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWindowsProbeReader, splitWindowsCommandLine, WINDOWS_PROBE_SCRIPT } from "../../../src/observe/probe/windows-probe";
import type { Snapshot } from "../../../src/model/snapshot";
import { windowsAnswer } from "./windows-answer";

function read(text: string, more: { readonly truncated?: boolean; readonly piece?: number } = {}): Snapshot {
  const reader = createWindowsProbeReader();
  const piece = more.piece ?? text.length;
  for (let at = 0; at < text.length; at += piece) reader.push(text.slice(at, at + piece));
  return reader.finish({ target: { kind: "ssh", host: "win", user: null, port: null }, sentAtMs: 1_000_000, endedAtMs: 1_002_000, truncated: more.truncated ?? false, stderr: "", bytes: text.length });
}

describe("the answer of a Windows host", () => {
  it("brings sockets, their owners, processes, names and the clock", () => {
    const snapshot = read(windowsAnswer());
    expect(snapshot.sockets.map(({ state, local, remote, owners }) => [state, local.port, remote.address, owners.map(({ pid, process }) => `${pid} ${process ?? "?"}`).join()])).toEqual([
      ["LISTEN", 8080, "0.0.0.0", "4312 shop.exe"], ["CLOSE_WAIT", 49_801, "10.0.0.7", "4312 shop.exe"], ["TIME_WAIT", 49_802, "10.0.0.7", ""],
    ]);
    expect(snapshot.processes).toEqual([
      expect.objectContaining({ pid: 4, name: "System", exe: null, commandLine: null }),
      expect.objectContaining({ pid: 4312, parentPid: 812, name: "shop.exe", exe: "C:\\Program Files\\Shop\\shop.exe", startedAtMs: 1_764_000_000_000, threads: 12 }),
    ]);
    expect(snapshot).toMatchObject({
      source: { format: "probe:get-nettcpconnection", target: "ssh://win" }, hostname: "WIN01", ownAddresses: ["10.0.0.5", "fe80::1"],
      hostNames: [{ address: "10.0.0.7", name: "db.internal" }], clock: { targetMs: 4_001_000, offsetMs: 3_000_000, offsetErrorMs: 1000 },
      kernel: { localPortRange: [49_152, 65_535], release: "Microsoft Windows NT 10.0.20348.0" }, cost: { targetCpuMs: 420 },
    });
    expect(snapshot.skipped).toEqual([]);
    expect(snapshot.missing.map(({ what }) => what)).toEqual(["queues, idle times, timers, retransmissions and the kernel's counters"]);
  });

  it("shows no secret of a command line", () => {
    expect(JSON.stringify(read(windowsAnswer()))).not.toContain("hunter2");
  });

  it("is the same in pieces of any size, and with CRLF", () => {
    const whole = read(windowsAnswer());
    fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), fc.boolean(), (piece, crlf) => {
      const text = crlf ? windowsAnswer().replaceAll("\n", "\r\n") : windowsAnswer();
      expect({ ...read(text, { piece }), cost: null }).toEqual({ ...whole, cost: null });
    }), { numRuns: 40 });
  });

  it("takes netstat's table where there is no Get-NetTCPConnection, in the language of that Windows", () => {
    const snapshot = read(windowsAnswer({ netstat: true }));
    expect(snapshot.source.format).toBe("probe:netstat-windows");
    expect(snapshot.sockets.map(({ state, owners }) => [state, owners[0]?.process])).toEqual([["LISTEN", "shop.exe"], ["CLOSE_WAIT", "shop.exe"]]);
  });

  it("cut anywhere it is a partial look that says so, and nothing is lost in silence", () => {
    const text = windowsAnswer();
    fc.assert(fc.property(fc.integer({ min: 0, max: text.length - 6 }), (at) => {
      const snapshot = read(text.slice(0, at));
      expect(snapshot.missing.some(({ what }) => what === "the end of the answer" || what === "the whole look")).toBe(true);
    }));
  });

  it("never throws, whatever comes", () => {
    const pieces = fc.constantFrom("leakline.windows/1 12345678-abcd\n", "@12345678-abcd sockets get-nettcpconnection\n", "@12345678-abcd processes\n", "{\"pid\":1}\n", "{\"pid\":-1}\n", "[]\n", "null\n", "@12345678-abcd ports 1 99999\n", "@12345678-abcd clock sockets x\n", "\"a\",\"b\"\n");
    fc.assert(fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: "binary" }))), (parts) => {
      expect(read(parts.join("")).source.target).toBe("ssh://win");
    }), { numRuns: 500 });
  });
});

describe("the script for PowerShell", () => {
  it("is ASCII, so that no code page changes it, and never says the line that ends it", () => {
    expect(WINDOWS_PROBE_SCRIPT).toMatch(/^[\t\n\x20-\x7e]+$/);
    expect(WINDOWS_PROBE_SCRIPT).not.toContain("leakline-script-ends");
  });

  it("takes no form of writing, and nothing of a host's text is run", () => {
    expect(WINDOWS_PROBE_SCRIPT).not.toMatch(/Invoke-Expression|\biex\b|Out-File|Set-Content|Add-Content|New-Item|Remove-|Set-Item|Start-Process|>\s*\S|Stop-/);
  });
});

describe("arguments of a Windows command line", () => {
  it.each([
    ["a b\tc", ["a", "b", "c"]], ["\"C:\\Program Files\\x.exe\" -p \"two words\"", ["C:\\Program Files\\x.exe", "-p", "two words"]],
    ["a\\\\\\\"b", ["a\\\"b"]], ["\"a\\\\\" b", ["a\\", "b"]], ["a\\b \\\\server\\share", ["a\\b", "\\\\server\\share"]], ["", []], ["x \"\"", ["x", ""]],
  ])("%j", (line, args) => {
    expect(splitWindowsCommandLine(line)).toEqual(args);
  });
});
