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

const NETSTAT = { "ESTAB": "ESTABLISHED", "CLOSE-WAIT": "CLOSE_WAIT", "TIME-WAIT": "TIME_WAIT", "FIN-WAIT-2": "FIN_WAIT2", "LAST-ACK": "LAST_ACK", "SYN-SENT": "SYN_SENT" };
const NUMBERS = { "ESTAB": "01", "CLOSE-WAIT": "08", "TIME-WAIT": "06", "FIN-WAIT-2": "05", "LAST-ACK": "09", "SYN-SENT": "02" };
const POWERSHELL = { "ESTAB": "Established", "CLOSE-WAIT": "CloseWait", "TIME-WAIT": "TimeWait", "FIN-WAIT-2": "FinWait2", "LAST-ACK": "LastAck", "SYN-SENT": "SynSent" };
const underscored = (state) => (NETSTAT[state] === "FIN_WAIT2" ? "FIN_WAIT_2" : NETSTAT[state]);
const hex = (address) => address.split(".").reverse().map((octet) => Number(octet).toString(16).padStart(2, "0")).join("").toUpperCase();
const hexPort = (port) => port.toString(16).padStart(4, "0").toUpperCase();

/** What each reader is measured on: its heading, and a row from the figures of one socket. One row is one socket. */
export const FORMATS = {
  "netstat -antpo": {
    heading: "Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name     Timer\n",
    row: ({ state, local, localPort, remote, remotePort, pid, program }) => `tcp        0      0 ${`${local}:${localPort}`.padEnd(23)} ${`${remote}:${remotePort}`.padEnd(23)} ${NETSTAT[state].padEnd(11)} ${`${pid}/${program}`.padEnd(20)} off (0.00/0/0)`,
  },
  "cat /proc/net/tcp": {
    heading: "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n",
    row: ({ state, local, localPort, remote, remotePort, row }) => `${String(row).padStart(4)}: ${hex(local)}:${hexPort(localPort)} ${hex(remote)}:${hexPort(remotePort)} ${NUMBERS[state]} 00000000:00000000 00:00000000 00000000  1000        0 ${100_000 + row} 1 0000000000000000 20 4 30 10 -1`,
  },
  "lsof -nPi": {
    heading: "COMMAND     PID USER   FD   TYPE  DEVICE SIZE/OFF NODE NAME\n",
    row: ({ state, local, localPort, remote, remotePort, pid, program, row }) => `${program.slice(0, 9).padEnd(9)} ${String(pid).padStart(5)} shop ${String(3 + row).padStart(5)}u  IPv4 ${100_000 + row}      0t0  TCP ${local}:${localPort}->${remote}:${remotePort} (${NETSTAT[state]})`,
  },
  "lsof -nPi -F": {
    heading: "p812\ncshopd\nu1000\n",
    row: ({ state, local, localPort, remote, remotePort, row }) => `f${3 + row}\ntIPv4\nd${100_000 + row}\nPTCP\nn${local}:${localPort}->${remote}:${remotePort}\nTST=${NETSTAT[state]}\nTQR=0\nTQS=0`,
  },
  "sockstat -4s": {
    heading: "USER     COMMAND    PID   FD  PROTO  LOCAL ADDRESS         FOREIGN ADDRESS       CONN STATE\n",
    row: ({ state, local, localPort, remote, remotePort, pid, program, row }) => `www      ${program.padEnd(10)} ${pid} ${3 + row}  tcp4   ${`${local}:${localPort}`.padEnd(21)} ${`${remote}:${remotePort}`.padEnd(21)} ${underscored(state)}`,
  },
  "netstat -anv (macOS)": {
    heading: "Active Internet connections (including servers)\nProto Recv-Q Send-Q  Local Address          Foreign Address        (state)          rxbytes      txbytes  rhiwat  shiwat          process:pid    state  options           gencnt    flags   flags1 usecnt rtncnt fltrs\n",
    row: ({ state, local, localPort, remote, remotePort, pid, program }) => `tcp4       0      0  ${`${local}.${localPort}`.padEnd(22)} ${`${remote}.${remotePort}`.padEnd(22)} ${underscored(state).padEnd(11)}         1108         1454  407808  146988 ${`${program}:${pid}`.padStart(20)}    00122 00000004 000000000bf559bb 00000081 01000800      2      0 000000`,
  },
  "netstat -ano (Windows)": {
    heading: "\nActive Connections\n\n  Proto  Local Address          Foreign Address        State           PID\n",
    row: ({ state, local, localPort, remote, remotePort, pid }) => `  TCP    ${`${local}:${localPort}`.padEnd(22)} ${`${remote}:${remotePort}`.padEnd(22)} ${underscored(state).padEnd(15)} ${pid}`,
  },
  "Get-NetTCPConnection": {
    heading: "\nLocalAddress                        LocalPort RemoteAddress                       RemotePort State       AppliedSetting OwningProcess\n------------                        --------- -------------                       ---------- -----       -------------- -------------\n",
    row: ({ state, local, localPort, remote, remotePort, pid }) => `${local.padEnd(35)} ${String(localPort).padEnd(9)} ${remote.padEnd(35)} ${String(remotePort).padEnd(10)} ${POWERSHELL[state].padEnd(11)} Internet       ${pid}`,
  },
  "netstat -an (Solaris)": {
    heading: "\nTCP: IPv4\n   Local Address        Remote Address    Swind  Send-Q Rwind  Recv-Q    State\n-------------------- -------------------- ------ ------ ------ ------ -----------\n",
    row: ({ state, local, localPort, remote, remotePort }) => `${`${local}.${localPort}`.padEnd(20)} ${`${remote}.${remotePort}`.padEnd(20)}  64240      0 128872      0 ${underscored(state)}`,
  },
};

/** Writes `rows` rows of one of FORMATS; every connection is another one. */
export async function writeFormat(file, rows, format) {
  const pick = random(rows);
  const { heading, row: print } = FORMATS[format];
  const stream = createWriteStream(file);
  let block = heading;
  for (let row = 0; row < rows; row += 1) {
    block += `${print({
      row, state: STATES[pick(STATES.length)], local: `10.${(row >> 16) & 255}.${(row >> 8) & 255}.${row & 255}`, localPort: 1024 + pick(64_000), remote: `192.0.2.${pick(256)}`, remotePort: [443, 3306, 5432, 6379][pick(4)],
      pid: 1_000 + pick(400), program: PROCESSES[pick(PROCESSES.length)],
    })}\n`;
    if (block.length > 1 << 20) {
      if (!stream.write(block)) await once(stream, "drain");
      block = "";
    }
  }
  stream.end(block);
  await once(stream, "finish");
}
