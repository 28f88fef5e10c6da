import { Part, same } from "./conclusions";
import type { Ledger } from "./conclusions";
import type { FileFlow, FunctionFlow, TypeDeclaration } from "./flow-model";
import { fileDeclares } from "./free-names";

/** A function of the workspace, the same one as long as its file has one of that name: where it stands in its file may change. */
export class WorkspaceFunction {
  readonly #signature: Part;
  readonly #content: Part;

  constructor(
    ledger: Ledger,
    readonly file: string,
    public id: number,
  ) {
    this.#signature = new Part(ledger);
    this.#content = new Part(ledger);
  }

  /** What others see of it besides its body: parameters, results, whose method it is. */
  get signature(): Part {
    return this.#signature;
  }

  /** All of it with its places, and of the functions that stand in it or that it stands in. */
  get content(): Part {
    return this.#content;
  }
}

/** A file as it is now. The same object through all its changes, so that whoever holds it does not hold what it was. */
export class LiveFile implements FileFlow {
  readonly file: string;
  readonly language: string;
  module: string;
  imports: FileFlow["imports"];
  types: FileFlow["types"];
  globals: FileFlow["globals"];
  functions: FileFlow["functions"];
  opaque: FileFlow["opaque"];
  nodes: number;
  hasSyntaxErrors: boolean;
  ignores: FileFlow["ignores"];
  /** Anything of it. */
  readonly content: Part;
  readonly importsPart: Part;
  /** Which module it belongs to. */
  readonly modulePart: Part;
  refs: readonly WorkspaceFunction[] = [];

  constructor(
    readonly ledger: Ledger,
    public source: FileFlow,
  ) {
    this.content = new Part(ledger);
    this.importsPart = new Part(ledger);
    this.modulePart = new Part(ledger);
    ({ file: this.file, language: this.language, module: this.module, imports: this.imports, types: this.types, globals: this.globals, functions: this.functions, opaque: this.opaque, nodes: this.nodes, hasSyntaxErrors: this.hasSyntaxErrors, ignores: this.ignores } = source);
    this.#setRefs([], [], true);
  }

  /** Takes over what the file is now. Functions that are as they were, at the same place, stay the very same objects. */
  become(source: FileFlow): void {
    const before = this.functions;
    // What holds for a file as a whole holds for each function in it.
    const anew = source.hasSyntaxErrors !== this.hasSyntaxErrors || wayOfDeclaring(source) !== wayOfDeclaring(this) || !same(source.globals, this.globals) || !same(source.imports, this.imports);
    if (!same(source.imports, this.imports)) this.importsPart.changes();
    this.source = source;
    ({ module: this.module, imports: this.imports, types: this.types, globals: this.globals, functions: this.functions, opaque: this.opaque, nodes: this.nodes, hasSyntaxErrors: this.hasSyntaxErrors, ignores: this.ignores } = source);
    this.content.changes();
    this.#setRefs(this.refs, before, anew);
  }

  /** Gives each function its ref: the one that the function of the same name had. */
  #setRefs(refs: readonly WorkspaceFunction[], before: readonly FunctionFlow[], anew: boolean): void {
    const known = new Map<string, WorkspaceFunction[]>();
    before.forEach((fn, id) => {
      const ref = refs[id] as WorkspaceFunction;
      const list = known.get(fn.symbol);
      if (list === undefined) known.set(fn.symbol, [ref]);
      else list.push(ref);
    });
    const sizes = blockSizes(before);
    const now = this.functions;
    const isSame: boolean[] = [];
    const found: WorkspaceFunction[] = [];
    now.forEach((fn, id) => {
      const ref = known.get(fn.symbol)?.shift() ?? new WorkspaceFunction(this.ledger, this.file, id);
      const was = before[ref.id];
      isSame.push(!anew && refs[ref.id] === ref && ref.id === id && was !== undefined && same(was, fn));
      if (refs[ref.id] === ref && was !== undefined && !same(signatureOf(was), signatureOf(fn))) ref.signature.changes();
      found.push(ref);
    });
    // What is gone has changed for good.
    for (const list of known.values()) {
      for (const ref of list) {
        ref.signature.changes();
        ref.content.changes();
      }
    }
    const nowSizes = blockSizes(now);
    const stays = now.map((_, id) => isSame[id] === true);
    now.forEach((_, id) => {
      const outer = outermost(now, id);
      if (!stays[id]) stays[outer] = false;
      if (sizes.get(outer) !== nowSizes.get(outer)) stays[outer] = false;
    });
    const functions = [...now];
    now.forEach((_, id) => {
      const outer = outermost(now, id);
      const ref = found[id] as WorkspaceFunction;
      if (stays[outer] === true) {
        functions[id] = before[id] as FunctionFlow;
        return;
      }
      ref.content.changes();
    });
    found.forEach((ref, id) => {
      ref.id = id;
    });
    this.functions = functions;
    this.refs = found;
  }
}

/** Whether anything in a file declares its names: then every name that is a function's own is declared in it. */
function wayOfDeclaring(file: Pick<FileFlow, "functions">): string {
  return `${fileDeclares(file)} ${file.functions.some((fn) => fn.resultNames.length > 0)}`;
}

/** How many functions stand in each that stands at the top, itself counted. */
function blockSizes(functions: readonly FunctionFlow[]): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  functions.forEach((_, id) => {
    const outer = outermost(functions, id);
    sizes.set(outer, (sizes.get(outer) ?? 0) + 1);
  });
  return sizes;
}

/** The function at the top that one stands in. The top level itself holds only itself. */
function outermost(functions: readonly FunctionFlow[], id: number): number {
  let at = id;
  for (let turns = 0; turns < functions.length; turns++) {
    const parent = functions[at]?.parent ?? null;
    if (parent === null || parent === 0 || parent === at) return at;
    at = parent;
  }
  return at;
}

function signatureOf(fn: FunctionFlow): unknown {
  const { name, symbol, owner, receiver, results, isAsync, isGenerator } = fn;
  return { name, symbol, owner, receiver, results, isAsync, isGenerator, isAbstract: fn.isAbstract === true, decorated: fn.decorators.length > 0, parameters: fn.parameters.map(({ name, type, variadic, initial }) => ({ name, type, variadic, given: initial === null })) };
}

/** A part for each name that somebody looked for, found or not. */
export class NamedParts {
  readonly #parts = new Map<string, Part>();

  constructor(readonly ledger: Ledger) {}

  restOn(name: string): void {
    let part = this.#parts.get(name);
    if (part === undefined) this.#parts.set(name, (part = new Part(this.ledger)));
    this.ledger.restsOn(part);
  }

  change(name: string): void {
    this.#parts.get(name)?.changes();
  }

  changeAll(): void {
    for (const part of this.#parts.values()) part.changes();
  }

  /** Says which of the lists differ. */
  compare(before: ReadonlyMap<string, readonly unknown[]>, now: ReadonlyMap<string, readonly unknown[]>): boolean {
    let differs = false;
    for (const [name, list] of before) {
      const other = now.get(name);
      if (other !== undefined && other.length === list.length && other.every((one, i) => one === list[i])) continue;
      this.change(name);
      differs = true;
    }
    for (const name of now.keys()) {
      if (before.has(name)) continue;
      this.change(name);
      differs = true;
    }
    return differs;
  }
}

/** A type of the workspace with its methods, wherever in its package they are written. */
export class WorkspaceType {
  #file: LiveFile;
  #declaration: TypeDeclaration;
  #methods: ReadonlyMap<string, readonly WorkspaceFunction[]>;
  readonly #declared: Part;
  readonly #allMethods: Part;
  readonly #named: NamedParts;

  constructor(
    readonly ledger: Ledger,
    /** `module.Name`. */
    readonly full: string,
    readonly name: string,
    { file, declaration, methods }: TypeDraft,
  ) {
    this.#file = file;
    this.#declaration = declaration;
    this.#methods = methods;
    this.#declared = new Part(ledger);
    this.#allMethods = new Part(ledger);
    this.#named = new NamedParts(ledger);
  }

  get file(): LiveFile {
    this.ledger.restsOn(this.#declared);
    return this.#file;
  }

  get declaration(): TypeDeclaration {
    this.ledger.restsOn(this.#declared);
    return this.#declaration;
  }

  methodsNamed(name: string): readonly WorkspaceFunction[] | undefined {
    this.#named.restOn(name);
    return this.#methods.get(name);
  }

  get hasMethods(): boolean {
    this.ledger.restsOn(this.#allMethods);
    return this.#methods.size > 0;
  }

  get methods(): Iterable<readonly WorkspaceFunction[]> {
    this.ledger.restsOn(this.#allMethods);
    return this.#methods.values();
  }

  /** True when what it extends, or where it stands, is another. */
  become({ file, declaration, methods }: TypeDraft): boolean {
    const isOther = file !== this.#file || !same(declaration, this.#declaration);
    if (isOther) this.#declared.changes();
    if (this.#named.compare(this.#methods, methods)) this.#allMethods.changes();
    this.#file = file;
    this.#declaration = declaration;
    this.#methods = methods;
    return isOther;
  }
}

/** A type that is being put together. */
export interface TypeDraft {
  file: LiveFile;
  declaration: TypeDeclaration;
  readonly methods: Map<string, WorkspaceFunction[]>;
}

/** What other files import by one name: a Go package (all its files), a Python module (one file). */
export class WorkspaceModule {
  #files: readonly LiveFile[] = [];
  #functions: ReadonlyMap<string, readonly WorkspaceFunction[]> = new Map();
  #types: ReadonlyMap<string, WorkspaceType> = new Map();
  readonly #filesPart: Part;
  readonly #functionNames: NamedParts;
  readonly #typeNames: NamedParts;

  constructor(
    readonly ledger: Ledger,
    readonly name: string,
    readonly language: string,
  ) {
    this.#filesPart = new Part(ledger);
    this.#functionNames = new NamedParts(ledger);
    this.#typeNames = new NamedParts(ledger);
  }

  get files(): readonly LiveFile[] {
    this.ledger.restsOn(this.#filesPart);
    return this.#files;
  }

  functionsNamed(name: string): readonly WorkspaceFunction[] | undefined {
    this.#functionNames.restOn(name);
    return this.#functions.get(name);
  }

  typeNamed(name: string): WorkspaceType | undefined {
    this.#typeNames.restOn(name);
    return this.#types.get(name);
  }

  hasFiles(files: readonly LiveFile[]): boolean {
    return files.length === this.#files.length && files.every((file, i) => file === this.#files[i]);
  }

  /** Puts it together anew from these files. Tells which types came, went, or extend another. */
  become(files: readonly LiveFile[], told: { came(type: WorkspaceType): void; went(type: WorkspaceType): void; changed(): void }): void {
    if (!this.hasFiles(files)) this.#filesPart.changes();
    this.#files = files;
    const functions = new Map<string, WorkspaceFunction[]>();
    const drafts = new Map<string, TypeDraft>();
    for (const file of files) {
      for (const declaration of file.types) draftOf(drafts, file, declaration.name, declaration);
      for (const fn of file.functions) {
        const ref = file.refs[fn.id] as WorkspaceFunction;
        if (fn.owner !== null) push(draftOf(drafts, file, fn.owner, null).methods, fn.name, ref);
        else if (fn.id !== 0 && (fn.parent === null || fn.parent === 0)) push(functions, fn.name, ref);
      }
    }
    this.#functionNames.compare(this.#functions, functions);
    this.#functions = functions;
    const types = new Map<string, WorkspaceType>();
    for (const [name, draft] of drafts) {
      const known = this.#types.get(name);
      if (known !== undefined) {
        if (known.become(draft)) told.changed();
        types.set(name, known);
        continue;
      }
      const type = new WorkspaceType(this.ledger, `${this.name}.${name}`, name, draft);
      types.set(name, type);
      this.#typeNames.change(name);
      told.came(type);
    }
    for (const [name, type] of this.#types) {
      if (types.has(name)) continue;
      this.#typeNames.change(name);
      told.went(type);
    }
    this.#types = types;
  }
}

function draftOf(drafts: Map<string, TypeDraft>, file: LiveFile, name: string, declaration: TypeDeclaration | null): TypeDraft {
  let draft = drafts.get(name);
  if (draft === undefined) {
    draft = { file, declaration: declaration ?? { name, fields: [], bases: [] }, methods: new Map() };
    drafts.set(name, draft);
  } else if (declaration?.isPartial === true) {
    const { fields, bases } = draft.declaration;
    draft.declaration = { ...declaration, fields: [...fields, ...declaration.fields], bases: [...bases, ...declaration.bases] };
  } else if (declaration !== null && draft.declaration.fields.length === 0 && draft.declaration.bases.length === 0) {
    draft.declaration = declaration;
    draft.file = file;
  }
  return draft;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
