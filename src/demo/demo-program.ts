import { realpathSync, rmSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname } from "node:path";

/** What the demo's temporary folder is called, before its random letters. */
export const DEMO_FOLDER = "leakline-demo-";

/**
 * The demo's programs: small, real, and leaking for real. Each runs as a process of its own, started by `startDemo`, and ends when its
 * parent goes away. They play the services of the demo's workspace, whose code is Go and Python, so that the demo needs neither.
 *
 *   database   a load balancer in front of a database: hangs up after 2 s without data
 *   shopd      serves orders, and says what it did in its log; the way out of "no amount" never finishes the transaction, nor looks at it again
 *   billing    an HTTP service that takes 1.5 s
 *   gateway    one event loop that waits for billing synchronously, behind a short accept queue
 *   visitors   ask the gateway, and give up after 3 s
 */
export const DEMO_ROLES = ["database", "shopd", "billing", "gateway", "visitors"] as const;
export type DemoRole = (typeof DEMO_ROLES)[number];

/** The peer hangs up after this long without data. */
export const DEMO_IDLE_TIMEOUT_MS = 2_000;
/** Connections that shopd leaves behind, and visitors that come at all: the demo is bounded. */
export const DEMO_PINNED = 16;
const DEMO_VISITORS = 60;
const SETTLED_MS = 3_500;
const GATEWAY_BACKLOG = 16;

/** Messages of a program to its parent. */
export type DemoMessage = { readonly ready: true; readonly port: number | null } | { readonly leaking: true };

function tell(message: DemoMessage): void {
  process.send?.(message);
}

/** Runs one program for ever; `port` is that of the service it talks to. */
export function runDemoProgram(role: string, port: number): void {
  process.on("disconnect", () => {
    // The parent is gone without a word (a window that was closed, a kill): the one that lives in the demo's own folder takes it along.
    const home = process.cwd();
    if (role === "database" && dirname(home) === realpathSync(tmpdir()) && basename(home).startsWith(DEMO_FOLDER)) rmSync(home, { recursive: true, force: true });
    process.exit(0);
  });
  if (!(DEMO_ROLES as readonly string[]).includes(role) || process.send === undefined) {
    process.stderr.write("leakline: this is a part of `leakline demo`, not a command of its own\n");
    process.exit(2);
  }
  // Newer Node calls its main thread MainThread, and that is the name a socket table shows. A service has its own.
  process.title = role;
  switch (role as DemoRole) {
    case "database":
      return runDatabase();
    case "shopd":
      return runShopd(port);
    case "billing":
      return runBilling();
    case "gateway":
      return runGateway();
    case "visitors":
      return runVisitors(port);
  }
}

function listen(server: ReturnType<typeof createServer>, backlog: number): void {
  server.listen({ host: "127.0.0.1", port: 0, backlog }, () => tell({ ready: true, port: (server.address() as AddressInfo).port }));
}

function runDatabase(): void {
  let hungUp = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("data", () => socket.write("ok\n"));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(DEMO_IDLE_TIMEOUT_MS, () => {
      // A FIN, as a proxy sends it; the socket stays in FIN_WAIT_2 until the other side answers.
      socket.end();
      hungUp += 1;
      // A hang-up of a moment ago is normal; one that nobody answers for seconds is not.
      if (hungUp === DEMO_PINNED) setTimeout(() => tell({ leaking: true }), SETTLED_MS);
    });
    // The other side may answer with its own end: then all is well.
    socket.on("end", () => socket.destroy());
  });
  listen(server, 128);
}

function runShopd(port: number): void {
  const pinned: Socket[] = [];
  /** `use` ends the connection as it should be; otherwise nobody reads from it again: a transaction without an end. */
  const order = (finish: boolean): void => {
    const socket = connect({
      port,
      host: "127.0.0.1",
      onread: {
        buffer: Buffer.alloc(64),
        callback: () => {
          if (finish) socket.end();
          // false stops reading at the operating system: what comes later, the FIN too, stays unread in the receive queue.
          return finish;
        },
      },
    });
    socket.on("connect", () => socket.write("begin\n"));
    socket.on("error", () => socket.destroy());
    if (!finish) pinned.push(socket);
  };
  tell({ ready: true, port: null });
  let number = 1000;
  /** At random moments, `perSecond` times a second as a rule, until `work` has had enough. */
  const often = (perSecond: number, work: () => boolean): void => {
    setTimeout(() => {
      if (work()) often(perSecond, work);
    }, -Math.log(1 - Math.random()) * (1000 / perSecond));
  };
  const said = (perSecond: number, text: () => string): void => often(perSecond, () => {
    say(text());
    return true;
  });
  // What the workspace's statements write, at rates of their own.
  said(8, () => `${10 + (number % 7)} orders were listed`);
  said(4, () => `an order of ${["tea", "coffee", "cocoa"][number % 3] ?? "tea"} was placed`);
  said(1, () => `order ${number} was cancelled`);
  often(2, () => {
    number += 1;
    if (pinned.length < DEMO_PINNED) order(true);
    say(`order ${number}: the amount is ${1 + (number % 9)} now`);
    return true;
  });
  often(4, () => {
    number += 1;
    order(false);
    say(`order ${number}: no amount, nothing to do`);
    return pinned.length < DEMO_PINNED;
  });
}

/** A line as Go's log package writes it with microseconds: `2026/11/25 13:04:05.123000 order 17: ...`, in local time. */
function say(text: string): void {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${now.getFullYear()}/${two(now.getMonth() + 1)}/${two(now.getDate())}`;
  process.stderr.write(`${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}.${String(now.getMilliseconds()).padStart(3, "0")}000 ${text}\n`);
}

function runBilling(): void {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => {
      setTimeout(() => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{\"price\": 3}"), 1_500);
    });
  });
  listen(server, 128);
}

/** Waits without giving the event loop a turn, as a synchronous call does; ends the process when the parent is gone. */
function blockFor(ms: number): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const parent = process.ppid;
  for (let left = ms; left > 0; left -= 100) {
    Atomics.wait(cell, 0, 0, 100);
    if (process.ppid !== parent) process.exit(0);
  }
}

function runGateway(): void {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => {
      blockFor(1_500);
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
  });
  listen(server, GATEWAY_BACKLOG);
}

function runVisitors(port: number): void {
  tell({ ready: true, port: null });
  let asked = 0;
  const waiting = new Set<Socket>();
  // As many as wait at a busy shop: those who give up are followed by others.
  const timer = setInterval(() => {
    if (waiting.size >= DEMO_VISITORS) return;
    asked += 1;
    const socket = connect({ port, host: "127.0.0.1" });
    waiting.add(socket);
    socket.on("connect", () => socket.write("GET /offer/tea HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => waiting.delete(socket));
    setTimeout(() => socket.destroy(), 3_000);
    if (asked === GATEWAY_BACKLOG * 3) tell({ leaking: true });
  }, 50);
  void timer;
}
