/** One stop of a ProxyJump chain, as written. */
export interface JumpHost {
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
}

/** `[user@]host[:port]`, an IPv6 address in brackets, or the same as `ssh://`; null when it is none of these. */
export function readJumpHost(text: string): JumpHost | null {
  const match = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^@:[\]/\s]+))(?::(\d{1,5}))?\/?$/.exec(text);
  const host = match?.[2] ?? match?.[3];
  if (match === null || host === undefined) return null;
  const port = match[4] === undefined ? null : Number(match[4]);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  return { user: match[1] ?? null, host, port };
}
