import type { TcpState } from "../../model/tcp-state";

/**
 * How each tool spells the states of RFC 9293: ss(8) with hyphens, net-tools and BusyBox with underscores, BSD and Windows their own way,
 * and net-tools translated where its catalogues translate them (`po/*.po`). Upper case.
 */
const SPELLINGS: Readonly<Record<TcpState, readonly string[]>> = {
  LISTEN: ["LISTEN", "LISTENING", "OUÇA", "ESCOLTAR", "ESCOLTA", "ESCUCHAR", "ÉCOUTE", "ECOUTE", "LYSSNAR", "ABHÖREN", "KUULAB", "LISTENERS"],
  SYN_SENT: ["SYN_SENT", "SYN-SENT", "SYNSENT", "SYN_GESENDET", "SYN_ENVIADO", "SYN_ENVIAT"],
  SYN_RECEIVED: ["SYN_RECV", "SYN-RECV", "SYN_RECEIVED", "SYN-RECEIVED", "SYN_RCVD", "SYN-RCVD", "SYNRECV", "NEW_SYN_RECV", "NEW-SYN-RECV", "SYN_RECEBIDO", "SYN_REBUT", "SYN_EMPFANGEN"],
  ESTABLISHED: ["ESTAB", "ESTABLISHED", "VERBUNDEN", "HERGESTELLT", "ESTABELECIDA", "ESTABLERT", "ESTABLECIDO", "SPOJENO", "ETABLERAD", "UPPKOPPLAD", "ÜHENDATUD"],
  FIN_WAIT_1: ["FIN-WAIT-1", "FIN_WAIT1", "FIN_WAIT_1", "FIN-WAIT1", "FINWAIT1", "FIN_WARTEN_1", "ESPERA_FIN1"],
  FIN_WAIT_2: ["FIN-WAIT-2", "FIN_WAIT2", "FIN_WAIT_2", "FIN-WAIT2", "FINWAIT2", "FIN_WARTEN_2", "ESPERA_FIN2"],
  CLOSE_WAIT: ["CLOSE-WAIT", "CLOSE_WAIT", "CLOSEWAIT", "SCHLIESSEN_WARTEN", "ESPERANDO_FECHAR"],
  CLOSING: ["CLOSING", "FECHANDO", "SCHLIESSEN"],
  LAST_ACK: ["LAST-ACK", "LAST_ACK", "LASTACK", "LETZTES_ACK", "ÚLTIMO_ACK"],
  TIME_WAIT: ["TIME-WAIT", "TIME_WAIT", "TIMEWAIT", "WARTEND"],
  CLOSED: ["CLOSE", "CLOSED", "FECHAR"],
};

const BY_SPELLING: ReadonlyMap<string, TcpState> = new Map(
  (Object.entries(SPELLINGS) as [TcpState, readonly string[]][]).flatMap(([state, spellings]) => spellings.map((spelling) => [spelling, state] as const)),
);

/** The state that a tool's word stands for, or undefined. `UNCONN` (ss) is decided by the protocol: see the reader. */
export function tcpStateOf(word: string): TcpState | undefined {
  return BY_SPELLING.get(word) ?? BY_SPELLING.get(word.toUpperCase());
}

/** The `st` column of /proc/net/tcp (include/net/tcp_states.h). */
export const STATE_NUMBERS: readonly (TcpState | undefined)[] = [
  undefined, "ESTABLISHED", "SYN_SENT", "SYN_RECEIVED", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT", "CLOSED",
  "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "SYN_RECEIVED", "CLOSED",
];
