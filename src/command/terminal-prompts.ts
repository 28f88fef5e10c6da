import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Failure } from "../model/failure";
import { printable } from "../report/text";
import type { SshPrompts } from "../investigate/investigator";

/**
 * Questions of ssh asked on the terminal: on standard error, answered on standard input. Without a terminal nothing is asked: an unknown
 * host key is refused and a secret is not given, so that a script never hangs. Nothing is stored.
 */
export function terminalPrompts(input: NodeJS.ReadStream, output: NodeJS.WriteStream): SshPrompts {
  const interactive = input.isTTY && output.isTTY;

  /** One line from the terminal; what is typed is shown only with `echo`. */
  const ask = (question: string, echo: boolean, signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      output.write(`\r\u001b[2K${question}`);
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
      const lines = createInterface({ input, output: echo ? output : silent, terminal: true });
      const close = (): void => {
        signal.removeEventListener("abort", onAbort);
        lines.close();
        if (!echo) output.write("\n");
      };
      const onAbort = (): void => {
        close();
        reject(signal.reason);
      };
      lines.once("line", (line) => {
        close();
        resolve(line);
      });
      lines.once("SIGINT", () => {
        close();
        reject(new Failure("cancelled", "Cancelled at a question", "Nothing was sent."));
      });
      signal.addEventListener("abort", onAbort, { once: true });
    });

  return {
    async confirmHostKey(question, signal) {
      const place = question.port === 22 ? question.host : `[${question.host}]:${question.port}`;
      if (!interactive) {
        throw new Failure(
          "hostKeyUnknown",
          `${printable(place)}: its host key ${question.keyType} ${question.fingerprint} is not in known_hosts`,
          "Connect once with `ssh`, compare the fingerprint with the host's owner and accept it there; then scan again.",
        );
      }
      output.write(`\r\u001b[2KThe host ${printable(place)} is not known.\nIts ${printable(question.keyType)} key has the fingerprint ${question.fingerprint}\n`);
      if (question.note !== null) output.write(`${printable(question.note)}\n`);
      for (;;) {
        const answer = (await ask(question.knownHostsFile === null ? "Trust it this once? [once/refuse] " : `Trust it? [save/once/refuse] (save: into ${question.knownHostsFile}) `, true, signal)).trim().toLowerCase();
        if (answer === "save" || answer === "once" || answer === "refuse") return answer;
        if (answer === "" || answer === "no") return "refuse";
      }
    },
    async secret(question, signal) {
      if (!interactive) return null;
      return ask(`${printable(question.prompt).trimEnd()} `, question.echo, signal);
    },
  };
}
