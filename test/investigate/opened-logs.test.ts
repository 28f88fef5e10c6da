import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createInvestigator } from "../../src/investigate/create-investigator";
import type { OpenedFile } from "../../src/investigate/investigator";
import type { Investigation } from "../../src/model/investigation";
import { readDocument, writeInvestigation } from "../../src/protocol/investigation-file";
import { writeLog } from "../../src/protocol/log-documents";
import { textOfInvestigation } from "../../src/report/text";

const NOW = Date.UTC(2026, 10, 25, 13);
const investigator = createInvestigator({
  reach: () => Promise.reject(new Error("nothing is reached")), locator: () => { throw new Error("no code is read"); }, textEngine: () => Promise.reject(new Error("no code is read")), ruleFiles: [], now: () => NOW,
});
const options = { workspaceRoot: null, signal: new AbortController().signal, onProgress: () => {} };

function file(name: string, content: string | Uint8Array): OpenedFile {
  return { name, chunks: (async function* () { yield await Promise.resolve(typeof content === "string" ? new TextEncoder().encode(content) : content); })() };
}

const CAPTURE = Array.from({ length: 12 }, (_, at) => `CLOSE-WAIT 1 0 10.0.0.1:${40_000 + at} 10.0.0.2:3306 users:(("shopd",pid=812,fd=${7 + at}))\n`).join("");
const LOG = "2026-11-25 12:40:01,123 ERROR [http-8] c.e.OrderHandler - refund 7 failed\njava.sql.SQLTransientConnectionException: shop - Connection is not available, request timed out after 30000ms\n\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:10)\n2026-11-25 12:40:02,000 INFO [http-8] c.e.OrderHandler - order 8 accepted\n";

describe("logs that are opened", () => {
  it("beside a capture stand in the case, with what was assumed and what the field knows of them; saved and opened again they are the same", async () => {
    const opened = await investigator.open([file("sockets.txt", `State Recv-Q Send-Q Local Peer\n${CAPTURE}`), file("app.log", LOG)], options);
    expect(opened.snapshots).toHaveLength(1);
    expect(opened.logs?.sources).toEqual([expect.objectContaining({ kind: "opened-file", name: "app.log", records: 2, lines: 4, assumptions: ["no zone in the stamps: read as UTC"] })]);
    expect(opened.logs?.events.map(({ level, message }) => [level, message])).toEqual([["error", "refund 7 failed"], ["info", "order 8 accepted"]]);
    expect(opened.logs?.signatures).toEqual([expect.objectContaining({ id: "hikari-timeout", count: 1, events: [0] })]);
    const text = textOfInvestigation(opened);
    expect(text).toContain("log app.log (opened): 2 records in 4 lines");
    expect(text).toContain("assumed: no zone in the stamps: read as UTC");
    expect(text).toContain("HikariCP had no connection to give");
    const again = readDocument("case.json", JSON.parse([...writeInvestigation(opened)].join("")));
    expect("investigation" in again && again.investigation.logs).toEqual(opened.logs);
  });

  it("may be packed, and in the zone that the user names", async () => {
    const opened = await investigator.open([file("sockets.txt", `State Recv-Q Send-Q Local Peer\n${CAPTURE}`), file("app.log.2.gz", gzipSync(LOG))], { ...options, logZone: "Europe/Berlin" });
    expect(opened.logs?.sources[0]).toMatchObject({ firstMs: Date.UTC(2026, 10, 25, 11, 40, 1, 123), assumptions: ["no zone in the stamps: read as the user says, Europe/Berlin (UTC+01:00)"] });
    await expect(investigator.open([file("app.log", LOG)], { ...options, logZone: "Mars" })).rejects.toMatchObject({ reason: "usage" });
    await expect(investigator.open([file("app.log.gz", gzipSync(LOG).subarray(0, 60))], options)).rejects.toMatchObject({ reason: "notUnderstood" });
    await expect(investigator.open([file("app.log.xz", Uint8Array.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2]))], options)).rejects.toMatchObject({ message: expect.stringContaining("xz") as string });
  });

  it("alone are shown, and it is said that there are no sockets; brought to a saved case they join it", async () => {
    const alone = await investigator.open([file("app.log", LOG)], options);
    expect(textOfInvestigation(alone)).toContain("Logs alone: no sockets to explain.");
    const saved: Investigation = await investigator.open([file("sockets.txt", `State Recv-Q Send-Q Local Peer\n${CAPTURE}`)], options);
    expect(saved.logs).toBeUndefined();
    const document = [...writeInvestigation(saved)].join("");
    const joined = await investigator.open([file("case.json", document), file("app.log", LOG)], options);
    expect([joined.snapshots.length, joined.logs?.sources.length]).toEqual([1, 1]);
    expect((await investigator.open([file("case.json", document)], options)).logs).toBeUndefined();
  });

  it("are told from captures by what they hold", async () => {
    for (const [name, content, kind] of [
      ["a.txt", LOG, "log"], ["b", "{\"time\":\"2026-11-25T12:40:01Z\",\"level\":\"info\",\"msg\":\"x\"}\n{\"time\":\"2026-11-25T12:40:02Z\",\"level\":\"info\",\"msg\":\"y\"}\n", "log"],
      ["c.log", "listening\nready\n", "log"], ["d.txt", `Wed Nov 25 12:40:01 UTC 2026\nState Recv-Q Send-Q Local Peer\n${CAPTURE}`, "snapshot"],
    ] as const) expect([name, (await investigator.parse(file(name, content), options)).kind]).toEqual([name, kind]);
  });

  it("one alone, parsed, is its source and every record of it", async () => {
    const parsed = await investigator.parse(file("app.log", LOG), options);
    if (parsed.kind !== "log") throw new Error("no log");
    const document = JSON.parse([...writeLog(parsed.records)].join("")) as { schema: string; source: { records: number }; events: { time: string; message: string }[] };
    expect(document).toMatchObject({ schema: "leakline.log/1", source: { records: 2 }, events: [{ time: "2026-11-25T12:40:01.123Z", message: "refund 7 failed" }, { message: "order 8 accepted" }] });
  });
});
