import { parentOf } from "./module-names";
import type { CallOutline, FileScan, FunctionOutline } from "./prefilter";

export interface PlannedFile {
  readonly file: string;
  readonly language: string;
  readonly module: string;
  readonly scan: FileScan;
  /** It imports a library that a rule speaks of. */
  readonly seed: boolean;
}

/** The outlines of a parsed file, by the names that are asked for. */
export interface LearntFile {
  readonly functions: readonly FunctionOutline[];
  readonly callsByName: ReadonlyMap<number, readonly { readonly fn: number; readonly call: CallOutline }[]>;
  readonly functionsByName: ReadonlyMap<number, readonly number[]>;
  /** Its calls that hand something over, each once; and by function, which of them it makes. */
  readonly handingOver: readonly CallOutline[];
  readonly handedBy: readonly (readonly number[])[];
  /** Modules that it names in calls and does not import under that name: `a.b` of `import a` and `a.b.c()`. */
  readonly named: ReadonlySet<string>;
}

/** A file with what is known of it. The same object as long as there is a file of its name. */
export class JoinedFile {
  readonly folder: string;
  /** What it imports, absolute. */
  imports: ReadonlySet<string> = new Set();
  /** The modules of which it imports all that there is, absolute. */
  stars: readonly string[] = [];
  learnt: LearntFile | null = null;
  /** Calls of its functions, by others and by itself. */
  readonly calledBy = new Set<Called>();
  /** What it calls, as far as anybody asked. */
  readonly calls = new Set<Called>();
  /** Calls that hand something over to a name that it defines. */
  readonly handedBy = new Set<Handing>();
  /** Where its own calls lead that hand something over: as `LearntFile.handingOver` has them, those that were followed. */
  handings: (Handing | null)[] = [];

  constructor(public planned: PlannedFile) {
    this.folder = parentOf(planned.file);
  }
}

/** The calls of a name that can mean a function of one file. */
export interface Called {
  readonly to: JoinedFile;
  readonly name: number;
  readonly isMethod: boolean;
  /** By the file that calls, if it may call at all. */
  readonly by: Map<JoinedFile, Calls>;
  /** How far those are who make these calls, in the walk of that number. */
  walk: number;
  distance: number;
}
export interface Calls {
  /** The names in its text say that it may: it must be read to know. */
  readonly may: boolean;
  /** Its functions that call, when it was read. */
  readonly functions: readonly number[];
  /** Files that hand the name on between the two. */
  readonly through: readonly JoinedFile[];
}

/** Where a call that hands something over can lead. */
export interface Handing {
  readonly name: number;
  readonly definers: ReadonlyMap<JoinedFile, { readonly method: boolean; readonly function: boolean }>;
  /** Files that hand the name on in between. */
  readonly through: readonly JoinedFile[];
  /** How often what is given was handed on, in the walk of that number. */
  walk: number;
  depth: number;
}
