import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Answers one question of ssh. null: no answer. Rejects when the connection is no longer wanted. */
export type AskpassAnswerer = (prompt: string, style: string, signal: AbortSignal) => Promise<string | null>;

/** A question is a few lines. */
const LONGEST_QUESTION = 64 * 1024;

/** What runs in the little program that ssh starts: the question goes to our socket, the answer comes back to ssh. Plain ES5 without quotes of either kind that a shell minds. */
const ASKER = [
  'var a="",s=require("net").connect(process.argv[1]);process.exitCode=1;',
  's.setEncoding("utf8");s.on("error",function(){});s.on("data",function(d){a+=d});',
  's.on("close",function(){if(a.charAt(0)==="+"){process.exitCode=0;process.stdout.write(a.slice(1)+"\\n")}});',
  's.write(JSON.stringify([process.argv[2]||"",process.env.SSH_ASKPASS_PROMPT||""])+"\\n");',
].join("");

/**
 * The way in which ssh asks without a terminal: `SSH_ASKPASS`. ssh starts the program named there for every question; ours is a line of shell that
 * hands the question to a socket of this process. The answer goes through that socket and a pipe: never to disk, never into an environment, never
 * onto a command line. The folder is the user's alone (0700).
 */
export class AskpassServer {
  readonly #folder: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** To be put into ssh's environment. Nothing in it is secret. */
  readonly env: Readonly<Record<string, string>>;

  private constructor(folder: string, server: Server) {
    this.#folder = folder;
    this.#server = server;
    // DISPLAY: before OpenSSH 8.4 ssh asked this way only where there is one; SSH_ASKPASS_REQUIRE says it since.
    this.env = { SSH_ASKPASS: join(folder, "ask"), SSH_ASKPASS_REQUIRE: "force", DISPLAY: ":leakline" };
  }

  /** @param node the Node.js program (or an Electron, which becomes one by a variable). */
  static async start(node: string, answer: AskpassAnswerer): Promise<AskpassServer> {
    const folder = await mkdtemp(join(tmpdir(), "leakline-ask-"));
    const path = join(folder, "s");
    const server = createServer();
    const made = new AskpassServer(folder, server);
    try {
      server.on("connection", (socket) => made.#serve(socket, answer));
      await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
      const program = join(folder, "ask");
      await writeFile(program, `#!/bin/sh\nNODE_OPTIONS= ELECTRON_RUN_AS_NODE=1 exec ${quoted(node)} -e ${quoted(ASKER)} -- ${quoted(path)} "$1"\n`, { mode: 0o700 });
      await chmod(program, 0o700);
      return made;
    } catch (error) {
      await made.stop();
      throw error;
    }
  }

  /** Ends open questions and removes what was put on disk. Twice is harmless. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #serve(socket: Socket, answer: AskpassAnswerer): void {
    const gone = new AbortController();
    let text = "";
    this.#sockets.add(socket);
    socket.setEncoding("utf8");
    socket.on("error", () => undefined);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      gone.abort();
    });
    const onData = (chunk: string): void => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) {
        if (text.length > LONGEST_QUESTION) socket.destroy();
        return;
      }
      socket.off("data", onData);
      socket.resume();
      const asked = readQuestion(text.slice(0, end));
      if (asked === null) return void socket.destroy();
      answer(asked[0], asked[1], gone.signal).then(
        (given) => socket.end(given === null ? "" : `+${given}`),
        () => socket.destroy(),
      );
    };
    socket.on("data", onData);
  }
}

function readQuestion(line: string): readonly [prompt: string, style: string] | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return Array.isArray(parsed) && typeof parsed[0] === "string" && typeof parsed[1] === "string" ? [parsed[0], parsed[1]] : null;
  } catch {
    return null;
  }
}

/** For sh: nothing inside single quotes is anything but itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
