/** See peer-alone.mjs. */
export interface PeerFinding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}

export interface AskedPackage {
  readonly key: string;
  readonly version: string;
  readonly findings?: readonly { readonly file: string; readonly range: { readonly start: { readonly line: number } } }[];
  readonly said?: Readonly<Record<string, { readonly findings?: readonly PeerFinding[]; readonly failed?: string }>>;
}

export interface PeerAlone {
  readonly peer: string;
  readonly packages: number;
  readonly said: number;
  readonly alone: readonly { readonly one: AskedPackage; readonly finding: PeerFinding }[];
  readonly drawn: readonly { readonly one: AskedPackage; readonly finding: PeerFinding }[];
}

export function identityOfPeer(peer: string, one: AskedPackage, finding: PeerFinding): string;
export function peersAlone(packages: readonly AskedPackage[]): readonly PeerAlone[];
export function peersAloneRows(packages: readonly AskedPackage[], judgements: Readonly<Record<string, { readonly is: string; readonly why: string }>>): readonly (readonly (string | number)[])[];
