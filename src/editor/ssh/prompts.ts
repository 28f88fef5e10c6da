import * as vscode from "vscode";
import type { HostKeyAnswer, HostKeyQuestion, SecretQuestion, SshPrompts } from "../../observe/targets/ssh/prompts";
import type { StoredSecrets } from "./stored-secrets";

/** Settles with `whenAborted` as soon as the signal fires: a modal cannot be closed by us, but nobody waits for it any more. */
function orAborted<T>(signal: AbortSignal, asked: Thenable<T>, whenAborted: T): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve(whenAborted);
    const onAbort = (): void => resolve(whenAborted);
    signal.addEventListener("abort", onAbort, { once: true });
    asked.then(resolve, reject).then(() => signal.removeEventListener("abort", onAbort));
  });
}

async function confirmHostKey(question: HostKeyQuestion, signal: AbortSignal): Promise<HostKeyAnswer> {
  const { t } = vscode.l10n;
  const refuse = t("Refuse");
  const once = t("Connect Once");
  const save = t("Save and Connect");
  const detail = [
    t("{0} key fingerprint:", question.keyType),
    question.fingerprint,
    "",
    t("Compare it with the one that the host's administrator gives. If it differs, somebody may be between you and the host."),
    ...(question.knownHostsFile === null ? [] : [t("Saving writes it to {0}.", question.knownHostsFile)]),
    ...(question.note === null ? [] : [question.note]),
  ].join("\n");
  // Refuse stands first: the first button is the one that Enter presses.
  const choices = question.knownHostsFile === null ? [refuse, once] : [refuse, once, save];
  const asked = vscode.window.showWarningMessage(t("{0}:{1} is not known yet", question.host, question.port), { modal: true, detail }, ...choices);
  const answer = await orAborted<string | undefined>(signal, asked, undefined);
  return answer === save ? "save" : answer === once ? "once" : "refuse";
}

function titleOf(question: SecretQuestion): string {
  const { t } = vscode.l10n;
  switch (question.kind) {
    case "password": return t("Password of {0}@{1}", question.user, question.host);
    case "passphrase": return t("Passphrase of {0}", question.keyFile ?? "");
    case "keyboard-interactive": return t("{0}@{1} asks", question.user, question.host);
  }
}

async function askSecret(question: SecretQuestion, signal: AbortSignal): Promise<string | null> {
  const { t } = vscode.l10n;
  const token = new vscode.CancellationTokenSource();
  const onAbort = (): void => token.cancel();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) token.cancel();
  try {
    const prompt = question.attempt > 1 ? t("{0} (the last answer was not accepted)", question.prompt) : question.prompt;
    return (await vscode.window.showInputBox({ title: titleOf(question), prompt, password: !question.echo, ignoreFocusOut: true }, token.token)) ?? null;
  } finally {
    signal.removeEventListener("abort", onAbort);
    token.dispose();
  }
}

/** Asks the person in VS Code's own boxes, and keeps what worked in SecretStorage when they wish so. */
export function createSshPrompts(stored: StoredSecrets, keepSecrets: () => "ask" | "never"): SshPrompts {
  return {
    confirmHostKey,
    async secret(question, signal) {
      if (question.storageKey !== null && question.attempt === 1) {
        const kept = await stored.get(question.storageKey);
        if (kept !== null) return kept;
      }
      return askSecret(question, signal);
    },
    async accepted(question, secret) {
      const key = question.storageKey;
      if (key === null || keepSecrets() === "never" || (await stored.get(key)) === secret) return;
      const { t } = vscode.l10n;
      const keep = t("Keep");
      // Not awaited by the connection: the scan goes on while the person decides.
      void vscode.window.showInformationMessage(t("Keep this for the next time? {0} is stored in the system's secret storage.", titleOf(question)), keep, t("Not Now"))
        .then((answer) => (answer === keep ? stored.keep(key, secret) : undefined));
    },
    async rejected(question) {
      if (question.storageKey !== null) await stored.forget(question.storageKey);
    },
  };
}
