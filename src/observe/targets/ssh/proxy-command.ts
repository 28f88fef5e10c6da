import { Duplex } from "node:stream";
import { Failure } from "../../../model/failure";
import { startProgram } from "../local-program";
import type { LocalProgram } from "../local-program";
import { invalid } from "./config-file";
import type { HostSettings, ProxyCommand } from "./host-settings";

/** How much of a program's complaints is kept for the message. */
const WORDS = 2000;
const LAST_WORDS_MS = 300;

/** Where the user's own programs are started. */
export interface ProxyCommandSurroundings {
  /** The user's home folder: never the workspace's, so that a relative name finds nothing of somebody else's. */
  readonly home: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * The shell line of a ProxyCommand with its tokens replaced (`%h`, `%p`, `%r`, `%n`, `%%`; ssh_config(5), TOKENS). The line itself is the user's
 * own, from the user's own file. What is put into it is not always: a host name may come from a list that somebody sent. So a value is taken
 * only when no shell could see anything but a word in it.
 *
 * @throws Failure `configInvalid` for another token, or a value that is more than a plain word.
 */
export function expandProxyCommand(proxy: ProxyCommand, settings: Pick<HostSettings, "alias" | "hostName" | "port" | "user">): string {
  const values: Readonly<Record<string, readonly [what: string, value: string, fits: RegExp]>> = {
    h: ["host name", settings.hostName, /^[A-Za-z0-9_:.[\]][A-Za-z0-9_:.%[\]-]*$/],
    n: ["host", settings.alias, /^[A-Za-z0-9_:.[\]][A-Za-z0-9_:.%[\]-]*$/],
    p: ["port", String(settings.port), /^\d+$/],
    r: ["user", settings.user, /^[A-Za-z0-9_.][A-Za-z0-9_.@+-]*$/],
  };
  return proxy.command.replace(/%(.?)/g, (all, letter: string) => {
    if (letter === "%") return "%";
    const found = Object.hasOwn(values, letter) ? values[letter] : undefined;
    if (found === undefined) throw invalid(proxy.file, proxy.line, `${all} is not a token of ProxyCommand (%h, %p, %r, %n, %%)`);
    const [what, value, fits] = found;
    if (!fits.test(value)) throw invalid(proxy.file, proxy.line, `the ${what} \`${value.replace(/[\u0000-\u001f\u007f]/g, "?")}\` has letters that do not go into a shell line`);
    return value;
  });
}

/**
 * Starts a ProxyCommand and gives its input and output as the connection. It is run as OpenSSH does: by the user's shell, with `exec`, in a
 * process group that ends when the connection does.
 */
export function openProxyCommand(proxy: ProxyCommand, settings: HostSettings, around: ProxyCommandSurroundings): ProxyConnection {
  if (process.platform === "win32") {
    throw new Failure("unsupported", `${proxy.file}:${proxy.line}: a ProxyCommand is not run by the built-in ssh client on Windows.`, "Use the system's own ssh client (--ssh system, or the setting leakline.ssh.client).");
  }
  const line = expandProxyCommand(proxy, settings);
  const own = around.variables["SHELL"];
  const shell = own !== undefined && own.startsWith("/") ? own : "/bin/sh";
  return new ProxyConnection(startProgram(shell, ["-c", `exec ${line}`], { cwd: around.home, env: around.variables }));
}

/** A program's standard input and output as one stream. Ends the program when it is destroyed. */
export class ProxyConnection extends Duplex {
  readonly #program: LocalProgram;
  #words = "";

  constructor(program: LocalProgram) {
    super({ allowHalfOpen: true });
    this.#program = program;
    program.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) program.stdout.pause();
    });
    program.stdout.once("end", () => {
      // Its last words come by another pipe: they are waited for, a moment, before the end is told.
      const patience = setTimeout(() => this.push(null), LAST_WORDS_MS);
      void program.ended.then(() => {
        clearTimeout(patience);
        this.push(null);
      });
    });
    program.stdout.on("error", () => undefined);
    program.stderr.on("error", () => undefined);
    program.stderr.on("data", (chunk: Buffer) => { this.#words = (this.#words + chunk.toString("utf8")).slice(-WORDS); });
    void program.ended.then(({ error }) => {
      if (error !== null) this.#words = `${error.code ?? error.message}`;
      setImmediate(() => this.destroy());
    });
  }

  /** What the program has said on standard error, one line without control characters. */
  get words(): string {
    return this.#words.replace(/[\u0000-\u001f\u007f\s]+/g, " ").trim();
  }

  override _read(): void {
    this.#program.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // A program that has gone is told by the stream's end, once and in one way.
    this.#program.stdin.write(chunk, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#program.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#program.kill();
    done(error);
  }
}
