import type { ResourceRule } from "../rules/rule-model";

/** `&Lock{conn: conn}`: a value of a type of the workspace that holds the object, or its member, in a field. */
export interface Wrapping {
  /** Full name of the wrapping type. */
  readonly type: string;
  readonly field: string;
  /** The field is embedded: what it has is reached through the wrapping value itself. */
  readonly isEmbedded: boolean;
  /** In the field lies the rule's member (`resp.Body`), and not the object around it. */
  readonly asMember: boolean;
}

const made = new WeakMap<ResourceRule, Map<string, ResourceRule>>();
const wrapped = new WeakSet<ResourceRule>();

/** The rule as it holds for the wrapping value: what closes its field closes it. null: that lies too deep to follow. */
export function wrappedRule(rule: ResourceRule, wrapping: Wrapping): ResourceRule | null {
  if (rule.member !== null && !wrapping.asMember) return wrapping.isEmbedded ? rule : null;
  let rules = made.get(rule);
  if (rules === undefined) made.set(rule, (rules = new Map()));
  const key = `${wrapping.type} ${wrapping.field}`;
  let own = rules.get(key);
  if (own === undefined) {
    rules.set(key, (own = { ...rule, type: wrapping.type, member: wrapping.field }));
    wrapped.add(own);
  }
  return own;
}

/** The rule speaks of a value that wraps what it is about. */
export function isWrapped(rule: ResourceRule): boolean {
  return wrapped.has(rule);
}
