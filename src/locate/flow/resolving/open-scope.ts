import { collectBindings } from "../bindings";
import type { Binding, Bindings } from "../bindings";
import type { Part } from "../conclusions";
import type { Expression, FunctionFlow, LanguageTraits, TypeRef } from "../flow-model";
import type { Answer } from "../questions";
import type { CallResolution, FunctionScope } from "../resolution";
import type { RuleTypes } from "../../rules/rule-types";
import type { LiveFile, WorkspaceModule } from "../workspace-parts";
import { UNKNOWN_CALL } from "./scope";
import type { Scope, Typed, Workspace } from "./scope";
import { resolveCall } from "./scope-calls";
import { qualifiedName } from "./scope-names";
import { bindingTypes, inferResults, partTypes, typesOf } from "./scope-types";

/** One function's names, types and calls: each answered when it is asked for, once. */
export class OpenScope implements Scope, FunctionScope {
  readonly function: FunctionFlow;
  readonly names = new Map<string, Answer>();
  private readonly calls = new WeakMap<Expression, Answer>();
  private known: Bindings | null = null;

  constructor(
    readonly workspace: Workspace,
    readonly file: LiveFile,
    fn: FunctionFlow,
    readonly parent: Scope | null,
    readonly content: Part,
    readonly number: number,
  ) {
    this.function = fn;
  }

  get bindings(): Bindings {
    return (this.known ??= collectBindings(this.function));
  }

  get receiverName(): string | null {
    return this.function.receiver ?? this.parent?.receiverName ?? null;
  }

  get owner(): string | null {
    return this.function.owner ?? this.parent?.owner ?? null;
  }

  get language(): string {
    return this.file.language;
  }

  get rules(): RuleTypes {
    return this.workspace.ruleTypes(this.language);
  }

  get traits(): LanguageTraits | null {
    return this.workspace.traitsOf(this.language);
  }

  get module(): WorkspaceModule {
    return this.workspace.index.moduleOf(this.file);
  }

  qualifiedName(expression: Expression): string | null {
    return qualifiedName(this, expression);
  }

  typeOf(expression: Expression): Typed | null {
    return typesOf(this, expression)[0] ?? null;
  }

  call(expression: Expression & { readonly is: "call" }): CallResolution {
    return this.workspace.questions.ask(this.calls, expression, UNKNOWN_CALL, () => resolveCall(this, expression));
  }

  bindingTypes(binding: Binding): readonly Typed[] {
    return bindingTypes(this, binding);
  }

  partTypes(value: Expression, part: number | null): readonly Typed[] {
    return partTypes(this, value, part);
  }

  inferResults(contextManager: boolean): readonly (TypeRef | null)[] {
    return inferResults(this, contextManager);
  }
}
