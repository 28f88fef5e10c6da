import { lstat } from "node:fs/promises";
import { agentKeyTypes } from "./agent-key-types";
import type { HostSettings } from "./host-settings";
import { readKeyFile } from "./key-file";
import { hostNamesOf, joinKnownHosts, judgeHostKey, namesHost } from "./known-hosts";
import { readKnownHostsFile } from "./known-hosts-file";

/**
 * Why the way to a host is one for OpenSSH itself rather than for the built-in client, in words; empty when the built-in one can do all that the
 * configuration, the keys and the agent ask for. Looks at files and asks the agent which keys it has; runs nothing.
 *
 * @param variables for `KRB5CCNAME`: distributions switch GSSAPI on for everybody, so it counts only where there is a ticket.
 */
export async function reasonsBeyondBuiltin(route: readonly HostSettings[], variables: Readonly<Record<string, string | undefined>>): Promise<string[]> {
  const reasons = new Set<string>();
  for (const hop of route) {
    for (const reason of hop.beyondBuiltin) reasons.add(reason);
    for (const path of hop.controlPaths) if (await isSocket(path)) reasons.add(`the shared connection ${path} stands`);
    if (hop.gssapi === "byUser" || (hop.gssapi === "bySystem" && variables["KRB5CCNAME"] !== undefined)) reasons.add("Kerberos (GSSAPIAuthentication) is asked for");
    if (hop.proxyCommand !== null && process.platform === "win32") reasons.add(`ProxyCommand at ${hop.proxyCommand.file}:${hop.proxyCommand.line}`);
    for (const reason of await keyReasons(hop)) reasons.add(reason);
    if (await onlyAuthorityKnows(hop)) reasons.add(`known_hosts has a certificate authority for ${hop.hostKeyAlias ?? hop.hostName}`);
  }
  return [...reasons];
}

async function keyReasons(hop: HostSettings): Promise<string[]> {
  const reasons: string[] = [];
  if (!hop.methods.includes("publickey")) return reasons;
  for (const file of [...hop.certificateFiles, ...hop.identityFiles.map((file) => `${file}-cert.pub`)]) {
    if (await exists(file)) reasons.push(`${file} is a certificate`);
  }
  for (const file of hop.identityFiles) {
    const key = await readKeyFile(file);
    if (key.kind === "unusable" && key.securityKey === true) reasons.push(`${file} is a FIDO key`);
  }
  if (hop.agentSocket !== null && !hop.identitiesOnly) {
    const special = (await agentKeyTypes(hop.agentSocket)).filter((type) => type.startsWith("sk-") || type.includes("-cert-v"));
    for (const type of special) reasons.push(`the ssh agent holds a ${type} key`);
  }
  return reasons;
}

/** Would the built-in client have to ask about a host whose key an authority vouches for? */
async function onlyAuthorityKnows(hop: HostSettings): Promise<boolean> {
  try {
    const known = joinKnownHosts(await Promise.all([...hop.userKnownHostsFiles, ...hop.globalKnownHostsFiles].map(readKnownHostsFile)));
    const names = hostNamesOf(hop.hostName, hop.port, hop.hostKeyAlias);
    const verdict = judgeHostKey(known, names, Buffer.alloc(0));
    return verdict.kind === "unknown" && (verdict.certAuthority !== null || known.entries.some((each) => each.marker === "cert-authority" && names.bareName !== null && namesHost(each, names.bareName)));
  } catch {
    // A file that cannot be read is a failure of its own, told by whoever needs it.
    return false;
  }
}

async function isSocket(path: string): Promise<boolean> {
  return lstat(path).then((found) => found.isSocket(), () => false);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}
