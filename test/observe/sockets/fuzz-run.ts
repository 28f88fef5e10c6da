/** One of the processes of the fuzz test: reads mutated captures until its number is done, and says on the way how far it is. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readAndCheck } from "./check-reading";
import { mutate, seeded } from "./mutations";

/** No input of a few lines may take longer, on a machine that does other things too. */
const LONGEST_MS = 1500;

const [folder = "", seedText = "", countText = ""] = process.argv.slice(2);
const seed = Number(seedText);
const blocks = readdirSync(folder).filter((file) => file.endsWith(".txt")).flatMap((file) => {
  const lines = readFileSync(join(folder, file), "utf8").split("\n");
  const parts: string[] = [];
  for (let at = 0; at < lines.length; at += 2) parts.push(lines.slice(at, at + 3).join("\n").slice(0, 900));
  // The heading stands above rows from further down as well.
  for (let at = 8; at < lines.length; at += 40) parts.push([...lines.slice(0, 2), ...lines.slice(at, at + 2)].join("\n").slice(0, 900));
  return parts.slice(0, 60);
});

let slowest = 0;
for (let round = 0; round < Number(countText); round += 1) {
  // Each input has a seed of its own, so that one alone can be made again.
  const random = seeded(seed + round);
  let base = blocks[Math.floor(random() * blocks.length)] ?? "";
  if (random() < 0.15) base += `\n${blocks[Math.floor(random() * blocks.length)] ?? ""}`;
  const text = mutate(base, random);
  const start = performance.now();
  try {
    readAndCheck(text);
  } catch (error) {
    throw new Error(`seed ${seed + round}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const took = performance.now() - start;
  if (took > LONGEST_MS) throw new Error(`seed ${seed + round}: ${Math.round(took)} ms for ${JSON.stringify(text)}`);
  slowest = Math.max(slowest, took);
  if (round % 5000 === 0) process.stdout.write(`at ${seed + round}\n`);
}
process.stdout.write(`done ${countText} from seed ${seed}, ${blocks.length} blocks, slowest ${slowest.toFixed(1)} ms\n`);
