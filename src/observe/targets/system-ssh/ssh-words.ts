import { Failure } from "../../../model/failure";
import type { FailureReason } from "../../../model/failure";

/** ssh(1), EXIT STATUS: 255 when ssh itself failed. Any other status is the command's. */
export const SSH_FAILED = 255;

interface Meaning {
  readonly words: RegExp;
  readonly reason: FailureReason;
  readonly what: string;
  readonly remedy: string;
}

const LOOK_AT_LOG = "Connect again; if it happens again, look into the host's sshd log.";

/** OpenSSH's own messages (readconf.c, sshconnect.c, sshconnect2.c, packet.c, clientloop.c); they are not translated. The first that fits counts. */
const MEANINGS: readonly Meaning[] = [
  { words: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for \S+ has changed/i, reason: "hostKeyChanged", what: "showed another host key than the one on file. Somebody may be listening in between, or the host was set up anew", remedy: "Ask whoever runs the host whether its key was changed; then remove the old one with `ssh-keygen -R` and connect again." },
  { words: /REVOKED HOST KEY|is marked as revoked|revoked by file/i, reason: "hostKeyRevoked", what: "showed a host key that is marked as revoked", remedy: "Do not connect. Ask whoever runs the host for its new key." },
  { words: /Host key verification failed|No \S+ host key is known for/i, reason: "hostKeyUnknown", what: "has a host key that stands in no known_hosts file, and it was not accepted", remedy: "Connect once with `ssh`, compare the fingerprint with the host's owner and accept it there." },
  { words: /Bad configuration option|Bad owner or permissions on|terminating, \d+ bad configuration|keyword .* extra arguments|Unsupported option.*fatal|line \d+: (?:missing|invalid|no) /i, reason: "configInvalid", what: "is configured in a way that ssh does not take", remedy: "Mend the ssh configuration; `ssh -G HOST` checks it." },
  { words: /no matching (?:host key type|key exchange method|cipher|MAC) found/i, reason: "unsupported", what: "has no algorithm in common with this ssh", remedy: "Allow an older algorithm for this host in ~/.ssh/config, or renew the host's sshd." },
  { words: /Too many authentication failures/i, reason: "authRefused", what: "was offered too many keys", remedy: "Name the right one with IdentityFile and set IdentitiesOnly yes for this host." },
  { words: /Permission denied|Authentication failed|No more authentication methods|no authentication methods enabled|Your password has expired/i, reason: "authRefused", what: "refused the sign-in", remedy: "Check that `ssh` with the same host works from this machine, and the user name." },
  { words: /Could not resolve hostname|Name or service not known|nodename nor servname/i, reason: "unreachable", what: "has a name without an address", remedy: "Check the spelling, the Host block in ~/.ssh/config, and that your network (VPN) knows the name." },
  { words: /(?:Connection|Operation) timed out|timed out during banner exchange/i, reason: "timeout", what: "did not answer", remedy: "Check the address, the firewall and the VPN." },
  { words: /Timeout, server .* not responding/i, reason: "connectionLost", what: "no longer answers", remedy: "Check the network and the host, then connect again." },
  { words: /Connection refused|No route to host|Network is unreachable|administratively prohibited|stdio forwarding failed/i, reason: "unreachable", what: "cannot be reached", remedy: "Check the address, the port, the network and the jump hosts." },
  { words: /Session open refused by peer|session request failed|channel \d+: open failed|exec request failed/i, reason: "unsupported", what: "does not allow commands to be run", remedy: "Use an account that may run commands; look for MaxSessions, ForceCommand and Match in the host's sshd_config." },
  { words: /Connection (?:closed|reset)|closed by remote host|Broken pipe|Connection to .* closed|kex_exchange_identification|banner exchange|Connection aborted|mux_client|Write failed/i, reason: "connectionLost", what: "ended the connection", remedy: LOOK_AT_LOG },
];

/**
 * What ssh's own last words mean, as the same kind of failure that the built-in client has. Only to be asked when ssh exited with 255 (or was
 * killed): then the words are ssh's, save what the host put before them.
 */
export function explainSshWords(where: string, stderr: string): Failure {
  const text = stderr.replace(/[\u0000-\u0009\u000b-\u001f\u007f]+/g, " ");
  const meaning = MEANINGS.find(({ words }) => words.test(text));
  const said = lastWords(text);
  if (meaning === undefined) {
    return new Failure("connectionLost", `The system's ssh did not bring a connection to ${where}${said === "" ? "" : `; it said: ${said}`}.`, `Check that \`ssh\` with the same host works from this machine.`);
  }
  return new Failure(meaning.reason, `${where} ${meaning.what}${said === "" ? "" : `; ssh said: ${said}`}.`, meaning.remedy);
}

/** Does the end of these words say that the connection broke, whatever the exit status? */
export function saysConnectionBroke(stderr: string): boolean {
  return /client_loop: send disconnect|closed by remote host|Timeout, server .* not responding|Connection (?:reset|closed)|Broken pipe/i.test(stderr.slice(-2000));
}

/** The last line or two that say something, for a person. */
function lastWords(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !/^@+$|^Warning: Permanently added/.test(line));
  return lines.slice(-2).join(" ").slice(0, 300).replace(/[.\s]+$/, "");
}
