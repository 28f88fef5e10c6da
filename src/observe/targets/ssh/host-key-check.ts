import { randomBytes } from "node:crypto";
import { Failure } from "../../../model/failure";
import type { HostSettings } from "./host-settings";
import { fingerprint, formatKnownHost, hostNamesOf, joinKnownHosts, judgeHostKey, keyTypeOf, knownKeyTypes } from "./known-hosts";
import { appendToKnownHostsFile, readKnownHostsFile } from "./known-hosts-file";
import type { SshPrompts } from "./prompts";
import type { TimeLimit } from "../time-limit";

/** Decides on a host's key: resolves to accept it, rejects with the `Failure` that refuses it. */
export type HostKeyVerifier = (key: Buffer) => Promise<void>;

export interface HostKeyCheck {
  readonly verify: HostKeyVerifier;
  /** Types of the keys on file, so that they can be asked for first. */
  readonly knownTypes: readonly string[];
}

export interface HostKeyCheckOptions {
  readonly prompts: SshPrompts;
  readonly limit: TimeLimit;
  /** Aborts when the connection is given up, so that no question stays open for nothing. */
  readonly ended: AbortSignal;
  readonly onNotice: (text: string) => void;
}

/**
 * Reads the known_hosts files of one host and makes its verifier: known goes on, unknown is asked (or refused, or taken, as
 * StrictHostKeyChecking says), changed and revoked are refused, naming file and line.
 */
export async function prepareHostKeyCheck(settings: HostSettings, options: HostKeyCheckOptions): Promise<HostKeyCheck> {
  const files = [...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles];
  const known = joinKnownHosts(await Promise.all(files.map(readKnownHostsFile)));
  const names = hostNamesOf(settings.hostName, settings.port, settings.hostKeyAlias);
  const { prompts, limit, onNotice } = options;

  async function decide(key: Buffer): Promise<void> {
    const shown = fingerprint(key);
    const keyType = keyTypeOf(key) ?? "unknown";
    const verdict = judgeHostKey(known, names, key);
    switch (verdict.kind) {
      case "known":
        return;
      case "revoked":
        throw new Failure(
          "hostKeyRevoked",
          `${names.name} showed a ${keyType} key (${shown}) that is marked @revoked at ${verdict.entry.file}:${verdict.entry.line}. Refused.`,
          "Do not connect. Ask whoever runs the host for its new key.",
        );
      case "changed":
        throw new Failure("hostKeyChanged", changedText(names.name, keyType, shown, verdict.entry), changedRemedy(names.name, verdict.entry.file, settings));
      case "unknown":
        break;
    }
    const note = verdict.certAuthority === null ? null
      : `${verdict.certAuthority.file}:${verdict.certAuthority.line} names a certificate authority for this host; host certificates are not supported here, so the plain key must be checked by you.`;
    const file = settings.userKnownHostsFiles[0] ?? null;
    const save = async (): Promise<void> => {
      if (file === null) return;
      await appendToKnownHostsFile(file, formatKnownHost(names.name, key, settings.hashKnownHosts ? randomBytes(20) : null));
    };
    if (settings.strictHostKeyChecking === "accept-new") {
      await save();
      onNotice(`The key of ${names.name} (${keyType} ${shown}) was not known and is now kept${file === null ? " for this connection" : ` in ${file}`}, as StrictHostKeyChecking accept-new says.`);
      return;
    }
    if (settings.strictHostKeyChecking === "yes" || settings.batchMode) {
      throw unknownKey(names.name, keyType, shown, settings.batchMode ? "BatchMode yes" : "StrictHostKeyChecking yes");
    }
    const answer = await limit.paused(prompts.confirmHostKey(
      { host: settings.hostKeyAlias ?? settings.hostName, port: settings.port, keyType, fingerprint: shown, knownHostsFile: file, note },
      AbortSignal.any([limit.signal, options.ended]),
    ));
    if (answer === "refuse") throw unknownKey(names.name, keyType, shown, null);
    if (answer === "save") await save();
  }

  return {
    knownTypes: knownKeyTypes(known, names),
    verify: decide,
  };
}

function unknownKey(name: string, keyType: string, shown: string, because: string | null): Failure {
  return new Failure(
    "hostKeyUnknown",
    `The ${keyType} key of ${name} (${shown}) stands in no known_hosts file${because === null ? ", and was refused" : `, and ${because} refuses such keys`}.`,
    `Compare it with the host's own (\`ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub\` there), then connect once with \`ssh\` and accept it.`,
  );
}

function changedText(name: string, keyType: string, shown: string, entry: { file: string; line: number; keyType: string; key: Buffer }): string {
  const onFile = `${entry.file}:${entry.line} has ${entry.keyType} ${fingerprint(entry.key)}`;
  return `The host key of ${name} has changed: it showed ${keyType} ${shown}, but ${onFile}. Somebody may be listening in between, or the host was set up anew. Refused.`;
}

function changedRemedy(name: string, file: string, settings: HostSettings): string {
  const own = settings.userKnownHostsFiles.includes(file);
  return own
    ? `Ask whoever runs the host whether its key was changed. If so: ssh-keygen -f '${file}' -R '${name}', then connect again.`
    : `Ask whoever runs the host whether its key was changed; ${file} is not yours: have its keeper put the new key in.`;
}
