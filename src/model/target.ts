/** A place we can look at. */
export type Target =
  | { readonly kind: "local" }
  | { readonly kind: "ssh"; readonly host: string; readonly user: string | null; readonly port: number | null }
  | { readonly kind: "capture"; readonly name: string };

/** The form the command takes: `local`, `ssh://user@host:22`; a capture's own name. */
export function formatTarget(target: Target): string {
  switch (target.kind) {
    case "local":
      return "local";
    case "capture":
      return target.name;
    case "ssh": {
      const host = target.host.includes(":") ? `[${target.host}]` : target.host;
      return `ssh://${target.user === null ? "" : `${target.user}@`}${host}${target.port === null ? "" : `:${target.port}`}`;
    }
  }
}
