import type { HostKeyAnswer, HostKeyQuestion, SecretQuestion, SshPrompts } from "../../../src/observe/targets/ssh/prompts";

/** Prompts that answer as told, and remember what was asked. */
export interface ScriptedPrompts extends SshPrompts {
  readonly hostKeys: HostKeyQuestion[];
  readonly secrets: SecretQuestion[];
  readonly acceptedSecrets: { question: SecretQuestion; secret: string }[];
  readonly rejectedSecrets: SecretQuestion[];
}

export function scriptedPrompts(answers: {
  readonly hostKey?: HostKeyAnswer | ((question: HostKeyQuestion, signal: AbortSignal) => Promise<HostKeyAnswer>);
  readonly secret?: (question: SecretQuestion, signal: AbortSignal) => string | null | Promise<string | null>;
} = {}): ScriptedPrompts {
  const hostKeys: HostKeyQuestion[] = [];
  const secrets: SecretQuestion[] = [];
  const acceptedSecrets: { question: SecretQuestion; secret: string }[] = [];
  const rejectedSecrets: SecretQuestion[] = [];
  return {
    hostKeys, secrets, acceptedSecrets, rejectedSecrets,
    confirmHostKey: async (question, signal) => {
      hostKeys.push(question);
      const answer = answers.hostKey ?? "refuse";
      return typeof answer === "string" ? answer : answer(question, signal);
    },
    secret: async (question, signal) => {
      secrets.push(question);
      return answers.secret === undefined ? null : answers.secret(question, signal);
    },
    accepted: (question, secret) => { acceptedSecrets.push({ question, secret }); },
    rejected: (question) => { rejectedSecrets.push(question); },
  };
}
