import { isGoBetween, kindOfProgram } from "../../explain/services/known-programs";
import { languageOfProcess } from "../../locate/ranking/language-of-process";
import type { Pseudonyms, Sort } from "./pseudonyms";

/** What becomes of a string of a snapshot, by the name of its field. A field that is not named here is hidden: new fields are private until somebody says otherwise. */
type Policy = "keep" | "address" | "process" | "path" | "source" | "cgroup" | "command" | "target" | "interface" | "text" | "release" | Sort;

const POLICIES: Readonly<Record<string, Policy>> = {
  protocol: "keep", state: "keep", ownership: "keep", kind: "keep", format: "keep", takenAt: "keep", congestionControl: "keep", cookie: "keep",
  address: "address", zone: "interface", ownAddresses: "address", name: "word", process: "process", exe: "path", cwd: "path", cgroup: "cgroup", commandLine: "command",
  hostname: "host", target: "target", what: "text", why: "text", remedy: "text", release: "release", from: "source", reason: "text",
  // Inode numbers of namespaces; a namespace's own name is hidden.
  namespace: "namespace",
};
/** A field's meaning in one kind of object. */
const POLICIES_WITHIN: Readonly<Record<string, Policy>> = { "processes.name": "process", "hostNames.name": "host", "skipped.text": "word",
  "namedEndpoints.source": "keep", "namedEndpoints.confidence": "keep", "namedEndpoints.name": "host", "namedEndpoints.text": "text",
  "configured.host": "address", "configured.name": "service", "configured.file": "path", "behind.host": "address", "behind.name": "service", "timeouts.directive": "keep", "timeouts.file": "path",
  "namespaces.id": "namespace", "namespaces.inode": "namespace", "namespaces.readBy": "keep", "namespaces.runtime": "keep", "namespaces.how": "text", "summaries.direction": "keep",
  "containers.toldBy": "keep", "networks.addresses": "address",
  "snapshot.searchDomains": "host", "machineNames.what": "keep", "identity.value": "word", "identity.from": "text",
};
/** Records whose keys are the kernel's or our own names. */
const PUBLIC_RECORDS = new Set(["counters", "settings", "states", "statesOnly"]);

/** Programs that everybody has: their names tell what stands there, not whose it is. */
function isPublicProgram(name: string): boolean {
  return kindOfProgram(name, null) !== "other" || isGoBetween(name) || languageOfProcess({ name, exe: null, commandLine: name })?.language !== "native";
}

export function anonymousProcess(name: string, pseudonyms: Pseudonyms): string {
  return isPublicProgram(name) ? name : pseudonyms.name("process", name);
}

/** A deep copy of plain data with every string replaced by the policy of its field. Numbers, booleans and null stay. */
export function anonymousData<T>(data: T, pseudonyms: Pseudonyms): T {
  return copy(data, "", "", pseudonyms) as T;
}

function copy(value: unknown, field: string, parent: string, pseudonyms: Pseudonyms): unknown {
  if (typeof value === "string") return word(value, POLICIES_WITHIN[`${parent}.${field}`] ?? POLICIES[field] ?? "word", field, parent, pseudonyms);
  if (Array.isArray(value)) return value.map((one) => copy(one, field, typeof one === "string" ? parent : parent, pseudonyms));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => {
    const shown = PUBLIC_RECORDS.has(field) || /^[a-z][A-Za-z0-9]{0,40}$/.test(key) ? key : pseudonyms.name("word", key);
    return [shown, PUBLIC_RECORDS.has(field) ? one : copy(one, key, field, pseudonyms)];
  });
  return Object.fromEntries(entries);
}

function word(text: string, policy: Policy, field: string, parent: string, pseudonyms: Pseudonyms): string {
  switch (policy) {
    case "keep":
      return text;
    case "address":
      return pseudonyms.address(text);
    case "interface":
      return pseudonyms.interface(text);
    case "process":
      return anonymousProcess(text, pseudonyms);
    case "path":
      return anonymousPath(text, pseudonyms);
    case "source":
      return /^\/etc\/(?:hosts|services|resolv\.conf)$/.test(text) ? text : anonymousPath(text, pseudonyms);
    case "cgroup":
      return pseudonyms.path(text, "unit");
    case "namespace":
      return /^\d+$/.test(text) ? text : pseudonyms.name("namespace", text);
    case "command": {
      // What a program was told is its owner's own; that it was told something is structure.
      const [program = "", ...rest] = text.split(" ");
      return `${anonymousPath(program, pseudonyms)}${rest.length === 0 ? "" : ` (${rest.length} arguments hidden)`}`;
    }
    case "release":
      return /^[A-Za-z]+ \d+(?:\.\d+){0,3}/.exec(text)?.[0] ?? "";
    case "target":
      return anonymousTarget(text, pseudonyms);
    case "text":
      return anonymousText(text, pseudonyms);
    case "word":
      if (parent === "skipped" && field === "text") return shapeOf(text);
      return pseudonyms.name("word", text);
    default:
      return pseudonyms.name(policy, text);
  }
}

function anonymousPath(path: string, pseudonyms: Pseudonyms): string {
  const deleted = / \(deleted\)$/.exec(path)?.[0] ?? "";
  const bare = path.slice(0, path.length - deleted.length);
  const slash = bare.lastIndexOf("/");
  const base = bare.slice(slash + 1);
  const folder = bare.slice(0, slash + 1);
  return `${pseudonyms.path(folder, "path")}${base === "" ? "" : isPublicProgram(base) ? base : anonymousProcess(base, pseudonyms)}${deleted}`;
}

/** `ssh://user@host:22`, `docker://name`, `local`, a capture's file name. */
export function anonymousTarget(target: string, pseudonyms: Pseudonyms): string {
  if (target === "local" || target === "-") return target;
  const scheme = /^[a-z0-9+]+:\/\//i.exec(target)?.[0];
  if (scheme === undefined) return pseudonyms.name("capture", target);
  const rest = target.slice(scheme.length);
  const port = /:\d+$/.exec(rest)?.[0] ?? "";
  const parts = rest.slice(0, rest.length - port.length).split(/([@/])/);
  return `${scheme}${parts.map((part, index) => (part === "@" || part === "/" ? part : parts[index + 1] === "@" ? pseudonyms.name("user", part) : pseudonyms.address(part.replace(/^\[|\]$/g, "")))).join("")}${port}`;
}

/** Our own sentences, in which a host's words may stand. Every word that was replaced elsewhere is replaced here, and whatever looks like an address or a path. */
export function anonymousText(text: string, pseudonyms: Pseudonyms): string {
  let shown = text
    .replace(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g, (address) => pseudonyms.address(address))
    .replace(/(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi, (address) => pseudonyms.address(address))
    .replace(/(?<![\w./])\/(?:[\w.@+-]+\/)*[\w.@+-]+/g, (path) => anonymousPath(path, pseudonyms));
  for (const [original, given] of [...pseudonyms.words].sort(([one], [other]) => other.length - one.length)) {
    if (original.length < 3 || !shown.toLowerCase().includes(original.toLowerCase())) continue;
    shown = shown.replace(new RegExp(`(?<![\\p{L}\\p{N}])${original.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "giu"), () => given);
  }
  return shown;
}

/** A line that nobody understood may hold anything: letters become x, digits 0; that is enough to see why it was not read. */
export function shapeOf(text: string): string {
  return text.replace(/\p{L}/gu, "x").replace(/\p{N}/gu, "0");
}
