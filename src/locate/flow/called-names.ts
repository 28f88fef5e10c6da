import { eachBody, eachChild, eachExpression } from "./bindings";
import { Conclusion } from "./conclusions";
import type { Expression, FileFlow, Step } from "./flow-model";
import type { IndexedWorkspace } from "./resolver";
import type { LiveFile } from "./workspace-parts";

/** Which of some callees a file calls anywhere (`socket.setdefaulttimeout`). Each file is looked through once, when it is first asked for. */
export class CalledNames {
  private readonly lastParts: ReadonlySet<string>;
  private readonly known = new WeakMap<FileFlow, Conclusion<readonly string[]>>();

  constructor(
    private readonly resolver: IndexedWorkspace,
    private readonly callees: ReadonlySet<string>,
  ) {
    this.lastParts = new Set([...callees].map((name) => name.slice(name.lastIndexOf(".") + 1)));
  }

  anyOf(file: LiveFile, callees: readonly string[]): boolean {
    if (callees.length === 0) return false;
    let known = this.known.get(file);
    if (known === undefined) this.known.set(file, (known = new Conclusion(this.resolver.ledger, () => this.calledIn(file))));
    const called = known.get();
    return callees.some((callee) => called.includes(callee));
  }

  /** Any file of the language calls one of these. */
  anywhere(language: string, callees: readonly string[]): boolean {
    return callees.length > 0 && this.resolver.files.some((file) => file.language === language && this.anyOf(file, callees));
  }

  private calledIn(file: LiveFile): readonly string[] {
    this.resolver.wholeFile(file);
    const names = new Set<string>();
    for (const fn of file.functions) {
      const scope = this.resolver.scope(file, fn);
      const visit = (value: Expression): void => {
        if (value.is === "call" && (value.callee.is === "name" || (value.callee.is === "member" && this.lastParts.has(value.callee.name)))) {
          for (const name of scope.call(value).names) if (this.callees.has(name)) names.add(name);
        }
        eachChild(value, visit);
      };
      const steps = (list: readonly Step[]): void => {
        for (const step of list) {
          eachExpression(step, visit);
          eachBody(step, steps);
        }
      };
      steps(fn.body);
    }
    return [...names];
  }
}
