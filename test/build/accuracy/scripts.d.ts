// The scripts of build/accuracy that the tests here look at, as far as they do.
interface Place {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}
interface Peer {
  readonly name: string;
  readonly language: string;
  readonly version?: string;
  readonly asks?: string;
  readonly run?: () => unknown;
}
interface Package {
  readonly key: string;
  readonly version: string;
  readonly language: string;
  readonly folder?: string;
}
interface Text {
  readonly file: string;
  readonly text: string;
  readonly language: string;
}
interface Drawn {
  readonly one: { readonly key: string; readonly version: string };
  readonly finding: { readonly file: string; readonly confidence: string };
}
type Answers = Record<string, { readonly findings?: readonly Place[]; readonly failed?: string }>;

declare module "*/build/accuracy/accuracy-page.mjs" {
  export function accuracyPage(measured: Readonly<Record<string, unknown>>): string;
}
declare module "*/build/accuracy/annotated-cases.mjs" {
  export const GROUND: Readonly<Record<string, RegExp>>;
  export function hashOf(files: readonly Text[]): string;
  export function layOut(files: readonly Text[], language: string, folder: string): readonly Text[];
  export function score(files: readonly Text[], expectationsIn: unknown, findings: readonly Place[], ground: RegExp, how?: { readonly exact?: boolean }): Readonly<Record<string, unknown>>;
}
declare module "*/build/accuracy/documented-cases.mjs" {
  export function documentedFiles(): readonly (Text & { readonly peer: string })[];
  export function documentedFor(documented: readonly (Text & { readonly peer: string })[], peer: { readonly name: string }): readonly Text[];
}
declare module "*/build/accuracy/hand-sample.mjs" {
  type Packages = readonly { readonly key: string; readonly version: string; readonly findings: readonly unknown[] }[];
  export function identity(one: unknown, finding: unknown): string;
  export function inDrawnOrder<T>(list: readonly T[], seed: number, identityOf: (one: T) => string): readonly T[];
  export function drawSample(packages: Packages, seeds?: { readonly random: number; readonly high: number }): { readonly findings: readonly Drawn[]; readonly random: readonly Drawn[]; readonly high: readonly Drawn[] };
  export function judged(list: readonly unknown[], judgements: Readonly<Record<string, unknown>>, drawn?: string): Readonly<Record<string, number>>;
}
declare module "*/build/accuracy/ask-peers.mjs" {
  export function inTurn(packages: readonly Package[], peers: readonly Peer[]): readonly { readonly peer: Peer; readonly one: Package }[];
  export function askPeers(packages: readonly Package[], peers: readonly Peer[], how: { readonly cache: string; readonly deadline: number; readonly tell: (line: string) => void; readonly now?: () => number }): ReadonlyMap<string, Answers>;
}
declare module "*/build/accuracy/fetch-packages.mjs" {
  interface Asked {
    readonly registry: string;
    readonly name: string;
    readonly version: string;
    readonly language: string;
    readonly key: string;
  }
  export function fetchPackages(packages: readonly Asked[], cache: string, tell?: (line: string) => void): readonly (Asked & { readonly folder?: string; readonly missing?: string })[];
  export function packageList(list?: string): readonly Asked[];
  export function keyOf(one: { readonly registry: string; readonly name: string; readonly within?: string }): string;
}
declare module "*/build/accuracy/kept-results.mjs" {
  export function isRemembered(cache: string, key: string): boolean;
  export function remembered(cache: string, key: string, make: () => unknown): unknown;
}
declare module "*/build/accuracy/peers.mjs" {
  export function keptAs(peer: { readonly name: string; readonly version: string; readonly asks?: string }, one: Package): string;
  export function reads(peer: { readonly language: string }, language: string): boolean;
}
declare module "*/build/accuracy/peers/go-linters.mjs" {
  export function readVetJson(text: string, folder: string): Readonly<Record<string, readonly Place[]>>;
}
declare module "*/build/accuracy/peers/java-linters.mjs" {
  export function readSpotBugs(xml: string): readonly Place[];
}
declare module "*/build/accuracy/peers/python-linters.mjs" {
  export function filesWithCoroutines(folder: string): readonly string[];
}
declare module "*/build/accuracy/peers/tool-runs.mjs" {
  export function must(result: { readonly status: number; readonly stdout: string; readonly stderr: string }, what: string): string;
  export function readPlainLines(text: string, folder: string, rule: string | ((said: string) => string)): readonly Place[];
}
