// Big captures in the form of ss, made up from a seed: the shapes are those that ss prints, the figures are random.
import { createWriteStream } from "node:fs";
import { once } from "node:events";

function random(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const STATES = ["ESTAB", "ESTAB", "ESTAB", "CLOSE-WAIT", "CLOSE-WAIT", "TIME-WAIT", "FIN-WAIT-2", "LAST-ACK", "SYN-SENT"];
const PROCESSES = ["nginx", "shopd", "java", "python3", "haproxy", "node", "php-fpm8.2"];

/** Writes `rows` rows as `ss -tanpO` (or with `info`, `ss -tanpoieO`) prints them. */
export async function writeCapture(file, rows, { info }) {
  const pick = random(rows + (info ? 1 : 0));
  const stream = createWriteStream(file);
  let block = "State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\n";
  for (let row = 0; row < rows; row += 1) {
    const state = STATES[pick(STATES.length)];
    const local = `10.${pick(4)}.${pick(256)}.${pick(256)}:${1024 + pick(64_000)}`;
    const peer = row % 9 === 0 ? `[2001:db8::${pick(65_536).toString(16)}]:${443}` : `192.0.2.${pick(256)}:${[443, 3306, 5432, 6379][pick(4)]}`;
    const owned = state !== "TIME-WAIT";
    const process = PROCESSES[pick(PROCESSES.length)];
    const pid = 1_000 + pick(400);
    let line = `${state.padEnd(10)} ${String(pick(3)).padEnd(6)} ${String(pick(2)).padEnd(6)} ${local.padEnd(22)} ${peer.padEnd(22)}`;
    if (owned) line += ` users:(("${process}",pid=${pid},fd=${3 + pick(60_000)}))`;
    if (info) {
      if (pick(2) === 0) line += ` timer:(keepalive,${pick(15)}.${pick(1000)}sec,0)`;
      if (owned) line += ` uid:${1_000 + pick(20)} ino:${100_000 + row} sk:${(row + 4_096).toString(16)} cgroup:/system.slice/${process}.service <->`;
      line += ` ts sack cubic wscale:7,7 rto:204 rtt:${pick(90)}.${pick(999)}/0.${pick(999)} ato:40 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:10 bytes_sent:${pick(9_999_999)} bytes_acked:${pick(9_999_999)} bytes_received:${pick(9_999_999)} segs_out:${pick(9_999)} segs_in:${pick(9_999)} data_segs_out:${pick(9_999)} data_segs_in:${pick(9_999)} send 1.${pick(99)}Gbps lastsnd:${pick(99_999)} lastrcv:${pick(99_999)} lastack:${pick(99_999)} pacing_rate 2.1Gbps delivery_rate 1.0Gbps delivered:${pick(9_999)} app_limited busy:${pick(999)}ms rcv_rtt:${pick(99)} rcv_space:14480 rcv_ssthresh:64088 minrtt:0.0${pick(99)} snd_wnd:65536`;
    }
    block += `${line}\n`;
    if (block.length > 1 << 20) {
      if (!stream.write(block)) await once(stream, "drain");
      block = "";
    }
  }
  stream.end(block);
  await once(stream, "finish");
}
