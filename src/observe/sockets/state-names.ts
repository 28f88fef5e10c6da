import type { TcpState } from "../../model/tcp-state";

/**
 * How each tool spells the states of RFC 9293: ss(8) with hyphens, net-tools and BusyBox with underscores, BSD and Windows their own way,
 * and net-tools translated where its catalogues translate them (`po/*.po`). Upper case.
 */
const SPELLINGS: Readonly<Record<TcpState, readonly string[]>> = {
  LISTEN: ["LISTEN", "LISTENING", "OUÇA", "NASLOUCHÁ", "LYSSNAR", "ABHÖREN", "ABHOEREN"],
  SYN_SENT: ["SYN_SENT", "SYN-SENT", "SYNSENT", "SYN_GESENDET", "SYN_ENVIADO"],
  SYN_RECEIVED: ["SYN_RECV", "SYN-RECV", "SYN_RECEIVED", "SYN-RECEIVED", "SYN_RCVD", "SYN-RCVD", "SYNRECV", "SYNRECEIVED", "NEW_SYN_RECV", "NEW-SYN-RECV", "SYN_RECEBIDO", "SYN_EMPFANGEN"],
  ESTABLISHED: ["ESTAB", "ESTABLISHED", "VERBUNDEN", "HERGESTELLT", "ESTABELECIDA", "SPOJENO", "ETABLERAD"],
  FIN_WAIT_1: ["FIN-WAIT-1", "FIN_WAIT1", "FIN_WAIT_1", "FIN-WAIT1", "FINWAIT1", "FIN_WARTEN_1", "ESPERA_FIN1"],
  FIN_WAIT_2: ["FIN-WAIT-2", "FIN_WAIT2", "FIN_WAIT_2", "FIN-WAIT2", "FINWAIT2", "FIN_WARTEN_2", "ESPERA_FIN2"],
  CLOSE_WAIT: ["CLOSE-WAIT", "CLOSE_WAIT", "CLOSEWAIT", "SCHLIESSEN_WARTEN", "ESPERANDO_FECHAR", "STÄNG_VÄNTA"],
  CLOSING: ["CLOSING", "SCHLIESSEND", "FECHANDO", "ZAVÍRÁ", "STÄNGER"],
  LAST_ACK: ["LAST-ACK", "LAST_ACK", "LASTACK", "ÚLTIMO_ACK", "POSLEDNÍ_ACK"],
  TIME_WAIT: ["TIME-WAIT", "TIME_WAIT", "TIMEWAIT", "WARTEND"],
  CLOSED: ["CLOSE", "CLOSED", "FECHAR", "ZAVŘEN", "STÄNG", "STÄNGD"],
};

const BY_SPELLING: ReadonlyMap<string, TcpState> = new Map(
  (Object.entries(SPELLINGS) as [TcpState, readonly string[]][]).flatMap(([state, spellings]) => spellings.map((spelling) => [spelling, state] as const)),
);

/** The spellings with letters outside ASCII, each such letter a `?`: text decoded by the wrong code page, or written as `?`, still has its shape. */
const BY_SHAPE: ReadonlyMap<string, TcpState> = new Map([...BY_SPELLING].filter(([spelling]) => shapeOf(spelling) !== spelling).map(([spelling, state]) => [shapeOf(spelling), state]));

function shapeOf(word: string): string {
  return word.replace(/[^\x00-\x7f]+/g, "?");
}

/** The state that a tool's word stands for, or undefined. `UNCONN` (ss) is decided by the protocol: see the reader. */
export function tcpStateOf(word: string): TcpState | undefined {
  const plain = BY_SPELLING.get(word);
  if (plain !== undefined || word.length < 4 || word.length > 24) return plain;
  const upper = word.toUpperCase();
  return BY_SPELLING.get(upper) ?? BY_SHAPE.get(shapeOf(upper));
}

/** The state of a word that a narrow column cut (`ESTABLISH`, `TIME_W`), where only one state's spellings begin so; or undefined. */
export function tcpStateOfCut(word: string): TcpState | undefined {
  if (word.length < 5) return undefined;
  const upper = word.toUpperCase();
  let found: TcpState | undefined;
  for (const [spelling, state] of BY_SPELLING) {
    if (!spelling.startsWith(upper)) continue;
    if (found !== undefined && found !== state) return undefined;
    found = state;
  }
  return found;
}

/** The `st` column of /proc/net/tcp (include/net/tcp_states.h). */
export const STATE_NUMBERS: readonly (TcpState | undefined)[] = [
  undefined, "ESTABLISHED", "SYN_SENT", "SYN_RECEIVED", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT", "CLOSED",
  "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "SYN_RECEIVED", "CLOSED",
];
