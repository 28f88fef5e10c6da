import type { Snapshot } from "../../../src/model/snapshot";
import type { Socket } from "../../../src/model/socket";
import { look, process } from "../../explain/look-builder";
import { random } from "../../explain/history/simulated";

const START_MS = Date.parse("2026-03-01T00:00:00.000Z");

/** A connection as the kernel would know it; times are moments. */
interface Connection {
  cookie: number;
  inode: number;
  state: "ESTABLISHED" | "CLOSE_WAIT" | "TIME_WAIT";
  localPort: number;
  remote: number;
  service: number;
  fd: number;
  sentMs: number;
  receivedMs: number;
  ackMs: number;
  sent: number;
  received: number;
  rttMs: number;
  window: number;
}

/**
 * A busy machine, look by look: `sockets` connections of forty services, of which one in a hundred changes from one look to the next: half are used
 * (counters, times and round trip move), a third are closed and new ones opened, the rest are hung up on. Times of all the others grow with the clock, which is read some
 * milliseconds early or late, as a real one is.
 */
export function* madeDay(sockets: number, looks: number, seed = 1): Generator<Snapshot> {
  const next = random(seed);
  const whole = (below: number): number => Math.floor(next() * below);
  let cookies = 0x5000;
  let inodes = 90_000;
  const open = (ms: number): Connection => {
    const used = ms - whole(5000);
    return {
      cookie: (cookies += 1 + whole(3)), inode: (inodes += 1 + whole(5)), state: "ESTABLISHED", localPort: 32_768 + whole(28_000), remote: whole(200), service: whole(40), fd: 8 + whole(2000),
      sentMs: used, receivedMs: used + whole(40), ackMs: used + whole(40), sent: 200 + whole(5000), received: whole(60_000), rttMs: 0.2 + whole(5000) / 1000, window: 10 + whole(30),
    };
  };
  const all = Array.from({ length: sockets }, (): Connection => {
    const one = open(START_MS - whole(3_600_000));
    return { ...one, sent: one.sent * 50, received: one.received * 20 };
  });
  const processes = Array.from({ length: 40 }, (_, n) => process(1000 + n, `svc${n}`, { commandLine: `/opt/svc${n}/bin/svc${n} --listen :${8000 + n} --workers 4`, startedAtMs: START_MS - 1_000_000 * n }));
  const counters = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`TcpExtCounter${n}`, whole(1e9)]));
  for (let at = 0; at < looks; at += 1) {
    const ms = START_MS + at * 5000 + whole(30);
    if (at > 0) {
      for (let change = 0; change < sockets / 100; change += 1) {
        const place = whole(sockets);
        const one = all[place] as Connection;
        const kind = whole(6);
        if (kind < 3 && one.state === "ESTABLISHED") {
          const used = ms - whole(5000);
          Object.assign(one, { sentMs: used, receivedMs: used + whole(40), ackMs: used + whole(40), sent: one.sent + 100 + whole(900), received: one.received + whole(9000), rttMs: 0.2 + whole(5000) / 1000, window: 10 + whole(30) });
        } else if (kind === 5 && one.state === "ESTABLISHED") Object.assign(one, { state: "CLOSE_WAIT", ackMs: ms - whole(5000) });
        else all[place] = open(ms);
      }
      for (const name of Object.keys(counters)) if (whole(10) === 0) counters[name] = (counters[name] ?? 0) + whole(1000);
    }
    const jitter = (): number => whole(13) - 6;
    yield look(all.map((one): Socket => {
      const late = jitter();
      const ago = (moment: number): number => Math.max(0, ms - moment + late);
      return {
        protocol: "tcp", state: one.state, local: { address: "10.0.0.7", port: one.localPort, zone: null }, remote: { address: `10.0.${one.remote >> 6}.${one.remote & 63}`, port: 3000 + one.service, zone: null },
        recvQueue: one.state === "CLOSE_WAIT" ? 1 : 0, sendQueue: 0, owners: [{ pid: 1000 + one.service, process: `svc${one.service}`, fd: one.fd }], ownership: "owned",
        inode: one.inode, uid: 1000, timer: null, cgroup: `/system.slice/svc${one.service}.service`, namespace: null, cookie: one.cookie.toString(16),
        info: {
          lastSendMs: ago(one.sentMs), lastReceiveMs: ago(one.receivedMs), lastAckMs: ago(one.ackMs), bytesSent: one.sent, bytesAcked: one.sent + 1, bytesReceived: one.received,
          retransmits: null, totalRetransmits: null, unacked: null, notSent: null, rttMs: Math.round(one.rttMs * 1000) / 1000, rtoMs: 204, backoff: null, congestionWindow: one.window, congestionControl: "cubic",
        },
      };
    }), {
      source: { format: "probe:ss", target: "ssh://db7", takenAt: new Date(ms + 12).toISOString() }, clock: { targetMs: ms, offsetMs: -12 - whole(3), offsetErrorMs: 4 }, cost: { wallMs: 200 + whole(90), bytes: 3_000_000 + whole(9000), rawBytes: null, targetCpuMs: 80 + whole(40) },
      processes: processes.map((one) => ({ ...one, openDescriptors: 250 + whole(4), startedAtMs: (one.startedAtMs ?? 0) + whole(20) })), kernel: { counters: { ...counters }, localPortRange: [32768, 60999], settings: { "net.core.somaxconn": 4096 }, release: "Linux 6.18" },
    });
  }
}
