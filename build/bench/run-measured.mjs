// Runs `leakline analyze --format json` and prints its figures with the wall time and the peak memory of the whole process.
import { measure } from "./measure.mjs";

const chunks = [];
const [command, ...args] = process.argv.slice(2);
const result = await measure(command, args, { onStdout: (data) => chunks.push(data) });
if (result.status !== 0 && result.status !== 1) process.exit(result.status ?? 1);
const { findings, stats } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
process.stdout.write(JSON.stringify({ wallMs: result.wallMs, peakBytes: result.peakBytes, stats, findings: findings.length }));
