/** TCP connection states, RFC 9293 section 3.3.2, with underscores. TIME_WAIT and CLOSED included, as socket tables list them. */
export const TCP_STATES = [
  "LISTEN", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2",
  "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "CLOSED",
] as const;

export type TcpState = (typeof TCP_STATES)[number];
