import type { ProgramIdentity } from "../../../model/process";
import type { NamedEndpoint } from "../../../model/service";
import type { MachineName, Snapshot } from "../../../model/snapshot";
import { kindOfPort, kindOfWords } from "../../config/service-kinds";
import { canonicalAddress } from "../../sockets/ip-address";
import { withIdentity } from "./process-identity";
import type { SectionFamily } from "./section-family";

/** `resolver`, `machine-names`, `units`, `services`, `reverse-dns` and `service-environment`: what parts/names.sh tells of names. */
export class NameSections implements SectionFamily {
  readonly sections = ["resolver", "machine-names", "units", "services", "reverse-dns", "service-environment"];
  readonly #searchDomains: string[] = [];
  readonly #machine: MachineName[] = [];
  readonly #descriptions = new Map<string, { readonly text: string; readonly file: string }>();
  readonly #named: NamedEndpoint[] = [];
  /** By service: the variables of a pod's environment, as `SERVICE_HOST` and `SERVICE_PORT...`. */
  readonly #services = new Map<string, { host: string | null; readonly ports: Map<number, string | null> }>();

  read(section: string, line: string): void {
    switch (section) {
      case "resolver":
        // resolv.conf(5): the last of `search` and `domain` counts.
        if (/^\s*(search|domain)\s/.test(line)) this.#searchDomains.splice(0, Infinity, ...line.trim().split(/\s+/).slice(1).map((name) => name.replace(/\.$/, "").toLowerCase()).filter(isHostName));
        break;
      case "machine-names":
        this.#machineLine(line);
        break;
      case "units": {
        const match = /^(\/[^:]*\/([A-Za-z0-9@._-]+\.service)):Description=(.*)$/.exec(line);
        if (match !== null) this.#descriptions.set(match[2] ?? "", { text: (match[3] ?? "").trim().slice(0, 200), file: match[1] ?? "" });
        break;
      }
      case "services": {
        const match = /^(\d{1,5}) ([A-Za-z0-9_.+-]{1,60})$/.exec(line);
        const port = Number(match?.[1]);
        if (match !== null && port > 0 && port < 65_536) this.#add({ address: "*", port, name: match[2] ?? "", source: "services-file", confidence: "low", text: `/etc/services of the host calls port ${port} so` });
        break;
      }
      case "reverse-dns":
        this.#dnsLine(line);
        break;
      case "service-environment":
        this.#environmentLine(line);
        break;
      default:
    }
  }

  complete(snapshot: Snapshot): Snapshot {
    for (const [name, { host, ports }] of this.#services) {
      if (host === null) continue;
      for (const [port, portName] of ports) {
        this.#add({ address: host, port, name, source: "service-environment", confidence: "medium", text: `a pod's environment has it as ${name}${portName === null ? "" : ` (${portName})`}, as of the pod's start` });
      }
    }
    const processes = snapshot.processes.map((process) => {
      const unit = unitOfCgroup(process.cgroup);
      if (unit === null) return process;
      const identity: ProgramIdentity[] = [{ kind: "unit", value: unit, from: `cgroup ${process.cgroup ?? ""}` }];
      const described = this.#descriptions.get(unit) ?? this.#descriptions.get(unit.replace(/@.*\.service$/, "@.service"));
      if (described !== undefined && described.text !== "") identity.push({ kind: "unit-description", value: described.text, from: described.file });
      return withIdentity(process, identity);
    });
    return {
      ...snapshot,
      processes,
      searchDomains: this.#searchDomains,
      machineNames: this.#machine,
      namedEndpoints: [...(snapshot.namedEndpoints ?? []), ...this.#named],
    };
  }

  #add(endpoint: Omit<NamedEndpoint, "kind">): void {
    const words = kindOfWords(endpoint.name);
    this.#named.push({ ...endpoint, kind: words === "other" && endpoint.source !== "services-file" && endpoint.port !== null ? kindOfPort(endpoint.port) : words });
  }

  #machineLine(line: string): void {
    const add = (what: string, value: string, from: string): void => {
      const shown = value.trim();
      if (shown !== "" && !PLACEHOLDER.test(shown) && !this.#machine.some((one) => one.what === what && one.value === shown)) this.#machine.push({ what, value: shown.slice(0, 100), from });
    };
    const fact = /^(\/[^:]+):"([a-z_]+)": *"([^"]*)"$/.exec(line);
    if (fact !== null) {
      const what = CLOUD_WORDS[fact[2] ?? ""];
      if (what !== undefined) add(what, fact[3] ?? "", fact[1] ?? "");
      return;
    }
    const match = /^(\/[^:]+):(.*)$/.exec(line);
    if (match === null) return;
    const [, file = "", value = ""] = match;
    if (file.endsWith("/instance-id")) add("instance id", value, file);
    else if (file.endsWith("/sys_vendor")) add("vendor", value, file);
    else if (file.endsWith("/product_name")) add("machine type", value, file);
    // Other makers print the owner's inventory number on it.
    else if (file.endsWith("/board_asset_tag") && /^i-[0-9a-f]{8,20}$/.test(value)) add("instance id", value, file);
  }

  /** getent(1) hosts: `ADDRESS NAME [ALIAS ...]`. */
  #dnsLine(line: string): void {
    const [printed = "", ...names] = line.trim().split(/\s+/);
    const address = canonicalAddress(printed);
    const name = names.find(isHostName);
    if (address === null || name === undefined) return;
    const clean = name.replace(/\.$/, "").toLowerCase();
    this.#add({ address, port: null, name: clean, source: "reverse-dns", confidence: isMadeOf(clean, address) ? "low" : "medium", text: `the host's resolver gives this name for ${address}` });
  }

  #environmentLine(line: string): void {
    const match = /^([A-Z][A-Z0-9_]*?)_SERVICE_(HOST|PORT)(?:_([A-Z0-9_]+))?=([0-9a-fA-F.:]+)$/.exec(line);
    if (match === null) return;
    const [, stem = "", which, portName, value = ""] = match;
    const name = stem.toLowerCase().replaceAll("_", "-");
    let service = this.#services.get(name);
    if (service === undefined) this.#services.set(name, (service = { host: null, ports: new Map() }));
    if (which === "HOST") service.host = canonicalAddress(value);
    else if (/^\d{1,5}$/.test(value) && (portName !== undefined || !service.ports.has(Number(value)))) service.ports.set(Number(value), portName?.toLowerCase() ?? null);
  }
}

/** What makers write where they had nothing to say. */
const PLACEHOLDER = /^(to be filled|default string|not specified|not available|system (product|manufacturer)|none|unknown|n\/a|0+)/i;

const CLOUD_WORDS: Readonly<Record<string, string>> = {
  cloud_name: "cloud", cloud_id: "cloud", instance_id: "instance id", local_hostname: "cloud's host name", region: "region", availability_zone: "zone", machine_type: "machine type", instance_type: "machine type",
};

function isHostName(name: string): boolean {
  return /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$/.test(name) && !/^[\d.]+$/.test(name);
}

/** `ip-10-0-0-3.eu-west-1.compute.internal` says what the address says. */
function isMadeOf(name: string, address: string): boolean {
  const parts = address.split(/[.:]/).filter((part) => part !== "");
  const digits = name.split(/[^0-9a-f]+/);
  return parts.length === 4 && (parts.every((part) => digits.includes(part)) || name.includes(parts.join("-")));
}

/** The service that a cgroup's path ends in: `/system.slice/mysql.service`, `/user.slice/.../app.slice/shop.service`; null: none (a session, a container). */
export function unitOfCgroup(cgroup: string | null): string | null {
  const unit = (cgroup ?? "").split("/").findLast((part) => part.endsWith(".service")) ?? null;
  return unit === null || !/^[A-Za-z0-9@._:\\-]+$/.test(unit) || /^user@\d+\.service$/.test(unit) ? null : unit;
}
