// What a look at a crowded machine costs, beside the tools that people run there. The machine is a network namespace that is made here.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../set-up.mjs";

/** A look as over ssh, packed and all, by a shell beside us: prints one line of JSON. The argument: the limit, 0 for none. */
const LOOK = `
import { look } from "./src/observe/look";
import { countSockets } from "./src/model/snapshot";
import { openLocal } from "./src/observe/targets/local";
const local = openLocal();
const reach = { ...local, target: { kind: "ssh", host: "bench", user: null, port: null } };
const start = performance.now();
void (async () => {
const snapshot = await look(reach, { signal: new AbortController().signal, timeLimitMs: 180_000, maxSockets: Number(process.argv[2]) });
const own = snapshot.sockets.filter((socket) => socket.namespace === null).length;
console.log(JSON.stringify({ wallMs: performance.now() - start, cost: snapshot.cost, own, listed: snapshot.sockets.length, sockets: countSockets(snapshot), closeWait: snapshot.sockets.filter((socket) => socket.state === "CLOSE_WAIT").length, maxRssBytes: process.resourceUsage().maxRSS * 1024 }));
})();
`;

/** Reads an answer of so many sockets, made up as it is read: a line of JSON. */
const READ = `
import { createProbeReader } from "./src/observe/probe/probe";
import { openPacked } from "./src/observe/packed-text";
import { gzipSync } from "node:zlib";
const count = Number(process.argv[2]);
const packed = process.argv[3] === "packed";
const reader = createProbeReader(openPacked);
const row = (at) => "ESTAB 0 0 10." + (at >> 16 & 3) + "." + (at >> 8 & 255) + "." + (at & 255) + ":" + (1024 + at % 60000) + " 192.0.2." + (at % 250) + ":3306 timer:(keepalive,9.200sec,0) uid:1000 ino:" + (100000 + at) + " sk:" + (4096 + at).toString(16)
  + " cgroup:/system.slice/shop.service <-> ts sack cubic wscale:7,7 rto:204 rtt:0." + (at % 900 + 99) + "/0.4 ato:40 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:10 bytes_sent:" + at + " bytes_acked:" + at + " bytes_received:" + at
  + " segs_out:" + at % 999 + " segs_in:" + at % 999 + " send 1.2Gbps lastsnd:" + at % 99999 + " lastrcv:" + at % 88888 + " lastack:" + at % 77777 + " pacing_rate 2.1Gbps delivery_rate 1.0Gbps delivered:9 app_limited rcv_space:14480 rcv_ssthresh:64088 minrtt:0.03 snd_wnd:65536\\n";
let bytes = 0;
const say = (text) => { bytes += text.length; reader.push(text); };
say("leakline.probe/1 abcdef012345\\n\\n@abcdef012345 uid 0\\n\\n@abcdef012345 space - " + count + "\\n");
const start = performance.now();
let made = 0;
const block = (from, to) => { const begun = performance.now(); let text = ""; for (let at = from; at < to; at += 1) text += row(at); made += performance.now() - begun; return text; };
// One packed section holds one gzip stream; the shell's is as long as the table, here it is as long as Node can make at once.
if (!packed) say("\\n@abcdef012345 sockets ss ss -tanoieHO\\n");
for (let at = 0; at < count; at += 500000) {
  const to = Math.min(count, at + 500000);
  if (packed) {
    const pieces = at === 0 ? ["@abcdef012345 sockets ss ss -tanoieHO\\n"] : [];
    for (let from = at; from < to; from += 5000) pieces.push(block(from, Math.min(to, from + 5000)));
    const begun = performance.now();
    const text = gzipSync(Buffer.concat(pieces.map((piece) => Buffer.from(piece))), { level: 1 }).toString("base64").replace(/.{76}/g, "$&\\n");
    made += performance.now() - begun;
    say("\\n@abcdef012345 packed\\n" + text + "\\n");
  } else for (let from = at; from < to; from += 5000) say(block(from, Math.min(to, from + 5000)));
}
say("\\n@abcdef012345 status ss 0\\n\\n@abcdef012345 end\\n");
const snapshot = reader.finish({ target: { kind: "local" }, sentAtMs: 0, endedAtMs: 1, truncated: false, stderr: "", bytes });
console.log(JSON.stringify({ ms: performance.now() - start - made, sockets: snapshot.sockets.length, bytes, rawBytes: snapshot.cost.rawBytes, maxRssBytes: process.resourceUsage().maxRSS * 1024 }));
`;

async function bundle(contents, outfile) {
  await build({ stdin: { contents, resolveDir: ROOT, loader: "ts" }, bundle: true, platform: "node", format: "cjs", outfile, loader: { ".sh": "text", ".ps1": "text" }, logLevel: "error" });
  return outfile;
}

function json(command, args) {
  const run = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 24 });
  if (run.status !== 0) throw new Error(`bench: ${command} failed\n${run.stderr}`);
  return JSON.parse(run.stdout);
}

/** Wall and CPU milliseconds and the bytes of a shell command inside the namespace; null: it did not end within a minute. */
function tool(pid, command) {
  const start = performance.now();
  const run = spawnSync("nsenter", ["-t", String(pid), "-n", "sh", "-c", `{ timeout 60 ${command}; echo "status $?" >&2; } | wc -c; times`], { encoding: "utf8" });
  const wallMs = performance.now() - start;
  if (/status (124|137)/.test(run.stderr)) return null;
  const [, children] = [...run.stdout.matchAll(/(\d+)m([\d.]+)s (\d+)m([\d.]+)s/g)];
  const [, userMinutes, userSeconds, systemMinutes, systemSeconds] = children ?? [];
  return { wallMs, cpuMs: (Number(userMinutes) + Number(systemMinutes)) * 60_000 + (Number(userSeconds) + Number(systemSeconds)) * 1_000, bytes: Number(run.stdout.split("\n", 1)[0]) };
}

/** Looks at `connections` real connections (two sockets each), a hundredth of them hung up on. */
export async function measureCrowd(folder, connections) {
  const entry = await bundle(LOOK, join(folder, "crowded-look.cjs"));
  const crowd = spawn("unshare", ["--net", "python3", join(ROOT, "build/bench/many-sockets.py"), String(connections), String(connections / 100)], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const [said] = await Promise.race([once(crowd.stdout, "data"), once(crowd, "exit").then(() => { throw new Error("bench: the connections could not be made"); })]);
    const pid = Number(/ready (\d+)/.exec(String(said))?.[1]);
    const inside = (limit) => {
      const result = json("nsenter", ["-t", String(pid), "-n", process.execPath, entry, String(limit)]);
      if (result.closeWait < connections / 100 || result.sockets < 2 * connections) throw new Error(`bench: ${JSON.stringify(result)} is not the whole crowd`);
      return result;
    };
    return { counted: inside(50_000 < 2 * connections ? 50_000 : connections), whole: inside(0), ss: tool(pid, "ss -tanpoie"), lsof: tool(pid, "lsof -i -nP") };
  } finally {
    crowd.stdin.end();
    if (crowd.exitCode === null) await once(crowd, "exit");
  }
}

/** Reads a made answer of `count` sockets with tcp_info in a process of its own, plain or packed. */
export async function measureAnswer(folder, count, how) {
  const entry = await bundle(READ, join(folder, "read-answer.cjs"));
  const result = json(process.execPath, [entry, String(count), how]);
  if (result.sockets !== count) throw new Error(`bench: ${result.sockets} of ${count} sockets were read`);
  return result;
}
