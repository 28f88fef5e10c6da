import type { Endpoint } from "../../model/endpoint";
import type { Socket } from "../../model/socket";
import type { TcpState } from "../../model/tcp-state";
import { isCount } from "./columns";
import { canonicalAddress } from "./ip-address";
import { TextPool } from "./own-text";
import type { SocketDraft } from "./snapshot-draft";
import { draftSocket } from "./snapshot-draft";
import { tcpStateOf } from "./state-names";

/** The state's number in MSFT_NetTCPConnection: MIB_TCP_STATE's, and 100 for a bound socket. JSON and CSV may give it in place of the name. */
const NUMBERED: Readonly<Record<string, TcpState>> = {
  "1": "CLOSED", "2": "LISTEN", "3": "SYN_SENT", "4": "SYN_RECEIVED", "5": "ESTABLISHED", "6": "FIN_WAIT_1", "7": "FIN_WAIT_2", "8": "CLOSE_WAIT",
  "9": "CLOSING", "10": "LAST_ACK", "11": "TIME_WAIT", "12": "CLOSED", "100": "CLOSED",
};
/** A bound socket that is not connected, and one whose block is being deleted, are CLOSED in RFC 9293's words. */
const UNCONNECTED = new Set(["bound", "deletetcb"]);

/** The properties of MSFT_NetTCPConnection and MSFT_NetUDPEndpoint in lower case, with those that every CIM object has. */
export const SOCKET_PROPERTIES: ReadonlySet<string> = new Set(["localaddress", "localport", "remoteaddress", "remoteport", "state", "appliedsetting", "owningprocess", "creationtime", "offloadstate"]);
export const CIM_PROPERTIES: ReadonlySet<string> = new Set([
  ...SOCKET_PROPERTIES, "aggregationbehavior", "availablerequestedstates", "caption", "communicationstatus", "description", "detailedstatus", "directionality", "elementname",
  "enableddefault", "enabledstate", "healthstate", "installdate", "instanceid", "name", "operatingstatus", "operationalstatus", "otherenabledstate", "primarystatus", "protocol",
  "requestedstate", "status", "statusdescriptions", "timeoflaststatechange", "transitioningtostate", "pscomputername", "ciminstanceproperties", "cimclass", "cimsystemproperties",
  "psshowcomputername", "runspaceid",
]);

/** Makes sockets of the properties that PowerShell prints, in whichever form it prints them. */
export class PowershellSockets {
  /** Addresses that a table cut off (`fe80::8c5c:9d3a...`). */
  cutAddresses = 0;
  readonly #texts = new TextPool();

  /**
   * The socket of one object's properties (names in lower case), or null when these are no socket's.
   *
   * @param udp Whether the command or the class says UDP; null: an object without remote end and state is UDP.
   */
  read(properties: ReadonlyMap<string, string>, udp: boolean | null): SocketDraft | null {
    const local = this.#endpoint(properties.get("localaddress"), properties.get("localport"));
    if (local === null) return null;
    const stateText = properties.get("state")?.trim();
    const remoteAddress = properties.get("remoteaddress");
    const isUdp = udp ?? (remoteAddress === undefined && stateText === undefined);
    const cut = local.cut;
    let remote: Endpoint = { address: "*", port: 0, zone: null };
    let remoteCut = false;
    if (!isUdp && remoteAddress !== undefined) {
      const read = this.#endpoint(remoteAddress, properties.get("remoteport"));
      if (read === null) return null;
      remote = read.endpoint;
      remoteCut = read.cut;
    }
    let state: Socket["state"] = null;
    if (!isUdp && stateText !== undefined && stateText !== "") {
      const known = stateOf(stateText);
      if (known === undefined) return null;
      state = known;
    }
    const pid = properties.get("owningprocess")?.trim();
    if (pid !== undefined && pid !== "" && !isCount(pid)) return null;
    this.cutAddresses += Number(cut) + Number(remoteCut);
    const socket = draftSocket(isUdp ? "udp" : "tcp", state, local.endpoint, remote, null, null);
    if (pid !== undefined && isCount(pid) && Number(pid) > 0) {
      const name = (properties.get("processname") ?? properties.get("process") ?? "").trim();
      socket.owners = [{ pid: Number(pid), process: name === "" || isCount(name) ? null : this.#texts.share(name), fd: null }];
      socket.ownership = "owned";
    }
    return socket;
  }

  #endpoint(address: string | undefined, port: string | undefined): { readonly endpoint: Endpoint; readonly cut: boolean } | null {
    if (address === undefined) return null;
    const printed = port?.trim();
    const number = printed === undefined || printed === "" ? null : isCount(printed) ? Number(printed) : -1;
    if (number !== null && (number < 0 || number > 65_535)) return null;
    let text = address.trim();
    let zone: string | null = null;
    const percent = text.indexOf("%");
    if (percent > 0) {
      zone = this.#texts.share(text.slice(percent + 1).replace(/(?:…|\.\.\.)$/, ""));
      text = text.slice(0, percent);
      if (!/^[\w.-]{0,40}$/.test(zone)) return null;
      if (zone === "") zone = null;
    }
    const whole = canonicalAddress(text);
    if (whole !== null) return { endpoint: { address: this.#texts.share(whole), port: number, zone }, cut: false };
    const rest = /^([0-9a-fA-F:.]{2,}?)(?:…|\.\.\.)$/.exec(text);
    return rest === null ? null : { endpoint: { address: this.#texts.share(rest[1] ?? ""), port: number, zone }, cut: true };
  }
}

/** The state of a name or a number as PowerShell writes it, or undefined. */
export function stateOf(text: string): TcpState | undefined {
  const numbered = NUMBERED[text];
  if (numbered !== undefined) return numbered;
  if (UNCONNECTED.has(text.toLowerCase())) return "CLOSED";
  return tcpStateOf(text);
}
