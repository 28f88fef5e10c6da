import { describe, expect, it } from "vitest";
import { compareCases } from "../../../src/explain/comparison/compare";
import { explain } from "../../../src/explain/explain";
import type { Investigation } from "../../../src/model/investigation";
import type { Snapshot } from "../../../src/model/snapshot";
import { textOfComparison } from "../../../src/report/comparison-text";
import { host, stalled, unanswered } from "../hosts-builder";
import { labA, labB } from "../labs";
import { listener, look, numbers, process, socket, TAKEN_MS, times } from "../look-builder";

function caseOf(...snapshots: Snapshot[]): Investigation {
  const { services, groups, diagnoses, talk } = explain({ snapshots, configured: [] });
  return {
    targets: [...new Set(snapshots.map(({ source }) => source.target))], startedAt: "2026-03-01T12:04:31.000Z", tookMs: 1, snapshots, services, groups, diagnoses, findings: [], suspects: [], analysis: null, workspace: null, talk,
  };
}

const shopd = { pid: 812, process: "shopd" };
function shop(leaked: number, more: Partial<Snapshot> = {}, pid = 812): Snapshot {
  return look([
    listener("0.0.0.0:8080", 0, 4096, { pid, process: "shopd" }),
    ...numbers(leaked).map((n) => socket("CLOSE_WAIT", `10.0.0.7:${40000 + n}`, "10.0.0.9:3306", { by: { pid, process: "shopd" }, recvQueue: 1, info: times(90_000 + n * 500, 90_000 + n * 500, 30_000 + n * 500) })),
  ], { processes: [process(pid, "shopd")], ...more });
}

describe("two cases of one host", () => {
  it("the same case twice: nothing changed, nothing got worse", () => {
    for (const one of [caseOf(labA()), caseOf(labB()), caseOf(look([]))]) {
      const found = compareCases(one, one);
      expect(found).toMatchObject({ worse: false, groups: [], processes: [], settings: [], counters: [], unmatched: { before: [], after: [] } });
      expect(found.causes.every(({ change }) => change === "same")).toBe(true);
      expect(textOfComparison(found)).toContain("Nothing got worse.");
    }
  });

  it("a cause that was not there is new, one that is gone is gone, one that grew is worse", () => {
    const [well, ill, worse] = [caseOf(shop(0)), caseOf(shop(30)), caseOf(shop(90))];
    expect(compareCases(well, ill)).toMatchObject({ worse: true, causes: [{ change: "new", cause: "connection-pinned", count: { before: null, after: 30 } }] });
    expect(compareCases(ill, worse)).toMatchObject({ worse: true, causes: [{ change: "worse", count: { before: 30, after: 90 } }] });
    expect(compareCases(worse, ill)).toMatchObject({ worse: false, causes: [{ change: "better" }] });
    expect(compareCases(ill, well)).toMatchObject({ worse: false, causes: [{ change: "gone", count: { before: 30, after: null } }] });
    expect(compareCases(ill, worse).groups[0]).toMatchObject({ change: "changed", process: "shopd", direction: "outbound", states: { CLOSE_WAIT: { before: 30, after: 90 } }, total: { before: 30, after: 90 } });
    expect(compareCases(well, ill).groups[0]).toMatchObject({ change: "appeared" });
  });

  it("a restart: the process is another one, its leak is the same cause", () => {
    const before = caseOf(shop(30));
    const after = caseOf(shop(29, { processes: [process(4242, "shopd", { startedAtMs: TAKEN_MS - 60_000 })] }, 4242));
    const found = compareCases(before, after);
    expect(found.processes).toEqual([expect.objectContaining({ change: "restarted", name: "shopd", pid: { before: 812, after: 4242 } })]);
    expect(found.causes).toMatchObject([{ change: "same" }]);
  });

  it("a program's version, its limits, sysctls and counters", () => {
    const before = caseOf(shop(0, {
      processes: [process(812, "shopd", { exe: "/srv/shop-1.4/shopd", descriptorLimit: 1024, openDescriptors: 40, identity: [{ kind: "go-module", value: "shop@v1.4", from: "" }] })],
      kernel: { counters: { TcpExtListenOverflows: 3, TcpActiveOpens: 900 }, localPortRange: [32768, 60999], settings: { "net.core.somaxconn": 128, "fs.file-nr": 800 }, release: "Linux 6" },
    }));
    const after = caseOf(shop(0, {
      processes: [process(812, "shopd", { exe: "/srv/shop-1.5/shopd", descriptorLimit: 65536, openDescriptors: 900, identity: [{ kind: "go-module", value: "shop@v1.5", from: "" }] })],
      kernel: { counters: { TcpExtListenOverflows: 11, TcpActiveOpens: 20 }, localPortRange: [20000, 60999], settings: { "net.core.somaxconn": 4096, "fs.file-nr": 1800 }, release: "Linux 6" },
    }));
    const found = compareCases(before, after);
    expect(found.processes.map(({ change }) => change)).toEqual(["program-changed", "limits-changed", "descriptors-changed"]);
    expect(found.processes[0]?.text).toContain("/srv/shop-1.4/shopd to /srv/shop-1.5/shopd");
    expect(found.settings.map(({ name, before: was, after: is }) => [name, was, is])).toEqual([["net.core.somaxconn", "128", "4096"], ["net.ipv4.ip_local_port_range", "32768 60999", "20000 60999"]]);
    expect(found.counters).toEqual([
      { host: "prod-1", name: "TcpExtListenOverflows", before: 3, after: 11, restarted: false }, { host: "prod-1", name: "TcpActiveOpens", before: 900, after: 20, restarted: true },
    ]);
    expect(textOfComparison(found)).toMatch(/TcpExtListenOverflows \(prod-1\): \+8[\s\S]*the machine was restarted/);
  });

  it("two programs of one name are kept apart by their command lines", () => {
    const python = (pid: number, script: string): ReturnType<typeof process> => process(pid, "python3", { commandLine: `python3 ${script}` });
    const found = compareCases(caseOf(look([], { processes: [python(5, "a.py"), python(6, "b.py")] })), caseOf(look([], { processes: [python(5, "a.py"), python(9, "b.py"), python(11, "c.py")] })));
    expect(found.processes.map(({ change, pid }) => [change, pid.before, pid.after])).toEqual([["restarted", 6, 9], ["started", null, 11]]);
  });

  it("text from a host cannot drive the terminal", () => {
    const found = compareCases(caseOf(look([])), caseOf(look([listener("0.0.0.0:8080", 0, 5, { ...shopd, process: "\u001b[2Jevil" })], { processes: [process(812, "\u001b[2Jevil")] })));
    expect(textOfComparison(found)).not.toContain("\u001b");
  });
});

describe("cases of several hosts", () => {
  it("each host against itself, whatever the order; one that only one of them has is named", () => {
    const ill = (n: number): Snapshot => host(n, [...stalled(n, 12, 30_000, 8_000), ...unanswered(n, 6, 28_000)]);
    const found = compareCases(caseOf(host(1, []), host(2, []), host(3, [])), caseOf(ill(2), ill(1), host(4, [])));
    expect(found.unmatched).toEqual({ before: ["web-3"], after: ["web-4"] });
    expect(found.causes.map(({ change, cause, host: where }) => [change, cause, where])).toEqual(expect.arrayContaining([["new", "shared-dependency", "all hosts"], ["new", "handler-stalled", "web-1"], ["new", "handler-stalled", "web-2"]]));
  });
});
