import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Socket } from "../../../src/model/socket";

interface OpenedSocket {
  readonly state: string;
  readonly local: readonly [string, number];
  readonly remote: readonly [string, number];
  /** null: no process holds it. */
  readonly fd: number | null;
}

/** Sockets that a small program holds in namespaces of its own (network, so that no other socket is seen; PIDs, so that no other process is searched), and a shell there. */
export interface RealSockets {
  readonly pid: number;
  readonly process: string;
  /** Descriptors of sockets that were made and never connected. */
  readonly dead: number;
  readonly sockets: readonly OpenedSocket[];
  /** Runs a shell script in the namespace and gives what it wrote. */
  run(script: string): Promise<string>;
  close(): Promise<void>;
}

export async function openRealSockets(): Promise<RealSockets> {
  const program = fileURLToPath(new URL("real-sockets.py", import.meta.url));
  const child = spawn("unshare", [...(process.getuid?.() === 0 ? [] : ["-r"]), "-n", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c", 'python3 "$0"; exit $?', program], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`the program that opens sockets ended with status ${await ended}`);
    return line.value;
  };
  const opened = JSON.parse(await answer()) as Pick<RealSockets, "pid" | "process" | "dead" | "sockets">;
  return {
    ...opened,
    run: async (script) => {
      child.stdin.write(`${JSON.stringify(script)}\n`);
      return JSON.parse(await answer()) as string;
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Each tool prints a wildcard its own way. */
const wild = (address: string): string => (address === "*" || address === "0.0.0.0" ? "::" : address);

export function keyOfOpened(socket: OpenedSocket): string {
  return `${socket.state} ${wild(socket.local[0])} ${socket.local[1]} ${wild(socket.remote[0])} ${socket.remote[1]}`;
}

export function keyOfRead(socket: Socket): string {
  return `${socket.state ?? "?"} ${wild(socket.local.address)} ${socket.local.port ?? "?"} ${wild(socket.remote.address)} ${socket.remote.port ?? "?"}`;
}

/** Every choice out of these, the empty one included. */
export function everyMix<Option>(options: readonly Option[]): Option[][] {
  return options.reduce<Option[][]>((mixes, option) => mixes.flatMap((mix) => [mix, [...mix, option]]), [[]]);
}
