import type { Snapshot } from "../../src/model/snapshot";
import type { ConfiguredEndpoint } from "../../src/model/service";
import { keepalive, listener, look, numbers, process, socket, times } from "./look-builder";

const shopd = { pid: 812, process: "shopd" };
const haproxy = { pid: 90, process: "haproxy" };
const python = { pid: 4711, process: "python3" };
const nginx = { pid: 33, process: "nginx" };

/**
 * docs/sockets.md, lab A: six of six connections to the load balancer on 127.0.0.1:13306 in CLOSE_WAIT, Recv-Q 1, last data 8.000 s before the
 * hang-up, which came `sinceMs` ago on the first; one request a second leaked one connection each. Go's keepalive is on.
 */
export function labA(sinceMs = 9000): Snapshot {
  const leaked = numbers(6).map((n) => {
    const age = sinceMs - n * 1000;
    return socket("CLOSE_WAIT", `127.0.0.1:${40000 + n}`, "127.0.0.1:13306", { by: shopd, recvQueue: 1, timer: keepalive(15_000 - (age % 15_000)), info: times(age + 8000, age + 7999, age) });
  });
  return look([
    listener("127.0.0.1:13306", 0, 4096, haproxy),
    listener("0.0.0.0:8080", 0, 4096, shopd),
    ...leaked,
    // The other halves, held by nobody any more, and HAProxy's own connection to MariaDB.
    ...numbers(6).map((n) => socket("FIN_WAIT_2", "127.0.0.1:13306", `127.0.0.1:${40000 + n}`)),
    listener("127.0.0.1:3306", 0, 80, { pid: 70, process: "mariadbd" }),
  ], { processes: [process(812, "shopd", { exe: "/tmp/lab/shopd" }), process(90, "haproxy"), process(70, "mariadbd")] });
}

export const labAConfig: readonly ConfiguredEndpoint[] = [
  { host: "127.0.0.1", port: 13306, kind: "mysql", name: "mysql", key: null, file: "conf/app.conf", line: 3 },
];

/** docs/sockets.md, lab B, six seconds after 200 requests at once: nginx gives each 3 s. */
export function labB(): Snapshot {
  const accepted = numbers(126).map((n) => {
    const recvQueue = n < 77 ? 0 : n < 125 ? 1 : 120;
    return socket("CLOSE_WAIT", "127.0.0.1:8888", `127.0.0.1:${41000 + n}`, { by: python, recvQueue, info: times(5990 + (n % 5), 5990 + (n % 5), 2993 + (n % 5)) });
  });
  const waiting = numbers(68).map((n) => socket("ESTABLISHED", "127.0.0.1:8888", `127.0.0.1:${43000 + n}`, { recvQueue: 119, info: times(2980 + n, 2980 + n, 2980 + n) }));
  return look([
    listener("0.0.0.0:8888", 68, 128, python),
    listener("0.0.0.0:80", 0, 511, nginx),
    listener("127.0.0.1:9999", 0, 5, { pid: 50, process: "python3" }),
    ...accepted,
    ...waiting,
    ...numbers(126).map((n) => socket("FIN_WAIT_2", `127.0.0.1:${41000 + n}`, "127.0.0.1:8888")),
    ...numbers(68).map((n) => socket("ESTABLISHED", `127.0.0.1:${43000 + n}`, "127.0.0.1:8888", { by: nginx, info: times(2980 + n, 2990 + n, 2980 + n) })),
    socket("ESTABLISHED", "127.0.0.1:47000", "127.0.0.1:9999", { by: python, info: times(300, 300, 300) }),
    socket("ESTABLISHED", "127.0.0.1:9999", "127.0.0.1:47000", { by: { pid: 50, process: "python3" }, info: times(300, 300, 300) }),
  ], {
    processes: [
      process(4711, "python3", { exe: "/usr/bin/python3.11", commandLine: "python3 /srv/front/app.py", cwd: "/srv/front" }),
      process(33, "nginx"), process(50, "python3", { exe: "/usr/bin/python3.11", commandLine: "python3 slow.py" }),
    ],
  });
}
