import fc from "fast-check";
import { encode } from "iconv-lite";
import { describe, expect, it } from "vitest";
import type { TcpState } from "../../../src/model/tcp-state";
import { CaptureDecoder } from "../../../src/observe/encoding/capture-decoder";
import { readText } from "./made-captures";

/** What a socket is, before a tool of another system prints it. Addresses are bytes, so that no reader's own code makes the expectation. */
interface Plain {
  readonly state: TcpState | "udp";
  readonly family: 4 | 6;
  readonly local: readonly number[];
  readonly remote: readonly number[];
  readonly localPort: number;
  readonly remotePort: number;
  readonly recv: number;
  readonly send: number;
  readonly pid: number;
  readonly program: string;
}

const STATES = ["LISTEN", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "CLOSED", "udp"] as const;
const port = fc.integer({ min: 1, max: 65535 });
const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 16, maxLength: 16 });
const plain: fc.Arbitrary<Plain> = fc.record({
  state: fc.constantFrom(...STATES), family: fc.constantFrom(4 as const, 6 as const), local: bytes, remote: bytes, localPort: port, remotePort: port,
  recv: fc.integer({ min: 0, max: 999_999 }), send: fc.integer({ min: 0, max: 999_999 }), pid: fc.integer({ min: 1, max: 99_999 }),
  program: fc.stringMatching(/^[A-Za-z](?: ?[A-Za-z0-9_.()-]){0,7}[A-Za-z0-9)]$/),
}).filter((socket) => ![socket.local, socket.remote].some((each) => each.slice(0, 10).every((byte) => byte === 0) || each[0] === 0));
/** No two alike: Solaris prints a socket again for each process that holds it. */
const some = fc.uniqueArray(plain, { minLength: 1, maxLength: 8, selector: (socket) => socket.localPort });

const group = (address: readonly number[], at: number): string => ((address[at * 2] ?? 0) * 256 + (address[at * 2 + 1] ?? 0)).toString(16);
const spelled = (address: readonly number[]): string => [0, 1, 2, 3, 4, 5, 6, 7].map((at) => group(address, at)).join(":");
const shown = (socket: Plain, address: readonly number[]): string => (socket.family === 4 ? address.slice(0, 4).join(".") : spelled(address));
/** Canonical text by the platform's URL parser, not by the reader's code. */
const canonical = (socket: Plain, address: readonly number[]): string => (socket.family === 4 ? shown(socket, address) : new URL(`http://[${spelled(address)}]/`).hostname.slice(1, -1));
const listens = (socket: Plain): boolean => socket.state === "LISTEN";
const farless = (socket: Plain): boolean => listens(socket) || socket.state === "udp" || socket.state === "CLOSED";
const stateOf = (socket: Plain): TcpState | null => (socket.state === "udp" ? null : socket.state);
/** The end that nobody is at, as each tool writes and the model keeps it. */
const wanted = (socket: Plain, nobody: string): unknown[] => [
  socket.state === "udp" ? "udp" : "tcp", stateOf(socket), canonical(socket, socket.local), socket.localPort,
  farless(socket) ? nobody : canonical(socket, socket.remote), farless(socket) ? 0 : socket.remotePort,
];
const got = (text: string): unknown[][] => {
  const snapshot = readText(text);
  expect(snapshot.skipped).toEqual([]);
  return snapshot.sockets.map((socket) => [socket.protocol, socket.state, socket.local.address, socket.local.port, socket.remote.address, socket.remote.port]);
};
const ownersOf = (text: string): unknown[] => readText(text).sockets.map((socket) => socket.owners.map(({ pid, process }) => [pid, process]));

const ENGLISH: Readonly<Record<TcpState, string>> = {
  LISTEN: "LISTENING", SYN_SENT: "SYN_SENT", SYN_RECEIVED: "SYN_RECEIVED", ESTABLISHED: "ESTABLISHED", FIN_WAIT_1: "FIN_WAIT_1", FIN_WAIT_2: "FIN_WAIT_2", CLOSE_WAIT: "CLOSE_WAIT",
  CLOSING: "CLOSING", LAST_ACK: "LAST_ACK", TIME_WAIT: "TIME_WAIT", CLOSED: "BOUND",
};
const GERMAN = {
  ...ENGLISH, LISTEN: "ABHÖREN", SYN_SENT: "SYN_GESENDET", SYN_RECEIVED: "SYN_EMPFANGEN", ESTABLISHED: "HERGESTELLT", FIN_WAIT_1: "FIN_WARTEN_1", FIN_WAIT_2: "FIN_WARTEN_2", CLOSE_WAIT: "SCHLIESSEN_WARTEN", TIME_WAIT: "WARTEND",
};
const LOCALES = [
  { codecs: ["utf8", "cp437"], title: "Active Connections", heading: "  Proto  Local Address          Foreign Address        State           PID", words: ENGLISH },
  { codecs: ["utf8", "cp850", "windows1252", "utf-16le", "utf-16be"], title: "Aktive Verbindungen", heading: "  Proto  Lokale Adresse         Remoteadresse          Status           PID", words: GERMAN },
  { codecs: ["utf8", "gbk", "utf-16le"], title: "活动连接", heading: "  协议  本地地址          外部地址        状态           PID", words: ENGLISH },
  { codecs: ["utf8", "shift_jis"], title: "アクティブな接続", heading: "  プロトコル  ローカル アドレス          外部アドレス        状態           PID", words: ENGLISH },
  { codecs: ["utf8", "cp850"], title: "Connexions actives", heading: "  Proto  Adresse locale         Adresse distante       État            PID", words: ENGLISH },
  { codecs: ["utf8", "cp866", "windows1251"], title: "Активные подключения", heading: "  Имя    Локальный адрес        Внешний адрес          Состояние       PID", words: ENGLISH },
] as const;

const PASCAL: Readonly<Record<TcpState, readonly [string, number]>> = {
  LISTEN: ["Listen", 2], SYN_SENT: ["SynSent", 3], SYN_RECEIVED: ["SynReceived", 4], ESTABLISHED: ["Established", 5], FIN_WAIT_1: ["FinWait1", 6], FIN_WAIT_2: ["FinWait2", 7], CLOSE_WAIT: ["CloseWait", 8],
  CLOSING: ["Closing", 9], LAST_ACK: ["LastAck", 10], TIME_WAIT: ["TimeWait", 11], CLOSED: ["Bound", 100],
};
const BSD: Readonly<Record<TcpState, string>> = { ...ENGLISH, LISTEN: "LISTEN", SYN_RECEIVED: "SYN_RCVD", CLOSED: "CLOSED" };

describe("what is printed elsewhere is read back", () => {
  it("by Windows' netstat in each language and encoding, with and without -o, -b, -t and headings", () => {
    const options = fc.record({ pid: fc.boolean(), programs: fc.boolean(), offload: fc.boolean(), headed: fc.boolean(), locale: fc.integer({ min: 0, max: LOCALES.length - 1 }), codec: fc.nat(), crlf: fc.boolean() });
    fc.assert(fc.property(some, options, (sockets, { pid, programs, offload, headed, locale, codec, crlf }) => {
      const { codecs, title, heading, words } = LOCALES[locale] ?? LOCALES[0];
      const lines = headed ? ["", title, "", pid ? heading : heading.replace(/\s+PID$/, "")] : [];
      for (const socket of sockets) {
        const end = (address: readonly number[], number: number): string => `${socket.family === 4 ? shown(socket, address) : `[${shown(socket, address)}]`}:${number}`;
        const nobody = socket.state === "udp" ? "*:*" : socket.family === 4 ? "0.0.0.0:0" : "[::]:0";
        lines.push(`  ${socket.state === "udp" ? "UDP" : "TCP"}    ${end(socket.local, socket.localPort).padEnd(22)} ${(farless(socket) ? nobody : end(socket.remote, socket.remotePort)).padEnd(22)} ${(socket.state === "udp" ? "" : words[socket.state]).padEnd(15)} ${pid ? String(socket.pid).padEnd(15) : ""} ${offload && socket.state !== "udp" ? "InHost" : ""}`.trimEnd());
        if (programs && pid) lines.push(...(socket.pid % 3 === 0 ? ["  Dnscache"] : []), ` [${socket.program}]`);
      }
      const text = lines.join(crlf ? "\r\n" : "\n");
      const decoder = new CaptureDecoder();
      const decoded = decoder.push(encode(text, codecs[codec % codecs.length] ?? "utf8")) + decoder.end();
      expect(got(decoded)).toEqual(sockets.map((socket) => wanted(socket, socket.state === "udp" ? "*" : socket.family === 4 ? "0.0.0.0" : "::")));
      expect(ownersOf(decoded)).toEqual(sockets.map((socket) => (pid ? [[socket.pid, programs ? socket.program : null]] : [])));
    }), { seed: 21, numRuns: 250 });
  });

  it("by PowerShell as table, list, CSV and JSON, state by name or number", () => {
    fc.assert(fc.property(some, fc.constantFrom("table", "bare", "list", "csv", "semicolons", "json", "compact"), (all, form) => {
      const sockets = all.filter((socket) => socket.state !== "udp");
      fc.pre(sockets.length > 0);
      const names = ["LocalAddress", "LocalPort", "RemoteAddress", "RemotePort", "State", "AppliedSetting", "OwningProcess"] as const;
      const objects = sockets.map((socket) => {
        const state = PASCAL[socket.state === "udp" ? "LISTEN" : socket.state];
        const nobody = socket.family === 4 ? "0.0.0.0" : "::";
        return {
          LocalAddress: shown(socket, socket.local), LocalPort: socket.localPort, RemoteAddress: farless(socket) ? nobody : shown(socket, socket.remote), RemotePort: farless(socket) ? 0 : socket.remotePort,
          State: (form === "json" || form === "compact") && socket.pid % 2 === 0 ? state[1] : state[0], AppliedSetting: farless(socket) ? "" : "Internet", OwningProcess: socket.pid,
        };
      });
      const columns = [40, 10, 40, 11, 12, 15, 13];
      const row = (cells: readonly unknown[]): string => cells.map((cell, at) => String(cell).padEnd(columns[at] ?? 0)).join("").trimEnd();
      const quoted = (cells: readonly unknown[], separator: string): string => cells.map((cell) => `"${String(cell)}"`).join(separator);
      const rows = objects.map((object) => names.map((name) => object[name]));
      const text = form === "table" ? [row(names), row(names.map((name) => "-".repeat(name.length))), ...rows.map(row)].join("\r\n")
        : form === "bare" ? rows.map(row).join("\n")
        : form === "list" ? objects.map((object) => names.map((name) => `${name.padEnd(14)} : ${object[name]}`).join("\r\n")).join("\r\n\r\n")
        : form === "csv" || form === "semicolons" ? [quoted(names, form === "csv" ? "," : ";"), ...rows.map((cells) => quoted(cells, form === "csv" ? "," : ";"))].join("\r\n")
        : JSON.stringify(objects, null, form === "json" ? 4 : 0);
      expect(got(text)).toEqual(sockets.map((socket) => wanted(socket, socket.family === 4 ? "0.0.0.0" : "::")));
      expect(ownersOf(text)).toEqual(sockets.map((socket) => [[socket.pid, null]]));
    }), { seed: 22, numRuns: 250 });
  });

  it("by macOS and the BSDs, with -A and with either form of macOS's -v", () => {
    fc.assert(fc.property(some, fc.constantFrom("plain", "-A", "-v", "-v with bytes", "process:pid"), fc.boolean(), (sockets, form, headed) => {
      const lines = headed ? ["Active Internet connections (including servers)", `${form === "-A" ? "Tcpcb            " : ""}Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)`] : [];
      for (const socket of sockets) {
        const proto = `${socket.state === "udp" ? "udp" : "tcp"}${socket.family}`;
        const tail = form === "-v" ? ` 131072 131072 ${socket.pid} 0 0x0102 0x00000006` : form === "-v with bytes" ? ` ${socket.recv} ${socket.send} 131072 131072 ${socket.pid} 0 00102 00000006 00000000003e3959`
          : form === "process:pid" ? ` ${socket.recv} ${socket.send} 131072 131072 ${socket.program}:${socket.pid}   00102 00000006 00000000003e3959 00000001 00000800 1 0 000001` : "";
        lines.push(`${form === "-A" ? "fffff80003df43d0 " : ""}${proto}  ${String(socket.recv).padStart(6)} ${String(socket.send).padStart(6)}  ${shown(socket, socket.local)}.${socket.localPort} ${farless(socket) ? "*.*" : `${shown(socket, socket.remote)}.${socket.remotePort}`} ${socket.state === "udp" ? "" : BSD[socket.state]}${tail}`);
      }
      const text = lines.join("\n");
      expect(got(text)).toEqual(sockets.map((socket) => wanted(socket, "*")));
      expect(ownersOf(text)).toEqual(sockets.map((socket) => (form.startsWith("-v") ? [[socket.pid, null]] : form === "process:pid" ? [[socket.pid, socket.program]] : [])));
      expect(readText(text).sockets.map((socket) => [socket.recvQueue, socket.sendQueue])).toEqual(sockets.map((socket) => (listens(socket) ? [null, null] : [socket.recv, socket.send])));
    }), { seed: 23, numRuns: 250 });
  });

  it("by Solaris, with and without owners and headings", () => {
    fc.assert(fc.property(some, fc.boolean(), fc.boolean(), (all, owners, headed) => {
      const sockets = [...all].sort((one, other) => Number(other.state === "udp") - Number(one.state === "udp"));
      const lines: string[] = [];
      let section = "";
      for (const socket of sockets) {
        const udp = socket.state === "udp";
        if (headed && section !== `${udp} ${socket.family}`) {
          section = `${udp} ${socket.family}`;
          lines.push("", `${udp ? "UDP" : "TCP"}: IPv${socket.family}`, `   Local Address        Remote Address   ${owners ? " User Pid Command " : ""}${udp ? "" : " Swind Send-Q Rwind Recv-Q "}   State`, "-------------------- -------------------- ----- ------ -----------");
        }
        const owner = owners ? ` root ${socket.pid} ${socket.program}` : "";
        const far = farless(socket) ? "*.*" : `${shown(socket, socket.remote)}.${socket.remotePort}`;
        lines.push(udp ? `${shown(socket, socket.local)}.${socket.localPort}${owner}   Idle` : `${shown(socket, socket.local)}.${socket.localPort} ${far}${owner} 64240 ${socket.send} 128872 ${socket.recv} ${socket.state === "CLOSED" ? "BOUND" : BSD[stateOf(socket) ?? "CLOSED"]}`);
      }
      const text = lines.join("\n");
      expect(got(text)).toEqual(sockets.map((socket) => wanted(socket, "*")));
      expect(ownersOf(text)).toEqual(sockets.map((socket) => (owners ? [[socket.pid, socket.program]] : [])));
    }), { seed: 24, numRuns: 250 });
  });
});
