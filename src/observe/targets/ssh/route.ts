import { Failure } from "../../../model/failure";
import type { HostSettings } from "./host-settings";
import type { JumpHost } from "./jump-host";

/**
 * The hosts to pass through and the target last. Each is resolved by its alias *before* HostName replaces it. As in OpenSSH, the first jump
 * host's own ProxyJump is followed, the later ones' are replaced by the list they stand in.
 *
 * @throws Failure `configInvalid` when the jumps go in a circle.
 */
export function resolveRoute(target: JumpHost, settingsOf: (host: JumpHost) => HostSettings, trail: readonly string[] = []): HostSettings[] {
  const settings = settingsOf(target);
  const name = `${settings.user}@${settings.hostName}:${settings.port}`;
  if (trail.includes(name)) {
    throw new Failure(
      "configInvalid", `ProxyJump goes in a circle: ${[...trail, name].join(" -> ")}.`,
      `Give the jump host a Host block of its own with \`ProxyJump none\`, before the one that catches it.`,
    );
  }
  const [gate, ...others] = settings.jumps;
  if (gate === undefined) return [settings];
  return [...resolveRoute(gate, settingsOf, [...trail, name]), ...others.map(settingsOf), settings];
}
