/** One process of the target as `/proc/PID` tells it. null: not readable or not asked. */
export interface Process {
  readonly pid: number;
  readonly parentPid: number | null;
  /** `comm`, or the program file's name where `comm` says nothing (`MainThread`) or is cut at 15 bytes. */
  readonly name: string;
  readonly exe: string | null;
  /** The arguments joined by blanks, with secrets scrubbed. */
  readonly commandLine: string | null;
  readonly cwd: string | null;
  readonly cgroup: string | null;
  readonly uid: number | null;
  /** Epoch milliseconds on the target's clock. */
  readonly startedAtMs: number | null;
  readonly threads: number | null;
  readonly openDescriptors: number | null;
  /** Soft limit of `Max open files`. */
  readonly descriptorLimit: number | null;
  readonly socketDescriptors: number | null;
  /** Inodes of `socket:[inode]` descriptors that stand in no socket table of their namespace (docs/sockets.md section 4). */
  readonly deadSocketInodes: readonly number[];
  /** Inode of `/proc/PID/ns/net`, null when not readable. */
  readonly namespace: string | null;
  /** What its program says of itself, in the files that it runs from. Absent: not looked for, or nothing. */
  readonly identity?: readonly ProgramIdentity[];
}

/**
 * What a program is called by those who built it: the main package and module of a Go binary (its build information), a jar's manifest,
 * the nearest package.json, the systemd unit that started it, the image of its container.
 */
export const IDENTITY_KINDS = ["go-main", "go-module", "main-class", "start-class", "title", "artifact", "npm-package", "unit", "unit-description", "image", "container"] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

export interface ProgramIdentity {
  readonly kind: IdentityKind;
  readonly value: string;
  /** Where it is said: `build information of /opt/shop/shopd`, `/opt/shop/shop.jar`. */
  readonly from: string;
}
