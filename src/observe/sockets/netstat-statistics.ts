import type { LineReader, SnapshotDraft } from "./snapshot-draft";

/**
 * What `netstat -s` of net-tools says for a counter, `#` for its figure, by section; the counter's own name (nstat(8)) without the section.
 * Counters that it has no words for it prints by their names. Older wordings stand behind the present ones (net-tools statistics.c).
 */
const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ip: {
    "# total packets received": "InReceives",
    "# with invalid headers": "InHdrErrors",
    "# with invalid addresses": "InAddrErrors",
    "# forwarded": "ForwDatagrams",
    "# with unknown protocol": "InUnknownProtos",
    "# incoming packets discarded": "InDiscards",
    "# incoming packets delivered": "InDelivers",
    "# requests sent out": "OutRequests",
    "# outgoing packets dropped": "OutDiscards",
    "# dropped because of missing route": "OutNoRoutes",
    "# fragments dropped after timeout": "ReasmTimeout",
    "# reassemblies required": "ReasmReqds",
    "# packets reassembled ok": "ReasmOKs",
    "# packet reassemblies failed": "ReasmFails",
    "# outgoing packets fragmented ok": "FragOKs",
    "# outgoing packets failed fragmentation": "FragFails",
    "# fragments created": "FragCreates",
  },
  Icmp: {
    "# ICMP messages received": "InMsgs",
    "# input ICMP message failed": "InErrors",
    "# ICMP messages sent": "OutMsgs",
    "# ICMP messages failed": "OutErrors",
  },
  Tcp: {
    "# active connection openings": "ActiveOpens",
    "# passive connection openings": "PassiveOpens",
    "# failed connection attempts": "AttemptFails",
    "# connection resets received": "EstabResets",
    "# connections established": "CurrEstab",
    "# segments received": "InSegs",
    "# segments sent out": "OutSegs",
    "# segments retransmitted": "RetransSegs",
    "# bad segments received": "InErrs",
    "# resets sent": "OutRsts",
    "# active connections openings": "ActiveOpens",
    "# segments send out": "OutSegs",
    "# segments retransmited": "RetransSegs",
    "# bad segments received.": "InErrs",
  },
  Udp: {
    "# packets received": "InDatagrams",
    "# packets to unknown port received": "NoPorts",
    "# packet receive errors": "InErrors",
    "# packets sent": "OutDatagrams",
    "# receive buffer errors": "RcvbufErrors",
    "# send buffer errors": "SndbufErrors",
    "# packets to unknown port received.": "NoPorts",
  },
  TcpExt: {
    "# SYN cookies sent": "SyncookiesSent",
    "# SYN cookies received": "SyncookiesRecv",
    "# invalid SYN cookies received": "SyncookiesFailed",
    "# resets received for embryonic SYN_RECV sockets": "EmbryonicRsts",
    "# packets pruned from receive queue because of socket buffer overrun": "PruneCalled",
    "# packets pruned from receive queue": "RcvPruned",
    "# packets dropped from out-of-order queue because of socket buffer overrun": "OfoPruned",
    "# ICMP packets dropped because they were out-of-window": "OutOfWindowIcmps",
    "# ICMP packets dropped because socket was locked": "LockDroppedIcmps",
    "# TCP sockets finished time wait in fast timer": "TW",
    "# time wait sockets recycled by time stamp": "TWRecycled",
    "# active connections rejected because of time stamp": "PAWSActive",
    "# packets rejected in established connections because of timestamp": "PAWSEstab",
    "# delayed acks sent": "DelayedACKs",
    "# delayed acks further delayed because of locked socket": "DelayedACKLocked",
    "Quick ack mode was activated # times": "DelayedACKLost",
    "# times the listen queue of a socket overflowed": "ListenOverflows",
    "# SYNs to LISTEN sockets dropped": "ListenDrops",
    "# packet headers predicted": "TCPHPHits",
    "# acknowledgments not containing data payload received": "TCPPureAcks",
    "# predicted acknowledgments": "TCPHPAcks",
    "# times recovered from packet loss due to fast retransmit": "TCPRenoRecovery",
    "Detected reordering # times using SACK": "TCPSACKReorder",
    "Detected reordering # times using reno fast retransmit": "TCPRenoReorder",
    "Detected reordering # times using time stamp": "TCPTSReorder",
    "# congestion windows fully recovered without slow start": "TCPFullUndo",
    "# congestion windows partially recovered using Hoe heuristic": "TCPPartialUndo",
    "# congestion windows recovered without slow start after partial ack": "TCPLossUndo",
    "# timeouts after reno fast retransmit": "TCPRenoFailures",
    "# timeouts in loss state": "TCPLossFailures",
    "# fast retransmits": "TCPFastRetrans",
    "# retransmits in slow start": "TCPSlowStartRetrans",
    "# packets collapsed in receive queue due to low socket buffer": "TCPRcvCollapsed",
    "# connections reset due to unexpected data": "TCPAbortOnData",
    "# connections reset due to early user close": "TCPAbortOnClose",
    "# connections aborted due to memory pressure": "TCPAbortOnMemory",
    "# connections aborted due to timeout": "TCPAbortOnTimeout",
    "# connections aborted after user close in linger timeout": "TCPAbortOnLinger",
    "# times unable to send RST due to no memory": "TCPAbortFailed",
    "TCP ran low on memory # times": "TCPMemoryPressures",
    "# packets directly queued to recvmsg prequeue": "TCPPrequeued",
    "# bytes directly in process context from backlog": "TCPDirectCopyFromBacklog",
    "# packet headers predicted and directly queued to user": "TCPHPHitsToUser",
    "# times receiver scheduled too late for direct processing": "TCPSchedulerFailed",
    "Detected reordering # times using FACK": "TCPFACKReorder",
    "# forward retransmits": "TCPForwardRetrans",
    "# passive connections rejected because of time stamp": "PAWSPassive",
    "# packets rejects in established connections because of timestamp": "PAWSEstab",
    "# active connections rejected because of timestamp": "PAWSActive",
    "# passive connections rejected because of timestamp": "PAWSPassive",
    "# SYNs to LISTEN sockets ignored": "ListenDrops",
    "# acknowledgments not containing data received": "TCPPureAcks",
    "# congestion windows recovered after partial ack": "TCPLossUndo",
    "# other TCP timeouts": "TCPTimeouts",
    "# TCP data loss events": "TCPLoss",
    "# SACK retransmits failed": "TCPSackRecoveryFail",
    "# DSACKs sent for old packets": "TCPDSACKOldSent",
    "# DSACKs sent for out of order packets": "TCPDSACKOfoSent",
    "# DSACKs received": "TCPDSACKRecv",
    "# DSACKs for out of order packets received": "TCPDSACKOfoRecv",
    "# times recovered from packet loss by selective acknowledgements": "TCPSackRecovery",
    "# times recovered from packet loss due to SACK data": "TCPSackRecovery",
    "# bad SACK blocks received": "TCPSACKReneging",
    "# timeouts after SACK recovery": "TCPSackFailures",
    "# retransmits lost": "TCPLostRetransmit",
    "# classic Reno fast retransmits failed": "TCPRenoRecoveryFail",
  },
};

/** IPv6 has the words of IPv4. */
const SAME_WORDS: Readonly<Record<string, string>> = { Ip6: "Ip", Udp6: "Udp" };
const OTHER_NAMES: Readonly<Record<string, string>> = { Ip6ForwDatagrams: "OutForwDatagrams" };

/** The sections, which are the kernel's own prefixes (/proc/net/snmp, snmp6, netstat). */
const SECTIONS = new Set([...Object.keys(WORDS), "IcmpMsg", "UdpLite", "IpExt", "MPTcpExt", "Ip6", "Icmp6", "Udp6", "UdpLite6", "Sctp"]);

/**
 * Reads `netstat -s` of Linux: counters in prose. Only words whose counter is certain are read; a line with other words is shown as not
 * understood. Figures of ICMP's histograms carry no direction in their words and are passed over.
 */
export class NetstatStatisticsReader implements LineReader {
  readonly format = "netstat-statistics";
  readonly #draft: SnapshotDraft;
  #section = "";
  #lastLine = 0;

  constructor(draft: SnapshotDraft) {
    this.#draft = draft;
  }

  read(line: string): boolean {
    const heading = /^([A-Z][A-Za-z0-9]*):\s*$/.exec(line);
    if (heading !== null && SECTIONS.has(heading[1] ?? "")) {
      this.#section = heading[1] ?? "";
      this.#lastLine = this.#draft.lineNumber;
      return true;
    }
    // Within a section every line is indented; some lines of it may be words that we do not know.
    if (this.#section === "" || this.#draft.lineNumber - this.#lastLine > 5 || !/^\s+\S/.test(line) || line.length > 200) return false;
    const text = line.trim();
    const named = /^([A-Z][A-Za-z0-9]*): (\d+)$/.exec(text);
    if (named !== null) return this.#add(named[1] ?? "", named[2] ?? "");
    const figure = /(?:^|\s)(\d+)(?=\s|$)/.exec(text)?.[1];
    const name = figure === undefined ? undefined : WORDS[SAME_WORDS[this.#section] ?? this.#section]?.[text.replace(figure, "#")];
    if (figure !== undefined && name !== undefined) return this.#add(name, figure);
    if (/^ICMP (?:input|output) histogram:$|^Forwarding is \S+$|^Default TTL is \d+$|^RTO algorithm is |^(?:Icmp6?|ICMP)\b/.test(text) || (/^Icmp6?$/.test(this.#section) && /^[a-z][a-z ]+: \d+$/.test(text))) {
      this.#lastLine = this.#draft.lineNumber;
      return true;
    }
    return false;
  }

  #add(name: string, figure: string): true {
    const counter = this.#section + name;
    this.#draft.counters[OTHER_NAMES[counter] === undefined ? counter : this.#section + OTHER_NAMES[counter]] = Number(figure);
    this.#draft.addRow(this.format);
    this.#lastLine = this.#draft.lineNumber;
    return true;
  }
}
