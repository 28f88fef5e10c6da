import type { PlainNode } from "../languages/plain-tree";
import { part } from "../languages/plain-tree";
import type { ReadCall } from "./read-calls";
import { receiverPath, sourceOf } from "./source-names";
import type { ReadFile } from "./source-names";

/**
 * Methods of objects that a file calls by names of its own: `debug, info = logger.debug, logger.info`, `const { info, warn } = logger`,
 * `def serve(info=logger.info)`, `const log = console.log.bind(console)`. A name that is given two meanings has none.
 */
export class BoundMethods {
  readonly #paths = new Map<string, string | null>();

  /** A definition: name and value as they stand. */
  bind(file: ReadFile, name: PlainNode, value: PlainNode): void {
    if (name.type === "object_pattern") {
      const object = receiverPath(sourceOf(file, value));
      if (/^[\w$.]+$/u.test(object)) for (const child of name.children) if (child.type === "shorthand_property_identifier_pattern") this.#put(sourceOf(file, child), `${object}.${sourceOf(file, child)}`);
      return;
    }
    const callee = file.shape.calls.has(value.type) ? part(value, "function") : null;
    const path = receiverPath(sourceOf(file, callee ?? value));
    const method = callee === null ? path : path.endsWith(".bind") ? path.slice(0, -".bind".length) : "";
    const isMember = file.shape.members.has((callee ?? value).type);
    const own = sourceOf(file, name);
    if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(own)) this.#put(own, isMember && /^[\w$.]+\.[\w$]+$/u.test(method) ? method : null);
  }

  /** The call as it would stand without the name of one's own. */
  called(call: ReadCall): ReadCall {
    const path = call.receiver === "" && !call.constructs ? this.#paths.get(call.name) : undefined;
    if (path === undefined || path === null) return call;
    const dot = path.lastIndexOf(".");
    return { ...call, name: path.slice(dot + 1), receiver: path.slice(0, dot) };
  }

  #put(name: string, path: string | null): void {
    this.#paths.set(name, this.#paths.has(name) && this.#paths.get(name) !== path ? null : path);
  }
}
