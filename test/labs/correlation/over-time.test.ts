import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leakline } from "../leakline-command";
import { lineOf } from "../service-rig";
import { PricesLab } from "./prices-lab";
import { ShopLab } from "./shop-lab";
import { randomOf } from "./traffic";

/**
 * Labs A and B over time, with their logs: fifty requests a second of five kinds in parts drawn at random, of which one kind leaks now and then. The line that
 * goes with the leak must be named, and lead to the function that leaks, also when no rule knows the library.
 *
 * `npm run labs:repeat` repeats it and prints the hit rate of docs/correlation.md.
 */
const RUNS = Number(process.env.LEAKLINE_LAB_RUNS ?? "1");
const SEED = Number(process.env.LEAKLINE_LAB_SEED ?? String(Date.now() % 100_000));
const SECONDS = 12;

interface Document {
  readonly diagnoses: readonly { readonly cause: string; readonly leakMoments: readonly string[]; readonly process: { readonly commandLine: string | null } | null }[];
  readonly correlationNotes?: readonly string[];
  readonly logs: readonly { readonly name: string; readonly records: number }[];
  readonly correlations?: readonly { readonly diagnosis: number; readonly template: string; readonly key: { readonly name: string; readonly value: string } | null; readonly moments: number; readonly ofMoments: number; readonly correctedPValue: number; readonly statement: number | null; readonly text: string }[];
  readonly statements?: readonly { readonly file: string; readonly line: number; readonly symbol: string }[];
  readonly suspects: readonly { readonly diagnosis: number; readonly rule: string; readonly file: string; readonly symbol: string; readonly reasons: readonly { readonly factor: string; readonly text: string }[] }[];
}

/** A scan of this machine, and of its answer what concerns the program of the workspace: others may run here. */
async function scan(workspace: string, ...more: string[]): Promise<Document> {
  const result = await leakline(["scan", "local", "--workspace", workspace, "--json", ...more]);
  if (result.status === 2) throw new Error(result.stderr);
  const document = JSON.parse(result.stdout) as Document;
  const ours = (index: number): boolean => document.diagnoses[index]?.process?.commandLine?.includes(workspace) === true;
  return {
    ...document,
    diagnoses: document.diagnoses.filter((_, index) => ours(index)),
    correlations: (document.correlations ?? []).filter(({ diagnosis }) => ours(diagnosis)),
    suspects: document.suspects.filter(({ diagnosis }) => ours(diagnosis)),
  };
}

/** What is expected of one run with a leak, as a list of what is amiss: empty is a hit. */
function amiss(document: Document, wanted: { readonly template: RegExp; readonly file: string; readonly line: number; readonly symbol: string; readonly rule: RegExp }): string[] {
  const first = document.correlations?.[0];
  if (first === undefined) return [`nothing named: ${JSON.stringify([document.diagnoses.map(({ cause, leakMoments }) => [cause, leakMoments.length]), document.logs.map(({ name, records }) => [name, records]), document.correlationNotes])}`];
  const written = document.statements?.[first.statement ?? -1];
  const [suspect] = document.suspects;
  return [
    ...(wanted.template.test(first.template) && first.key === null ? [] : [`first is ${first.text}`]),
    ...(first.correctedPValue < 0.001 ? [] : [`p = ${first.correctedPValue}`]),
    ...(written?.file === wanted.file && written.line === wanted.line ? [] : [`written by ${JSON.stringify(written)}`]),
    ...(suspect?.symbol.includes(wanted.symbol) === true && wanted.rule.test(suspect.rule) ? [] : [`suspect one is ${suspect?.symbol} by ${suspect?.rule}`]),
    ...(suspect?.reasons.some(({ factor }) => factor === "log-line") === true ? [] : ["no word of the line"]),
  ];
}

function tell(lab: string, seed: number, document: Document, wrong: readonly string[]): void {
  console.log(`${lab}, seed ${seed}: ${wrong.length === 0 ? "hit" : wrong.join("; ")}\n    ${document.correlations?.[0]?.text ?? "nothing named"}`);
}

describe("lab A over time", () => {
  let lab: ShopLab;
  let line: number;
  beforeAll(async () => {
    lab = await ShopLab.open();
    line = await lineOf(`${lab.workspace}/web/orders.go`, "refund refused");
  });
  afterAll(async () => {
    await lab?.close();
  });

  test("the line that goes with the leak is first, and raises its function with the rules on and off", async () => {
    const missed: string[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const random = randomOf(SEED + run);
      await lab.run(SECONDS, 12 + random() * 25, false, random);
      const wanted = { template: /^refund refused, nothing was paid/, file: "web/orders.go", line, symbol: "Refund" };
      const withRules = await scan(lab.workspace);
      const without = await scan(lab.workspace, "--without-rule", "database/sql");
      const wrong = [...amiss(withRules, { ...wanted, rule: /^go\// }), ...amiss(without, { ...wanted, rule: /^leakline\/goes-with-leak$/ }).map((text) => `without rules: ${text}`)];
      tell("lab A", SEED + run, withRules, wrong);
      if (wrong.length > 0) missed.push(`seed ${SEED + run}: ${wrong.join("; ")}`);
    }
    console.log(`lab A: ${RUNS - missed.length} of ${RUNS} runs`);
    expect(missed.length, missed.join("\n")).toBeLessThanOrEqual(Math.floor(RUNS * 0.05));
  });

  test("leaks that go with no line, and no leak at all: nothing is named", async () => {
    const named: string[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const random = randomOf(SEED + 1_000 + run);
      await lab.run(SECONDS, 12 + random() * 25, true, random);
      const silent = await scan(lab.workspace);
      expect(silent.diagnoses.some(({ leakMoments }) => leakMoments.length >= 6), "the control leaks as well").toBe(true);
      for (const { text } of silent.correlations ?? []) named.push(`seed ${SEED + 1_000 + run}: ${text}`);
      await lab.run(SECONDS / 3, 0, false, random);
      for (const { text } of (await scan(lab.workspace)).correlations ?? []) named.push(`seed ${SEED + 1_000 + run}, no leak: ${text}`);
    }
    console.log(`lab A, controls: ${2 * RUNS - new Set(named.map((text) => text.split(":")[0])).size} of ${2 * RUNS} runs name nothing`);
    expect(named).toEqual([]);
  });
});

describe("lab B over time", () => {
  let lab: PricesLab;
  let line: number;
  beforeAll(async () => {
    lab = await PricesLab.open();
    line = await lineOf(`${lab.workspace}/app.py`, "is not known here");
  });
  afterAll(async () => {
    await lab?.close();
  });

  test("the line that goes with the stuck handlers is first, and raises its function with the rules on and off; without them nothing is named", async () => {
    const missed: string[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const random = randomOf(SEED + 2_000 + run);
      await lab.run(SECONDS, 14 + random() * 8, random);
      const wanted = { template: /^price of <\*> is not known here, <\*> waits for it$/, file: "app.py", line, symbol: "Price.get" };
      const withRules = await scan(lab.workspace);
      const without = await scan(lab.workspace, "--without-rule", "python/*");
      const wrong = [...amiss(withRules, { ...wanted, rule: /^python\// }), ...amiss(without, { ...wanted, rule: /^leakline\/goes-with-leak$/ }).map((text) => `without rules: ${text}`)];
      await lab.run(SECONDS / 3, 0, random);
      for (const { text } of (await scan(lab.workspace)).correlations ?? []) wrong.push(`without a leak: ${text}`);
      tell("lab B", SEED + 2_000 + run, withRules, wrong);
      if (wrong.length > 0) missed.push(`seed ${SEED + 2_000 + run}: ${wrong.join("; ")}`);
    }
    console.log(`lab B: ${RUNS - missed.length} of ${RUNS} runs`);
    expect(missed.length, missed.join("\n")).toBeLessThanOrEqual(Math.floor(RUNS * 0.05));
  });
});
