import type { Diagnosis } from "../../model/diagnosis";
import type { Scene } from "../scene";

/** One target of several, by its last look. */
export interface HostScene {
  /** Its looks before it are `scene.earlier`. */
  readonly scene: Scene;
  /** In the command's form. */
  readonly target: string;
  /** What a person calls it, different for each. */
  readonly name: string;
  /** What the look shows of this host alone. */
  readonly diagnoses: readonly Diagnosis[];
}

/** A moment on a host's clock as it is on ours, and how far that may be off either way. null: its clock is not known. */
export function onOurClock(scene: Scene, hostMs: number): { readonly ms: number; readonly errorMs: number } | null {
  const { clock } = scene.snapshot;
  return clock === null ? null : { ms: hostMs - clock.offsetMs, errorMs: clock.offsetErrorMs };
}

/** An address that means another machine on every host: not loopback, not the host's own, not one of its containers'. */
export function isShared(scene: Scene, address: string): boolean {
  if (address.startsWith("127.") || address === "::1" || address === "localhost" || address.startsWith("169.254.") || address.startsWith("fe80:")) return false;
  return !scene.once(isShared, () => ownAddresses(scene)).has(address);
}

function ownAddresses(scene: Scene): ReadonlySet<string> {
  const { snapshot } = scene;
  return new Set([
    ...snapshot.ownAddresses,
    ...snapshot.namespaces.flatMap((namespace) => namespace.ownAddresses),
    ...(snapshot.containers ?? []).flatMap((container) => container.networks.flatMap((network) => network.addresses)),
  ]);
}
