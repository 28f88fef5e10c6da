import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readOpenedFile } from "../../src/investigate/read-files";
import type { LogRecord, LogRecords } from "../../src/model/log-records";

/** Logs that people published, beside the captures (captures.test.ts): `captures/log-KIND/NN.txt`, with facts counted by other means in `NN.json`. */
const CORPUS = join(process.env.LEAKLINE_CORPUS ?? "", "captures");

/** Kinds that must be there, and the formats that may be recognised in each. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "log-go": ["logfmt"], "log-haproxy": ["haproxy"], "log-java": ["stamped"], "log-mysql": ["stamped"], "log-nginx": ["nginx-error", "access"], "log-openstack": ["stamped"], "log-proxy": ["stamped"],
  "log-sshd": ["syslog"], "log-timestamps": ["stamped", "json"],
};

interface Facts {
  readonly lines: number;
  readonly lines_matching: Readonly<Record<string, number>>;
  readonly level_words: Readonly<Record<string, number>>;
  readonly http_rows?: number;
  readonly termination?: Readonly<Record<string, number>>;
  readonly status?: Readonly<Record<string, number>>;
}

/** Words of a level as these kinds write them in their heads; other words may stand in the text of a message. */
const LEVEL_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "log-java": { INFO: "info", WARN: "warning" }, "log-mysql": { Note: "notice", Warning: "warning" }, "log-openstack": { INFO: "info", ERROR: "error", WARNING: "warning" }, "log-go": { warn: "warning" },
};

/** What the counter took for the same thing. */
const SYNONYMS: Readonly<Record<string, RegExp>> = { "timed out": /timed out|timeout/i, "connection refused": /connection refused|ECONNREFUSED/i, "connection reset": /connection reset|ECONNRESET/i };

const files = Object.keys(KINDS).flatMap((kind) => (existsSync(join(CORPUS, kind)) ? readdirSync(join(CORPUS, kind)) : []).filter((file) => file.endsWith(".json")).map((file) => [kind, file.slice(0, -5)] as const));

async function read(kind: string, name: string): Promise<LogRecords> {
  const content = await readOpenedFile({ name, chunks: createReadStream(join(CORPUS, kind, `${name}.txt`)) }, new AbortController().signal);
  if (content.kind !== "log") throw new Error(`${kind}/${name} was not taken for a log`);
  return content.records;
}

function counted(records: readonly LogRecord[], key: (record: LogRecord) => string | undefined): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const record of records) {
    const value = key(record);
    if (value !== undefined) counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

describe("logs that people published", () => {
  it.each(Object.keys(KINDS))("hold some of %s", (kind) => {
    expect(files.filter(([each]) => each === kind).length).toBeGreaterThan(0);
  });

  it.each(files)("%s/%s says what was counted in it by other means", async (kind, name) => {
    const facts = (JSON.parse(readFileSync(join(CORPUS, kind, `${name}.json`), "utf8")) as { expected: Facts }).expected;
    const records = await read(kind, name);
    const all = [...records];
    expect(KINDS[kind]).toContain(records.source.format);
    expect(Math.abs(records.source.lines - facts.lines)).toBeLessThanOrEqual(1);
    // Nothing is lost: every line stands in some record.
    for (const [text, count] of Object.entries(facts.lines_matching)) {
      const pattern = SYNONYMS[text.toLowerCase()] ?? new RegExp(text, "i");
      const lines = all.flatMap((record) => record.text.split("\n")).filter((line) => pattern.test(line));
      expect([text, lines.length]).toEqual([text, count]);
    }
    const levels = counted(all, ({ level }) => level ?? undefined);
    for (const [word, level] of Object.entries(LEVEL_WORDS[kind] ?? {})) if (facts.level_words[word] !== undefined) expect([word, levels[level]]).toEqual([word, facts.level_words[word]]);
    if (facts.termination !== undefined) expect(counted(all, ({ fields }) => fields["termination"])).toEqual(facts.termination);
    if (facts.status !== undefined) expect(counted(all, ({ fields }) => fields["status"])).toEqual(facts.status);
    // What is quoted around a log (an ellipsis, a fence) may have no time, and no more than that.
    expect(all.filter(({ timeMs }) => timeMs === null).length).toBeLessThanOrEqual(4);
  });
});
