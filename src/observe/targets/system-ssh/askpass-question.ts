import type { HostKeyQuestion, SecretQuestion } from "../ssh/prompts";

/** What OpenSSH wants to know, told by its own words (sshconnect.c, sshconnect2.c, readpass.c). */
export type AskpassQuestion =
  /** An unknown host key; `yes` keeps it in known_hosts. */
  | { readonly kind: "hostKey"; readonly question: HostKeyQuestion }
  | { readonly kind: "secret"; readonly question: Omit<SecretQuestion, "attempt"> }
  /** Something to do at the key itself (touch it); there is nothing to answer. */
  | { readonly kind: "notice"; readonly text: string }
  /** Yes or no to something that we never wish. */
  | { readonly kind: "no" };

/** @param style `SSH_ASKPASS_PROMPT`: `none` for a notice, `confirm` for yes or no, otherwise empty. ssh-askpass(1). */
export function readAskpassPrompt(prompt: string, style: string, target: { readonly user: string; readonly host: string; readonly port: number }): AskpassQuestion {
  if (style === "none") return { kind: "notice", text: oneLine(prompt) };
  const hostKey = /authenticity of host '(.+?)' can't be established/.exec(prompt);
  const shown = /(\S+) key fingerprint is (\S+?)\.?\s*$/m.exec(prompt);
  if (hostKey !== null && shown !== null) {
    const [, host, port] = /^\[(.+?)\]:(\d+)/.exec(hostKey[1] ?? "") ?? [null, (hostKey[1] ?? "").replace(/ \(.*\)$/, ""), "22"];
    const others = /known by the following other names\/addresses:([\s\S]*?)\n(?:Are you sure)/.exec(prompt)?.[1];
    return {
      kind: "hostKey",
      question: {
        host: host ?? "", port: Number(port ?? 22), keyType: shown[1] ?? "", fingerprint: shown[2] ?? "", knownHostsFile: "~/.ssh/known_hosts",
        note: `${others === undefined ? "" : `The same key is known under: ${oneLine(others)}. `}The system's ssh asks: it can keep the key or refuse it, but not take it for one time.`,
      },
    };
  }
  if (style === "confirm" || /\(yes\/no[^)]*\)/.test(prompt)) return { kind: "no" };
  const passphrase = /^Enter passphrase for (?:key )?'?(.+?)'?:\s*$/.exec(prompt);
  if (passphrase !== null) {
    const file = passphrase[1] ?? "";
    return { kind: "secret", question: { kind: "passphrase", user: target.user, host: target.host, prompt: `Passphrase of ${file}`, echo: false, keyFile: file, storageKey: `passphrase:${file}` } };
  }
  const password = /^(?:\(.+?\) )?(.+)@(.+?)'s password:\s*$/.exec(prompt);
  if (password !== null) {
    const [, user = "", host = ""] = password;
    const port = host === target.host ? target.port : null;
    return {
      kind: "secret",
      question: {
        kind: "password", user, host, prompt: `Password of ${user}@${host}`, echo: false, keyFile: null,
        // A jump host's port is not told here: without it the place to keep the password is not certain.
        storageKey: port === null ? null : `password:${user}@${host}:${port}`,
      },
    };
  }
  return { kind: "secret", question: { kind: "keyboard-interactive", user: target.user, host: target.host, prompt: prompt.trim(), echo: false, keyFile: null, storageKey: null } };
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\s]+/g, " ").trim();
}
